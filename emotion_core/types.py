"""The values that pass between the rooms of the core.

Images are RGB, height × width × 3, ``uint8`` at every boundary; a batch of floats in
channel-first order exists only inside models. "Nothing found" is a zero-length array,
never ``None``. Arrays are checked where the value is made, so that a wrong shape is
reported where it arises and not three calls later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
ImageArray = npt.NDArray[np.uint8]


def _check_shape(name: str, array: npt.NDArray[Any], expected: tuple[int | None, ...]) -> None:
    """Raise ``ValueError`` unless ``array`` has the expected shape; ``None`` is any length."""
    fits = array.ndim == len(expected) and all(
        want is None or want == have for want, have in zip(expected, array.shape, strict=True)
    )
    if not fits:
        shown = ", ".join("n" if want is None else str(want) for want in expected)
        raise ValueError(f"{name} must have shape ({shown}), but has shape {array.shape}")


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a clip says of itself, without decoding more than its first frame.

    Attributes:
        width, height: size as shown, in pixels, after rotation and with square pixels.
        fps: nominal frames per second; the average where the rate varies.
        duration: seconds.
        frame_count: number of frames as the container states it, or ``None``.
        has_audio: whether there is a sound track.
    """

    width: int
    height: int
    fps: float
    duration: float
    frame_count: int | None
    has_audio: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture of a clip.

    Attributes:
        image: (H, W, 3) uint8 RGB, upright.
        index: 0 for the first frame of the clip.
        time: presentation time in seconds from the start of the clip.
        duration: seconds for which it is shown by its own account; 0 where it has none.
    """

    image: ImageArray
    index: int
    time: float
    duration: float = 0.0

    def __post_init__(self) -> None:
        _check_shape("Frame.image", self.image, (None, None, 3))
        if self.image.dtype != np.uint8:
            raise ValueError(f"Frame.image must be uint8, but is {self.image.dtype}")


@dataclass(frozen=True, slots=True)
class FaceDetections:
    """Faces found in one image, as parallel arrays of length n (0 where there are none).

    Attributes:
        xyxy: (n, 4) float32, left, top, right, bottom in pixels; may reach over the edge.
        confidence: (n,) float32 in [0, 1].
        landmarks: (n, 5, 2) float32 px: left eye, right eye, nose, left and right corner of
            the mouth, left and right as seen once the head is turned upright; ``None`` for a
            detector that gives none.
    """

    xyxy: FloatArray
    confidence: FloatArray
    landmarks: FloatArray | None = None

    def __post_init__(self) -> None:
        _check_shape("FaceDetections.xyxy", self.xyxy, (None, 4))
        n = len(self.xyxy)
        _check_shape("FaceDetections.confidence", self.confidence, (n,))
        if self.landmarks is not None:
            _check_shape("FaceDetections.landmarks", self.landmarks, (n, 5, 2))

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, index: npt.NDArray[Any] | slice) -> FaceDetections:
        """Select faces with a boolean mask, an index array or a slice."""
        landmarks = None if self.landmarks is None else self.landmarks[index]
        return FaceDetections(self.xyxy[index], self.confidence[index], landmarks)

    @classmethod
    def together(cls, parts: Sequence[FaceDetections]) -> FaceDetections:
        """All faces of several in one, in their order; without landmarks if one has none."""
        landmarks = [part.landmarks for part in parts if part.landmarks is not None]
        return cls(
            np.concatenate([part.xyxy for part in parts]),
            np.concatenate([part.confidence for part in parts]),
            np.concatenate(landmarks) if len(landmarks) == len(parts) else None,
        )

    @classmethod
    def empty(cls) -> FaceDetections:
        """No face."""
        return cls(
            np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros((0, 5, 2), np.float32)
        )


@dataclass(frozen=True, slots=True)
class EmotionScores:
    """A classifier's answer for n faces.

    Attributes:
        logits: (n, k) float32, in the order of ``labels``.
        labels: the k emotions.
    """

    logits: FloatArray
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_shape("EmotionScores.logits", self.logits, (None, len(self.labels)))

    def __len__(self) -> int:
        return len(self.logits)

    @property
    def probabilities(self) -> FloatArray:
        """Softmax of the logits, (n, k) float32; each row sums to 1."""
        shifted = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)

    def top(self) -> list[str]:
        """The most probable emotion of each face."""
        return [self.labels[index] for index in self.logits.argmax(axis=1)]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where in n faces a classifier sees each of k emotions.

    Attributes:
        masks: (n, k, H, W) float32 in [0, 1], in the order of ``labels``; larger where the
            picture speaks more for the emotion. All 0 where nothing does, or where the emotion
            was not asked for.
        labels: the k emotions.
        method: what made the masks.
    """

    masks: FloatArray
    labels: tuple[str, ...]
    method: str

    def __post_init__(self) -> None:
        _check_shape("Attribution.masks", self.masks, (None, len(self.labels), None, None))
        if self.masks.dtype != np.float32:
            raise ValueError(f"Attribution.masks must be float32, but is {self.masks.dtype}")
        # written so that NaN, which no comparison holds for, is refused as well
        if self.masks.size and not (self.masks.min() >= 0 and self.masks.max() <= 1):
            raise ValueError(
                "Attribution.masks must lie in [0, 1], but reaches from "
                f"{self.masks.min():.3g} to {self.masks.max():.3g}"
            )

    def __len__(self) -> int:
        return len(self.masks)
