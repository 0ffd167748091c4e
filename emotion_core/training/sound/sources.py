"""Voices and music to train on: who speaks is in one split only, and so is a piece of music."""

from __future__ import annotations

import wave
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from av.error import FFmpegError

from emotion_core.datasets.layouts import Split
from emotion_core.datasets.music.instruments import Known
from emotion_core.datasets.sources import Files
from emotion_core.errors import DatasetError
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.training.sound.effects import decode_sound
from emotion_core.types import FloatArray

_SOUNDS = {".ogg", ".wav", ".flac", ".mp3"}
# Of five speakers of a set, in the order of their names.
_SPLITS: tuple[Split, ...] = ("test", "val", "train", "train", "train")


@dataclass(frozen=True, slots=True)
class Voice:
    """Utterances of one speaker, float32 at 16 kHz, silence before and after cut off."""

    speaker: str
    utterances: Sequence[FloatArray]


@dataclass(frozen=True, slots=True)
class MusicFiles:
    """Pieces of music of a split, as files of 16-bit samples at 16 kHz."""

    paths: Sequence[Path]

    def excerpt(self, chance: np.random.Generator, seconds: float) -> FloatArray:
        """Some seconds of a piece, all of it where it is shorter."""
        path = self.paths[int(chance.integers(len(self.paths)))]
        with wave.open(str(path), "rb") as file:
            count = min(round(seconds * SAMPLE_RATE), file.getnframes())
            file.setpos(int(chance.integers(file.getnframes() - count + 1)))
            data = np.frombuffer(file.readframes(count), "<i2")
        return data.astype(np.float32) / np.float32(32_768)


def split_of_speakers(speakers: Sequence[str]) -> dict[str, Split]:
    """Three fifths of the speakers of one set for training, a fifth each for the others."""
    return {who: _SPLITS[k % len(_SPLITS)] for k, who in enumerate(sorted(set(speakers)))}


def load_voices(sources: Sequence[Path], split: Split, limit: int = 0) -> list[Voice]:
    """Read the voices of a split.

    Args:
        sources: folders or zips with ``<emotion>/<speaker>_<id>.<ending>``.
        split: which speakers.
        limit: at most so many utterances of each; 0 for all.

    Raises:
        DatasetError: a set cannot be read, or has nobody of this split.
    """
    voices = []
    for source in sources:
        with Files(source) as files:
            names = [n for n in files.names if PurePosixPath(n).suffix.lower() in _SOUNDS]
            of_speaker: defaultdict[str, list[str]] = defaultdict(list)
            for name in names:
                of_speaker[PurePosixPath(name).stem.split("_")[0]].append(name)
            for speaker, own in split_of_speakers(list(of_speaker)).items():
                if own == split:
                    chosen = of_speaker[speaker][: limit or None]
                    utterances = [_utterance(files, name) for name in chosen]
                    voices.append(Voice(f"{source.stem}/{speaker}", utterances))
    if not voices:
        raise DatasetError(f"There is no speaker of the split {split!r} in {sources}.")
    return voices


def load_music(source: Path, split: Split, *instruments: Known) -> MusicFiles:
    """The music of a split, as `dataset music` wrote it.

    Raises:
        DatasetError: there is none.
    """
    paths = sorted(p for known in instruments for p in (source / split / known).glob("*.wav"))
    if not paths:
        raise DatasetError(f"There is no music for {split!r} in {source}.")
    return MusicFiles(paths)


def _utterance(files: Files, name: str) -> FloatArray:
    try:
        sound = decode_sound(files.read(name))
    except (FFmpegError, ValueError) as error:
        raise DatasetError(f"{name} in {files.source} cannot be decoded.") from error
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max(initial=0))
    if not len(loud):
        raise DatasetError(f"{name} in {files.source} is silent.")
    margin = SAMPLE_RATE // 20
    return sound[max(int(loud[0]) - margin, 0) : int(loud[-1]) + margin]
