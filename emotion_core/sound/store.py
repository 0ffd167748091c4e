"""What was heard of clips, on disk beside their analyses.

Layout under the data directory::

    analyses/<clip sha256>/sound-<version>/    sound.json, and a Parquet file for each table
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from emotion_core.checked_tables import LONGEST_TEXT, read_table, to_frame
from emotion_core.files import completed_folder
from emotion_core.sound.analysis import FEATURE_COLUMNS, SOUND_VERSION, SoundAnalysis
from emotion_core.sound.decode import SoundTrack
from emotion_core.sound.kinds.reader import COLUMNS as KIND_COLUMNS
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.sound.music import reading
from emotion_core.sound.music.chords import CHORDS
from emotion_core.sound.music.keys import KEYS
from emotion_core.sound.music.reading import MusicReading
from emotion_core.sound.voice.utterances import UTTERANCE_COLUMNS

# Rows: a week at fifty a second, as long as a clip may be.
_MOST = 31_000_000
_MOST_TRACKS = 1_000
_LATEST = 10 * 86_400.0  # seconds
_SPAN = {"start": "float64", "end": "float64"}

UTTERANCE_DTYPES = {
    **dict.fromkeys(UTTERANCE_COLUMNS, "float64"),
    "music_below": "float32",
    **dict.fromkeys(FEATURE_COLUMNS, "float32"),
}
TABLES: dict[str, Mapping[str, str]] = {
    "waveform": {"time": "float64", **dict.fromkeys(("low", "high", "envelope"), "float32")},
    "kinds": {"time": "float64", **dict.fromkeys(KIND_COLUMNS[1:], "float32")},
    "segments": {**_SPAN, "kind": "string", "confidence": "float32"},
    "voice": {"time": "float64", **dict.fromkeys(("pitch", "level"), "float32")},
    "utterances": UTTERANCE_DTYPES,
}
MUSIC_TABLES: dict[str, Mapping[str, str]] = {
    "sections": reading.SECTION_COLUMNS,
    "tempi": reading.TEMPO_COLUMNS,
    "beats": reading.BEAT_COLUMNS,
    "keys": reading.KEY_COLUMNS,
    "chords": reading.CHORD_COLUMNS,
    "changes": reading.CHANGE_COLUMNS,
}
_KNOWN = {"start", "end", "time"}


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is written beside the tables; no loudness where nothing is heard."""

    clip: str
    tracks: tuple[SoundTrack, ...]
    loudness: float | None
    version: int


_STORED = TypeAdapter(_Stored)


class SoundStore:
    """What was heard, by clip.

    Args:
        folder: the analyses.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder_of(self, clip: str) -> Path:
        """Where the sound of a clip lies, or will lie.

        Args:
            clip: SHA-256 of the file.
        """
        return self._folder / clip / f"sound-{SOUND_VERSION}"

    def load(self, clip: str) -> SoundAnalysis | None:
        """What was heard of a clip; ``None`` where nothing was, or what lies there is damaged."""
        try:
            return read_sound_folder(self.folder_of(clip))
        except (OSError, ValueError):
            return None

    def heard(self, clip: str) -> bool:
        """Whether the sound of a clip was read."""
        return (self.folder_of(clip) / "sound.json").is_file()

    def save(self, sound: SoundAnalysis) -> None:
        """Store what was heard.

        Raises:
            OutputError: the data directory cannot be written to.
        """
        loudness = sound.loudness if math.isfinite(sound.loudness) else None
        stored = _Stored(sound.clip, sound.tracks, loudness, sound.version)
        with completed_folder(self.folder_of(sound.clip)) as work:
            for name, dtypes in TABLES.items():
                _write(getattr(sound, name), dtypes, work / f"{name}.parquet")
            for name, dtypes in MUSIC_TABLES.items():
                _write(getattr(sound.music, name), dtypes, work / f"music_{name}.parquet")
            (work / "sound.json").write_bytes(_STORED.dump_json(stored, indent=1))


def sound_files() -> list[str]:
    """The names of all files in a folder of :class:`SoundStore`."""
    tables = [*TABLES, *(f"music_{name}" for name in MUSIC_TABLES)]
    return ["sound.json", *(f"{name}.parquet" for name in tables)]


def read_sound_folder(folder: Path) -> SoundAnalysis:
    """What :meth:`SoundStore.save` has written, or an archive says that it has.

    Raises:
        OSError: a file cannot be read.
        ValueError: it is not what the sound of a clip can be.
    """
    stored = _STORED.validate_json((folder / "sound.json").read_bytes())
    texts = [text for one in stored.tracks for text in (one.language, one.title, one.layout)]
    if len(stored.tracks) > _MOST_TRACKS or any(len(text) > LONGEST_TEXT for text in texts):
        raise ValueError("a clip must not have so many sounds, or such names of them")
    tables = {name: _read(folder / f"{name}.parquet", dtypes) for name, dtypes in TABLES.items()}
    music = {
        name: _read(folder / f"music_{name}.parquet", dtypes)
        for name, dtypes in MUSIC_TABLES.items()
    }
    if not set(tables["segments"]["kind"]) <= set(SoundKind):
        raise ValueError("a segment must be of a known kind")
    if not (
        set(music["chords"]["chord"]) <= set(CHORDS) and set(music["keys"]["key"]) <= set(KEYS)
    ):
        raise ValueError("a chord or a key must be a known one")
    loudness = math.nan if stored.loudness is None else stored.loudness
    return SoundAnalysis(
        stored.clip, stored.tracks, loudness, **tables, music=MusicReading(**music),
        version=stored.version,
    )  # fmt: skip


def _write(table: pd.DataFrame, dtypes: Mapping[str, str], path: Path) -> None:
    table[list(dtypes)].astype(dict(dtypes)).reset_index(drop=True).to_parquet(path, index=False)


def _read(path: Path, dtypes: Mapping[str, str]) -> pd.DataFrame:
    unknown = [name for name in dtypes if name not in _KNOWN]
    table = to_frame(read_table(path, dtypes, _MOST), dtypes, unknown)
    for name in _KNOWN & set(dtypes):
        values = table[name].to_numpy(np.float64)
        if not (np.isfinite(values).all() and (values >= -1).all() and (values < _LATEST).all()):
            raise ValueError(f"{path.name}: {name} must be seconds of a clip")
    if "start" in dtypes and not (table["start"] <= table["end"]).all():
        raise ValueError(f"{path.name}: nothing ends before it begins")
    return table
