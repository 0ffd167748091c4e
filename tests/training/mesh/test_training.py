from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor, nn
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.datasets.meshes.labels import write_meshes
from emotion_core.datasets.meshes.teacher import TaughtMesh
from emotion_core.errors import DatasetError, ModelError
from emotion_core.faces.mesh.mesh import load_mesh_reader
from emotion_core.faces.mesh.network import MeshNetwork, load_mesh_network, save_mesh_network
from emotion_core.faces.mesh.points import OUTLINES
from emotion_core.faces.mesh.squares import MARGIN
from emotion_core.progress import finish
from emotion_core.training.common.covers.bank import KINDS, Covers, paint_covers
from emotion_core.training.mesh.data import (
    PICTURE_SIDE,
    MeshBatches,
    MeshTensors,
    load_mesh_faces,
)
from emotion_core.training.mesh.losses import MeshLoss, visibility_loss
from emotion_core.training.mesh.measures import (
    TURNS,
    MeshMeasures,
    balanced_visibility,
    measure_batch,
)
from emotion_core.training.mesh.module import MeshConfig, MeshModule, train_mesh
from emotion_core.training.mesh.views import ViewMaker
from emotion_core.types import ImageArray
from tests.training.mesh.faces import drawn_face, mesh_faces

SMALL = MeshConfig("mobilenetv3_small_050", size=64, epochs=1, batch=4, covers=len(KINDS))
QUIET = {"enable_progress_bar": False, "accelerator": "cpu"}


def test_a_run_leaves_a_network_its_figures_and_can_be_resumed(tmp_path: Path) -> None:
    batches = MeshBatches(mesh_faces(8), mesh_faces(4, seed=1), SMALL.batch)
    run = tmp_path / "run"
    folder = train_mesh(SMALL, batches, run, trainer_options=QUIET)
    reader = load_mesh_reader(str(folder), tmp_path)
    crops = np.stack([drawn_face(one, 64) for one in mesh_faces(2).points])
    points, visibility = reader.read_crops(crops)
    assert points.shape == (2, 468, 3) and visibility.shape == (2, 5)
    figures = json.loads((run / "figures.json").read_text())
    assert {f"turn {turn}" for turn in TURNS} | {f"cover {kind}" for kind in KINDS} <= set(figures)
    assert {"moved square", "correlation lids", "correlation head turn"} <= set(figures)
    assert json.loads((run / "status.json").read_text())["state"] == "finished"
    longer = MeshConfig(**{**SMALL_SETTINGS, "epochs": 2})
    train_mesh(longer, batches, run, resume=True, trainer_options=QUIET)
    metrics = (run / "metrics.csv").read_text().splitlines()
    assert (run / "metrics-1.csv").exists()
    assert {line.split(",")[0] for line in metrics[1:]} == {"1"}


def test_a_run_continues_from_a_mesh_network_of_the_same_kind(tmp_path: Path) -> None:
    torch.manual_seed(0)
    card = SMALL.card()
    save_mesh_network(MeshNetwork(card), card, tmp_path / "first")
    given = load_mesh_network(tmp_path / "first")[0].state_dict()
    covers = Covers(paint_covers(len(KINDS), 0))
    module = MeshModule(replace(SMALL, weights=tmp_path / "first"), covers)
    assert all(torch.equal(own, given[name]) for name, own in module.network.state_dict().items())
    assert module.network.training and all(p.requires_grad for p in module.network.parameters())
    with pytest.raises(ModelError, match="another architecture or size"):
        MeshModule(replace(SMALL, size=96, weights=tmp_path / "first"), covers)


SMALL_SETTINGS = {name: getattr(SMALL, name) for name in SMALL.__slots__}


def test_the_loss_is_zero_for_the_teacher_itself_and_weighs_lids_above_cheeks() -> None:
    target = torch.from_numpy(mesh_faces(2).points)
    loss = MeshLoss()
    assert loss(target, target).abs().max() < 1e-6

    def moved(name: str) -> float:
        points = target.clone()
        points[:, list(OUTLINES[name])[:8], 1] += 0.02
        return float(loss(points, target).mean())

    assert moved("right_eye") > 2 * moved("right_cheek") > 0
    # the same share of the distance between the eyes costs the same at any size
    assert torch.allclose(
        loss(target * 3 + 0.03, target * 3), loss(target + 0.01, target), atol=1e-3
    )


def test_visibility_is_cheapest_when_it_is_right() -> None:
    truth = torch.tensor([[1.0, 0.0, 0.5]])
    right = visibility_loss(torch.tensor([[6.0, -6.0, 0.0]]), truth)
    wrong = visibility_loss(torch.tensor([[-6.0, 6.0, 0.0]]), truth)
    assert right < 0.3 < wrong


class Told(nn.Module):
    """Says what is true of the views it is shown, but for an error that is known."""

    def __init__(self, maker: ViewMaker, off: float) -> None:
        super().__init__()
        self.maker, self.off = maker, off
        framed = maker.framed

        def remember(*given: object) -> object:
            self.views = framed(*given)  # type: ignore[arg-type]
            return self.views

        maker.framed = remember  # type: ignore[method-assign,assignment]

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        points = self.views.points.clone()
        unit = (points[:, [263, 362]].mean(dim=1) - points[:, [33, 133]].mean(dim=1)).norm(dim=1)
        points[..., 0] += self.off * unit[:, None]
        return points, self.views.visibility - 0.5


def test_measures_are_errors_in_units_of_the_eyes_on_the_same_views_each_time() -> None:
    tensors = MeshTensors(mesh_faces(6), torch.device("cpu"))
    pictures, points = tensors.__getitems__(range(6))
    results = []
    for _ in range(2):
        maker = ViewMaker(64, MARGIN, Covers(paint_covers(2 * len(KINDS), 0)), 0.5)
        measures = MeshMeasures()
        torch.manual_seed(len(results))  # what was drawn before plays no part
        measure_batch(Told(maker, 0.05), maker, pictures, points, measures, seed=7)
        results.append(measures.means())
        assert measures.correlations()["mouth opening"] == pytest.approx(1, abs=1e-3)
    assert results[0] == results[1]
    for name in [f"turn {turn}" for turn in TURNS] + [f"cover {kind}" for kind in KINDS]:
        assert results[0][name] == pytest.approx(0.05, abs=1e-4)
    assert results[0]["turn 0 lids"] == pytest.approx(0.05, abs=1e-4)
    assert results[0]["moved square"] < 0.15  # off by the same either way, but where mirrored
    assert balanced_visibility(results[0], "cover") == 1


class Drawing:
    """Knows the points of drawn faces by the colour of their first pixel."""

    def __init__(self, faces: dict[int, np.ndarray]) -> None:
        self.faces = faces

    def teach(self, image: ImageArray) -> TaughtMesh:
        points = self.faces[int(image[0, 0, 0])] * image.shape[1]
        points[:, :2] -= 0.5
        return TaughtMesh(points.astype(np.float32), 1.0, 0.01)


@pytest.fixture
def labelled(tmp_path: Path) -> tuple[Path, Path]:
    """Drawn faces of 40 people in two sizes, with their meshes."""
    points = mesh_faces(40).points
    for k, one in enumerate(points):
        image = drawn_face(one, 48 if k % 2 else PICTURE_SIDE)
        image[0, 0] = k
        path = tmp_path / "set" / f"person {k}" / "face.png"
        path.parent.mkdir(parents=True)
        cv2.imwrite(str(path), image[..., ::-1])
    teacher = Drawing(dict(enumerate(points)))
    task = write_meshes(tmp_path / "set", tmp_path / "meshes.npz", teacher, people=True)  # type: ignore[arg-type]
    finish(task)
    return tmp_path / "set", tmp_path / "meshes.npz"


def test_faces_are_split_by_person_and_brought_to_one_size(labelled: tuple[Path, Path]) -> None:
    train, val = (load_mesh_faces(*labelled, split, most_spread=0.05) for split in ("train", "val"))
    assert len(train) + len(val) < 40  # the rest are for the test
    assert {image.shape for image in train.images} == {(PICTURE_SIDE, PICTURE_SIDE, 3)}
    held_out = {tuple(one[0].round(3).tolist()) for one in val.points}
    assert held_out.isdisjoint(tuple(one[0].round(3).tolist()) for one in train.points)
    for image, points in zip(train.images, train.points, strict=True):
        x, y = (points[list(OUTLINES["lips_outer"]), :2].mean(axis=0) * PICTURE_SIDE).astype(int)
        assert image[y, x, 0] > image[y, x, 1] + 60  # the lips are red
    assert len(load_mesh_faces(*labelled, "train", most_spread=0.05, limit=5)) == 5
    with pytest.raises(DatasetError, match="no face"):
        load_mesh_faces(labelled[0].parent, labelled[1], "train", most_spread=0.05)


def test_the_command_trains(labelled: tuple[Path, Path], tmp_path: Path) -> None:
    data, meshes = map(str, labelled)
    arguments = ["train", "mesh", "--data", data, "--out", str(tmp_path / "run")]
    missing = CliRunner().invoke(app, [*arguments, "--meshes", meshes, "--meshes", meshes])
    assert isinstance(missing.exception, DatasetError)
    small = ["--backbone", SMALL.backbone, "--size", "64", "--covers", "9", "--epochs", "1"]
    result = CliRunner().invoke(
        app, [*arguments, "--meshes", meshes, *small, "--batch", "8"], catch_exceptions=False
    )
    assert result.exit_code == 0 and "Mesh network written to" in result.output
