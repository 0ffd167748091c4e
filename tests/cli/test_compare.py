"""The command ``compare``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.types import ImageArray
from tests.cli.commands import assert_refused, run
from tests.conftest import place
from tests.emotions.test_classifier import make_vit
from tests.media.clips import make_clip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_vit(tmp_path_factory.mktemp("model") / "vit")


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def clips(tmp_path: Path, portrait: ImageArray) -> list[Path]:
    return [
        make_clip(
            tmp_path / name,
            n=24,
            fps=fps,
            size=(240, 180),
            picture=lambda index: place(portrait, (240, 180), index, 0, 180),
        )
        for name, fps in (("take one.mp4", 25), ("take two.mp4", 30))
    ]


def test_two_clips_are_compared_and_said(tmp_path: Path, clips: list[Path], model: Path) -> None:
    arguments = ["compare", *map(str, clips), "--out", str(tmp_path / "out"), "--model", str(model)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "Person 1 in take two compared with Person 1 in take one:" in result.output
    assert "not what anyone feels" in result.output
    folder = tmp_path / "out" / "take one and take two"
    assert {path.name for path in folder.iterdir()} == {
        "comparison.json",
        "report.html",
        *(
            f"{name}.csv"
            for name in (
                *("measures", "differences", "distances", "divergences"),
                *("movements", "chords", "arcs", "paths"),
            )
        ),
    }
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "Person 1 in take two compared with Person 1 in take one" in report
    found = json.loads((folder / "comparison.json").read_text())
    assert [one["fps"] for one in found["performances"]] == [25, 30]


def test_characters_are_chosen_by_name(tmp_path: Path, clips: list[Path], model: Path) -> None:
    arguments = ["compare", *map(str, clips), "--out", str(tmp_path / "out"), "--model", str(model)]
    assert CliRunner().invoke(app, [*arguments, "--character", "person 1"]).exit_code == 0
    result = CliRunner().invoke(app, [*arguments, "--character", "Rick"])
    assert "take one.mp4 has no character Rick; it has Person 1." in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("one.mp4",), "You can compare 2 to 6 clips, not 1."),
        (("gone.mp4", "gone too.mp4"), "There is no file"),
        (
            ("a.mp4", "b.mp4", "c.mp4", "--character", "x", "--character", "y"),
            "you named 2 for 3 clips",
        ),
    ],
)
def test_bad_input_ends_in_one_sentence_and_leaves_nothing(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = run("compare", *arguments, "--out", tmp_path / "out")
    assert_refused(result)
    assert said in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_clip_without_a_face_ends_in_one_sentence_and_leaves_nothing(
    tmp_path: Path, clips: list[Path], model: Path
) -> None:
    empty = make_clip(tmp_path / "empty.mp4", n=5)
    result = run("compare", clips[0], empty, "--out", tmp_path / "out", "--model", model)
    assert_refused(result)
    assert "No usable face was found in empty.mp4." in result.stderr
    assert not (tmp_path / "out").exists()
