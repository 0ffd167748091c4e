"""How much a classifier loses on small, blurred and turned faces: the table behind the doubts.

    python -m benchmarks.doubtful_faces fer2013plus-valtest.zip wildfaces.zip --limit 1400

Reads the split ``val`` of each set, its faces turned upright as the app turns them. Blur and size
are made: upright faces are blurred with a Gaussian; pictures are shrunk, put into a larger picture,
compressed as JPEG as film is, found again by the detector and turned upright from there. Turn is as
it comes in the set. ``lost`` is in points of agreement, of the same faces unblurred and in full
size or, by turn and leading probability, of all faces; ``lead`` is the mean probability of the
leading emotion; ``marked`` is the share that lies beyond the threshold of
:mod:`emotion_core.emotions.uncertainty`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import CLEAR_LEAD
from emotion_core.emotions.preprocessing import resize_face
from emotion_core.emotions.uncertainty import BLURRED_BELOW, TINY_BELOW, TURNED_FROM
from emotion_core.faces.detection import FaceDetector
from emotion_core.faces.mesh.mesh import DEFAULT_MESH, MeshReader, load_mesh_reader
from emotion_core.faces.mesh.squares import READ_MARGIN
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.faces.quality import SHARPNESS_SIDE, sharpness, turn
from emotion_core.settings import load_settings
from emotion_core.training.classifier.evaluation import read_faces
from emotion_core.training.common.data import FaceSet, load_faces
from emotion_core.training.common.upright import turn_set_upright
from emotion_core.types import FloatArray, ImageArray

BLURS = (0.0, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05)  # standard deviation over the side
SIZES = (96, 64, 56, 48, 44, 40, 36, 32, 28, 24)  # px of the longer side
SIDES = (0, 24, 28, 32, 36, 40, 48, 56, 1000)  # px of the shorter side of the box that is found
TURNS = (0.0, 0.25, 0.5, 0.75, 1.0, 10.0)
LEADS = (0.0, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.8, 1.01)
DARK = 0.15  # of the light that is left
_JPEG_QUALITY = 60
_ROOM = 0.5  # around a face that is to be found, over its side

Values = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Row:
    """Some faces of a table.

    Attributes:
        right: (n,) whether each is read as it is labelled.
        before: (n,) the same of what they are compared with.
        lead: (n,) probability of the leading emotion.
        marked: share that the app marks for this reason.
        more: what else is reported about them.
    """

    name: str
    right: Values
    before: Values
    lead: Values
    marked: float
    more: str = ""

    @property
    def lost(self) -> float:
        """Points of agreement lost."""
        return 100 * float(self.before.mean() - self.right.mean())


def blur(image: ImageArray, share: float) -> ImageArray:
    """Blur with a Gaussian whose standard deviation is a share of the picture's side."""
    if share == 0:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), share * image.shape[0]), np.uint8)


def darken(image: ImageArray, light: float) -> ImageArray:
    """Leave a share of the light, as of a dim scene."""
    return np.round(image * light).astype(np.uint8)


def on_film(image: ImageArray, size: int) -> ImageArray:
    """A face of ``size`` px within a larger picture, compressed."""
    room = round(_ROOM * size)
    small = resize_face(image, size)
    framed = cv2.copyMakeBorder(small, room, room, room, room, cv2.BORDER_REPLICATE)
    coded = cv2.imencode(".jpg", framed[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
    return np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[:, :, ::-1], np.uint8)


def find(picture: ImageArray, detector: FaceDetector) -> SeenFace | None:
    """The most confident face of a picture."""
    found = detector.detect(picture)
    if not len(found):
        return None
    points = None if found.landmarks is None else found.landmarks[0]
    return SeenFace(picture, found.xyxy[0], points)


class Reader:
    """A classifier before one set.

    Attributes:
        faces: the set as it is.
        upright: (n,) its faces turned upright, as large as the classifier reads them.
        lead: (n,) leading probability of each of these.
        right: (n,) whether each of these is read as it is labelled.
    """

    def __init__(self, classifier: EmotionClassifier, mesh: MeshReader, faces: FaceSet) -> None:
        self.size = classifier.preprocessing.size
        self.faces = faces
        self.upright = turn_set_upright(faces, mesh, self.size).images
        self._classifier, self._mesh = classifier, mesh
        self._truth = faces.majority()
        self.lead, self.right = self.read(self.upright, np.arange(len(faces)))

    def cut(self, seen: Sequence[SeenFace]) -> list[ImageArray]:
        """Faces that the detector found, turned upright as the app turns them."""
        squares = turn_upright(self._mesh, seen).squares
        return [at.cut(face.image, self.size) for at, face in zip(squares, seen, strict=True)]

    def read(self, images: Sequence[ImageArray], which: Values) -> tuple[FloatArray, Values]:
        """Leading probability of pictures made of the faces ``which``, and whether it is right."""
        if not len(images):
            return np.zeros(0, np.float32), np.zeros(0, bool)
        some = replace(self.faces, images=images)
        read = np.concatenate(list(read_faces(self._classifier, some)))
        return read.max(axis=1), read.argmax(axis=1) == self._truth[which]


def blur_rows(reader: Reader) -> list[Row]:
    """Agreement and sharpness by blur, and whether faces in the dark count as blurred."""
    everyone = np.arange(len(reader.faces))
    ways: list[tuple[str, Callable[[ImageArray], ImageArray]]] = [
        (f"{100 * share:g}", partial(blur, share=share)) for share in BLURS
    ]
    ways.append((f"0, {100 * DARK:.0f}% of the light", partial(darken, light=DARK)))
    rows = []
    for name, change in ways:
        images = [change(image) for image in reader.upright]
        lead, right = reader.read(images, everyone)
        sharp = np.array([sharpness(image) for image in images])
        low, middle, high = np.nanpercentile(sharp, [5, 50, 95])
        rows.append(
            Row(
                name,
                right,
                reader.right,
                lead,
                float((sharp < BLURRED_BELOW).mean()),
                f"sharpness {low:.3f} / {middle:.3f} / {high:.3f}",
            )
        )
    return rows


def size_rows(reader: Reader, detector: FaceDetector) -> list[Row]:
    """Agreement by the shorter side of the box, beside the same faces as they are."""
    sides, which, crops, sharp = [], [], [], []
    largest = max(reader.faces.images[0].shape[0], SIZES[-1])
    for size in (size for size in SIZES if size <= largest):
        found = [find(on_film(image, size), detector) for image in reader.faces.images]
        seen = [face for face in found if face is not None]
        which += [index for index, face in enumerate(found) if face is not None]
        crops += reader.cut(seen)
        for face in seen:
            x1, y1, x2, y2 = face.xyxy.tolist()
            sides.append(min(x2 - x1, y2 - y1))
            at = face.square(READ_MARGIN)
            sharp.append(sharpness(at.cut_smooth(face.image, SHARPNESS_SIDE)))
    chosen = np.array(which, int)
    lead, right = reader.read(crops, chosen)
    values = np.array(sides)
    blurred = np.array(sharp) < BLURRED_BELOW
    return _by_bin(
        values, SIDES, right, reader.right[chosen], lead, values < TINY_BELOW, blurred=blurred
    )


def turn_rows(reader: Reader, detector: FaceDetector) -> list[Row]:
    """Agreement by the turn that the detector finds in the pictures, enlarged for it."""
    turns = np.full(len(reader.faces), np.nan)
    for index, image in enumerate(reader.faces.images):
        face = find(on_film(image, 144), detector)
        if face is not None and face.landmarks is not None:
            turns[index] = abs(turn(face.landmarks[None])[0])
    known = np.isfinite(turns)
    whole = np.full(int(known.sum()), reader.right.mean())
    marked = turns[known] >= TURNED_FROM
    return _by_bin(turns[known], TURNS, reader.right[known], whole, reader.lead[known], marked)


def lead_rows(reader: Reader) -> list[Row]:
    """Agreement by the probability of the leading emotion."""
    whole = np.full(len(reader.lead), reader.right.mean())
    return _by_bin(reader.lead, LEADS, reader.right, whole, reader.lead, reader.lead < CLEAR_LEAD)


def _by_bin(
    values: Values,
    edges: Sequence[float],
    right: Values,
    before: Values,
    lead: Values,
    marked: Values,
    blurred: Values | None = None,
) -> list[Row]:
    rows = []
    for low, high in pairwise(edges):
        inside = (values >= low) & (values < high)
        if inside.any():
            more = "" if blurred is None else f"{100 * blurred[inside].mean():.0f}% blurred"
            share = float(marked[inside].mean())
            name = f"{low:g} to {high:g}"
            rows.append(Row(name, right[inside], before[inside], lead[inside], share, more))
    return rows


def to_table(head: str, rows: Sequence[Row]) -> str:
    """Lines with agreement, points lost, mean of the leading probability, share marked."""
    columns = ("faces", "agreement", "lost", "lead", "marked")
    lines = [f"{head:<30}" + "".join(f"{name:>11}" for name in columns)]
    for row in rows:
        cells = (
            f"{len(row.right)}",
            f"{100 * row.right.mean():.1f}%",
            f"{row.lost:.1f}",
            f"{row.lead.mean():.2f}",
            f"{100 * row.marked:.1f}%",
        )
        lines.append(f"{row.name:<30}" + "".join(f"{cell:>11}" for cell in cells) + f"  {row.more}")
    return "\n".join(line.rstrip() for line in lines)


def mean_table(head: str, sets: Sequence[Sequence[Row]]) -> str:
    """Points lost, as the mean of the sets that have the row, each counted once."""
    lost: dict[str, list[float]] = {}
    for rows in sets:
        for row in rows:
            lost.setdefault(row.name, []).append(row.lost)
    lines = [f"{head:<30}{'lost':>11}{'sets':>11}"]
    lines += [f"{name:<30}{np.mean(each):>11.1f}{len(each):>11}" for name, each in lost.items()]
    return "\n".join(lines)


def cost(reader: Reader) -> str:
    """Milliseconds a face of the measure, beside those of the classifier."""
    faces = reader.upright[:256]
    started = time.perf_counter()
    for face in faces:
        sharpness(face)
    measured = time.perf_counter()
    reader.read(faces, np.zeros(len(faces), int))
    read = time.perf_counter()
    milliseconds = [1000 * t / len(faces) for t in (measured - started, read - measured)]
    return "sharpness {:.3f} ms a face, the classifier {:.2f} ms a face".format(*milliseconds)


def main(given: Sequence[str] | None = None) -> None:
    arguments = _arguments(given)
    settings = load_settings()
    model = arguments.model or settings.model
    classifier = EmotionClassifier.load(model, settings.models_dir, "cpu")
    detector, mesh = MTCNNDetector(), load_mesh_reader(DEFAULT_MESH, settings.models_dir)
    blurs, sizes = [], []
    for source in arguments.datasets:
        faces = load_faces([source], "val")
        some = faces.first(arguments.limit) if arguments.limit else faces
        reader = Reader(classifier, mesh, some)
        print(f"\n{source.name}, val, {len(reader.faces)} faces, read with {model}")
        _print(to_table("leading probability", lead_rows(reader)))
        blurs.append(blur_rows(reader))
        _print(to_table("blur, % of the side", blurs[-1]))
        _print(to_table("turn", turn_rows(reader, detector)))
        sizes.append(size_rows(reader, detector))
        _print(to_table("shorter side of the box, px", sizes[-1]))
        _print(cost(reader))
    print("\nmean of the sets")
    _print(mean_table("blur, % of the side", blurs))
    _print(mean_table("shorter side of the box, px", sizes))


def _print(text: str) -> None:
    print("\n" + text, flush=True)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("datasets", type=Path, nargs="+")
    parser.add_argument("--model", help="the default model if not given")
    parser.add_argument("--limit", type=int, help="at most so many faces of each set")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
