"""The command ``export``: what it writes, and how it refuses."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pympi
import pytest
import webvtt
from click.testing import Result
from typer.testing import CliRunner

from emotion_core.cli import main as cli
from emotion_core.export.formats import Format
from emotion_core.export.tables import write_tables
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore, load_analysis
from emotion_core.sound.store import SoundStore
from tests.media.clips import make_clip
from tests.scene.scenes import make_scene
from tests.sound.heard import make_sound


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What ``analyze`` has written of a scene whose clip is gone."""
    made = tmp_path / "analysis"
    made.mkdir()
    write_tables(make_scene(), made)
    return made


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    yield
    assert not list((tmp_path / "work").rglob(".*")), "something half-written is left"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, ["export", *map(str, arguments)])


def refused(capsys: Any, monkeypatch: pytest.MonkeyPatch, *arguments: object) -> str:
    """The sentence with which the command line refuses."""
    monkeypatch.setattr("sys.argv", ["emotion_core", "export", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    said: str = capsys.readouterr().err
    assert "Traceback" not in said
    return said.strip()


def formats(*names: str) -> list[str]:
    return [part for name in names for part in ("--format", name)]


def test_a_folder_of_an_analysis_is_exported_to_every_format_at_once(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    every = formats(*(wanted for wanted in Format if not wanted.is_of_sound))
    result = run(folder, *every, "--out", out)
    assert result.exit_code == 0, result.output
    assert len(pd.read_csv(out / "scene.csv")) == len(pd.read_parquet(out / "scene.parquet")) == 90
    content = json.loads((out / "scene.json").read_text(encoding="utf-8"))
    assert len(content["readings"]["time"]) == 90
    assert "Shots" in pympi.Elan.Eaf(str(out / "scene.eaf")).get_tier_names()
    assert len(pd.read_excel(out / "scene.xlsx")) == 90
    assert len(pd.read_csv(out / "scene.shots.csv")) == 2
    assert len(pd.read_excel(out / "scene.shots.xlsx")) == 2
    assert "Shot list" in (out / "scene.shots.html").read_text(encoding="utf-8")
    assert (out / "scene.edl").read_text(encoding="utf-8").startswith("TITLE: scene.mp4")
    assert len(webvtt.read(out / "scene.vtt")) == 3
    assert (out / "scene.md").read_text(encoding="utf-8").startswith("# scene.mp4")
    assert (out / "scene-arcs-2.svg").is_file()
    assert "Written to" in result.output and "are next to it" in result.output


def test_what_is_heard_is_exported_where_the_sound_was_read(folder: Path, tmp_path: Path) -> None:
    store = SoundStore(tmp_path / "data" / "analyses")
    store.save(make_sound(make_scene().clip.sha256))
    of_sound = formats(*(wanted for wanted in Format if wanted.is_of_sound))
    result = run(folder, *of_sound, *formats("json", "eaf"), "--out", "out")
    assert result.exit_code == 0, result.output
    assert len(pd.read_csv("out/scene.utterances.csv")) == 2
    assert len(pd.read_excel("out/scene.utterances.xlsx")) == 2
    assert pd.read_csv("out/scene.lines.csv").empty
    assert Path("out/scene.lines.vtt").read_text().startswith("WEBVTT")
    content = json.loads(Path("out/scene.json").read_text(encoding="utf-8"))
    assert content["sound"]["segments"]["kind"] == ["speech", "speech over music"]
    assert "Heard" in pympi.Elan.Eaf("out/scene.eaf").get_tier_names()


def test_one_format_may_name_its_file(folder: Path, tmp_path: Path) -> None:
    assert (
        run(folder, *formats("vtt"), "--out", tmp_path / "new" / "my captions.vtt").exit_code == 0
    )
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["my captions.vtt"]


def test_without_a_place_files_go_where_those_of_analyze_go(folder: Path) -> None:
    assert run(folder, *formats("json")).exit_code == 0
    assert Path("results/scene/scene.json").is_file()


def test_a_shot_list_shows_stills_of_its_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(tmp_path / "scene.mp4", 4)
    monkeypatch.setattr("emotion_core.cli.reading.read_clip", lambda *_: make_scene())
    assert run(clip, *formats("shots.html"), "--out", "my.shots.html").exit_code == 0
    assert Path("my.shots.html").read_text(encoding="utf-8").count("data:image/jpeg") == 2


def test_csv_is_for_excel_and_its_decimal_comma_an_option(folder: Path) -> None:
    assert run(folder, *formats("csv"), "--out", "a.csv").exit_code == 0
    assert Path("a.csv").read_bytes().startswith(b"\xef\xbb\xbfframe,time,")
    comma = run(folder, *formats("csv", "shots.csv"), "--decimal-comma", "--out", "out")
    assert comma.exit_code == 0
    table = pd.read_csv("out/scene.csv", sep=";", decimal=",")
    assert table.equals(pd.read_csv("a.csv"))
    assert len(pd.read_csv("out/scene.shots.csv", sep=";")) == 2


def test_one_character_alone_can_be_exported(folder: Path) -> None:
    assert run(folder, *formats("csv"), "--character", "Face 2", "--out", "two.csv").exit_code == 0
    assert set(pd.read_csv("two.csv")["track"]) == {1}


def test_a_clip_that_was_read_before_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(tmp_path / "scene.mp4", 4)
    asked = []

    def reading(reader: Reader, path: Path) -> object:
        asked.append((path, reader.model))
        return make_scene()

    monkeypatch.setattr("emotion_core.cli.reading.read_clip", reading)
    result = run(clip, *formats("html"), "--model", "eme-vit", "--out", "x.html")
    assert result.exit_code == 0, result.output
    assert asked == [(clip, "eme-vit")]
    assert "data:image/jpeg" in Path("x.html").read_text(encoding="utf-8")


def test_the_analysis_of_the_app_is_read_with_the_place_of_its_clip(tmp_path: Path) -> None:
    scene = make_scene()
    AnalysisStore(tmp_path / "analyses").save(scene, tmp_path / "scene.mp4")
    found, clip = load_analysis(tmp_path / "analyses" / scene.id)
    assert found.id == scene.id
    pd.testing.assert_frame_equal(found.faces, scene.faces)
    assert clip == tmp_path / "scene.mp4"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "csv", "--character", "Ana"], "This scene has no character Ana."),
        (["--format", "csv", "--out", "x.html"], "x.html must end in .csv"),
        (["--format", "shots.csv", "--out", "x.csv"], "x.csv must end in .shots.csv"),
        (["--format", "csv", "--format", "vtt", "--out", "x.csv"], "Name a folder instead"),
        (["--format", "csv", "--model", "eme-vit"], "--model works with a clip only"),
        (["--format", "csv", "--out", "file/x.csv"], "cannot be written"),
        (["--format", "csv", "--format", "lines.csv"], "The sound of this scene was not read"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_one_sentence(
    folder: Path,
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("file").write_text("in the way")
    said = refused(capsys, monkeypatch, folder, *arguments)
    assert sentence in said and "\n" not in said
    assert sorted(path.name for path in Path().iterdir()) == ["file"]


def test_a_folder_without_a_sound_analysis_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refused(capsys, monkeypatch, folder.parent, *formats("csv"))
    assert "has no analysis" in said
    (folder / "faces.parquet").write_bytes(b"damaged")
    said = refused(capsys, monkeypatch, folder, *formats("csv"))
    assert "damaged or from an older version" in said and "\n" not in said


def test_a_file_that_is_no_clip_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no clip")
    assert refused(capsys, monkeypatch, text, *formats("csv")).startswith("Error: ")
    assert refused(capsys, monkeypatch, tmp_path / "none.mp4", *formats("csv")) != ""


def test_the_csv_is_what_the_page_offers(folder: Path) -> None:
    from emotion_core.export.tables import readings_table

    assert run(folder, *formats("csv"), "--out", "x.csv").exit_code == 0
    assert pd.read_csv("x.csv").equals(pd.read_csv(io.BytesIO(readings_table(make_scene()))))
