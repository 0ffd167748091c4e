"""Face crops out of photographs, found and framed as the product itself does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emotion_core.datasets.duplicates import NEAR, Seen, perceptual_hash
from emotion_core.datasets.layouts import Dataset, Picture
from emotion_core.datasets.left_out import LeftOut
from emotion_core.datasets.output import (
    Names,
    Target,
    new_dataset,
    png,
    rejects_table,
    table,
    votes_table,
)
from emotion_core.emotions.uncertainty import BLURRED_BELOW
from emotion_core.errors import DatasetError
from emotion_core.faces.detection import READABLE_FACE, FaceDetector
from emotion_core.faces.mesh.mesh import MeshReader
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.quality import sharpness
from emotion_core.faces.tilt import find_faces
from emotion_core.media.pictures import PictureError
from emotion_core.progress import Progress, Task
from emotion_core.types import FloatArray, ImageArray


@dataclass(frozen=True, slots=True)
class CropOptions:
    """Which faces are taken.

    Attributes:
        size: largest side of a crop in pixels; smaller faces are not enlarged.
        confidence: of the detection; a face below it does not count.
        min_face: shortest side of a square around a face, in pixels.
        sharpness: smallest :func:`~emotion_core.faces.quality.sharpness` of a face. Faces below
            the default are marked as blurred in the app, too.
        largest: take the largest of several faces, instead of none.
        distance: bits in which near-duplicates may differ; negative keeps them.
    """

    size: int = 224
    confidence: float = 0.9
    min_face: int = READABLE_FACE
    sharpness: float = BLURRED_BELOW
    largest: bool = False
    distance: int = NEAR


@dataclass(frozen=True, slots=True)
class CropSummary:
    """Crops by emotion, and pictures left out by reason."""

    counts: dict[str, int]
    rejected: LeftOut


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """A face cut out: (side, side, 3) uint8 RGB, its (4,) box in pixels and its confidence."""

    image: ImageArray
    box: FloatArray
    confidence: float


def crop_dataset(
    source: Path,
    out: Path,
    options: CropOptions,
    detector: FaceDetector,
    mesh: MeshReader | None,
) -> Task[CropSummary]:
    """Write the faces of SOURCE as ``[<split>/]<class>/*.png``, with manifest.csv, rejects.csv.

    Pictures are decoded ahead in threads, a few at a time. Votes go along as ``votes.csv``.

    Args:
        source: any layout that :class:`Dataset` reads.
        out: new folder, or new zip when it ends in ``.zip``.
        options: which faces.
        detector: finds them.
        mesh: turns them upright.

    Raises:
        DatasetError: the source cannot be read, or no face in it can be used.
        OutputError: the target is in the way or cannot be written.
    """
    with Dataset(source) as dataset, new_dataset(out) as target:
        rejects = {one.name: one.reason for one in dataset.skipped}
        names, seen = Names(), Seen(options.distance)
        rows: list[dict[str, object]] = []
        named: list[tuple[str, Picture]] = []
        for done, (picture, image) in enumerate(dataset.decode(dataset.pictures), 1):
            yield Progress(done, len(dataset.pictures))
            try:
                if isinstance(image, PictureError):
                    raise image
                face = find_face(image, options, detector, mesh)
                if options.distance >= 0:
                    repeated = seen.add(picture.name, perceptual_hash(face.image))
                    if repeated is not None:
                        raise PictureError(f"near-duplicate of {repeated}")
            except PictureError as error:
                rejects[picture.name] = str(error)
                continue
            name = _write_face(target, names, picture, face)
            named.append((name, picture))
            rows.append(_row(name, picture, face))
        if not rows:
            why = f": {_by_kind(rejects).describe()}" if rejects else ""
            raise DatasetError(f"{source} has no usable face{why}.")
        target.add("manifest.csv", table(list(rows[0]), rows))
        target.add("rejects.csv", rejects_table(rejects))
        if (votes := votes_table(named)) is not None:
            target.add("votes.csv", votes)
    return CropSummary(
        counts=dict(Counter(picture.emotion for _, picture in named)),
        rejected=_by_kind(rejects),
    )


def find_face(
    image: ImageArray, options: CropOptions, detector: FaceDetector, mesh: MeshReader | None
) -> FaceCrop:
    """The one face of a picture, cut out upright.

    Args:
        image: (H, W, 3) uint8 RGB.
        options: which face.
        detector: finds it.
        mesh: turns it upright.

    Raises:
        PictureError: there is none, or more than one, or it is too small or blurred.
    """
    found = find_faces(detector, image)
    certain = np.flatnonzero(found.confidence >= options.confidence)
    if len(certain) == 0:
        raise PictureError("no face")
    if len(certain) > 1 and not options.largest:
        raise PictureError("several faces")
    sizes = found.xyxy[certain, 2:] - found.xyxy[certain, :2]
    index = int(certain[sizes.max(axis=1).argmax()])
    points = None if found.landmarks is None else found.landmarks[index]
    (square,) = turn_upright(mesh, [SeenFace(image, found.xyxy[index], points)]).squares
    side = max(round(square.side), 1)
    if side < options.min_face:
        raise PictureError("too small")
    crop = square.cut(image, min(side, options.size))
    if not sharpness(crop) >= options.sharpness:  # nor a blank one, which has none
        raise PictureError("blurred")
    return FaceCrop(crop, found.xyxy[index], float(found.confidence[index]))


def _write_face(target: Target, names: Names, picture: Picture, face: FaceCrop) -> str:
    folder = f"{picture.split}/{picture.emotion}" if picture.split else picture.emotion
    name = names.take(folder, picture.name, ".png")
    target.add(name, png(face.image))
    return name


def _row(name: str, picture: Picture, face: FaceCrop) -> dict[str, object]:
    corners = dict(zip(("x1", "y1", "x2", "y2"), face.box.round(1).tolist(), strict=True))
    return {
        "file": name,
        "split": picture.split or "",
        "class": picture.emotion,
        "origin": picture.name,
        **{corner: f"{value:.1f}" for corner, value in corners.items()},
        "confidence": f"{face.confidence:.4f}",
        "side": face.image.shape[0],
    }


def _kind(reason: str) -> str:
    """A reason without the name of the picture that is repeated."""
    return "near-duplicate" if reason.startswith("near-duplicate of ") else reason


def _by_kind(rejects: dict[str, str]) -> LeftOut:
    return LeftOut.of({name: _kind(reason) for name, reason in rejects.items()})
