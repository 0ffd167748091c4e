"""What a model says of itself: its card and its size; nothing is loaded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from emotion_core.errors import ModelError
from emotion_core.validation import OBJECT

CARD_FILE = "README.md"
_PICTURES = {".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp"}

_FRONT_MATTER = re.compile(r"\A---\s*\n.*?\n---\s*\n", re.DOTALL)
_FENCE = re.compile(r"\s*(```|~~~)")
_SECTION = "#### "  # the second level, two levels down
_HEADING = re.compile(r"^(#{1,6}) ")
_IMAGE = re.compile(r"!\[(?P<description>[^\]]*)\]\(\s*<?(?P<path>[^)\s>]+)[^)]*\)")
_LOCAL_LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?!https?:|mailto:)[^)]*\)")


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """What a folder shows without being loaded; ``None`` where it is unknown.

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
    """A piece of Markdown of a card, or a picture in it.

    Attributes:
        text: the Markdown, or the description of the picture.
        picture: the file, inside of the model's folder.
    """

    text: str
    picture: Path | None = None


def read_card(folder: Path) -> list[CardPart]:
    """The card of a model in the order of its text; empty where there is none.

    Headings go two levels down, to stand under those of a page. Only pictures that lie in the
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
            line = _HEADING.sub(lambda match: "#" * min(len(match[1]) + 2, 6) + " ", line)
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


def card_sections(parts: Sequence[CardPart]) -> list[tuple[str, list[CardPart]]]:
    """The parts of a card under the titles of its second level.

    Args:
        parts: :func:`read_card`.

    Returns:
        Titles and what stands under them, in order; what comes before the first title is first,
        with an empty one.
    """
    sections: list[tuple[str, list[CardPart]]] = [("", [])]
    for part in parts:
        if part.picture is not None:
            sections[-1][1].append(part)
            continue
        lines: list[str] = []
        fenced = False
        for line in part.text.splitlines():
            if _FENCE.match(line):
                fenced = not fenced
            if not fenced and line.startswith(_SECTION):
                sections[-1][1].extend(_as_part(lines))
                sections.append((line.removeprefix(_SECTION).strip(), []))
                lines = []
            else:
                lines.append(line)
        sections[-1][1].extend(_as_part(lines))
    return sections


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


def read_model_summary(folder: Path) -> ModelSummary:
    """Size, parameters and input of a model."""
    return ModelSummary(
        size=sum(path.stat().st_size for path in folder.iterdir() if path.is_file()),
        parameters=_count_parameters(folder),
        input_size=_input_size(folder),
    )


def _count_parameters(folder: Path) -> int | None:
    """From the headers of the weights, which name the shape of each tensor."""
    total = 0
    for path in folder.glob("*.safetensors"):
        try:
            with safe_open(path, "np") as weights:
                learned = [name for name in weights.offset_keys() if not _is_statistic(name)]
                total += sum(prod(weights.get_slice(name).get_shape()) for name in learned)
        except (OSError, SafetensorError):
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
        return OBJECT.validate_json(path.read_bytes())
    except (OSError, ValueError):
        return {}
