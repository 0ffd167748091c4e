from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import expit

from benchmarks.readings.doubt_measures import (
    LEAD,
    Case,
    aurc,
    auroc,
    caught,
    limit_of,
    with_lead,
)
from benchmarks.readings.doubt_scores import (
    Density,
    FeatureReader,
    Looks,
    Readings,
    divergence,
    scores,
    shifted,
)
from benchmarks.readings.unknown_faces import print_case, print_moved
from benchmarks.readings.unknown_pictures import changed
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import BLURRED_BELOW, COVERED_BELOW
from emotion_core.settings import load_settings


def made_case(count: int = 4000) -> Case:
    """Readings whose errors follow from the leading probability and from one score, ``told``."""
    rng = np.random.default_rng(0)
    lead, told = rng.uniform(0.6, 0.99, count), rng.normal(size=count)
    wrong = rng.uniform(size=count) < expit(2 * told - 6 * (lead - 0.6))
    noise = rng.normal(size=count)
    return Case(~wrong, np.ones(count, bool), {LEAD: 1 - lead, "told": told, "noise": noise})


def test_areas_are_those_of_their_definitions() -> None:
    right = np.array([True, True, False, True, False])
    score = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    # of the six pairs of a wrong and a right one, five are in order
    assert auroc(score, right) == pytest.approx(5 / 6)
    assert auroc(np.zeros(5), right) == pytest.approx(0.5)
    assert aurc(score, right) == pytest.approx((0 + 0 + 1 / 3 + 1 / 4 + 2 / 5) / 5)


def test_what_is_caught_costs_one_right_reading_in_twenty() -> None:
    score = np.concatenate([np.arange(100.0), [98.5, 50.0]])
    right = np.arange(102) < 100
    case = Case(right, np.ones(102, bool), {"told": score})
    assert (score[:100] > limit_of(score, right)).sum() == 5
    assert caught(score, case, only=False) == 0.5
    # among sure readings alone, the limit is theirs
    few = Case(right, (score < 20) | ~right, {"told": score})
    assert caught(score, few, only=False) == 0.5
    assert caught(score, few, only=True) == 1.0


def test_a_score_that_tells_more_gains_and_noise_does_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = made_case()
    areas = {name: auroc(with_lead(case, name), case.right) for name in case.scores}
    assert areas["told"] > areas[LEAD] + 0.1
    assert areas["noise"] == pytest.approx(areas[LEAD], abs=0.01)
    print_case("made", case)
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}
    low = rows["told"].split("(")[-1].split(" to ")[0]
    assert float(low) > 0
    assert "(" not in rows["1"]
    print_moved("elsewhere", case, case)
    moved = [line.split() for line in capsys.readouterr().out.splitlines() if "%" in line]
    assert {row[-2] for row in moved} == {"5.0%"}


def test_densities_tell_what_lies_apart() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(EMOTIONS)), 60)
    middles = rng.normal(size=(len(EMOTIONS), 12)) * 4
    known = (middles[labels] + rng.normal(size=(len(labels), 12))).astype(np.float32)
    density = Density(known, labels)
    inside = (middles[labels[::10]] + rng.normal(size=(42, 12))).astype(np.float32)
    outside = (-middles[labels[::10]] * 2).astype(np.float32)
    near, far = density.scores(inside), density.scores(outside)
    for name in ("Mahalanobis", "relative Mahalanobis", "neighbours"):
        assert far[name].min() > np.median(near[name])
    # without shrinkage it would be the number of features; it shrinks a little
    assert (near["Mahalanobis"] ** 2).mean() == pytest.approx(12, rel=0.25)


def test_scores_of_views_and_of_another_model() -> None:
    logits = np.zeros((2, 7), np.float32)
    logits[:, 3] = 4
    views = np.stack([logits, logits, logits])
    views[0, 1] = np.roll(views[0, 1], 1)
    features = np.eye(2, 4, dtype=np.float32)
    density = Density(
        np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32), np.arange(40) % 7
    )
    readings = Readings(logits, features, views)
    found = scores(readings, logits, density)
    assert found["second model"].tolist() == [0, 0]
    assert found["mirrored"][0] == 0 < found["mirrored and shifted"][1] < found["mirrored"][1]
    apart = np.eye(7, dtype=np.float32)[:1], np.eye(7, dtype=np.float32)[1:2]
    assert divergence(*apart)[0] == pytest.approx(np.sqrt(np.log(2)), rel=1e-4)
    cold = readings.calibrated(np.zeros(7, np.float32), 0.5)
    assert (cold.lead > readings.lead).all()


def test_what_the_last_layer_is_given_gives_its_logits() -> None:
    classifier = EmotionClassifier.load("eme-lite2", load_settings().models_dir, "cpu", exact=True)
    reader = FeatureReader(classifier)
    rng = np.random.default_rng(0)
    crops = list(rng.integers(0, 255, (40, 112, 112, 3), np.uint8))
    logits, features = reader.read(crops)
    head = classifier.model.timm_model.get_classifier()
    with torch.inference_mode():
        again = head(torch.from_numpy(features)).numpy()[:, classifier.columns]
    assert np.allclose(again, logits, atol=1e-4)
    read = reader.read_all(crops)
    assert read.views.shape == (3, 40, 7)
    assert read.features.shape == features.shape


def test_looks_are_marked_as_the_app_marks() -> None:
    crops = [np.zeros((8, 8, 3), np.uint8)] * 3
    visible = np.ones((3, 5), np.float32)
    visible[1, 3] = COVERED_BELOW - 0.1
    looks = Looks(crops, np.array([1, 1, BLURRED_BELOW / 2]), visible)
    shares = np.full((3, 7), 0.02, np.float32)
    shares[:, 0] = 0.88
    assert looks.marked(shares).tolist() == [False, True, True]


def test_changed_faces_keep_their_shape() -> None:
    face = np.random.default_rng(0).integers(0, 255, (48, 48, 3), np.uint8)
    kinds = dict(changed([face]))
    assert len(kinds) == 7
    for images in kinds.values():
        assert images[0].shape == face.shape
        assert images[0].dtype == np.uint8
        assert not np.array_equal(images[0], face)
    # the same pixels, elsewhere
    tiles = kinds["faces in shuffled tiles"][0]
    assert np.array_equal(np.sort(tiles, axis=None), np.sort(face, axis=None))
    assert np.array_equal(shifted(face, 0.0), face)
