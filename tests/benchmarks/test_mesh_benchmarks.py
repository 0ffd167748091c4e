from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from benchmarks.mesh import held_out, jitter, pose, speed
from benchmarks.mesh.movements import GROUPS, agreement
from emotion_core.faces.mesh.network import MeshCard, MeshNetwork
from emotion_core.faces.mesh.squares import MARGIN
from emotion_core.faces.movements.measures import MEASURES, POSE
from emotion_core.training.common.covers.bank import KINDS, Covers, paint_covers
from emotion_core.training.mesh.data import MeshTensors
from emotion_core.training.mesh.measures import MeshMeasures, measure_batch
from emotion_core.training.mesh.views import ViewMaker
from tests.training.mesh.faces import mesh_faces


@pytest.mark.long
def test_each_backbone_is_measured_at_each_size(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--sizes", "32", "64", "--rounds", "1", "--batch", "2"]
    speed.main(["--backbones", "mobilenetv3_small_050", *sizes])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert [row[:2] for row in rows] == [["mobilenetv3_small_050", size] for size in ("32", "64")]
    assert all(float(value) > 0 for row in rows for value in row[2:])


def test_every_measure_is_in_one_group() -> None:
    for name in (*MEASURES, *POSE):
        assert sum(name.endswith(ends) for ends in GROUPS.values()) == 1, name


def test_what_a_face_does_is_compared_and_not_what_it_is_like() -> None:
    random = np.random.default_rng(0)
    names = [*MEASURES, *POSE]
    taught = pd.DataFrame(random.normal(size=(90, len(names))), columns=names)
    taught = taught.assign(
        clip="a", track=np.repeat([0, 1, 2], 30), time=np.tile(np.arange(30), 3) / 25
    )
    taught.loc[taught["track"] == 2, "time"] /= 10  # too short to count
    taught.loc[5, "jaw"] = np.nan  # of which the teacher is not sure
    read = taught.copy()
    read[names] += np.where(taught["track"] == 1, 10.0, 0.0)[:, None]  # another face
    read.loc[5, "jaw"] = 100.0
    read.loc[read["track"] == 2, names] = random.normal(size=(30, len(names)))
    read["brow_gap"] = random.normal(size=90)
    table = agreement(taught, read)
    assert list(table.index) == names
    assert table["r"].drop("brow_gap").to_numpy() == pytest.approx(1)
    assert abs(table.loc["brow_gap", "r"]) < 0.5
    assert table.loc["jaw", "apart"] == pytest.approx(10 * 30 / 59)


def test_solvers_are_compared_by_distance_and_noise(capsys: pytest.CaptureFixture[str]) -> None:
    pose.main(["--faces", "20"])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    ours = [row for row in rows if "head_pose" in row]
    assert len(ours) == 2 * len(pose.DISTANCES) and len(rows) == 4 * len(ours)
    assert [float(value) for value in ours[0][-4:]] == [0, 0, 0, 0]  # as the solver assumes
    assert all(float(value) <= 2 for row in ours for value in row[-4:-1])


def test_a_clip_that_stands_still_differs_by_its_noise_alone() -> None:
    image = np.full((40, 60, 3), 128, np.uint8)
    frames = [frame for frame, _ in jitter.stands_still(image, 3, 4.0)]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert all(abs(float(frame.image.mean()) - 128) < 1 for frame in frames)
    assert 1 < float((frames[0].image.astype(int) - frames[1].image).std()) < 8


def test_the_held_out_table_has_all_turns_and_covers() -> None:
    network = MeshNetwork(MeshCard("mobilenetv3_small_050", size=64)).eval()
    maker = ViewMaker(64, MARGIN, Covers(paint_covers(len(KINDS), 0)), 0.0)
    tensors = MeshTensors(mesh_faces(4), torch.device("cpu"))
    measures = MeshMeasures()
    measure_batch(network, maker, *tensors.__getitems__(range(4)), measures, 0)
    table = held_out.to_table(measures)
    assert "turned by 45 degrees" in table and "behind microphone" in table
    assert all(line.rstrip("%").split()[-1] for line in table.splitlines())
