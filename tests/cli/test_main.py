"""The command line: what it writes, what it says, and how it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import SettingsError
from emotion_core.media.probe import probe
from emotion_core.render.video.panel import Layout
from emotion_core.settings import load_settings
from emotion_core.types import ImageArray
from tests.cli.commands import ROOT, assert_refused, run, run_process
from tests.conftest import place
from tests.emotions.test_classifier import make_vit
from tests.media.clips import make_clip
from tests.media.test_decode import bad_files
from tests.training.explainers import make_explainer


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_vit(tmp_path_factory.mktemp("model") / "vit")


@pytest.fixture
def clip(tmp_path: Path, portrait: ImageArray) -> Path:
    return make_clip(
        tmp_path / "my scene.mp4",
        n=12,
        size=(240, 180),
        audio="mono",
        picture=lambda index: place(portrait, (240, 180), index, 0, 180),
    )


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_analyze_writes_what_it_promises_and_tells_what_it_saw(tmp_path: Path, clip: Path) -> None:
    result = run_process("analyze", clip, "--out", tmp_path / "out", "--video")
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "out" / "my scene"
    assert {path.name for path in folder.iterdir()} == {
        "faces.parquet",
        "faces.csv",
        "movements.csv",
        "lines.csv",
        "utterances.csv",
        "sound.csv",
        "frames.parquet",
        "summary.json",
        "annotated.mp4",
    }
    faces = pd.read_parquet(folder / "faces.parquet")
    assert len(faces) == 12 and len(pd.read_csv(folder / "faces.csv")) == 12
    assert len(pd.read_parquet(folder / "frames.parquet")) == 12
    summary = json.loads((folder / "summary.json").read_text())
    assert set(summary["tracks"][0]["shares"]) == set(EMOTIONS)
    assert summary["clip"]["name"] == "my scene.mp4" and summary["face_share"] == 1.0
    assert "Person 1" in result.stdout and "100% of the time" in result.stdout
    assert "Traceback" not in result.stderr


def test_a_clip_that_was_read_before_is_not_read_again(
    tmp_path: Path, clip: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = CliRunner()
    arguments = ["analyze", str(clip), "--out", str(tmp_path / "out"), "--model", str(model)]
    assert runner.invoke(app, arguments).exit_code == 0
    first = (tmp_path / "out" / "my scene" / "faces.csv").read_bytes()

    def fail(*_: object) -> None:
        pytest.fail("the clip was read a second time")

    monkeypatch.setattr("emotion_core.scene.analyzer.analyze_video", fail)
    assert runner.invoke(app, arguments).exit_code == 0
    assert (tmp_path / "out" / "my scene" / "faces.csv").read_bytes() == first


def test_every_nth_frame_is_read_on_request(tmp_path: Path, clip: Path, model: Path) -> None:
    arguments = [
        "analyze",
        str(clip),
        "--out",
        str(tmp_path),
        "--model",
        str(model),
        "--every",
        "4",
    ]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert len(pd.read_parquet(tmp_path / "my scene" / "frames.parquet")) == 3


@pytest.mark.parametrize(
    "kind", ["missing", "folder", "empty", "text", "no index", "no frames", "only sound"]
)
def test_what_is_not_a_clip_ends_in_one_sentence_and_leaves_nothing(
    tmp_path: Path, model: Path, kind: str
) -> None:
    (tmp_path / "files").mkdir()
    path = bad_files(tmp_path / "files")[kind]
    result = run("analyze", path, "--out", tmp_path / "out", "--model", model, "--video")
    assert_refused(result)
    assert not (tmp_path / "out").exists()


def test_a_process_that_refuses_ends_in_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    text = bad_files(tmp_path)["text"]
    assert_refused(run_process("analyze", text, "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_written_ends_in_one_sentence(
    tmp_path: Path, clip: Path, model: Path
) -> None:
    (tmp_path / "taken").write_text("mine")
    for out in (tmp_path / "taken", "/proc/no-such-place"):
        result = run("analyze", clip, "--out", out, "--model", model)
        assert_refused(result)
        assert "cannot be written" in result.stderr
    assert (tmp_path / "taken").read_text() == "mine"


def test_an_unknown_model_ends_in_one_sentence(tmp_path: Path, clip: Path) -> None:
    result = run("analyze", clip, "--out", tmp_path / "out", "--model", "no-such-model")
    assert_refused(result)
    assert not (tmp_path / "out").exists()


def test_a_clip_cut_off_in_the_middle_is_read_with_a_note(tmp_path: Path, model: Path) -> None:
    whole = make_clip(tmp_path / "whole.mkv", n=100, size=(320, 240))
    part = tmp_path / "part.mkv"
    part.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    result = run("analyze", part, "--out", tmp_path / "out", "--model", model)
    assert result.returncode == 0, result.stderr
    assert "Note: The clip" in result.stdout
    summary = json.loads((tmp_path / "out" / "part" / "summary.json").read_text())
    assert len(summary["warnings"]) == 1


def test_the_video_shows_what_is_heard_unless_asked_not_to_and_masks_on_request(
    tmp_path: Path, clip: Path, model: Path, data_dir: Path
) -> None:
    classifier = EmotionClassifier.load(str(model), model, "cpu", exact=True)
    make_explainer(classifier, data_dir / "runs" / "mine" / "model")
    arguments = ("analyze", clip, "--out", tmp_path / "out", "--model", model, "--video")
    sizes = []
    for more in ((), ("--masks", "--no-lanes")):
        result = run(*arguments, *more)
        assert result.returncode == 0, result.stderr
        video = probe(tmp_path / "out" / "my scene" / "annotated.mp4")
        sizes.append((video.width, video.height))
    plain, masked = (Layout.for_clip(240, 180, captioned=masks) for masks in (False, True))
    assert sizes[1] == (masked.width, masked.height)
    # the tone of the clip is heard, and no line is known
    assert sizes[0][0] == plain.width and sizes[0][1] > masked.height


def test_masks_without_a_video_or_an_explainer_end_in_one_sentence(
    tmp_path: Path, clip: Path, model: Path
) -> None:
    arguments = ("analyze", clip, "--out", tmp_path / "out", "--model", model, "--masks")
    for more, said in (((), "--video"), (("--video",), "has no trained explainer")):
        result = run(*arguments, *more)
        assert_refused(result)
        assert said in result.stderr
    assert not (tmp_path / "out").exists()


def test_help_names_every_command_and_comes_at_once() -> None:
    """Nothing heavy is imported for it."""
    code = (
        "import sys, emotion_core.cli.main; print(*{'torch', 'pandas', 'cv2'} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert loaded.stdout.strip() == "", loaded.stderr
    result = run("--help")
    for command in ("analyze", "compare", "explain", "sample", "evaluate", "train"):
        assert command in result.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("STILL_CHANGE", value) for value in ("much", "-1", "nan", "256", "")),
        ("MAX_MINUTES", "long"),
        *(("ENCODER", value) for value in ("x264", "h264_vaapi", "")),
        ("ICE_SERVERS", "[{"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"EME_{name}", value)
    with pytest.raises(SettingsError, match=rf"^EME_{name} cannot be used: [^\n]+\.$"):
        load_settings()


@pytest.mark.parametrize("command", [["sample"], ["app"]])
def test_the_command_line_says_which_setting_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("EME_STILL_CHANGE", "much")
    result = run_process(*command)
    assert_refused(result)
    assert "EME_STILL_CHANGE" in result.stderr
