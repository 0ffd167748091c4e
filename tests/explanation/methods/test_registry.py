"""What every method keeps to, and what each finds where the answer is known."""

from __future__ import annotations

from contextlib import suppress

import captum.attr
import numpy as np
import pytest
import torch
from torch import nn

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.explanation.methods.gradcam import GradCAM
from emotion_core.explanation.methods.integrated_gradients import IntegratedGradients
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.layers import find_blocks, find_feature_layer
from emotion_core.explanation.methods.maps import normalise_maps
from emotion_core.explanation.methods.occlusion import Occlusion
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.explanation.methods.registry import METHODS, build_method, methods_for
from emotion_core.explanation.methods.rise import RISE
from emotion_core.explanation.methods.rollout import AttentionRollout, roll_out
from emotion_core.progress import Progress, finish
from emotion_core.settings import SHIPPED
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

HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> EmotionClassifier:
    return vit(tmp_path_factory.mktemp("model"))


def build(name: str, classifier: EmotionClassifier) -> AttributionMethod:
    """As a user asks for it, but with few masks and steps."""
    if name == RISE.name:
        return RISE(classifier, masks=40)
    if name == IntegratedGradients.name:
        return IntegratedGradients(classifier, steps=4)
    return build_method(name, classifier)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_gives_a_mask_of_each_emotion_for_a_transformer(
    transformer: EmotionClassifier, name: str
) -> None:
    steps: list[Progress] = []
    found = finish(build(name, transformer).task(noise(2)), steps.append)
    assert found.masks.shape == (2, 7, 32, 32)
    assert found.labels == EMOTIONS and found.method == name
    assert np.ptp(found.masks, axis=(2, 3)).min() == 1, "each mask reaches from 0 to 1"
    shares = [step.share for step in steps]
    assert shares == sorted(shares) and shares[-1] == 1


@pytest.mark.parametrize("name", [name for name in METHODS if name != AttentionRollout.name])
def test_every_method_but_rollout_reads_a_residual_network(name: str) -> None:
    assert build(name, resnet()).attribute(noise(1)).masks.shape == (1, 7, 32, 32)


@pytest.mark.parametrize("name", METHODS)
def test_masks_do_not_depend_on_the_batch(transformer: EmotionClassifier, name: str) -> None:
    images = noise(3)
    together = build(name, transformer).attribute(images).masks
    alone = build(name, transformer).attribute(images[:1]).masks
    np.testing.assert_allclose(alone, together[:1], atol=1e-3)


@pytest.mark.parametrize("name", METHODS)
def test_only_the_emotion_that_is_asked_for_gets_a_mask(
    transformer: EmotionClassifier, name: str
) -> None:
    method = build(name, transformer)
    every, asked = method.attribute(noise(2)).masks, method.attribute(noise(2), [SAD, HAPPY]).masks
    for face, emotion in enumerate((SAD, HAPPY)):
        np.testing.assert_allclose(asked[face, emotion], every[face, emotion], atol=1e-3)
        assert not np.delete(asked[face], emotion, axis=0).any()


@pytest.mark.parametrize("name", METHODS)
def test_no_faces_give_no_masks(transformer: EmotionClassifier, name: str) -> None:
    assert build(name, transformer).attribute([]).masks.shape == (0, 7, 32, 32)


@pytest.mark.parametrize("targets", [[0], [0, 7], [0, -1]])
@pytest.mark.parametrize("name", METHODS)
def test_targets_that_fit_no_face_or_emotion_are_refused(
    transformer: EmotionClassifier, name: str, targets: list[int]
) -> None:
    with pytest.raises(ValueError, match="targets must"):
        build(name, transformer).attribute(noise(2), targets)


@pytest.mark.parametrize(("window", "stride"), [(0.2, 0.1), (0.3, 0.25), (1.0, 1.0)])
def test_occlusion_gives_what_captum_gives(
    transformer: EmotionClassifier, window: float, stride: float
) -> None:
    network, images = ReadingNetwork(transformer), noise(2)
    sides = round(window * network.size), round(stride * network.size)
    theirs = captum.attr.Occlusion(network.probabilities).attribute(
        network.to_batch(images),
        sliding_window_shapes=(3, sides[0], sides[0]),
        strides=(3, sides[1], sides[1]),
        target=HAPPY,
    )
    expected = normalise_maps(theirs.mean(1, keepdim=True).relu())[:, 0]
    ours = Occlusion(transformer, window, stride).attribute(images, [HAPPY, HAPPY])
    np.testing.assert_allclose(ours.masks[:, HAPPY], expected.numpy(), atol=1e-3)


@pytest.mark.parametrize("method", [IntegratedGradients, Occlusion, RISE])
@pytest.mark.parametrize("emotion", [HAPPY, SAD])
def test_the_patch_in_which_a_linear_network_sees_an_emotion_is_found(
    method: type, emotion: int
) -> None:
    mask = method(wrap(PixelModel(quarters()))).attribute(white()).masks[0, emotion]
    patch = patch_of(emotion)
    assert mask[patch > 0].mean() > 2 * mask[patch == 0].mean()


def test_integrated_gradients_of_a_linear_network_are_weight_times_pixel() -> None:
    weights = torch.rand(7, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) - 0.5
    image = np.full((SIDE, SIDE, 3), 255, np.uint8)
    image[: SIDE // 2] = 0  # black is -1
    mask = IntegratedGradients(wrap(PixelModel(weights))).attribute([image]).masks[0, HAPPY]
    signs = np.where(np.arange(SIDE) < SIDE // 2, -1, 1)[:, None]
    expected = np.maximum(weights[HAPPY].numpy() * signs, 0)
    np.testing.assert_allclose(mask, expected / expected.max(), atol=1e-5)


def test_labels_in_another_order_give_the_same_masks() -> None:
    order = [3, 0, 6, 1, 5, 2, 4]
    other = PixelModel(quarters()[order], tuple(EMOTIONS[k] for k in order))
    for method in (IntegratedGradients, Occlusion):
        ours, theirs = (method(wrap(m)).attribute(white()) for m in (PixelModel(quarters()), other))
        np.testing.assert_allclose(ours.masks, theirs.masks, atol=1e-5)


class PooledModel(nn.Module):
    """A convolution that copies the red channel into seven weighted maps, pooled to logits."""

    def __init__(self) -> None:
        super().__init__()
        self.config = PixelModel(quarters()).config
        self.features = nn.Conv2d(3, 2, 1, bias=False)
        self.features.weight.data = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])[:, :, None, None]
        self.classifier = nn.Linear(2, 7, bias=False)
        self.classifier.weight.data.zero_()
        self.classifier.weight.data[HAPPY] = torch.tensor([2.0, 0.0])
        self.classifier.weight.data[SAD] = torch.tensor([0.0, -1.0])

    def forward(self, pixel_values: torch.Tensor):  # type: ignore[no-untyped-def]
        from types import SimpleNamespace

        return SimpleNamespace(logits=self.classifier(self.features(pixel_values).mean((2, 3))))


def test_grad_cam_of_a_pooled_network_is_its_weighted_feature_map() -> None:
    image = np.full((SIDE, SIDE, 3), 0, np.uint8)
    image[2:4, 2:6, 0] = 255  # red feature 1 here, -1 elsewhere
    image[5:, :, 1] = 255  # green feature 1 here, -1 elsewhere
    masks = GradCAM(wrap(PooledModel())).attribute([image]).masks[0]
    np.testing.assert_array_equal(masks[HAPPY], image[..., 0] / 255)
    np.testing.assert_array_equal(masks[SAD], 1 - image[..., 1] / 255)
    assert not masks[0].any(), "a class without any evidence has an empty mask"


def test_rise_is_the_mean_probability_over_the_masks_that_show_a_pixel() -> None:
    classifier = wrap(PixelModel(quarters()))
    method = RISE(classifier, masks=50)
    masks = torch.cat(list(method._draw()))
    batch = classifier.preprocessing.to_batch(white())
    expected = torch.zeros(7, SIDE, SIDE)
    for mask in masks:
        logits = classifier.model(pixel_values=mask * batch).logits
        expected += logits.softmax(1)[0][:, None, None].detach() * mask
    found = method.attribute(white()).masks
    np.testing.assert_allclose(
        found[0], normalise_maps((expected / masks.sum(0))[None])[0].numpy(), atol=1e-3
    )
    assert masks.shape == (50, 1, SIDE, SIDE) and abs(masks.mean().item() - 0.5) < 0.05


def test_rise_is_the_same_on_every_run_and_another_with_another_seed() -> None:
    classifier = wrap(PixelModel(quarters()))
    first, again, other = (RISE(classifier, masks=30, seed=s).attribute(white()) for s in (0, 0, 1))
    np.testing.assert_array_equal(first.masks, again.masks)
    assert np.abs(first.masks - other.masks).max() > 0.1


def test_rollout_is_the_product_of_the_mean_attentions_with_the_skips() -> None:
    first = torch.tensor([[[[0.0, 1.0], [0.5, 0.5]], [[1.0, 0.0], [0.5, 0.5]]]])
    second = torch.tensor([[[[0.2, 0.8], [1.0, 0.0]]]])
    # by hand: ((A2 + I) / 2) ((A1 + I) / 2) with A1 = [[.5, .5], [.5, .5]]
    expected = np.array([[0.6, 0.4], [0.5, 0.5]]) @ np.array([[0.75, 0.25], [0.25, 0.75]])
    np.testing.assert_allclose(roll_out([first, second])[0].numpy(), expected, atol=1e-6)


def test_rollout_gives_all_emotions_the_same_mask(transformer: EmotionClassifier) -> None:
    masks = AttentionRollout(transformer).attribute(noise(1)).masks[0]
    assert (masks == masks[0]).all()


def test_methods_leave_the_classifier_as_it_was(transformer: EmotionClassifier) -> None:
    before = transformer.classify(noise(2)).logits
    implementation = transformer.model.config._attn_implementation
    for name in METHODS:
        build(name, transformer).attribute(noise(1))
    np.testing.assert_array_equal(transformer.classify(noise(2)).logits, before)
    assert transformer.model.config._attn_implementation == implementation != "eager"
    hooks = [m for m in transformer.model.modules() if m._forward_hooks or m._forward_pre_hooks]
    kept = [type(module).__name__ for module in hooks]
    assert "ViTLayer" not in kept, "no hook of a method stays"


def test_those_that_can_look_into_a_network_are_those_that_can_be_built(
    transformer: EmotionClassifier,
) -> None:
    def buildable(name: str, classifier: EmotionClassifier) -> bool:
        with suppress(ModelError):
            return bool(build_method(name, classifier))
        return False

    without_features = wrap(PixelModel(quarters()))
    for classifier in (transformer, resnet(), without_features):
        assert methods_for(classifier) == [name for name in METHODS if buildable(name, classifier)]
    assert methods_for(transformer) == list(METHODS) != methods_for(without_features)


def test_layers_are_found_by_what_they_do(transformer: EmotionClassifier) -> None:
    blocks = find_blocks(ReadingNetwork(transformer))
    assert blocks is not None and len(blocks.blocks) == 2
    assert (blocks.prefix, blocks.side) == (1, 4)
    network = ReadingNetwork(resnet())
    assert find_blocks(network) is None
    assert find_feature_layer(network).module is network.model.resnet.encoder.stages[-1]


def test_a_network_in_stages_is_looked_at_in_its_last_one() -> None:
    from transformers import SwinConfig, SwinForImageClassification

    torch.manual_seed(0)
    config = SwinConfig(
        embed_dim=8,
        depths=[1, 2],
        num_heads=[1, 1],
        window_size=4,
        image_size=32,
        patch_size=4,
        id2label=dict(enumerate(EMOTIONS)),
        label2id={name: index for index, name in enumerate(EMOTIONS)},
    )
    classifier = wrap(SwinForImageClassification(config), 32)
    blocks = find_blocks(ReadingNetwork(classifier))
    assert blocks is not None
    assert (len(blocks.blocks), blocks.prefix, blocks.side) == (2, 0, 4)
    assert GradCAM(classifier).attribute(noise(1)).masks.any()
    with pytest.raises(ModelError, match="global attention"):
        AttentionRollout(classifier)


class ChannelsLastModel(PooledModel):
    """The same, its feature map laid out as (n, height, width, channels)."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.Identity()

    def forward(self, pixel_values: torch.Tensor):  # type: ignore[no-untyped-def]
        from types import SimpleNamespace

        features = self.norm(self.features(pixel_values).permute(0, 2, 3, 1))
        return SimpleNamespace(logits=self.classifier(features.mean((1, 2))))


def test_a_feature_map_with_its_channels_last_gives_the_same_grad_cam() -> None:
    image = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), np.uint8)
    ours, theirs = (
        GradCAM(wrap(model)).attribute([image]).masks
        for model in (PooledModel(), ChannelsLastModel())
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_the_built_in_model_is_looked_at_before_its_pooling() -> None:
    classifier = EmotionClassifier.load("eme-lite2", SHIPPED.models, "cpu", exact=True)
    network = ReadingNetwork(classifier)
    assert find_feature_layer(network).module is network.model.timm_model.bn2
    assert GradCAM(classifier).attribute(noise(1, 112)).masks.any()


@pytest.mark.parametrize("name", [AttentionRollout.name, GradCAM.name])
def test_the_transformer_that_ships_is_looked_into(name: str) -> None:
    classifier = EmotionClassifier.load("eme-vit", SHIPPED.models, "cpu", exact=True)
    masks = build_method(name, classifier).attribute(noise(1, 96)).masks
    assert masks.shape == (1, 7, 96, 96) and masks.any()


def test_a_network_without_what_a_method_looks_at_is_refused_in_one_sentence() -> None:
    for name in (GradCAM.name, AttentionRollout.name):
        with pytest.raises(ModelError, match=r"\.$"):
            build_method(name, wrap(PixelModel(quarters())))


def test_an_unknown_method_is_refused_with_the_names_of_the_known() -> None:
    with pytest.raises(ModelError, match="Choose one of explainer, grad-cam"):
        build_method("tarot", wrap(PixelModel(quarters())))


def test_reduced_precision_is_refused() -> None:
    classifier = wrap(PixelModel(quarters()))
    classifier.dtype = torch.bfloat16
    with pytest.raises(ValueError, match="exact=True"):
        build_method("occlusion", classifier)


def test_maps_are_normalised_each_by_itself_and_even_ones_become_empty() -> None:
    maps = torch.tensor([[[[2.0, 4.0], [3.0, 6.0]], [[-1.0, -1.0], [-1.0, -1.0]]]])
    masks = normalise_maps(maps)[0]
    np.testing.assert_allclose(masks[0].numpy(), [[0, 0.5], [0.25, 1]])
    assert not masks[1].any()
    assert not normalise_maps(torch.full((1, 1, 2, 2), float("nan"))).any()
