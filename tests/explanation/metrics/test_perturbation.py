"""The figures of masks, against what follows by hand for tiny networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.attribution.sanity import randomise, randomise_explainer, similarity
from benchmarks.attribution.specificity import Specificity, measure_specificity
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.methods.baselines import CentredGaussian
from emotion_core.explanation.methods.gradcam import GradCAM
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.explanation.methods.rollout import AttentionRollout
from emotion_core.explanation.metrics.perturbation import (
    count_one_hot,
    deletion_auc,
    insertion_auc,
    mean_area,
    read_masked,
    shape_leakage,
)
from emotion_core.progress import finish
from tests.explanation.classifiers import (
    SIDE,
    PixelModel,
    noise,
    patch_of,
    quarters,
    resnet,
    vit,
    white,
    wrap,
)
from tests.training.explainers import make_network

HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")
SURE = 10.0  # logit of a patch of 8 white pixels, each with this weight, is 80


def network(weights: torch.Tensor | None = None) -> ReadingNetwork:
    return ReadingNetwork(wrap(PixelModel(quarters(SURE) if weights is None else weights)))


def only(emotion: int) -> torch.Tensor:
    """Weights that see one emotion in its patch, and no other anywhere."""
    weights = torch.zeros(7, SIDE, SIDE)
    weights[emotion] = quarters(SURE)[emotion]
    return weights


def test_a_mask_that_only_shows_draws_nothing_and_one_that_hides_the_rest_does() -> None:
    everything = np.ones((1, 7, SIDE, SIDE), np.float32)
    own = np.stack([patch_of(k) for k in range(7)])[None]
    # all of a white face is read as each emotion alike; behind its own patch each one is certain
    assert shape_leakage(network(), white(), everything)[0] == pytest.approx(0, abs=1e-6)
    assert shape_leakage(network(), white(), own)[0] == pytest.approx(6 / 7, abs=1e-6)


def test_a_mask_that_hides_all_draws_nothing() -> None:
    nothing = np.zeros((1, 7, SIDE, SIDE), np.float32)
    # a white face is surely happy, and without it each emotion is read alike, which no mask did
    assert shape_leakage(network(only(HAPPY)), white(), nothing)[0] == pytest.approx(0, abs=1e-6)


def test_deleting_the_seen_patch_first_leaves_the_reading_for_no_longer_than_the_patch() -> None:
    right = patch_of(HAPPY)[None]
    # 8 of 64 pixels, one a step: sure while one of them is left, then one in seven
    areas = [
        deletion_auc(network(only(HAPPY)), white(), mask, [HAPPY], steps=64)[0]
        for mask in (right, 1 - right)
    ]
    first = (7.5 + 0.5 / 7 + 56 / 7) / 64
    last = (63.5 + 0.5 / 7) / 64
    np.testing.assert_allclose(areas, [first, last], atol=1e-3)


def test_insertion_of_the_seen_patch_first_is_read_at_once() -> None:
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    image[patch_of(HAPPY) > 0] = 255  # black around it: the blur darkens the patch
    right = patch_of(HAPPY)[None]
    # white pixels against black ones that hold the others' patches down: a soft network
    soft = network(quarters(0.3))
    early, late = (
        insertion_auc(soft, [image], mask, [HAPPY], steps=64)[0] for mask in (right, 1 - right)
    )
    whole = soft.probabilities(soft.to_batch([image]))[0, HAPPY].item()
    assert late < early <= 1 and early > 0.8 * whole


def test_pixels_of_one_value_go_in_the_same_random_order_on_every_run() -> None:
    seen = network(only(0))  # in the top left corner
    flat = np.zeros((1, SIDE, SIDE), np.float32)
    areas = [deletion_auc(seen, white(), flat, [0], steps=64)[0] for _ in range(2)]
    # the last of 8 among 64 goes at 8 / 9 of the way on average, by rows it would at 12 / 64
    assert areas[0] == areas[1] > 0.6


def test_the_area_is_the_mean_of_the_mask() -> None:
    masks = np.stack([np.full((4, 4), 0.25), np.eye(4)]).astype(np.float32)
    np.testing.assert_allclose(mean_area(masks), [0.25, 0.25])


def test_a_reading_is_kept_behind_its_own_mask_and_lost_behind_the_inverse() -> None:
    weights = quarters(0.1)
    weights[HAPPY] *= 2  # happy leads on a white face, any other without its patch
    right = patch_of(HAPPY)[None]
    shown, left = read_masked(network(weights), white(), right)
    assert shown.argmax() == HAPPY and left.argmax() != HAPPY
    swapped = read_masked(network(weights), white(), 1 - right)
    np.testing.assert_array_equal(swapped, (left, shown))


def test_specificity_tells_masks_of_patches_from_masks_that_are_all_alike() -> None:
    images, targets = white(7), list(range(7))
    patches = np.stack([patch_of(k) for k in range(7)])
    own = np.broadcast_to(patches, (7, 7, SIDE, SIDE)).copy()
    found = finish(measure_specificity(network(), images, own, targets))
    # behind its own patch an emotion is certain; behind another's, that other one is
    np.testing.assert_allclose(found.table, np.eye(7), atol=1e-3)
    np.testing.assert_allclose(found.unmasked, np.full(7, 1 / 7), atol=1e-5)
    alike = np.broadcast_to(patches.max(axis=0), own.shape).copy()
    found = finish(measure_specificity(network(), images, alike, targets))
    assert found.ratio == pytest.approx(1) and found.ratio_interval == pytest.approx((1, 1))


def test_specificity_averages_over_the_nine_cuts_of_a_mask() -> None:
    half = np.zeros((1, 7, SIDE, SIDE), np.float32)
    half[0, HAPPY] = 0.5 * patch_of(HAPPY)
    found = finish(measure_specificity(network(), white(), half, [HAPPY]))
    # shown by the five cuts up to 0.5; hidden by the other four, when all are as likely
    assert found.right[0] == pytest.approx((5 + 4 / 7) / 9, abs=1e-3)
    assert found.wrong[0] == pytest.approx(1 / 7, abs=1e-3)


def test_the_ratio_is_that_of_the_means() -> None:
    masked = np.full((2, 7), 0.1, np.float32)
    masked[0, HAPPY], masked[1, SAD] = 0.8, 0.4
    found = Specificity(np.array([HAPPY, SAD]), np.ones(2, np.float32), masked)
    assert found.ratio == pytest.approx(6)
    assert found.ratio_interval == pytest.approx((4, 8))
    assert np.isnan(found.table[0]).all() and found.table[SAD, SAD] == pytest.approx(0.4)


def test_similarity_is_the_rank_correlation() -> None:
    ramp = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    assert similarity(ramp, ramp**3)[0] == pytest.approx(1)
    assert similarity(ramp, -ramp)[0] == pytest.approx(-1)
    assert similarity(ramp, np.ones_like(ramp))[0] == 0
    before, after = np.array([[[1.0, 2, 3]]]), np.array([[[1.0, 3, 2]]])
    assert similarity(before, after)[0] == pytest.approx(0.5)


@pytest.mark.parametrize("kind", ["last", "all"])
def test_lost_weights_change_what_grad_cam_shows_and_not_what_a_gaussian_does(kind: str) -> None:
    classifier = resnet()
    lost = randomise(classifier, kind)  # type: ignore[arg-type]
    before = classifier.classify(noise(2)).logits
    assert not np.allclose(lost.classify(noise(2)).logits, before)
    np.testing.assert_array_equal(classifier.classify(noise(2)).logits, before)
    changes = {
        method.name: similarity(
            method(classifier).attribute(noise(2)).masks[:, HAPPY],
            method(lost).attribute(noise(2)).masks[:, HAPPY],
        ).mean()
        for method in (GradCAM, CentredGaussian)
    }
    assert changes["gaussian"] == pytest.approx(1) and changes["grad-cam"] < 0.9


def test_attention_rollout_does_not_notice_that_the_last_layer_is_lost(tmp_path: Path) -> None:
    classifier = vit(tmp_path)
    masks = [
        AttentionRollout(each).attribute(noise(1)).masks[:, 0]
        for each in (classifier, randomise(classifier, "last"), randomise(classifier, "all"))
    ]
    assert similarity(masks[0], masks[1])[0] == pytest.approx(1)
    assert similarity(masks[0], masks[2])[0] < 0.9


def test_masks_of_another_size_are_refused() -> None:
    small = np.zeros((1, 4, 4), np.float32)
    for measure in (deletion_auc, insertion_auc):
        with pytest.raises(ValueError, match="masks must have shape"):
            measure(network(), white(), small, [0])
    with pytest.raises(ValueError, match="masks must have shape"):
        read_masked(network(), white(), small)
    with pytest.raises(ValueError, match="masks must have shape"):
        finish(measure_specificity(network(), white(), small[None], [0]))


@pytest.mark.parametrize("emotions", [7, 3])
def test_masked_pictures_are_counted_as_in_training(emotions: int) -> None:
    from emotion_core.training.explainer.module import ExplainerMetrics, one_hot

    random = np.random.default_rng(emotions)
    said, target = random.integers(0, emotions, (2, 40))
    metrics = ExplainerMetrics("test")
    shown, truth = torch.from_numpy(said), torch.from_numpy(target)
    metrics.update(one_hot(shown), one_hot(truth), one_hot(truth), truth)
    expected = {**metrics.one_hot.compute(), **metrics.top1.compute()}
    counts = count_one_hot(said, target)
    for name in ("accuracy", "f1", "precision", "recall", "top1"):
        assert getattr(counts, name) == pytest.approx(expected[f"test/{name}"].item()), name


def test_an_explainer_that_has_lost_its_weights_gives_other_masks(tmp_path: Path) -> None:
    classifier = vit(tmp_path)
    explainer = MaskExplainer(classifier, *make_network(classifier))
    images = noise(2)
    before = explainer.attribute(images).masks
    for which in ("last", "all"):
        after = randomise_explainer(explainer, which).attribute(images).masks
        assert np.abs(after - before).max() > 0.01, which
    np.testing.assert_array_equal(explainer.attribute(images).masks, before)
