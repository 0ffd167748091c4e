"""What finds faces in a picture, whichever network does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from emotion_core.types import FaceDetections, ImageArray

# In fewer pixels than this no expression can be read, whatever the size of the frame.
READABLE_FACE = 24


class FaceDetector(ABC):
    """Anything that finds faces in pictures.

    Attributes:
        at_once: how many pictures it best looks at together.
    """

    at_once: int = 1

    @abstractmethod
    def detect(self, image: ImageArray) -> FaceDetections:
        """Find the faces in an (H, W, 3) uint8 RGB picture."""

    def detect_all(self, images: Sequence[ImageArray]) -> list[FaceDetections]:
        """The same for pictures of one size."""
        return [self.detect(image) for image in images]


class TiltDetector(FaceDetector):
    """One of faces that stand upright, with what :mod:`emotion_core.faces.tilt` needs for others.

    Attributes:
        look_side: side in pixels of the squares that it looks at.
    """

    look_side: int

    @abstractmethod
    def detect_turned(self, image: ImageArray, coarse: bool = False) -> FaceDetections:
        """Places that may be faces, as seen once the picture is turned by 90, 180 and 270 degrees.

        Args:
            image: (H, W, 3) uint8 RGB.
            coarse: leave out the smaller half of all sizes.

        Returns:
            Boxes and landmarks in pixels of ``image`` as it is; a face may be in it several times.
        """

    @abstractmethod
    def look_at(self, crops: npt.NDArray[np.uint8]) -> FaceDetections:
        """Look at squares that were cut out of pictures around faces, and turned upright.

        Args:
            crops: (n, look_side, look_side, 3) uint8 RGB, n may be 0.

        Returns:
            One face for each, with its confidence, whatever that is; boxes and landmarks from 0
            to 1 across the square.
        """
