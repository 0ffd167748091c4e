"""What a model says of itself: its card, its measured figures, its size; nothing is loaded."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError

CARD_FILE = "README.md"
FIGURES_FILE = "evaluation.json"
# Longer ones are no headers: the format ends at 100 MB.
_LONGEST_HEADER = 100_000_000
_PICTURES = {".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp"}

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]

_FRONT_MATTER = re.compile(r"\A---\s*\n.*?\n---\s*\n", re.DOTALL)
_FENCE = re.compile(r"\s*(```|~~~)")
_HEADING = re.compile(r"^(#{1,6}) ")
_IMAGE = re.compile(r"!\[(?P<description>[^\]]*)\]\(\s*<?(?P<path>[^)\s>]+)[^)]*\)")
_LOCAL_LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?!https?:|mailto:)[^)]*\)")


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
class ModelFigures:
    """Measured figures of a model, as ``evaluate --json`` writes them.

    Attributes:
        count: pictures.
        top1: share of them whose leading emotion is the majority of the votes.
        top1_interval: its 95 % interval.
        macro_f1: mean F1 of the emotions that occur.
        ece: expected calibration error.
        kl: mean divergence from the votes to the reading, in nats.
        per_class: by emotion.
        confusion: (7, 7) counts, rows the majority of the votes, columns the reading.
    """

    count: Annotated[int, Field(ge=1)]
    top1: Share
    top1_interval: tuple[Share, Share]
    macro_f1: Share
    ece: Share
    kl: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    per_class: dict[str, EmotionFigures]
    confusion: Annotated[
        list[Annotated[list[Count], Field(min_length=7, max_length=7)]],
        Field(min_length=7, max_length=7),
    ]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a folder shows without being loaded; ``None`` where it cannot be told.

    Attributes:
        size: bytes of its files.
        parameters: numbers that were learned.
        input_size: side in pixels of the faces that the model looks at.
    """

    size: int
    parameters: int | None
    input_size: int | None


@dataclass(frozen=True, slots=True)
class CardPart:
    """A stretch of Markdown of a card, or a picture in it.

    Attributes:
        text: the Markdown, or the description of the picture.
        picture: the file, inside of the model's folder.
    """

    text: str
    picture: Path | None = None


_FIGURES = TypeAdapter(ModelFigures)


def read_card(folder: Path) -> list[CardPart]:
    """The card of a model in the order of its text; empty where there is none.

    Headings go three levels down, to stand under those of a page. Only pictures that lie in the
    folder are shown: others become links, so that opening a card fetches nothing. Links to
    files, which would lead nowhere in a page, become plain words.

    Raises:
        ModelError: the card cannot be read.
    """
    path = folder / CARD_FILE
    if not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"The card {path} cannot be read as text.") from error
    parts: list[CardPart] = []
    lines: list[str] = []
    fenced = False
    for line in _FRONT_MATTER.sub("", text, count=1).splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            line = _HEADING.sub(lambda match: "#" * min(len(match[1]) + 3, 6) + " ", line)
            rest = 0
            for match in _IMAGE.finditer(line):
                picture = _picture(folder, match["path"])
                if picture is not None:
                    lines.append(_without_pictures(line[rest : match.start()]))
                    parts += _as_part(lines)
                    parts.append(CardPart(match["description"], picture))
                    lines, rest = [], match.end()
            line = _without_pictures(line[rest:])
        lines.append(line)
    return parts + _as_part(lines)


def _as_part(lines: list[str]) -> list[CardPart]:
    text = "\n".join(lines).strip("\n")
    return [CardPart(text)] if text.strip() else []


def _picture(folder: Path, written: str) -> Path | None:
    """The file of a picture, unless it lies outside of the folder or is none."""
    try:
        path = (folder / written).resolve()
        inside = path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):
        return None
    return path if inside and path.suffix.lower() in _PICTURES else None


def _without_pictures(line: str) -> str:
    """Pictures that are not shown become links, and links to files plain words."""
    return _LOCAL_LINK.sub(r"\g<words>", _IMAGE.sub(r"[\g<description>](\g<path>)", line))


def read_figures(folder: Path) -> ModelFigures | None:
    """The measured figures of a model, or ``None`` where none came with it.

    Keys beyond those of :class:`ModelFigures` are ignored.

    Raises:
        ModelError: the file is not what ``evaluate --json`` writes.
    """
    path = folder / FIGURES_FILE
    if not path.is_file():
        return None
    try:
        figures = _FIGURES.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ModelError(
            f"The figures in {path} cannot be shown: {place}: {first['msg']}."
        ) from error
    except OSError as error:
        raise ModelError(f"The figures in {path} cannot be read: {error.strerror}.") from error
    missing = [emotion for emotion in EMOTIONS if emotion not in figures.per_class]
    if missing:
        raise ModelError(
            f"The figures in {path} cannot be shown: per_class lacks {', '.join(missing)}."
        )
    return figures


def read_facts(folder: Path) -> ModelFacts:
    """Size, parameters and input of a model."""
    return ModelFacts(
        size=sum(path.stat().st_size for path in folder.iterdir() if path.is_file()),
        parameters=_count_parameters(folder),
        input_size=_input_size(folder),
    )


def _count_parameters(folder: Path) -> int | None:
    """From the headers of the weights: their length, then JSON with the shape of each tensor."""
    total = 0
    for path in folder.glob("*.safetensors"):
        try:
            with path.open("rb") as file:
                length = int.from_bytes(file.read(8), "little")
                if length > _LONGEST_HEADER:
                    return None
                header = json.loads(file.read(length))
            header.pop("__metadata__", None)
            total += sum(
                prod(tensor["shape"]) for name, tensor in header.items() if not _is_statistic(name)
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
    return total or None


def _is_statistic(name: str) -> bool:
    """Whether a tensor was counted from the data by a batch normalisation, not learned."""
    return name.endswith(("running_mean", "running_var", "num_batches_tracked"))


def _input_size(folder: Path) -> int | None:
    """As the image processor of the model has it: its own file, or that of a timm model."""
    size = _read_json(folder / "preprocessor_config.json").get("size")
    if isinstance(size, dict):
        size = size.get("height") or size.get("shortest_edge")
    if size is None:
        config = _read_json(folder / "config.json")
        timm = config.get("pretrained_cfg")
        shape = timm.get("input_size") if isinstance(timm, dict) else None
        size = shape[-1] if isinstance(shape, list) and shape else config.get("image_size")
    return size if isinstance(size, int) else None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
