"""What stands where a mask hides a face."""

from __future__ import annotations

import torch

from emotion_core.explanation.backgrounds import blur, vary_background


def test_each_picture_gets_one_of_four_kinds() -> None:
    torch.manual_seed(0)
    pictures = 2 * torch.rand(64, 3, 28, 28) - 1
    found = vary_background(pictures)
    assert found.shape == pictures.shape
    flat = found.std(dim=(2, 3)).amax(dim=1) < 1e-6
    zero = flat & (found.abs().amax(dim=(1, 2, 3)) == 0)
    mean = flat & ((found - pictures.mean((2, 3), keepdim=True)).abs().amax(dim=(1, 2, 3)) < 1e-6)
    colour = flat & ~zero & ~mean
    counts = [int(kind.sum()) for kind in (zero, mean, colour, ~flat)]
    assert sum(counts) == 64 and min(counts) >= 6


def test_from_afar_light_and_dark_are_left_and_nothing_fine() -> None:
    torch.manual_seed(1)
    pictures = torch.zeros(64, 3, 56, 56)
    pictures[..., :28] = 1.0  # a bright half
    pictures[..., ::2, :] += 0.5  # and stripes
    found = vary_background(pictures)
    afar = found[found.std(dim=(2, 3)).amax(dim=1) > 1e-6]
    assert len(afar)
    assert afar[..., :20].mean() - afar[..., 36:].mean() > 0.9
    assert (afar.diff(dim=2).abs().amax() < 0.05).item()


def test_a_blur_takes_the_fine_detail_and_leaves_the_rest() -> None:
    pictures = torch.zeros(2, 3, 112, 112)
    pictures[..., 56:] = 1.0
    stripes = pictures.clone()
    stripes[..., ::2, :] += 0.5
    assert (blur(stripes).diff(dim=2).abs().amax() < 0.05).item()
    torch.testing.assert_close(blur(pictures)[..., :40], pictures[..., :40])
    assert blur(pictures[:0]).shape == (0, 3, 112, 112)
