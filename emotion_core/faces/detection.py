"""What finds faces in a picture, whichever network does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

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
