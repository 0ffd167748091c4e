"""All methods by name."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from pkgutil import resolve_name

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.registry import ModelId
from emotion_core.errors import ModelError
from emotion_core.explanation.explainers import find_explainer
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.mask_explainer import MaskExplainer

# Those that need nothing but the classifier: where each is, loaded when it is asked for.
METHODS = {
    "grad-cam": "gradcam:GradCAM",
    "integrated-gradients": "integrated_gradients:IntegratedGradients",
    "occlusion": "occlusion:Occlusion",
    "rise": "rise:RISE",
    "rollout": "rollout:AttentionRollout",
    "random": "baselines:RandomBlobs",
    "gaussian": "baselines:CentredGaussian",
}
ALL_METHODS = (MaskExplainer.name, *METHODS)
# Those of them that look into the network, and so not into every one: the others only read with it.
_LOOK_INSIDE = ("grad-cam", "rollout")


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
    method: AttributionMethod = resolve_name(f"{__package__}.{METHODS[name]}")(classifier)
    return method


def methods_for(classifier: EmotionClassifier) -> list[str]:
    """Those of :data:`METHODS` that can look into a network; only what may fail is tried.

    Args:
        classifier: as for :func:`build_method`.
    """
    found = []
    for name in METHODS:
        with suppress(ModelError):
            if name in _LOOK_INSIDE:
                build_method(name, classifier)
            found.append(name)
    return found


def default_method(classifier: ModelId, explainers: Iterable[Path] = ()) -> str:
    """What explains a classifier unless something else is asked for.

    The explainer that was trained for it; occlusion where there is none.

    Args:
        classifier: whose readings are to be explained.
        explainers: as for :func:`build_method`.
    """
    found = find_explainer(classifier, explainers)
    return "occlusion" if found is None else MaskExplainer.name
