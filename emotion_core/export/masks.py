"""``masks.npz`` and pictures, written as faces come, however many there are."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import OutputError
from emotion_core.explanation.found_faces import FoundFace, attribute_faces
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.progress import Progress, Task, part
from emotion_core.render.masks import draw_explanation
from emotion_core.types import Attribution, FloatArray, ImageArray

_CHUNK = 1 << 20
_PICTURE = re.compile(r"face-\d+(-frame-\d+)?\.png")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a face was; as :class:`~emotion_core.explanation.found_faces.FoundFace` has it."""

    track: int
    frame: int
    time: float
    xyxy: FloatArray


class ExplanationWriter:
    """Fills a folder; see :func:`open_writer`.

    Attributes:
        still: whether the faces are those of a picture, not of a clip.
        places: of the faces written so far.
        probabilities: (7,) of each.
    """

    def __init__(self, folder: Path, raw: IO[bytes], method: str, still: bool) -> None:
        self.still = still
        self.places: list[Place] = []
        self.probabilities: list[FloatArray] = []
        self._folder, self._raw, self._method = folder, raw, method
        self._shape: tuple[int, ...] = ()

    def add(
        self, faces: Sequence[FoundFace], found: Attribution, probabilities: FloatArray
    ) -> None:
        """Take some faces with their masks and (n, 7) probabilities, and draw them."""
        self._shape = found.masks.shape[1:]
        for face, masks, reading in zip(faces, found.masks, probabilities, strict=True):
            self._raw.write(np.ascontiguousarray(masks, "<f4").tobytes())
            self.places.append(Place(face.track, face.frame, face.time, face.xyxy))
            self.probabilities.append(reading)
            name = f"face-{face.track + 1}"
            if not self.still:
                name += f"-frame-{face.frame:06d}"
            _write_png(self._folder / f"{name}.png", draw_explanation(face.shown, masks, reading))

    def finish(self) -> None:
        """Write ``masks.npz`` out of what was taken; arrays of length n each."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "labels": np.array(EMOTIONS),
            "probabilities": np.array(self.probabilities, np.float32),
            "xyxy": np.array([place.xyxy for place in self.places], np.float32),
            "track": np.array([place.track for place in self.places], np.int32),
            "frame": np.array([place.frame for place in self.places], np.int32),
            "time": np.array([place.time for place in self.places], np.float64),
            "method": np.array(self._method),
        }
        header = {
            "descr": "<f4",
            "fortran_order": False,
            "shape": (len(self.places), *self._shape),
        }
        with zipfile.ZipFile(self._folder / "masks.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("masks.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array_header_1_0(entry, header)
                self._raw.seek(0)
                while chunk := self._raw.read(_CHUNK):
                    entry.write(chunk)
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w") as entry:
                    np.lib.format.write_array(entry, array, allow_pickle=False)


@contextmanager
def open_writer(folder: Path, method: str, *, still: bool) -> Iterator[ExplanationWriter]:
    """Write ``masks.npz`` and pictures into a folder.

    Masks wait in a file beside it until their number is known, so that memory does not grow with
    the length of a clip.

    Args:
        folder: an empty one.
        method: what made the masks.
        still: whether they are of a picture; names of pictures of a clip tell the frame.
    """
    waiting = folder / ".masks"
    with waiting.open("w+b") as raw:
        writer = ExplanationWriter(folder, raw, method, still)
        yield writer
        if writer.places:
            writer.finish()
    waiting.unlink()


def pack_explanation(face: FoundFace, found: Attribution, probabilities: FloatArray) -> bytes:
    """What :func:`open_writer` writes as ``masks.npz``, for one face.

    Args:
        face: what was explained.
        found: its masks, n = 1.
        probabilities: (7,) of it.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_writer(folder, found.method, still=True) as writer:
            writer.add([face], found, probabilities[None])
        return (folder / "masks.npz").read_bytes()


def pack_picture(
    face: FoundFace, found: Attribution, probabilities: FloatArray, least: float
) -> bytes:
    """:func:`~emotion_core.render.masks.draw_explanation` of one face, as PNG.

    Args:
        face, found, probabilities: as for :func:`pack_explanation`.
        least: emotions with more than this share are shown.
    """
    panel = draw_explanation(face.shown, found.masks[0], probabilities, least)
    _, encoded = cv2.imencode(".png", cv2.cvtColor(panel, cv2.COLOR_RGB2BGR))
    return encoded.tobytes()


def write_explanations(
    batches: Iterable[tuple[list[FoundFace], float]],
    classifier: EmotionClassifier,
    method: AttributionMethod,
    writer: ExplanationWriter,
) -> Task[None]:
    """Explain faces as they come.

    Args:
        batches: faces, and the share of the source that is read with them.
        classifier: what reads.
        method: made for this classifier.
        writer: takes the faces.
    """
    before = 0.0
    for faces, share in batches:
        if faces:
            found = yield from part(attribute_faces(faces, method), before, share)
            scores = classifier.classify([face.crop for face in faces])
            writer.add(faces, found, scores.probabilities)
        yield Progress(share)
        before = share


def remove_pictures(folder: Path) -> None:
    """Remove the pictures that :class:`ExplanationWriter` left in a folder, and nothing else."""
    for path in folder.glob("face-*.png"):
        if _PICTURE.fullmatch(path.name):
            path.unlink()


def _write_png(path: Path, image: ImageArray) -> None:
    if not cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR)):
        raise OutputError(f"{path} cannot be written.")
