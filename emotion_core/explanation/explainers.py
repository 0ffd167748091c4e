"""Which trained explainers there are: their cards, and those that fit a classifier.

Nothing here loads a network: a page asks whether there is an explainer long before it needs one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import ModelId
from emotion_core.errors import ModelError
from emotion_core.validation import OBJECT, first_problem, read_json

# DeepLabV3 (Chen et al. 2017) by backbone: 39.6 million parameters, as in the study, 11.0 and 7.9.
# The last one, of 8.0, refines the maps of the one before on a grid that is twice as fine (Chen et
# al. 2018, DeepLabV3+).
ARCHITECTURES = (
    "resnet50",
    "mobilenet_v3_large",
    "tf_efficientnet_lite2",
    "tf_efficientnet_lite2_plus",
)
MODEL_TYPE = "eme_mask_explainer"
_Channels = tuple[FiniteFloat, FiniteFloat, FiniteFloat]


@dataclass(frozen=True, slots=True)
class ExplainerCard:
    """What has to be known of an explainer to use it, beside its weights.

    Attributes:
        architecture: one of :data:`ARCHITECTURES`.
        size: side of the input in pixels.
        mean, std: of its training set by RGB channel, on pixel values in [0, 1].
        classifier: which one it explains.
        labels: the emotions in the order of its maps.
    """

    architecture: str
    size: Annotated[int, Field(ge=1)]
    mean: _Channels
    std: _Channels
    classifier: ModelId
    labels: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As ``config.json`` holds it."""
        return {"model_type": MODEL_TYPE, **asdict(self)}

    @classmethod
    def from_dict(cls, given: Any, source: Path) -> ExplainerCard:
        """The inverse of :meth:`to_dict`.

        Args:
            given: what was read.
            source: named in errors.

        Raises:
            ModelError: it describes something else, or not all of an explainer.
        """
        if not isinstance(given, dict) or given.get("model_type") != MODEL_TYPE:
            raise ModelError(f"{source} is a different kind of model, not an explainer.")
        try:
            card = _CARD.validate_python(given)
        except ValidationError as error:
            raise ModelError(
                f"The card of the explainer in {source} is incomplete: {first_problem(error)}."
            ) from error
        if card.architecture not in ARCHITECTURES:
            raise ModelError(
                f"{source} has an explainer with the backbone {card.architecture!r}; known are "
                f"{', '.join(ARCHITECTURES)}."
            )
        if card.labels != EMOTIONS:
            raise ModelError(
                f"{source} does not explain the seven emotions in the project's order."
            )
        return card


_CARD = TypeAdapter(ExplainerCard)


def coarser(architecture: str) -> str:
    """The architecture that one refines, which is that of its backbone, too; else itself."""
    return architecture.removesuffix("_plus")


def read_card(folder: Path) -> ExplainerCard:
    """What the explainer in a folder was trained for, without loading it.

    Raises:
        ModelError: there is none.
    """
    return ExplainerCard.from_dict(_read_config(folder), folder)


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        raise ModelError(f"The folder {folder} has no explainer: config.json is missing.")
    return read_json(path, OBJECT, str(path), ModelError)


def find_explainer(classifier: ModelId, folders: Iterable[Path]) -> Path | None:
    """The first of some folders that holds an explainer of a classifier; ``None`` if none does."""
    return next(find_explainers(classifier, folders), None)


def find_explainers(classifier: ModelId, folders: Iterable[Path]) -> Iterator[Path]:
    """Those of some folders that hold an explainer of a classifier.

    Args:
        classifier: the one that is to be explained.
        folders: those that hold something else, or nothing whole, are passed over.
    """
    for folder in folders:
        try:
            fits = read_card(folder).classifier.fingerprint == classifier.fingerprint
        except ModelError:
            continue
        if fits:
            yield folder
