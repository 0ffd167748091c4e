"""What tilts and covers cost a reading, and whether the app marks it: the table behind two doubts.

    python -m benchmarks.covered_faces fer2013plus-valtest.zip wildfaces.zip --limit 700

Reads the split ``val`` of each set as the app reads film: each picture is put into a larger one,
found again by the detector, turned upright by its mesh and read. ``as it is`` are the pictures as
classifiers learn from them. Tilted pictures are turned in the plane; ``in its box`` reads them
without turning them back. Covers are painted as in the training of meshes, by another seed; only
faces that the detector still finds count. ``hides a part`` are those behind covers of all kinds
that, as painted, leave less of a part to be seen than the threshold, of the parts that readings
need. ``wr. sure`` are readings that are wrong with at least 60%; ``unmarked`` is the share of them
that carry no doubt; ``r. marked`` is the share of right readings that carry one. The last tables
give both for other thresholds of visibility, of every second face, of the others and of all: the
threshold is chosen on the first half.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from benchmarks.doubtful_faces import on_film
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.preprocessing import crop_face
from emotion_core.emotions.uncertainty import (
    COVERED_BELOW,
    UNCERTAINTY_REASONS,
    ReadingConditions,
)
from emotion_core.faces.detection import TiltDetector
from emotion_core.faces.mesh.mesh import DEFAULT_MESH, MeshReader, load_mesh_reader
from emotion_core.faces.mesh.upright import SeenFace, UprightFaces, turn_upright
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.faces.quality import SHARPNESS_SIDE, sharpness, turn
from emotion_core.faces.tilt import find_faces
from emotion_core.settings import load_settings
from emotion_core.training.common.covers.bank import KINDS, Covers, paint_covers, visible_parts
from emotion_core.training.common.data import load_faces
from emotion_core.types import FloatArray, ImageArray

TILTS = (0, 15, 30, 45, 60, 90, 135, 180)  # degrees
_SIDE = 144  # px of a face on film
_SURE = 0.6
_COVERS, _SEED = 360, 1
_NEEDED = 4  # of the parts, all but the jaw
_THRESHOLDS = (0.6, 0.7, 0.8, 0.83, 0.86, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98)

Values = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read of n faces.

    Attributes:
        probabilities: (n, 7).
        truth: (n,) place of the emotion that most people see.
        flags: (n, 6) what makes them unsure.
        visible: (n, 5) as the mesh says.
        painted: (n, 5) as the covers were painted; NaN without them.
    """

    probabilities: FloatArray
    truth: Values
    flags: Values
    visible: FloatArray
    painted: FloatArray

    @property
    def right(self) -> Values:
        """(n,) whether what leads is what most people see."""
        return np.asarray(self.probabilities.argmax(axis=1) == self.truth)

    @property
    def wrong_sure(self) -> Values:
        """(n,) whether it is wrong with at least 60%."""
        return np.asarray(~self.right & (self.probabilities.max(axis=1) >= _SURE))

    def marked(self, threshold: float) -> Values:
        """(n,) which carry a doubt if a part is covered below a threshold of visibility."""
        others = np.delete(self.flags, list(UNCERTAINTY_REASONS).index("covered"), axis=1)
        covered = (self.visible[:, :_NEEDED] < threshold).any(axis=1)
        return np.asarray(others.any(axis=1) | covered)

    def some(self, chosen: Values) -> Readings:
        """Some of them."""
        return Readings(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def row(self, name: str) -> str:
        """A line of the table."""
        marked, right, sure = self.flags.any(axis=1), self.right, self.wrong_sure
        cells = [f"{len(right)}", _percent(right), f"{int(sure.sum())}"]
        cells += [_percent(~marked[sure]), _percent(marked[right])]
        cells += [_percent(self.flags[:, k]) for k in range(len(UNCERTAINTY_REASONS))]
        return f"{name:<26}" + "".join(f"{cell:>10}" for cell in cells)


def heading(title: str) -> str:
    """The names of the columns."""
    names = ("faces", "right", "wr. sure", "unmarked", "r. marked", *UNCERTAINTY_REASONS)
    return f"\n{title:<26}" + "".join(f"{name:>10}" for name in names)


class App:
    """Reads pictures as the app does.

    Args:
        classifier, detector, mesh: what it reads with.
    """

    def __init__(
        self, classifier: EmotionClassifier, detector: TiltDetector, mesh: MeshReader
    ) -> None:
        self.classifier, self.detector, self.mesh = classifier, detector, mesh

    def find(self, image: ImageArray) -> SeenFace | None:
        """The most confident face of a picture."""
        found = find_faces(self.detector, image)
        if not len(found):
            return None
        points = None if found.landmarks is None else found.landmarks[0]
        return SeenFace(image, found.xyxy[0], points)

    def read(self, faces: Sequence[SeenFace], truth: Values) -> Readings:
        """Turned upright."""
        upright = turn_upright(self.mesh, faces)
        size = self.classifier.preprocessing.size
        crops = [s.cut(f.image, size) for f, s in zip(faces, upright.squares, strict=True)]
        return self._readings(crops, faces, upright, truth)

    def read_boxes(self, faces: Sequence[SeenFace], truth: Values) -> Readings:
        """As they stand, in the squares of their boxes."""
        size = self.classifier.preprocessing.size
        crops = [crop_face(face.image, face.xyxy, size) for face in faces]
        return self._readings(crops, faces, turn_upright(self.mesh, faces), truth)

    def read_crops(self, crops: Sequence[ImageArray], truth: Values) -> Readings:
        """Pictures that are crops already; nothing marks them but the lack of a lead."""
        shares = self.classifier.classify(crops).probabilities
        unknown = np.full(len(crops), np.nan)
        visible = np.full((len(crops), 5), np.nan)
        flags = ReadingConditions(unknown, unknown, unknown, visible, unknown, shares).flags()
        return Readings(shares, truth, flags, visible, visible)

    def _readings(
        self,
        crops: Sequence[ImageArray],
        faces: Sequence[SeenFace],
        upright: UprightFaces,
        truth: Values,
    ) -> Readings:
        shares = self.classifier.classify(crops).probabilities
        boxes = np.stack([face.xyxy for face in faces])
        points = [np.full((5, 2), np.nan) if f.landmarks is None else f.landmarks for f in faces]
        sharp = [
            sharpness(square.cut_smooth(face.image, SHARPNESS_SIDE))
            for face, square in zip(faces, upright.squares, strict=True)
        ]
        conditions = ReadingConditions(
            (boxes[:, 2:] - boxes[:, :2]).min(axis=1),
            sharp,
            turn(np.stack(points)),
            upright.meshes.visibility,
            np.full(len(faces), np.nan),
            shares,
        )
        visible = upright.meshes.visibility
        return Readings(shares, truth, conditions.flags(), visible, np.full_like(visible, np.nan))


def tilted(image: ImageArray, degrees: float) -> ImageArray:
    """A picture turned clockwise in the plane, its edges drawn out."""
    side = image.shape[0]
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), -degrees, 1.0)
    how = {"borderMode": cv2.BORDER_REPLICATE}
    return np.asarray(cv2.warpAffine(image, matrix, (side, side), **how), np.uint8)


def tilt_rows(app: App, images: Sequence[ImageArray], truth: Values) -> None:
    """Print readings by tilt."""
    print(heading("tilt"))
    print(app.read_crops(images, truth).row("as it is"), flush=True)
    for degrees in TILTS:
        found = [app.find(tilted(on_film(image, _SIDE), degrees)) for image in images]
        seen = [face for face in found if face is not None]
        known = truth[[face is not None for face in found]]
        print(app.read_boxes(seen, known).row(f"{degrees}, in its box"))
        print(app.read(seen, known).row(f"{degrees}, upright"), flush=True)


def cover_rows(app: App, images: Sequence[ImageArray], truth: Values) -> None:
    """Print readings by cover, and how well visibility tells faces that are covered."""
    covers = Covers(paint_covers(_COVERS, _SEED))
    torch.manual_seed(0)
    films = [on_film(image, _SIDE) for image in images]
    found = [app.find(film) for film in films]
    seen = [k for k, face in enumerate(found) if face is not None]
    bare = [face for face in found if face is not None]
    points = turn_upright(app.mesh, bare).meshes.points
    print(heading("cover"))
    plain = app.read(bare, truth[seen])
    print(plain.row("none"), flush=True)
    everything: list[Readings] = []
    places: list[int] = []
    for kind in KINDS:
        chosen = covers.draw(len(seen), torch.device("cpu"), kind)
        again, known, shown = [], [], []
        for k, mesh, number in zip(seen, points, chosen, strict=True):
            image, painted = covered(films[k], mesh, covers, number)
            face = app.find(image)
            if face is not None:
                again.append(face)
                known.append(truth[k])
                places.append(k)
                shown.append(painted)
        read = app.read(again, np.array(known))
        everything.append(replace(read, painted=np.stack(shown)))
        print(everything[-1].row(kind), flush=True)
    joined = Readings(
        *(
            np.concatenate([getattr(one, part.name) for one in everything])
            for part in fields(Readings)
        )
    )
    print(joined.row("all covers"))
    print(joined.some(_hides_a_part(joined)).row("hides a part"))
    bare_half, half = np.array(seen) % 2, np.array(places) % 2
    for name, chosen in (("first half", [0]), ("second half", [1]), ("all faces", [0, 1])):
        of_half = plain.some(np.isin(bare_half, chosen)), joined.some(np.isin(half, chosen))
        threshold_rows(name, *of_half)


def threshold_rows(name: str, plain: Readings, behind: Readings) -> None:
    """Print what thresholds of visibility mark.

    Args:
        name: of the faces.
        plain, behind: bare, and behind covers.
    """
    hiding = behind.some(_hides_a_part(behind))
    columns = f"{'r. marked':>10}{'unmarked':>10}{'hides, unmarked':>18}"
    print(f"\n{name + ', visible below':<26}{columns}")
    for threshold in _THRESHOLDS:
        left = [_percent(~one.marked(threshold)[one.wrong_sure]) for one in (behind, hiding)]
        doubted = _percent(plain.marked(threshold)[plain.right])
        print(f"{threshold:<26}{doubted:>10}{left[0]:>10}{left[1]:>18}", flush=True)


def _hides_a_part(behind: Readings) -> Values:
    """(n,) whether the cover leaves too little of a part that readings need."""
    return np.asarray((behind.painted[:, :_NEEDED] < COVERED_BELOW).any(axis=1))


def covered(
    image: ImageArray, points: FloatArray, covers: Covers, number: torch.Tensor
) -> tuple[ImageArray, FloatArray]:
    """A picture with a cover laid over its face, and (5,) how much can be seen of each part.

    Args:
        image: (S, S, 3) uint8 RGB.
        points: (468, 3) px, the mesh of the face.
        covers: where it is from.
        number: () of the cover.
    """
    side = image.shape[0]
    pixels = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255
    placed = torch.from_numpy((points[None, :, :2] + 0.5) / side)
    laid, hidden = covers.lay(pixels, placed, number[None])
    painted = np.asarray((laid[0].permute(1, 2, 0) * 255).round().numpy(), np.uint8)
    return painted, visible_parts(hidden, placed)[0].numpy()


def main(given: Sequence[str] | None = None) -> None:
    arguments = _arguments(given)
    settings = load_settings()
    model = arguments.model or settings.model
    classifier = EmotionClassifier.load(model, settings.models_dir, "cpu")
    mesh = load_mesh_reader(arguments.mesh, settings.models_dir)
    app = App(classifier, MTCNNDetector(), mesh)
    for source in arguments.datasets:
        faces = load_faces([source], "val")
        some = faces.first(arguments.limit) if arguments.limit else faces
        print(f"\n{source.name}, val, {len(some)} faces, read with {model}")
        if not arguments.covers_only:
            tilt_rows(app, some.images, some.majority())
        cover_rows(app, some.images, some.majority())


def _percent(values: Values) -> str:
    return f"{100 * values.mean():.1f}%" if len(values) else "-"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("datasets", type=Path, nargs="+")
    parser.add_argument("--model", help="the default model if not given")
    parser.add_argument("--mesh", default=DEFAULT_MESH, help="the default mesh if not given")
    parser.add_argument("--limit", type=int, help="at most so many faces of each set")
    parser.add_argument("--covers-only", action="store_true", help="leave the tilts out")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
