"""Where in the face the reading comes from, on a slower clock than the readings."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pandas as pd

from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.faces.regions import face_regions, region_shares
from emotion_core.practice.feedback.feedback import FeedbackWriter
from emotion_core.practice.live.reader import NO_READING, FaceSnapshot, LiveReader
from emotion_core.types import FloatArray
from emotion_core.workers import compute_on_one_core

log = logging.getLogger(__name__)

# Seconds from one look to the next: masks take a part of the time that readings need, and words
# that change faster than they are read help nobody.
EVERY = 2.0

Explain = Callable[[FaceSnapshot], pd.DataFrame]


def explain_with(explainer: MaskExplainer) -> Explain:
    """The shares of the parts of a face in the masks of an explainer.

    Returns:
        A function that gives the table of :func:`~emotion_core.faces.regions.region_shares` for a
        face; it raises ``ValueError`` where the regions of the face are unknown.
    """

    def explain(look: FaceSnapshot) -> pd.DataFrame:
        (square,), (points,) = look.upright.squares, look.upright.meshes.points
        masks = explainer.attribute([square.cut(look.image, explainer.card.size)])
        side = masks.masks.shape[-1]
        regions = face_regions(square.to_crop(points, side), side)
        return region_shares(masks, [regions])

    return explain


class FeedbackLoop:
    """Looks at the face every few seconds and says what carries the expression.

    Args:
        explain: gives the shares of the parts of a face.

    Attributes:
        words: the newest sentence; empty before there is one, and while there is no face in view
            whose regions are known.
        target: (7,) what is played towards; zero-length for nothing.
    """

    def __init__(self, explain: Explain) -> None:
        self.words = ""
        self.target: FloatArray = NO_READING
        self._explain = explain
        self._writer = FeedbackWriter()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, reader: LiveReader) -> None:
        """Begin to look at the faces of a reader."""
        self._thread = threading.Thread(
            target=self._run, args=(reader,), name="eme-feedback", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop; the thread is over when this returns."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, reader: LiveReader) -> None:
        compute_on_one_core()
        last: FaceSnapshot | None = None
        while not self._stop.wait(EVERY):
            before, last = last, reader.look
            if last is None or last is before:
                self.words = ""
                continue
            try:
                self._look(last)
            except ValueError:  # a face without a mesh has no parts
                self.words = ""
            except Exception:
                log.exception("region feedback has stopped")
                self.words = ""
                return

    def _look(self, look: FaceSnapshot) -> None:
        self.words = self._writer.update(look.probabilities, self._explain(look), self.target)
