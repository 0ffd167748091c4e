"""All methods by name."""

from __future__ import annotations

from collections.abc import Callable

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import ModelError
from emotion_core.explanation.baselines import CentredGaussian, RandomBlobs
from emotion_core.explanation.gradcam import GradCAM
from emotion_core.explanation.integrated_gradients import IntegratedGradients
from emotion_core.explanation.method import AttributionMethod
from emotion_core.explanation.occlusion import Occlusion
from emotion_core.explanation.rise import RISE
from emotion_core.explanation.rollout import AttentionRollout

METHODS: dict[str, Callable[[EmotionClassifier], AttributionMethod]] = {
    GradCAM.name: GradCAM,
    IntegratedGradients.name: IntegratedGradients,
    Occlusion.name: Occlusion,
    RISE.name: RISE,
    AttentionRollout.name: AttentionRollout,
    RandomBlobs.name: RandomBlobs,
    CentredGaussian.name: CentredGaussian,
}


def build_method(name: str, classifier: EmotionClassifier) -> AttributionMethod:
    """The method with a name, for a classifier that was loaded with ``exact=True``.

    Raises:
        ModelError: there is no such method, or it cannot look into this network.
    """
    if name not in METHODS:
        raise ModelError(f"There is no method {name!r}; choose one of {', '.join(METHODS)}.")
    return METHODS[name](classifier)
