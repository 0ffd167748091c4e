"""What is wrong with a file of JSON, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import FiniteFloat, TypeAdapter

from emotion_core.errors import ModelError
from emotion_core.validation import read_json


@dataclass(frozen=True, slots=True)
class Card:
    size: int
    means: tuple[FiniteFloat, FiniteFloat] = (0.0, 1.0)


def read(path: Path) -> Card:
    return read_json(path, TypeAdapter(Card), "The card", ModelError)


def test_what_is_known_is_read_and_the_rest_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text('{"size": 3, "means": [1, 2.5], "later": null}')
    assert read(tmp_path / "card.json") == Card(3, (1.0, 2.5))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is damaged"),
        ('{"size": 3', "the file is damaged"),
        ("[]", "the file: "),
        ("{}", "size: "),
        ('{"size": "3"}', "size: "),
        ('{"size": 3, "means": [1]}', "means.1: "),
        ('{"size": 3, "means": [1, NaN]}', "means.1: "),
        ('{"size": 3, "means": [Infinity, 1]}', "means.0: "),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "card.json").write_text(content)
    with pytest.raises(ModelError, match=f"^The card cannot be read: {said}") as caught:
        read(tmp_path / "card.json")
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^The card cannot be read: No such file or directory\.$"):
        read(tmp_path / "none.json")
