"""The measured figures that come with a model, as ``evaluate --json`` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.validation import read_json

FIGURES_FILE = "evaluation.json"
SOURCE_FIGURES = "evaluation-*.json"

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Nats = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]

# Of fewer pictures a share says next to nothing.
FEW = 10


@dataclass(frozen=True, slots=True)
class EmotionFigures:
    """How one emotion is read.

    Attributes:
        precision: share of the pictures read as it that the votes call so too.
        recall: share of the pictures that the votes call so that are read as it.
        f1: harmonic mean of the two.
        count: pictures that the votes call so.
    """

    precision: Share
    recall: Share
    f1: Share
    count: Count


@dataclass(frozen=True, slots=True)
class EmotionIntervals:
    """95% intervals of the figures of one emotion."""

    precision: tuple[Share, Share]
    recall: tuple[Share, Share]
    f1: tuple[Share, Share]


@dataclass(frozen=True, slots=True)
class FigureIntervals:
    """95% intervals of the figures of the same names."""

    top1: tuple[Share, Share]
    macro_f1: tuple[Share, Share]
    ece: tuple[Share, Share]
    kl: tuple[Nats, Nats]
    per_class: dict[str, EmotionIntervals]
    macro_recall: tuple[Share, Share] | None = None


@dataclass(frozen=True, slots=True)
class ConfidenceBin:
    """The readings that were given a share in [low, high); the last bin has its upper end too.

    Attributes:
        low, high: ends.
        count: readings in it.
        confidence: mean of these shares; ``None`` without readings.
        accuracy: how many of them are the majority of the votes; ``None`` without readings.
    """

    low: Share
    high: Share
    count: Count
    confidence: Share | None
    accuracy: Share | None


@dataclass(frozen=True, slots=True)
class MeasuredOn:
    """What was measured on what.

    Attributes:
        dataset: names of the sets.
        split: the part of them.
        labels: whence the truth is, such as ``votes``.
        model: its name when it was measured.
        fingerprint: of its weights.
        mirrored: whether the mirrored picture was looked at too.
        precision: in which the network computed.
        upright: whether each face was turned upright first, as the app does.
    """

    dataset: list[str]
    split: str
    labels: str
    model: str
    fingerprint: str
    mirrored: bool
    precision: str
    upright: bool = False

    @property
    def where(self) -> str:
        """Sets and split in words."""
        return f"{' and '.join(self.dataset)} {self.split}"


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """Measured figures of a model. The optional ones are absent from older files.

    Attributes:
        count: pictures.
        top1: share of them whose leading emotion is the majority of the votes.
        top1_interval: its 95% interval.
        macro_f1: mean F1 of the emotions that occur.
        ece: expected calibration error.
        kl: mean divergence from the votes to the reading, in nats.
        per_class: by emotion.
        confusion: (7, 7) counts, rows the majority of the votes, columns the reading.
        tied: pictures with several emotions that have most votes; the first one is the truth.
        intervals: of all figures.
        reliability: confidence and accuracy by bins; empty where they are absent.
        clear_majority: the same figures of the pictures with a clear majority of the votes.
        measured: what was measured on what.
        macro_recall: mean recall of the emotions that occur, see :attr:`mean_recall`.
    """

    count: Annotated[int, Field(ge=1)]
    top1: Share
    top1_interval: tuple[Share, Share]
    macro_f1: Share
    ece: Share
    kl: Nats
    per_class: dict[str, EmotionFigures]
    confusion: Annotated[
        list[Annotated[list[Count], Field(min_length=7, max_length=7)]],
        Field(min_length=7, max_length=7),
    ]
    tied: Count | None = None
    intervals: FigureIntervals | None = None
    reliability: tuple[ConfidenceBin, ...] = ()
    clear_majority: ModelFigures | None = None
    measured: MeasuredOn | None = None
    macro_recall: Share | None = None

    def __post_init__(self) -> None:
        _check_emotions("per_class", self.per_class)
        if self.intervals is not None:
            _check_emotions("intervals.per_class", self.intervals.per_class)

    @property
    def mean_recall(self) -> float:
        """Mean recall of the emotions that occur, in older files too."""
        if self.macro_recall is not None:
            return self.macro_recall
        recalls = [one.recall for one in self.per_class.values() if one.count]
        return sum(recalls) / max(len(recalls), 1)

    @property
    def confidence(self) -> float | None:
        """Mean share that it gives its leading emotion; ``None`` where it is not known."""
        total = sum(one.count for one in self.reliability)
        if not total:
            return None
        return sum(one.count * (one.confidence or 0) for one in self.reliability) / total


def _check_emotions(name: str, table: Mapping[str, object]) -> None:
    missing = [emotion for emotion in EMOTIONS if emotion not in table]
    if missing:
        raise ValueError(f"{name} lacks {', '.join(missing)}")


_FIGURES = TypeAdapter(ModelFigures)


def read_figures(folder: Path) -> ModelFigures | None:
    """The measured figures of a model, or ``None`` where none came with it.

    Keys beyond those of :class:`ModelFigures` are ignored.

    Raises:
        ModelError: the file is not what ``evaluate --json`` writes.
    """
    path = folder / FIGURES_FILE
    return _read(path) if path.is_file() else None


def read_source_figures(folder: Path) -> list[ModelFigures]:
    """The figures of a model on single data sets, to be compared with each other.

    They lie beside the others, as ``evaluation-NAME.json``.

    Raises:
        ModelError: a file is not what ``evaluate --json`` writes.
    """
    return [_read(path) for path in sorted(folder.glob(SOURCE_FIGURES))]


def _read(path: Path) -> ModelFigures:
    return read_json(path, _FIGURES, f"The results in {path}", ModelError)
