from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from emotion_core.faces.movements.measures import MEASURES, measure_faces
from emotion_core.training.mesh.losses import MeasureLoss, visibility_loss
from tests.training.mesh.faces import mesh_faces


def two_meshes(apart: float) -> tuple[Tensor, Tensor]:
    """Faces that are turned in space, and others that differ from them a little in all points."""
    chance = np.random.default_rng(0)
    faces = mesh_faces(12).points.astype(np.float64)
    for face in faces:
        turn, nod = chance.uniform(-0.6, 0.6, 2)
        cos, sin = np.cos(turn), np.sin(turn)
        face[:] = face @ np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
        cos, sin = np.cos(nod), np.sin(nod)
        face[:] = face @ np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    unit = 0.28 * apart
    # a whole face that lies elsewhere, larger and turned, besides points that are off
    other = faces * (1 + apart) + chance.normal(0, unit, faces.shape) + chance.normal(0, 0.1, 3)
    other[..., 0] += apart * other[..., 1]
    return torch.from_numpy(other).float(), torch.from_numpy(faces).float()


def test_the_measures_that_are_learned_are_those_that_are_read() -> None:
    points, target = two_meshes(0.02)
    found, taught = MeasureLoss().measured(points, target)
    assert found.shape == (12, len(MEASURES))
    np.testing.assert_allclose(taught, measure_faces(target.numpy()), atol=1e-4)
    # of the network's mesh the pose is taken out to first order: its error is of second
    np.testing.assert_allclose(found, measure_faces(points.numpy()), atol=0.004)
    assert np.abs(measure_faces(points.numpy()) - taught.numpy()).max() > 0.02


def test_measures_cost_by_how_much_they_vary_and_nothing_where_they_agree() -> None:
    _, target = two_meshes(0)
    loss = MeasureLoss()
    assert loss(target, target).abs().max() < 1e-3
    points = target.clone().requires_grad_()
    wider = points.clone()
    wider[:, [107, 55], 0] -= 0.004  # the brows' inner ends, all other points as they were
    cost = loss(wider, target).mean()
    assert cost > 0.01
    cost.backward()
    assert points.grad is not None and points.grad.isfinite().all()
    # the mouths of these faces open by many times that: as much there costs less
    opened = target.clone()
    opened[:, [14, 87, 317], 1] += 0.004
    assert loss(opened, target).mean() < cost.detach()


@pytest.mark.parametrize(("truth", "learns"), [(1.0, False), (0.9, True), (0.0, True)])
def test_a_cover_that_nobody_painted_is_not_unlearned(truth: float, learns: bool) -> None:
    logits = torch.tensor([[-4.0]], requires_grad=True)
    visibility_loss(logits, torch.tensor([[truth]])).backward()
    assert logits.grad is not None and bool(logits.grad.abs() > 1e-3) is learns
    unsure = torch.tensor([[-1.0]], requires_grad=True)
    visibility_loss(unsure, torch.tensor([[1.0]])).backward()
    assert unsure.grad is not None and unsure.grad.abs() > 0.1
