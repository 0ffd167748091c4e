"""What finds faces in a picture, whichever network does."""

from __future__ import annotations

from typing import Protocol

from emotion_core.types import FaceDetections, ImageArray

# In fewer pixels than this no expression can be read, whatever the size of the frame.
READABLE_FACE = 24


class FaceDetector(Protocol):
    """Anything that finds faces in one picture."""

    def detect(self, image: ImageArray) -> FaceDetections:
        """Find the faces in an (H, W, 3) uint8 RGB picture."""
        ...
