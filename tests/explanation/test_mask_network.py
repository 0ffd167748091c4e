"""The explainer's network, its export, and folders that hold something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torchvision.models import mobilenet_v3_large

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.explanation.backbone import InterleavedConv2d
from emotion_core.explanation.explainers import ExplainerCard
from emotion_core.explanation.mask_network import MaskNetwork, load_explainer
from emotion_core.settings import SHIPPED
from emotion_core.training.explainer.export import export_explainer, take_backbone
from tests.training.explainers import MEAN, STD, load_vit, make_network


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> EmotionClassifier:
    return load_vit(tmp_path_factory.mktemp("vit"))


@pytest.fixture
def folder(tmp_path: Path, classifier: EmotionClassifier) -> Path:
    """An exported explainer that a test may spoil."""
    torch.manual_seed(0)
    export_explainer(*make_network(classifier), tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize(
    ("architecture", "millions"),
    [
        ("resnet50", 39.6),
        ("mobilenet_v3_large", 11.0),
        ("tf_efficientnet_lite2", 7.9),
        ("tf_efficientnet_lite2_plus", 8.0),
    ],
)
def test_the_networks_are_as_large_as_is_said(architecture: str, millions: float) -> None:
    with torch.device("meta"):
        network = MaskNetwork(architecture, MEAN, STD)
    learned = sum(p.numel() for p in network.parameters() if p.requires_grad)
    assert round(learned / 1e6, 1) == millions


def test_an_export_is_read_back_in_half_precision(
    folder: Path, classifier: EmotionClassifier
) -> None:
    torch.manual_seed(0)
    network, card = make_network(classifier)
    loaded, loaded_card = load_explainer(folder)
    assert loaded_card == card
    assert {path.name for path in folder.iterdir()} == {"config.json", "model.safetensors"}
    assert (folder / "model.safetensors").stat().st_size < 25e6
    pixels = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        expected, masks = network(pixels).sigmoid(), loaded(pixels).sigmoid()
    assert expected.shape == (1, 7, 32, 32)
    torch.testing.assert_close(masks, expected, atol=5e-3, rtol=0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "vit"}, "different kind"),
        ({"architecture": "unet"}, "backbone 'unet'"),
        ({"architecture": "resnet50"}, "with the backbone resnet50"),
        ({"mean": [0.5]}, "is incomplete"),
        ({"classifier": {}}, "is incomplete"),
        ({"labels": ["happy"]}, "seven emotions"),
    ],
)
def test_a_folder_of_something_else_is_reported(
    folder: Path, change: dict[str, Any], message: str
) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ModelError, match=message):
        load_explainer(folder)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_missing_file_is_reported_by_its_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} is missing"):
        load_explainer(folder)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_truncated_file_is_reported(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="damaged"):
        load_explainer(folder)


def test_an_explainer_whose_training_went_astray_is_reported(folder: Path) -> None:
    network, card = load_explainer(folder)
    next(network.parameters()).data[0] = float("nan")
    export_explainer(network, card, folder)
    with pytest.raises(ModelError, match=r"values that are not numbers. Train"):
        load_explainer(folder)


def test_weights_of_a_classifier_of_torchvision_are_taken_for_the_backbone(tmp_path: Path) -> None:
    network, given = MaskNetwork("mobilenet_v3_large", MEAN, STD), mobilenet_v3_large()
    torch.save(given.state_dict(), tmp_path / "weights.pth")
    take_backbone(network, tmp_path / "weights.pth")
    first = network.body.backbone.state_dict()["0.0.weight"]
    torch.testing.assert_close(first, given.state_dict()["features.0.0.weight"])


def test_weights_of_a_classifier_of_timm_are_taken_for_the_backbone() -> None:
    network = MaskNetwork("tf_efficientnet_lite2", MEAN, STD)
    weights = SHIPPED.models / "eme-lite2" / "model.safetensors"
    take_backbone(network, weights)
    first = network.body.backbone.state_dict()["network.conv_stem.weight"]
    torch.testing.assert_close(first, load_file(weights)["timm_model.conv_stem.weight"].float())


def test_weights_of_another_backbone_are_refused(tmp_path: Path) -> None:
    save_file({"conv1.weight": torch.zeros(1)}, tmp_path / "weights.safetensors")
    with pytest.raises(ModelError, match="does not contain weights of the explainer's backbone"):
        take_backbone(
            MaskNetwork("mobilenet_v3_large", MEAN, STD), tmp_path / "weights.safetensors"
        )


@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors"])
def test_weights_that_cannot_be_read_are_reported_in_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"no weights")
    with pytest.raises(ModelError, match="does not contain the weights"):
        take_backbone(MaskNetwork("mobilenet_v3_large", MEAN, STD), tmp_path / name)


def test_a_backbone_that_is_not_known_is_reported_in_a_sentence() -> None:
    with pytest.raises(ModelError, match="no explainer with the backbone 'unet'"):
        MaskNetwork("unet", MEAN, STD)


def test_statistics_follow_the_weights_within_a_few_dozen_steps() -> None:
    torch.manual_seed(0)
    network = MaskNetwork("mobilenet_v3_large", MEAN, STD).train()
    pixels = torch.rand(4, 3, 64, 64)
    first = next(module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d))
    seen: list[torch.Tensor] = []
    first.register_forward_hook(lambda _module, given, _out: seen.append(given[0].mean((0, 2, 3))))
    with torch.no_grad():
        for _ in range(50):
            network(pixels)
    torch.testing.assert_close(first.running_mean, seen[-1], atol=1e-2, rtol=1e-2)


def test_the_network_of_the_built_in_classifier_gives_maps_of_the_size_of_the_picture() -> None:
    network = MaskNetwork("tf_efficientnet_lite2", MEAN, STD).eval()
    with torch.no_grad():
        assert network(torch.rand(1, 3, 48, 64)).shape == (1, 7, 48, 64)
        assert network.body.backbone(torch.rand(1, 3, 48, 64))["out"].shape[2:] == (6, 8)


def _coarse_and_refined() -> tuple[MaskNetwork, MaskNetwork]:
    """The explainer that ships without its decoder, and a refinement of that."""
    shipped, card = load_explainer(SHIPPED.models / "explainers" / "eme-lite2")
    torch.manual_seed(0)
    coarse = MaskNetwork("tf_efficientnet_lite2", card.mean, card.std).eval()
    left_over = coarse.load_state_dict(shipped.state_dict(), strict=False)
    assert not left_over.missing_keys
    refined = MaskNetwork("tf_efficientnet_lite2_plus", card.mean, card.std).eval()
    refined.begin_as(coarse)
    return coarse, refined


@pytest.mark.parametrize("size", [(160, 160), (44, 60)])
def test_a_refinement_begins_with_the_maps_of_the_explainer_that_it_continues(
    size: tuple[int, int],
) -> None:
    coarse, refined = _coarse_and_refined()
    pixels = torch.rand(2, 3, *size)
    with torch.no_grad():
        torch.testing.assert_close(refined(pixels), coarse(pixels))


def test_a_refinement_learns_from_its_first_step_on() -> None:
    _, refined = _coarse_and_refined()
    optimizer = torch.optim.SGD(refined.parameters(), lr=1e-3)
    pixels, before = torch.rand(2, 3, 32, 32), refined.body.decoder.low[0].weight.clone()
    for _ in range(2):  # the first step makes the last layer something else than zero
        optimizer.zero_grad()
        refined(pixels).square().mean().backward()
        optimizer.step()
    assert refined.body.decoder.maps.weight.abs().max() > 0
    assert (refined.body.decoder.low[0].weight != before).any()


def test_a_refinement_draws_on_a_grid_of_a_quarter_of_the_side() -> None:
    _, refined = _coarse_and_refined()
    grids: dict[str, torch.Size] = {}
    for name, part in (("coarse", refined.body.classifier[-1]), ("added", refined.body.decoder)):
        part.register_forward_hook(lambda _m, _g, out, name=name: grids.update({name: out.shape}))
    with torch.no_grad():
        assert refined(torch.rand(1, 3, 48, 64)).shape == (1, 7, 48, 64)
    assert grids == {"coarse": (1, 7, 6, 8), "added": (1, 7, 12, 16)}


def test_what_a_refinement_adds_may_change_from_one_quarter_scale_pixel_to_the_next() -> None:
    decoder = _coarse_and_refined()[1].body.decoder
    torch.nn.init.normal_(decoder.maps.weight)
    features, low = torch.rand(1, 256, 6, 6), torch.rand(1, 24, 12, 12)
    changed = low.clone()
    changed[..., 6, 6] += 10
    with torch.no_grad():
        difference = (decoder(features, changed) - decoder(features, low)).abs().sum(1)[0]
    reached = difference > 1e-6
    # two convolutions of 3 x 3: two pixels to each side and no further
    assert reached[4:9, 4:9].any() and reached[6, 6]
    reached[4:9, 4:9] = False
    assert not reached.any()


def test_a_refinement_is_exported_and_read_back(
    tmp_path: Path, classifier: EmotionClassifier
) -> None:
    _, refined = _coarse_and_refined()
    torch.nn.init.normal_(refined.body.decoder.maps.weight, std=0.01)
    card = ExplainerCard("tf_efficientnet_lite2_plus", 32, MEAN, STD, classifier.identity, EMOTIONS)
    export_explainer(refined, card, tmp_path / "model")
    loaded, loaded_card = load_explainer(tmp_path / "model")
    assert loaded_card == card
    pixels = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        refined.mean, refined.std = loaded.mean, loaded.std
        expected = refined(pixels).sigmoid()
        torch.testing.assert_close(loaded(pixels).sigmoid(), expected, atol=2e-2, rtol=0)


def test_a_coarser_explainer_does_not_begin_as_its_refinement() -> None:
    coarse, refined = _coarse_and_refined()
    with pytest.raises(RuntimeError, match="decoder"):
        coarse.begin_as(refined)


class _Far(torch.nn.Module):
    """Instead of a network: maps from far below to far above the range of a sigmoid."""

    maps = torch.linspace(-60, 60, 7 * 64).view(1, 7, 8, 8)

    def forward(self, _: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"out": self.maps}


def test_maps_are_bounded_so_that_masks_keep_the_order_of_their_parts() -> None:
    network = MaskNetwork("mobilenet_v3_large", MEAN, STD).eval()
    network.body = _Far()
    masks, maps = network(torch.rand(1, 3, 8, 8)).sigmoid().flatten(), _Far.maps.flatten()
    assert masks.min() > 0 and masks.max() < 1
    assert (masks[maps.abs() < 25].diff() > 0).all(), "no two parts of a mask are the same"
    undecided = maps.abs() < 2
    torch.testing.assert_close(masks[undecided], maps[undecided].sigmoid(), atol=0.01, rtol=0)


@pytest.mark.parametrize(("kernel", "dilation"), [(3, 2), (5, 4)])
@pytest.mark.parametrize("side", [20, 21])
def test_interleaved_grids_give_what_the_dilated_convolution_gives(
    kernel: int, dilation: int, side: int
) -> None:
    torch.manual_seed(0)
    padding = dilation * (kernel // 2)
    plain = torch.nn.Conv2d(6, 6, kernel, padding=padding, dilation=dilation, groups=6)
    fast = InterleavedConv2d(6, 6, kernel, padding=padding, dilation=dilation, groups=6)
    fast.load_state_dict(plain.state_dict())
    maps = torch.rand(2, 6, side, side, requires_grad=True)
    weight = torch.rand(2, 6, side, side)
    torch.testing.assert_close(fast(maps), plain(maps))
    found, expected = (
        torch.autograd.grad((conv(maps) * weight).sum(), maps)[0] for conv in (fast, plain)
    )
    torch.testing.assert_close(found, expected)


def test_every_depthwise_convolution_with_wide_gaps_is_interleaved() -> None:
    backbone = MaskNetwork("tf_efficientnet_lite2", MEAN, STD).body.backbone
    gaps = [m for m in backbone.modules() if isinstance(m, torch.nn.Conv2d) and m.dilation[0] > 2]
    assert len(gaps) == 5 and all(isinstance(conv, InterleavedConv2d) for conv in gaps)
