"""Lines that somebody has said and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.errors import LibraryError, OutputError
from emotion_core.library.voice.takes import (
    VoiceNote,
    VoiceTake,
    delete_voice_takes,
    ending_of,
    keep_voice_take,
    kept_pitches,
    open_voice_take,
    voice_takes,
)
from emotion_core.performance.delivery.line_beside import LineBeside, PitchGap, lay_beside
from emotion_core.performance.wording.line_beside import describe_beside, describe_unknown
from emotion_core.settings import Settings
from tests.performance.delivery.test_line_beside import EVEN, own, said

PAUSED = (("Come", 1.0, 1.5, 200.0), ("home", 2.1, 2.6, 200.0), ("now", 2.6, 3.1, 200.0))
NOTE = VoiceNote("The kitchen", 4.5, [210.0, 220.0], 2, "It is clipped.")
SOUND = b"RIFF of a voice"


@pytest.fixture(scope="module")
def beside() -> LineBeside:
    return lay_beside(said(EVEN, music_below=5.0), own(PAUSED))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def files(settings: Settings) -> list[Path]:
    return [path for path in settings.data_dir.rglob("*") if path.suffix != ".lock"]


def keep(settings: Settings, beside: LineBeside) -> VoiceTake:
    return keep_voice_take(settings, beside, SOUND, ".wav", NOTE)


def test_a_line_is_opened_as_it_was_kept(settings: Settings, beside: LineBeside) -> None:
    kept = keep(settings, beside)
    assert voice_takes(settings) == [kept]
    assert (kept.text, kept.model, kept.scene) == ("Come home now.", "Ana", "The kitchen")
    opened = open_voice_take(settings, kept.name)
    assert opened.recording.read_bytes() == SOUND and opened.recording.suffix == ".wav"
    assert (opened.usual_of, opened.warning) == (2, "It is clipped.")
    assert describe_beside(opened.beside) == describe_beside(beside) != []
    assert describe_unknown(opened.beside) == describe_unknown(beside)
    assert opened.beside.pitch_gaps == (PitchGap.MUSIC, None)
    pd.testing.assert_frame_equal(opened.beside.contours, beside.contours)
    numbers = ["length", "pace", "pitch", "loudness"]
    pd.testing.assert_frame_equal(opened.beside.table[numbers], beside.table[numbers])


def test_what_was_kept_makes_the_usual_pitch_and_goes_with_it(
    settings: Settings, beside: LineBeside
) -> None:
    first, second = keep(settings, beside), keep(settings, beside)
    assert kept_pitches(settings) == [210.0, 220.0] * 2
    assert [take.name for take in voice_takes(settings)] == [second.name, first.name]
    delete_voice_takes(settings, [first.name])
    assert voice_takes(settings) == [second] and kept_pitches(settings) == [210.0, 220.0]


def test_nothing_is_left_of_a_line_that_is_deleted(settings: Settings, beside: LineBeside) -> None:
    keep(settings, beside)
    (settings.voice_dir / "notes of the user").mkdir()
    (take,) = voice_takes(settings)
    delete_voice_takes(settings, [take.name, take.name])
    assert [path.name for path in settings.voice_dir.iterdir()] == ["notes of the user"]
    assert not any(path.is_file() for path in files(settings))


def test_of_a_link_that_is_deleted_what_it_leads_to_stays(
    settings: Settings, beside: LineBeside, tmp_path: Path
) -> None:
    name = keep_voice_take(settings, beside, b"voice", ".wav", VoiceNote("", 1.0, [], 0)).name
    elsewhere = (settings.voice_dir / name).rename(tmp_path / "elsewhere")
    (settings.voice_dir / name).symlink_to(elsewhere)
    assert len(voice_takes(settings)) == 1
    delete_voice_takes(settings, [name])
    assert voice_takes(settings) == [] and list(elsewhere.iterdir())


def test_each_user_has_their_own(settings: Settings, beside: LineBeside) -> None:
    ana, ben = (settings.library_of(letter * 32) for letter in "ab")
    keep(ana, beside)
    assert len(voice_takes(ana)) == 1
    assert voice_takes(ben) == voice_takes(settings) == [] and kept_pitches(ben) == []


def test_a_damaged_line_is_listed_last_and_can_be_deleted(
    settings: Settings, beside: LineBeside
) -> None:
    damaged, whole = keep(settings, beside), keep(settings, beside)
    (settings.voice_dir / damaged.name / "take.json").write_text('{"text": 3}')
    assert voice_takes(settings) == [whole, VoiceTake(damaged.name)]
    with pytest.raises(LibraryError, match="gone or damaged"):
        open_voice_take(settings, damaged.name)
    (settings.voice_dir / whole.name / "words.parquet").write_bytes(b"PAR1")
    with pytest.raises(LibraryError, match="gone or damaged"):
        open_voice_take(settings, whole.name)
    delete_voice_takes(settings, [damaged.name, whole.name])
    assert voice_takes(settings) == []


@pytest.mark.parametrize("name", ["..", "../media", "", "A" * 32])
def test_only_takes_are_opened_and_deleted(settings: Settings, name: str) -> None:
    for refused in (lambda: open_voice_take(settings, name),
                    lambda: delete_voice_takes(settings, [name])):  # fmt: skip
        with pytest.raises(LibraryError, match="no such take"):
            refused()


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path, beside: LineBeside) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    settings.voice_dir.parent.mkdir()
    settings.voice_dir.write_text("a file in the way")
    with pytest.raises(OutputError):
        keep(settings, beside)
    assert voice_takes(settings) == []
    assert settings.voice_dir.read_text() == "a file in the way"


def test_names_and_endings_of_any_kind_are_kept(settings: Settings, beside: LineBeside) -> None:
    note = VoiceNote("Ж" * 900 + "\0", 1.0, [], 0)
    kept = keep_voice_take(settings, beside, SOUND, "../../x", note)
    assert kept.scene == "Ж" * 500 and np.isfinite(kept.seconds)
    assert open_voice_take(settings, kept.name).recording.name == "recording.sound"


def test_a_recording_ends_on_disk_as_its_name_does_unless_that_is_odd() -> None:
    assert [ending_of(name) for name in ("Me.WAV", "a.b.mp3", ".webm")] == [".wav", ".mp3", ".webm"]
    odd = ("voice", "2. " + "第" * 250, "a.\0wav", "a.wav\n", "a.")
    assert {ending_of(name) for name in odd} == {".sound"}
