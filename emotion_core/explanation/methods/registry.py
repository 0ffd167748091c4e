"""All methods by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.registry import ModelId
from emotion_core.errors import ModelError
from emotion_core.explanation.methods.baselines import CentredGaussian, RandomBlobs
from emotion_core.explanation.methods.gradcam import GradCAM
from emotion_core.explanation.methods.integrated_gradients import IntegratedGradients
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.mask_explainer import MaskExplainer, find_explainer
from emotion_core.explanation.methods.occlusion import Occlusion
from emotion_core.explanation.methods.rise import RISE
from emotion_core.explanation.methods.rollout import AttentionRollout

# Those that need nothing but the classifier.
METHODS: dict[str, Callable[[EmotionClassifier], AttributionMethod]] = {
    GradCAM.name: GradCAM,
    IntegratedGradients.name: IntegratedGradients,
    Occlusion.name: Occlusion,
    RISE.name: RISE,
    AttentionRollout.name: AttentionRollout,
    RandomBlobs.name: RandomBlobs,
    CentredGaussian.name: CentredGaussian,
}
ALL_METHODS = (MaskExplainer.name, *METHODS)


def build_method(
    name: str, classifier: EmotionClassifier, explainers: Iterable[Path] = ()
) -> AttributionMethod:
    """The method with a name, for a classifier that was loaded with ``exact=True``.

    Args:
        name: one of :data:`ALL_METHODS`.
        classifier: whose readings are to be explained.
        explainers: folders among which the trained explainer of the classifier is looked for.

    Raises:
        ModelError: there is no such method, it cannot look into this network, or no explainer
            was trained for it.
    """
    if name == MaskExplainer.name:
        folder = find_explainer(classifier.identity, explainers)
        if folder is None:
            raise ModelError(
                f"{classifier.identity.name} has no trained explainer. Train one, or choose "
                "another method."
            )
        return MaskExplainer.load(folder, classifier)
    if name not in METHODS:
        raise ModelError(f"There is no method {name!r}. Choose one of {', '.join(ALL_METHODS)}.")
    return METHODS[name](classifier)


def default_method(classifier: ModelId, explainers: Iterable[Path] = ()) -> str:
    """What explains a classifier unless something else is asked for.

    The explainer that was trained for it; occlusion where there is none.

    Args:
        classifier: whose readings are to be explained.
        explainers: as for :func:`build_method`.
    """
    found = find_explainer(classifier, explainers)
    return Occlusion.name if found is None else MaskExplainer.name
