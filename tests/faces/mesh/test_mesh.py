from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from emotion_core.errors import ModelError
from emotion_core.faces.mesh.mesh import FaceMeshes, load_mesh_reader
from emotion_core.faces.mesh.network import (
    MeshCard,
    MeshNetwork,
    load_mesh_network,
    save_mesh_network,
)
from emotion_core.faces.mesh.points import eye_distance, mean_face
from emotion_core.faces.mesh.squares import MARGIN, UprightSquare

SMALL = MeshCard("mobilenetv3_small_050", 3, 64, width=16, shapes=8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    network = MeshNetwork(SMALL).eval()
    with torch.no_grad():  # as at the start of a training: the mean face wherever it looks
        network.points.weight.zero_()
    save_mesh_network(network, SMALL, tmp_path / "meshes" / "mine")
    return tmp_path


def test_the_network_fits_into_three_megabytes() -> None:
    network = MeshNetwork(MeshCard())
    assert sum(tensor.numel() for tensor in network.state_dict().values()) * 2 <= 3_000_000


def test_a_network_is_read_back_as_it_was_written(folder: Path) -> None:
    network, card = load_mesh_network(folder / "meshes" / "mine")
    assert card == SMALL
    points, visibility = network(torch.rand(2, 3, 64, 64))
    assert points.shape == (2, 468, 3) and visibility.shape == (2, 5)


def test_meshes_are_placed_where_the_square_lies_in_the_picture(folder: Path) -> None:
    reader = load_mesh_reader("mine", folder)
    assert reader.identity.startswith("mine-")
    image = np.random.default_rng(0).integers(0, 255, (90, 120, 3)).astype(np.uint8)
    squares = [UprightSquare(60, 45, 50, 0.0), UprightSquare(40, 50, 80, 1.0)]
    meshes = reader.read([(image, square) for square in squares])
    assert meshes.points.shape == (2, 468, 3)
    assert ((meshes.visibility > 0) & (meshes.visibility < 1)).all()
    for points, square in zip(meshes.points, squares, strict=True):
        again = UprightSquare.around(points)
        assert np.allclose(
            (again.x, again.y, again.side, again.angle),
            (square.x, square.y, square.side, square.angle),
            atol=0.2,
        )
        assert eye_distance(points) == pytest.approx(square.side / MARGIN / 2.480, rel=0.02)
    assert meshes.points[0, 152, 1] > meshes.points[0, 10, 1]


def test_no_face_has_no_mesh(folder: Path) -> None:
    reader = load_mesh_reader(str(folder / "meshes" / "mine"), folder)
    assert len(reader.read([])) == 0


def test_a_network_that_is_not_there_or_damaged_is_reported_in_a_sentence(folder: Path) -> None:
    with pytest.raises(ModelError, match="no mesh network 'nobody'"):
        load_mesh_reader("nobody", folder)
    (folder / "bad").mkdir()
    (folder / "bad" / "config.json").write_text("{}")
    (folder / "bad" / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="does not contain a mesh network"):
        load_mesh_reader(str(folder / "bad"), folder)


def test_meshes_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="468"):
        FaceMeshes(mean_face()[None, :400], np.zeros((1, 5), np.float32))
