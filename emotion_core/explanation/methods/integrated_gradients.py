"""Integrated gradients."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from captum.attr import IntegratedGradients as CaptumIntegratedGradients

from emotion_core.emotions.classifier import BATCH_SIZE, EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.maps import asked_classes, to_attribution
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.progress import Progress, Task
from emotion_core.types import Attribution, ImageArray


class IntegratedGradients(AttributionMethod):
    """Integrated gradients (Sundararajan et al. 2017, "Axiomatic Attribution", equation 1).

    Of the class's logit, from the normalised zero (the mean colour) to the face, summed over the
    three channels; pixels that speak against the emotion count as 0.

    Args:
        classifier: what is explained.
        steps: points on the path, by the Gauss-Legendre rule.
    """

    name = "integrated-gradients"

    def __init__(self, classifier: EmotionClassifier, steps: int = 32) -> None:
        self._network = ReadingNetwork(classifier)
        self._captum = CaptumIntegratedGradients(self._network)
        self._steps = steps

    def task(
        self, images: Sequence[ImageArray], targets: Sequence[int] | None = None
    ) -> Task[Attribution]:
        """See :class:`~emotion_core.explanation.methods.interface.AttributionMethod`."""
        size, device = self._network.size, self._network.device
        maps = torch.zeros(len(images), len(EMOTIONS), size, size, device=device)
        jobs = [
            (emotion, part)
            for emotion, faces in asked_classes(targets, len(images))
            for part in torch.split(faces, BATCH_SIZE)
            if len(part)
        ]
        for done, (emotion, faces) in enumerate(jobs, start=1):
            batch = self._network.to_batch([images[i] for i in faces.tolist()])
            with torch.enable_grad():
                found = self._captum.attribute(
                    batch,
                    baselines=0.0,
                    target=emotion,
                    n_steps=self._steps,
                    # at least the batch itself: captum takes no less than one step at a time
                    internal_batch_size=max(BATCH_SIZE, len(batch)),
                )
            maps[faces, emotion] = found.sum(1).relu().detach().float()
            yield Progress(done, len(jobs))
        return to_attribution(maps, targets, self.name)
