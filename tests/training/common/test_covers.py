from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from emotion_core.faces.mesh.points import VISIBLE_PARTS, mean_face
from emotion_core.training.common.covers.bank import KINDS, Covers, paint_covers, visible_parts

PARTS = list(VISIBLE_PARTS)


@pytest.fixture(scope="module")
def covers() -> Covers:
    return Covers(paint_covers(6 * len(KINDS), seed=0))


def laid(covers: Covers, kind: str, count: int = 24) -> tuple[Tensor, Tensor, Tensor]:
    """Images of grey faces that look straight ahead, covered; what is hidden, what visible."""
    torch.manual_seed(0)
    points = torch.from_numpy(mean_face() * 0.3 + (0.5, 0.4, 0)).float().expand(count, -1, -1)
    chosen = covers.draw(count, torch.device("cpu"), kind)
    image, hidden = covers.lay(torch.full((count, 3, 96, 96), 0.5), points, chosen)
    return image, hidden, visible_parts(hidden, points)


def test_the_same_seed_paints_the_same_covers_and_another_one_others() -> None:
    first, again, other = (paint_covers(len(KINDS), seed) for seed in (1, 1, 2))
    assert (first == again).all()
    for one, two in zip(first, other, strict=True):
        assert (one != two).any()
        # colours are already multiplied with alpha, and each cover covers something
        assert (one[..., :3].astype(int) <= one[..., 3:].astype(int) + 1).all() and one[
            ..., 3
        ].max() > 100


@pytest.mark.parametrize(
    ("kind", "hidden", "shown"),
    [
        ("mask", {"mouth", "jaw"}, {"brows", "eyes"}),
        ("dark glasses", {"eyes"}, {"nose", "mouth", "jaw"}),
        ("clear glasses", set(), {"eyes", "nose", "mouth", "jaw"}),
        ("microphone", set(), {"brows", "eyes"}),
    ],
)
def test_what_is_worn_hides_what_lies_under_it(
    covers: Covers, kind: str, hidden: set[str], shown: set[str]
) -> None:
    _, _, visibility = laid(covers, kind)
    means = dict(zip(PARTS, visibility.mean(dim=0).tolist(), strict=True))
    assert all(means[part] < 0.25 for part in hidden)
    assert all(means[part] > 0.85 for part in shown)


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_changes_where_something_is_hidden_and_nowhere_else(
    covers: Covers, kind: str
) -> None:
    image, hidden, _ = laid(covers, kind)
    bare = hidden[:, 0] == 0
    changed = (image - 0.5).abs().amax(dim=1)
    assert (changed[bare] < 1e-6).all()
    assert changed[hidden[:, 0] > 0.9].mean() > 0.05
    assert image.min() >= 0 and image.max() <= 1


def test_a_face_without_a_cover_stays_as_it_is(covers: Covers) -> None:
    points = torch.from_numpy(mean_face() * 0.3 + (0.5, 0.4, 0)).float()[None]
    image = torch.rand(1, 3, 64, 64)
    covered, hidden = covers.lay(image, points, torch.tensor([-1]))
    assert torch.equal(covered, image) and not hidden.any()
    assert (visible_parts(hidden, points) > 0.999).all()


def test_covers_of_grey_pictures_are_grey(covers: Covers) -> None:
    image, hidden, _ = laid(covers, "text")
    assert hidden.max() > 0.5
    assert (image - image.mean(dim=1, keepdim=True)).abs().max() < 0.01


def test_a_rim_across_the_brows_leaves_them_to_be_seen_and_a_band_does_not() -> None:
    points = torch.from_numpy(mean_face() * 0.3 + (0.5, 0.4, 0)).float()[None]
    height = int(points[0, 105, 1] * 96)
    seen = []
    for thick in (1, 14):
        hidden = torch.zeros(1, 1, 96, 96)
        hidden[:, :, height - thick // 2 : height - thick // 2 + thick] = 1
        seen.append(float(visible_parts(hidden, points)[0, PARTS.index("brows")]))
    assert seen[0] == 1 and seen[1] < 0.5


def test_shadows_and_faint_covers_change_a_face_that_shows_through(covers: Covers) -> None:
    torch.manual_seed(0)
    points = torch.from_numpy(mean_face() * 0.3 + (0.5, 0.4, 0)).float().expand(60, -1, -1)
    image = torch.rand(60, 3, 96, 96) * 0.8 + 0.1
    shaded = covers.shade(image, points, covers.draw(60, torch.device("cpu")))
    # what was brighter stays brighter under whatever is laid over both
    darker, brighter = image.roll(1, 3) < image - 0.3, image - 0.3 > image.roll(1, 3)
    apart = (shaded - shaded.roll(1, 3))[brighter & darker]
    assert (apart > 0).float().mean() > 0.98
    assert ((shaded - image).abs().amax(dim=(1, 2, 3)) > 0.05).float().mean() > 0.8
    assert shaded.min() >= 0 and shaded.max() <= 1
    assert torch.equal(covers.shade(image, points, torch.full((60,), -1)), image)


def test_training_draws_every_kind_and_some_more_often(covers: Covers) -> None:
    torch.manual_seed(0)
    drawn = covers.draw(13_000, torch.device("cpu"))
    counts = torch.bincount(drawn % len(KINDS), minlength=len(KINDS)).tolist()
    often = {kind for kind, count in zip(KINDS, counts, strict=True) if count > 1500}
    assert min(counts) > 800 and often == {"mask", "head", "hand", "text"}
    assert drawn.min() >= 0 and drawn.max() < 6 * len(KINDS)


def test_what_lies_outside_of_the_view_is_not_visible() -> None:
    points = torch.from_numpy(mean_face() * 0.3 + (0.5, 0.8, 0)).float()[None]
    visibility = visible_parts(torch.zeros(1, 1, 64, 64), points)[0]
    seen = dict(zip(PARTS, visibility.tolist(), strict=True))
    assert seen["eyes"] == 1 and seen["mouth"] == 0 and seen["jaw"] == 0


def test_a_stock_without_all_kinds_is_refused() -> None:
    with pytest.raises(ValueError, match="one of each kind"):
        Covers(np.zeros((3, 8, 8, 4), np.uint8))
