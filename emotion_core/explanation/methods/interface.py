"""The interface of all methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from emotion_core.progress import Task, finish
from emotion_core.types import Attribution, ImageArray


class AttributionMethod(ABC):
    """Anything that says where in a face an emotion is seen.

    A method is made for one classifier. It keeps no state between calls.

    Attributes:
        name: as in :data:`emotion_core.explanation.methods.registry.METHODS`.
    """

    name: str

    def attribute(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Attribution:
        """The masks of n faces; :meth:`task` run to its end."""
        return finish(self.task(images, targets))

    @abstractmethod
    def task(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Task[Attribution]:
        """Compute the masks of n faces.

        Args:
            images: n square (H, W, 3) uint8 RGB crops, as
                :meth:`~emotion_core.emotions.preprocessing.FacePreprocessing.crop` cuts them; n
                may be 0. Crops of another size than the input's side S are resized to it.
            targets: for each face the index in EMOTIONS of the one emotion that is asked for, the
                masks of the others being 0; or ``None`` for all seven.

        Returns:
            (n, 7, S, S) masks; those of all methods but the trained explainer are normalised by
            :func:`~emotion_core.explanation.methods.maps.normalise_maps`.
        """
