"""Who speaks: two real faces and one voice.

The faces of two clips stand in one scene, with the sound of the first, of the second, or of a third
clip in which neither speaks. Clips in which one person speaks to the camera are needed::

    python -m benchmarks.sound.speakers CLIP CLIP CLIP ...
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import pandas as pd

from emotion_core.library.sounds import hear_clip
from emotion_core.progress import finish
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.settings import load_settings
from emotion_core.sound.analysis import SoundAnalysis
from emotion_core.sound.speakers import find_speakers
from emotion_core.sound.store import SoundStore

_FIRST, _SECOND = 0, 1


@dataclass(frozen=True)
class _Known:
    """A clip of one person."""

    name: str
    faces: pd.DataFrame
    sound: SoundAnalysis


def main() -> None:
    """Print who is said to speak."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path)
    clips = [_read(path) for path in parser.parse_args().clips]
    speaking = [clip for clip in clips if clip.sound.spoken()]
    names = ", ".join(clip.name for clip in speaking)
    print(f"{len(speaking)} clips in which somebody speaks: {names}")
    print(f"{'sound of':<12} {'seconds':>8} " + " ".join(f"{word:>12}" for word in _WORDS))
    for who, rows in (("one of two", _pairs(speaking)), ("neither", _strangers(speaking))):
        total = sum(rows.values())
        shares = " ".join(
            f"{rows[word] / total:>12.0%}" if total else f"{'':>12}" for word in _WORDS
        )
        print(f"{who:<12} {total:>8.0f} {shares}")


_WORDS = ("right", "likely", "wrong", "likely wrong", "off screen", "can't tell")


def _read(path: Path) -> _Known:
    settings, clip = load_settings(), identify(path)
    reader = Reader(settings)
    analysis = reader.find(clip) or finish(reader.read(path, clip))
    finish(hear_clip(settings, path, clip))
    sound = SoundStore(settings.analyses_dir).load(clip.sha256)
    assert sound is not None
    longest = analysis.faces["track"].mode().iloc[0]
    faces = analysis.faces[analysis.faces["track"] == longest]
    return _Known(path.stem, faces.assign(shot=0), sound)


def _pairs(clips: list[_Known]) -> Counter[str]:
    """Seconds by what is said where one of two faces speaks."""
    found: Counter[str] = Counter()
    for first, second in permutations(clips, 2):
        found += _judged(first, second, first.sound, right=_FIRST)
    return found


def _strangers(clips: list[_Known]) -> Counter[str]:
    """The same where neither does."""
    found: Counter[str] = Counter()
    for first, second, third in permutations(clips, 3):
        if first.name < second.name:
            found += _judged(first, second, third.sound, right=None)
    return found


def _judged(first: _Known, second: _Known, sound: SoundAnalysis, right: int | None) -> Counter[str]:
    faces = pd.concat([first.faces.assign(track=_FIRST), second.faces.assign(track=_SECOND)])
    end = min(first.faces["time"].max(), second.faces["time"].max())
    spoken = [(start, min(stop, end)) for start, stop in sound.spoken() if start < end - 0.2]
    faces = faces[faces["time"] <= end].reset_index(drop=True)
    said: Counter[str] = Counter()
    for row in find_speakers(faces, [(0.0, end)], sound.waveform, spoken).to_dict("records"):
        verdict = row["verdict"]
        if verdict in ("speaks", "likely"):
            good = row["track"] == right
            names = {"speaks": ("wrong", "right"), "likely": ("likely wrong", "likely")}
            verdict = names[verdict][good]
        said[verdict] += row["end"] - row["start"]
    return said


if __name__ == "__main__":
    main()
