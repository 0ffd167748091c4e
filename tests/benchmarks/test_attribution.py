"""The benchmark of the attribution methods: what it measures, on a network that is known."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from benchmarks.attribution import measures as attribution_measures
from benchmarks.attribution.measures import Figure, measure_method
from benchmarks.attribution.run import (
    COLUMNS,
    NOTE,
    Benchmark,
    build_methods,
    load_explained,
    main,
    to_matrix,
    to_table,
)
from benchmarks.attribution.sanity import randomise_explainer
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.explanation.explainers import ExplainerCard
from emotion_core.explanation.found_faces import SHOWN_SIDE
from emotion_core.explanation.mask_network import MaskNetwork
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.registry import METHODS
from emotion_core.progress import finish
from emotion_core.training.common.data import FaceSet
from emotion_core.training.explainer.export import export_explainer
from emotion_core.types import ImageArray
from tests.explanation.classifiers import SIDE, PixelModel, patch_of, quarters, wrap
from tests.training.explainers import load_vit, make_explainer
from tests.training.sets import random_faces, write_zip


@pytest.fixture(scope="module")
def faces() -> FaceSet:
    """One picture of each emotion, white where the network sees it."""
    images = [
        np.repeat(255 * patch_of(k)[:, :, None].astype(np.uint8), 3, axis=2) for k in range(7)
    ]
    return FaceSet(images, np.eye(7, dtype=np.float32), [str(k) for k in range(7)], {})


def test_a_method_that_sees_beats_one_that_knows_nothing(faces: FaceSet) -> None:
    classifier = wrap(PixelModel(quarters()))
    builders = build_methods(["occlusion", "gaussian"], classifier, rise_masks=10)
    seeing, blind = (finish(measure_method(b, classifier, faces, 2)) for b in builders.values())
    assert set(seeing.figures) == set(COLUMNS) - {"own_last", "own_all"} and seeing.count == 7
    assert seeing.figures["ratio"].value > 1.2 > 1.01 > blind.figures["ratio"].value
    assert seeing.figures["deletion"].value < blind.figures["deletion"].value
    assert blind.figures["all"].value == pytest.approx(1)
    assert seeing.milliseconds > blind.milliseconds > 0
    table = to_table([seeing, blind], reference=100.0)
    assert table.count("\n") == 3 and "| gaussian |" in table
    lines = to_matrix(seeing.specificity).splitlines()
    assert len(lines) == 8 and lines[1].startswith(EMOTIONS[0])


def test_methods_that_cannot_look_into_a_network_are_left_out_unless_asked_for() -> None:
    classifier = wrap(PixelModel(quarters()), SIDE)
    assert set(build_methods(None, classifier, 10)) == set(METHODS) - {"grad-cam", "rollout"}
    with pytest.raises(ModelError):
        build_methods(["rollout"], classifier, 10)


def test_figures_are_the_same_however_many_faces_are_held_at_a_time(
    faces: FaceSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = wrap(PixelModel(quarters()))
    build = build_methods(["occlusion"], classifier, 10)["occlusion"]
    whole = finish(measure_method(build, classifier, faces, 2))
    monkeypatch.setattr(attribution_measures, "PART", 3)
    parts = finish(measure_method(build, classifier, faces, 2))
    assert (parts.figures, parts.counts) == (whole.figures, whole.counts)
    np.testing.assert_allclose(parts.specificity, whole.specificity)


def test_what_is_read_behind_the_right_mask_is_counted_as_the_study_did(faces: FaceSet) -> None:
    classifier = wrap(PixelModel(quarters()))
    build = build_methods(["occlusion"], classifier, 10)["occlusion"]
    counts = finish(measure_method(build, classifier, faces, 2)).counts
    assert set(counts) == {"classifier", "labels"}
    assert asdict(counts["labels"]) == dict.fromkeys(asdict(counts["labels"]), 1.0)


def test_the_explainer_loses_its_own_weights_and_not_those_of_the_classifier(
    tmp_path: Path,
) -> None:
    torch.manual_seed(0)
    classifier = load_vit(tmp_path / "vit")
    folder = make_explainer(classifier, tmp_path / "explainer")
    builders = build_methods(["explainer", "gaussian"], classifier, 10, folder)
    own, blind = (
        finish(measure_method(b, classifier, random_faces(7), 3)) for b in builders.values()
    )
    assert set(COLUMNS) - set(own.figures) == {"last", "all"}
    assert own.figures["own_last"].value < 0.9 and own.figures["own_all"].value < 0.9
    lines = [line.split(" | ") for line in to_table([own, blind], 100.0).splitlines()]
    titles = lines[0]
    assert lines[2][titles.index(COLUMNS["last"])] == "—"
    assert lines[3][titles.index(COLUMNS["own_last"])] == "—"


@pytest.mark.long
def test_a_refined_explainer_loses_both_layers_that_make_its_maps(tmp_path: Path) -> None:
    """Its decoder adds to the coarse maps, which would otherwise stay."""
    classifier = load_vit(tmp_path / "vit")
    mean = std = (0.5, 0.5, 0.5)
    name = "tf_efficientnet_lite2_plus"
    card = ExplainerCard(name, 32, mean, std, classifier.identity, EMOTIONS)
    export_explainer(MaskNetwork(name, mean, std), card, tmp_path / "explainer")
    before = MaskExplainer.load(tmp_path / "explainer", classifier)
    after = randomise_explainer(before, "last")
    for layer in ("body.classifier.4", "body.decoder.maps"):
        old, new = (one.network.get_submodule(layer).weight for one in (before, after))
        assert not torch.equal(old, new)
    same = "body.backbone.network.conv_stem.weight"
    old, new = (one.network.get_parameter(same) for one in (before, after))
    assert torch.equal(old, new)


def test_an_explainer_that_cannot_be_loaded_is_reported_and_not_left_out(tmp_path: Path) -> None:
    classifier = wrap(PixelModel(quarters()))
    for names in (None, ["explainer"]):
        with pytest.raises(ModelError, match="has no explainer"):
            build_methods(names, classifier, 10, tmp_path)
    with pytest.raises(ModelError, match="has no trained explainer"):
        build_methods(["explainer"], classifier, 10)


def test_faces_are_measured_as_the_app_explains_them(tmp_path: Path, portrait: ImageArray) -> None:
    face = np.asarray(cv2.resize(portrait[50:230, 135:315], (160, 160)), np.uint8)
    turn = cv2.getRotationMatrix2D((79.5, 79.5), 25, 1)
    png = cv2.imencode(".png", cv2.warpAffine(face, turn, (160, 160))[:, :, ::-1])[1].tobytes()
    data = write_zip(tmp_path / "faces.zip", {f"test/happy/{k}.png": png for k in range(3)})
    faces = load_explained(data, "test", 2)
    assert [image.shape for image in faces.images] == 2 * [(SHOWN_SIDE, SHOWN_SIDE, 3)]
    assert faces.points is not None
    outer_corners = faces.points[:, [33, 263], 1]
    np.testing.assert_allclose(outer_corners[:, 0], outer_corners[:, 1], atol=0.03)


def test_the_tables_of_a_card_come_from_what_was_written(
    tmp_path: Path, faces: FaceSet, capsys: pytest.CaptureFixture[str]
) -> None:
    classifier = wrap(PixelModel(quarters()))
    builders = build_methods(["gaussian"], classifier, 10)
    row = finish(measure_method(builders["gaussian"], classifier, faces, 2))
    unmasked = Figure(0.5, (0.4, 0.6))
    found = Benchmark(classifier.identity, "faces.zip", "test", 7, 10, None, unmasked, 100.0, [row])
    path = tmp_path / "figures.json"
    path.write_text(json.dumps(asdict(found)))
    main(["--table", str(path)])
    said = capsys.readouterr().out
    assert "7 faces of faces.zip, test" in said and said.count("| gaussian |") == 3
    assert NOTE not in said
    path.write_text("{}")
    with pytest.raises(SystemExit, match="cannot be read as the figures"):
        main(["--table", str(path)])
