"""Masks over the faces of the annotated video."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.explanation.explainers import find_explainer
from emotion_core.explanation.methods.mask_explainer import BATCH_SIZE, MaskExplainer
from emotion_core.faces.mesh.squares import UprightSquare
from emotion_core.render.masks import overlay
from emotion_core.render.video.face_reading import FaceReading
from emotion_core.types import FloatArray, Frame, ImageArray

# Frames that are held until there are enough faces to look at together: 44 MB at 1280 x 720.
_MOST_HELD = 16

FaceMasks = dict[int, FloatArray]  # (S, S) by track
FacesAt = Callable[[int], list[FaceReading]]


class MaskOverlay:
    """The mask of each face's leading emotion; a ``FaceOverlay`` of the annotated video.

    A face whose reading is doubtful, or whose place is only guessed, gets none: the video claims
    no emotion there, so there is nothing to be explained.

    Args:
        explainer: of the classifier that the clip was read with.
        every: the analysis read every n-th frame only; masks are held in between, as its readings.
    """

    caption = "Red: where in the face the model finds the emotion. Blue: where it does not."

    def __init__(self, explainer: MaskExplainer, every: int = 1) -> None:
        self._explainer = explainer
        self._every = every

    @classmethod
    def load(
        cls, classifier: EmotionClassifier, explainers: Iterable[Path], every: int = 1
    ) -> MaskOverlay:
        """With the explainer that was trained for a classifier.

        Args:
            classifier: the one that the clip was read with.
            explainers: folders among which its explainer is looked for.
            every: as for the class.

        Raises:
            ModelError: there is none, or it is damaged.
        """
        folder = find_explainer(classifier.identity, explainers)
        if folder is None:
            raise ModelError(
                f"{classifier.identity.name} has no trained explainer, so the video can only be "
                "made without masks."
            )
        return cls(MaskExplainer.load(folder, classifier), every)

    def draw(self, frames: Iterator[Frame], faces_at: FacesAt, width: int) -> Iterator[Frame]:
        """See :class:`~emotion_core.render.video.face_reading.FaceOverlay`."""
        held: list[tuple[Frame, list[FaceReading]]] = []
        last: FaceMasks = {}  # masks that are held on to from one batch to the next
        waiting = 0
        for frame in frames:
            faces = [face for face in faces_at(frame.index) if _is_sure(face)]
            held.append((frame, faces))
            waiting += len(faces) if self._is_read(frame) else 0
            if waiting >= BATCH_SIZE or len(held) >= _MOST_HELD:
                last = yield from self._draw_batch(held, last, width)
                held, waiting = [], 0
        yield from self._draw_batch(held, last, width)

    def _draw_batch(
        self, held: list[tuple[Frame, list[FaceReading]]], last: FaceMasks, width: int
    ) -> Generator[Frame, None, FaceMasks]:
        """Draw over some frames; gives the masks of the last one that was read."""
        read = [(frame, faces) for frame, faces in held if self._is_read(frame)]
        found = self._look(read, width)
        for frame, faces in held:
            last = found.get(frame.index, last)
            yield self._draw_frame(frame, faces, last, width) if faces else frame
        return last

    def _look(
        self, read: list[tuple[Frame, list[FaceReading]]], width: int
    ) -> dict[int, FaceMasks]:
        """The masks of all faces of some frames, by index of the frame and by track."""
        places = [(frame, face) for frame, faces in read for face in faces]
        crops = [
            _crop(face, frame, width).cut(frame.image, self._explainer.card.size)
            for frame, face in places
        ]
        leading = [int(face.probabilities.argmax()) for _, face in places]
        masks = self._explainer.attribute(crops, leading).masks
        found: dict[int, FaceMasks] = {frame.index: {} for frame, _ in read}
        for (frame, face), mask, emotion in zip(places, masks, leading, strict=True):
            found[frame.index][face.track] = mask[emotion]
        return found

    def _draw_frame(
        self, frame: Frame, faces: list[FaceReading], masks: FaceMasks, width: int
    ) -> Frame:
        image = frame.image.copy()
        for face in faces:
            if face.track in masks:
                _draw_mask(image, _crop(face, frame, width), masks[face.track])
        return replace(frame, image=image)

    def _is_read(self, frame: Frame) -> bool:
        return frame.index % self._every == 0


def _is_sure(face: FaceReading) -> bool:
    return face.seen and not face.uncertainty and len(face.probabilities) == len(EMOTIONS)


def _crop(face: FaceReading, frame: Frame, width: int) -> UprightSquare:
    """The square in which a face was read, in px of a frame that may be smaller than the clip."""
    assert face.crop is not None
    return face.crop.scaled(frame.image.shape[1] / width)


def _draw_mask(image: ImageArray, square: UprightSquare, mask: FloatArray) -> None:
    """Draw an (S, S) mask over the part of its square that lies in the picture."""
    left, top, right, bottom = square.bounds(image.shape[1], image.shape[0])
    area = image[top:bottom, left:right]
    if not area.size:
        return
    into = square.matrix(len(mask))
    into[:, 2] += into[:, :2] @ (left, top)
    size = area.shape[1], area.shape[0]
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(mask, into, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    # the corners of the area lie beyond a square that is turned
    how = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    inside = cv2.warpAffine(np.ones(mask.shape, np.uint8), into, size, flags=how) > 0
    area[inside] = overlay(area, np.asarray(laid, np.float32))[inside]
