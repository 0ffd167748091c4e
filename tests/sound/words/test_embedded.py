"""Subtitles inside clips."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from emotion_core.errors import WordsError
from emotion_core.sound.words.subtitles.embedded import (
    SubtitleTrack,
    read_track,
    subtitle_tracks,
)
from tests.media.clips import make_clip
from tests.sound.words.test_subtitles import ASS, SRT, VTT

imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="makes clips with subtitles")


def clip_with(folder: Path, name: str, texts: dict[str, str], *options: str) -> Path:
    """A clip of black pictures that holds subtitles of the given files."""
    given = ["-f", "lavfi", "-i", "color=size=64x64:rate=5:duration=6"]
    maps = ["-map", "0"]
    for number, (file, text) in enumerate(texts.items(), 1):
        (folder / file).write_text(text, encoding="utf-8")
        given += ["-i", str(folder / file)]
        maps += ["-map", str(number)]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-y", "-loglevel", "error", *given, *maps, *options, str(folder / name)]
    subprocess.run(command, check=True)
    return folder / name


def test_all_languages_of_a_clip_are_offered_the_default_first(tmp_path: Path) -> None:
    clip = clip_with(
        tmp_path,
        "scene.mp4",
        {"a.srt": SRT, "b.srt": SRT.replace("Nasaan", "Where")},
        *("-c:s", "mov_text", "-metadata:s:s:0", "language=fil"),
        *("-metadata:s:s:1", "language=eng", "-disposition:s:0", "0"),
        *("-disposition:s:1", "default"),
    )
    tracks = subtitle_tracks(clip)
    assert [(one.language, one.default, one.readable) for one in tracks] == [
        ("eng", True, True),
        ("fil", False, True),
    ]
    lines = read_track(clip, tracks[0])
    assert lines.table["text"].iloc[0] == "Where ka?" and lines.table["speaker"].iloc[0] == "ANA"
    assert lines.table["start"].iloc[0] == pytest.approx(1.0, abs=0.01)
    assert lines.table["end"].iloc[0] == pytest.approx(2.5, abs=0.01)
    assert set(lines.table["source"]) == {"subtitles 2 (eng)"}


def test_matroska_keeps_the_speakers_of_each_format(tmp_path: Path) -> None:
    vtt, ass = VTT.replace("<v.loud Ben>Dito.</v>\n", ""), ASS.replace("later", "0:00:08.00")
    texts = {"a.srt": SRT, "b.vtt": vtt, "c.ass": ass}
    clip = clip_with(tmp_path, "scene.mkv", texts, "-c:s", "copy")
    found = [read_track(clip, track).spoken for track in subtitle_tracks(clip)]
    assert [one[one["start"].round(2) == 1.0]["speaker"].iloc[0] for one in found] == [
        "ANA",
        "Ana",
        "Ana",
    ]


def test_a_clip_without_subtitles_offers_none(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "plain.mp4", 3)
    assert subtitle_tracks(path) == []


def test_pictures_of_text_are_said_to_be_pictures(tmp_path: Path) -> None:
    track = SubtitleTrack(2, "eng", "", readable=False, pictures=True, default=False)
    with pytest.raises(WordsError, match=r"subtitles 2 \(eng\) of the clip are pictures of text"):
        read_track(tmp_path / "any.mkv", track)
