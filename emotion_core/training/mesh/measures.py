"""How near a mesh network comes to its teacher, by turn and by cover, on the same views always."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import torch
from torch import Tensor

from emotion_core.faces.mesh.points import VISIBLE_PARTS, points_of
from emotion_core.training.common.covers.bank import KINDS
from emotion_core.training.mesh.losses import eye_distances
from emotion_core.training.mesh.views import ViewMaker, Views, draw_frames

TURNS = (0, 15, 30, 45, 60)
# Distances that movements are read from, as pairs of points; the mean of each row is one figure.
GAPS: dict[str, tuple[tuple[int, int], ...]] = {
    "lids": ((160, 144), (159, 145), (158, 153), (387, 373), (386, 374), (385, 380)),
    "mouth opening": ((13, 14), (82, 87), (312, 317)),
    "mouth width": ((61, 291),),
    "brows": ((107, 133), (105, 159), (70, 33), (336, 362), (334, 386), (300, 263)),
}
# Turn and nod of the head: where the tip of the nose lies beside and below the eyes, by axis.
_NOSE_TIP = 1
# Of the faces, so much is moved and scaled in the views that are measured.
_STRENGTH = 0.5
_GROUPS = {
    "lids": ("right_eye", "left_eye"),
    "lips": ("lips_outer", "lips_inner"),
    "brows": VISIBLE_PARTS["brows"],
}


@dataclass
class MeshMeasures:
    """Figures that come together batch by batch.

    Attributes:
        values: by name, of each face: errors in units of the distance between the eyes, and for
            visibility whether it was right.
        pairs: by name, (n, 2) what the network and the teacher say of each face.
    """

    values: dict[str, list[Tensor]] = field(default_factory=lambda: defaultdict(list))
    pairs: dict[str, list[Tensor]] = field(default_factory=lambda: defaultdict(list))

    def add_errors(self, name: str, points: Tensor, views: Views, *, groups: bool = False) -> None:
        """Errors of some faces; in the picture plane, as the teacher's z is a guess.

        Args:
            name: what the faces are.
            points: (n, 468, 3) what the network says.
            views: what it was shown.
            groups: also by lids, lips and brows.
        """
        apart = (points - views.points)[..., :2].norm(dim=-1)
        errors = apart / eye_distances(views.points)[:, None]
        self.values[name].append(errors.mean(dim=1).float().cpu())
        for group, outlines in _GROUPS.items() if groups else ():
            self.values[f"{name} {group}"].append(
                errors[:, points_of(*outlines)].mean(dim=1).float().cpu()
            )

    def add_visibility(self, name: str, logits: Tensor, views: Views) -> None:
        """Whether each part was rightly said to be visible, where it is clearly so or not."""
        for k, part in enumerate(VISIBLE_PARTS):
            truth = views.visibility[:, k]
            clear = (truth < 0.25) | (truth > 0.75)
            right = ((logits[:, k] > 0) == (truth > 0.5))[clear].float().cpu()
            seen = (truth > 0.5)[clear].cpu()
            self.values[f"{name} {part} visible"].append(right[seen])
            self.values[f"{name} {part} hidden"].append(right[~seen])

    def add_movements(self, points: Tensor, views: Views) -> None:
        """What movements and the pose are read from, by the network and by the teacher."""
        both = [_movements(one) for one in (points, views.points)]
        for name in both[0]:
            self.pairs[name].append(torch.stack([one[name] for one in both], dim=1).float().cpu())

    def correlations(self) -> dict[str, float]:
        """Pearson's correlation of the network with the teacher over all faces, by movement."""
        joined = {name: torch.cat(parts) for name, parts in self.pairs.items()}
        return {name: float(torch.corrcoef(values.T)[0, 1]) for name, values in joined.items()}

    def means(self) -> dict[str, float]:
        """The mean of each figure, without those for which nothing was measured."""
        joined = {name: torch.cat(parts) for name, parts in self.values.items()}
        return {name: float(values.mean()) for name, values in joined.items() if len(values)}


def _movements(points: Tensor) -> dict[str, Tensor]:
    """(n,) of each movement in units of the distance between the eyes."""
    unit = eye_distances(points)
    found = {}
    for name, pairs in GAPS.items():
        first, second = torch.tensor(pairs, device=points.device).T
        lengths = (points[:, first] - points[:, second])[..., :2].norm(dim=-1)
        found[name] = lengths.mean(dim=1) / unit
    eyes = points[:, [33, 133, 263, 362]].mean(dim=1)
    off = (points[:, _NOSE_TIP] - eyes) / unit[:, None]
    return found | {"head turn": off[:, 0], "head nod": off[:, 1]}


def balanced_visibility(means: dict[str, float], name: str) -> float:
    """How often parts are rightly called visible and hidden, the mean of the two.

    Args:
        means: of :meth:`MeshMeasures.means`.
        name: what the names of the figures begin with.
    """
    sides = [
        [value for key, value in means.items() if key.startswith(name) and key.endswith(side)]
        for side in (" visible", " hidden")
    ]
    return sum(sum(side) / max(len(side), 1) for side in sides) / 2


@torch.no_grad()
def measure_batch(
    network: torch.nn.Module,
    maker: ViewMaker,
    pictures: Tensor,
    points: Tensor,
    measures: MeshMeasures,
    seed: int,
) -> None:
    """Add what a network says of a batch: turned by each angle, and with each kind of cover.

    Args:
        network: gives points and logits of visibility.
        maker: makes the views; the same for the same seed on the same kind of device.
        pictures, points: as :class:`ViewMaker` takes them.
        measures: is added to.
        seed: of what is random in the views.
    """
    device = pictures.device
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        bare = torch.full((len(pictures),), -1, device=device)
        for turn in TURNS:
            frames = draw_frames(points, maker.margin, strength=_STRENGTH, turn=turn)
            views = maker.framed(pictures, points, frames, bare)
            found, logits = network(views.pixels)
            measures.add_errors(f"turn {turn}", found, views, groups=turn == 0)
            if turn == 0:
                measures.add_visibility("bare", logits, views)
                measures.add_movements(found, views)
                again = draw_frames(points, maker.margin, strength=_STRENGTH, turn=turn)
                other, _ = network(maker.framed(pictures, points, again, bare).pixels)
                apart = frames.to_picture(found) - again.to_picture(other)
                apart = apart[..., :2].norm(dim=-1).mean(dim=1) / eye_distances(points)
                measures.values["moved square"].append(apart.float().cpu())
        for kind in KINDS:
            frames = draw_frames(points, maker.margin, strength=_STRENGTH)
            chosen = maker.covers.draw(len(pictures), device, kind)
            views = maker.framed(pictures, points, frames, chosen)
            found, logits = network(views.pixels)
            measures.add_errors(f"cover {kind}", found, views)
            measures.add_visibility(f"cover {kind}", logits, views)
