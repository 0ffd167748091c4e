"""How well speech, music and other sound are heard, by level, and what that costs.

    python -m benchmarks.sound.kinds --voices SET.zip ... --music FOLDER [--each 12]

Scenes are mixed from speakers, pieces of music and kinds of noise that neither training nor
validation heard; half of the music is played by instruments that were not heard either. Printed are
shares of the tenths of a second in which a sound is found or heard falsely, after smoothing; how
far the level of music below speech is off; what becomes of segments; and milliseconds of the
processor for a second of sound.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from benchmarks.sound.scenes import ABSENT, Part, load_sources, make_mix, make_story, read_sound
from emotion_core.settings import load_settings
from emotion_core.sound.kinds.detector import DEFAULT_SOUNDS, SoundDetector, load_sound_detector
from emotion_core.sound.kinds.segments import (
    MUSIC_SMOOTHING,
    SPEECH_SMOOTHING,
    SoundKind,
    music_below,
    segments_of,
    smoothed,
)
from emotion_core.training.sound.prepared import Mix
from emotion_core.training.sound.stems import Sources
from emotion_core.training.sound.truth import truth_of
from emotion_core.types import FloatArray

SECONDS = 10.0
LEVELS = (30, 20, 10, 0, -10, -20)
# dB that music has to be below speech for a reading of the voice, and a stricter limit.
CLEAR = (20.0, 25.0)
_Rows = dict[str, list[float]]


def measure_alone(detector: SoundDetector, sources: dict[str, Sources], each: int) -> _Rows:
    """Speech, music and other sound, each by itself."""
    rows: _Rows = defaultdict(list)
    for instruments, own in sources.items():
        for part, name in enumerate(("speech", f"music, {instruments} instruments", "other")):
            gains = [0.0 if k == part else ABSENT for k in range(3)]
            for mix, frames in _read(detector, own, gains, each, 10 + part):
                active = mix.active[part]
                said = _said(frames)
                for k, heard in enumerate(("speech", "music", "other")):
                    rows[f"{name}: {heard} heard"].append(float(said[active, k].mean()))
    return rows


def measure_levels(detector: SoundDetector, sources: dict[str, Sources], each: int) -> _Rows:
    """Speech over music at each level, and what is said of that level."""
    rows: _Rows = defaultdict(list)
    for level in LEVELS:
        for instruments, own in sources.items():
            gains = [0.0, -float(level), ABSENT]
            for mix, frames in _read(detector, own, gains, each // len(sources), 100 + level):
                truth = truth_of(
                    *(torch.from_numpy(a)[None] for a in (mix.powers, mix.active, mix.floor)),
                    detector.card.widest,
                )
                both = (mix.active[0] & mix.active[1]) & truth.spoken[0].numpy()
                if both.any():
                    head = f"speech {level:+d} dB over music"
                    _measure_both(rows, head, truth.above[0].numpy()[both], frames, both)
                    found = _share(_said(frames)[both, 1])
                    rows[f"{head}: music found, {instruments} instruments"].append(found)
    for _, frames in _read(detector, sources["known"], [0.0, ABSENT, ABSENT], each, 99):
        below = music_below(frames)
        below = below[np.isfinite(below)]
        if len(below):
            for clear in CLEAR:
                rows[f"no music: said {clear:.0f} or more"].append(_share(below >= clear))
    return rows


def _measure_both(
    rows: _Rows, head: str, above: FloatArray, frames: pd.DataFrame, both: npt.NDArray[np.bool_]
) -> None:
    """Add what is said of a scene where both speech and music are.

    The level is that of the second around a moment: a piece of music has loud and quiet moments.
    """
    said = _said(frames)
    rows[f"{head}: speech found"].append(_share(said[both, 0]))
    rows[f"{head}: music found"].append(_share(said[both, 1]))
    below = music_below(frames)[both]
    heard = np.isfinite(below)
    if heard.any():
        rows[f"{head}: level off by, dB"].append(float(np.abs(below - above)[heard].mean()))
    for clear in CLEAR:
        passed = heard & (below >= clear)
        loud, soft = above < CLEAR[0], above >= CLEAR[0]
        if loud.any():
            rows[f"music less than 20 dB below: said {clear:.0f} or more"].append(
                _share(passed[loud])
            )
            rows[f"{head}, less than 20 here: said {clear:.0f} or more"].append(
                _share(passed[loud])
            )
        if soft.any():
            rows[f"music 20 dB or more below: said {clear:.0f} or more"].append(
                _share(passed[soft])
            )


def measure_stories(detector: SoundDetector, sources: dict[str, Sources], each: int) -> _Rows:
    """Segments of scenes in which one kind follows another."""
    rows: _Rows = defaultdict(list)
    for number in range(each):
        own = list(sources.values())[number % len(sources)]
        samples, parts = make_story(own, [7, number])
        found = segments_of(read_sound(detector, samples))
        kinds = np.repeat(
            found["kind"].to_numpy(), np.round((found["end"] - found["start"]) * 10).astype(int)
        )
        for part in parts:
            right = float((kinds[part.start : part.end] == part.kind).mean())
            rows[f"{part.kind}: found, half of a segment or more"].append(float(right >= 0.5))
            rows[f"{part.kind}: time called so"].append(right)
        for segment in found.itertuples():
            span = slice(round(segment.start * 10), round(segment.end * 10))
            rows[f"{segment.kind}: segments that are none"].append(
                float(_allowed(str(segment.kind), parts, span) < 0.5)
            )
    return rows


def _allowed(kind: str, parts: Sequence[Part], span: slice) -> float:
    """Share of a found segment that is rightly called so; pauses of speech are no speech."""
    right = 0
    pauses = {SoundKind.SPEECH: (SoundKind.OTHER, SoundKind.SILENCE)}
    pauses[SoundKind.SPEECH_OVER_MUSIC] = (SoundKind.MUSIC,)
    pauses[SoundKind.OTHER] = (SoundKind.SILENCE,)
    for part in parts:
        if kind == part.kind or kind in pauses.get(part.kind, ()):
            right += max(0, min(span.stop, part.end) - max(span.start, part.start))
    return right / max(span.stop - span.start, 1)


def measure_cost(detector: SoundDetector, sources: Sources) -> float:
    """Milliseconds of the processor for a second of sound, one thread."""
    samples = np.concatenate(
        [make_mix(sources, [0.0, -5.0, ABSENT], [5, k], SECONDS).samples for k in range(4)]
    )
    read_sound(detector, samples[:32_000])
    started = time.process_time()
    read_sound(detector, samples)
    return 1000 * (time.process_time() - started) / (len(samples) / 16_000)


def _read(
    detector: SoundDetector, sources: Sources, gains: Sequence[float], each: int, seed: int
) -> Iterator[tuple[Mix, pd.DataFrame]]:
    for number in range(each):
        mix = make_mix(sources, gains, [abs(seed), int(seed < 0), number], SECONDS)
        yield mix, read_sound(detector, mix.samples)


def _said(frames: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """(t, 3) where speech and music are found after smoothing, and other sound at even odds."""
    return np.column_stack(
        [
            smoothed(frames["speech"].to_numpy(np.float64), SPEECH_SMOOTHING),
            smoothed(frames["music"].to_numpy(np.float64), MUSIC_SMOOTHING),
            frames["other"].to_numpy() >= 0.5,
        ]
    )


def _share(flags: object) -> float:
    return float(np.mean(np.asarray(flags, np.bool_)))


def show(title: str, rows: _Rows) -> None:
    print(f"\n{title}")
    for name, values in rows.items():
        mean = np.nanmean(values)
        shown = f"{mean:>8.1f}" if name.endswith("dB") else f"{100 * mean:>7.1f}%"
        print(f"{name:<62}{shown}", flush=True)


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--voices", type=Path, action="append", required=True)
    parser.add_argument("--music", type=Path, required=True, help="folder from `dataset music`")
    parser.add_argument("--sounds", default=DEFAULT_SOUNDS, help="name or folder of the network")
    parser.add_argument("--each", type=int, default=12, help="scenes of each sort")
    arguments = parser.parse_args(given)
    torch.set_num_threads(1)
    detector = load_sound_detector(load_settings().models_dir, arguments.sounds)
    sources = load_sources(arguments.voices, arguments.music, "test")
    show("Alone", measure_alone(detector, sources, arguments.each))
    show("Speech and music", measure_levels(detector, sources, arguments.each))
    show("Segments", measure_stories(detector, sources, arguments.each))
    print(f"\n{measure_cost(detector, sources['known']):.1f} ms for a second of sound")


if __name__ == "__main__":
    main()
