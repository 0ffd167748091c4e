"""How right the reading of music is, on music of which everything is known.

Songs made up of progressions for six ensembles and chorales of Bach, played by FluidSynth, alone
and under speech that is 0, 10 and 20 dB louder than they are; music without a key; speech and
noise without music. Where speech would count as music the reader is told where the music is, as
the app tells it. None of this is among what the weights of the confidence were fitted to.

Printed are, as shares of time: tempi within 4% and the same allowing octaves, F of beats within
70 ms, the MIREX score of keys, chords right where the truth is a major or minor triad, and F of
changes within 1 s; then how right what is called sure is and how much that is; and what a second
of sound costs.

Run ``python -m benchmarks.sound.music``; needs what ``calibrate`` needs; takes about two
minutes of one core.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict

import numpy as np

from benchmarks.sound.music.material import CONDITIONS, Sound, sounds
from benchmarks.sound.music.midi import can_render
from benchmarks.sound.music.scores import (
    BEAT_TOLERANCE,
    CHANGE_TOLERANCE,
    at,
    f_score,
    hits,
    key_score,
    tempo_right,
    ticks,
    truth_at,
)
from benchmarks.sound.music.truth import Piece
from benchmarks.sound.music.under_speech import VOICES
from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE, SoundBlock
from emotion_core.sound.music.changes import BEGINS, ENDS
from emotion_core.sound.music.reader import MusicReader
from emotion_core.sound.music.reading import MusicReading

COLUMNS = ("tempo", "octaves", "beats F", "key", "chords", "changes F")
Scores = defaultdict[str, list[float]]


def read(sound: Sound) -> tuple[MusicReading, float]:
    """A reading, and the seconds that it takes."""
    length = int(BLOCK_SECONDS * SAMPLE_RATE)
    begun = time.process_time()
    reader = MusicReader()
    for start in range(0, len(sound.samples), length):
        samples = sound.samples[start : start + length]
        reader.add(SoundBlock(start / SAMPLE_RATE, samples, samples[None], SAMPLE_RATE, "mono"))
    reading = reader.finish(sound.music)
    return reading, time.process_time() - begun


def score(reading: MusicReading, piece: Piece, scores: Scores, sure: Scores) -> None:
    """Adds a piece's scores, and for each tick whether what is sure there is right."""
    for start, end, bpm in piece.tempi:
        found = [at(reading.tempi, ticks(start, end), name) for name in ("bpm", "sure")]
        for own, is_sure in zip(*found, strict=True):
            right = [own is not None and tempo_right(float(own), bpm, octaves=k) for k in (0, 1)]
            scores["tempo"].append(right[0])
            scores["octaves"].append(right[1])
            sure["tempo"].append(right[1] if is_sure else np.nan)
    beats = reading.beats["time"].tolist()
    pairs = hits(beats, piece.beats, BEAT_TOLERANCE)
    scores["beats F"].append(f_score(pairs, len(beats), len(piece.beats)))
    for start, end, key in piece.keys:
        found = [at(reading.keys, ticks(start, end), name) for name in ("key", "sure")]
        for own, is_sure in zip(*found, strict=True):
            scores["key"].append(0.0 if own is None else key_score(str(own), key))
            sure["key"].append(own == key if is_sure else np.nan)
    times = ticks(piece.changes[0], piece.changes[-1])
    found = [at(reading.chords, times, name) for name in ("chord", "sure")]
    for own, is_sure, true in zip(*found, truth_at(piece, times), strict=True):
        if true is not None:
            scores["chords"].append(own == true)
            sure["chord"].append(own == true if is_sure else np.nan)


def without_music(reading: MusicReading, sure: Scores, *, tempo: bool, chords: bool) -> None:
    """Adds what is sure where nothing can be right."""
    kinds = {"key": reading.keys}
    kinds |= {"tempo": reading.tempi} if tempo else {}
    kinds |= {"chord": reading.chords} if chords else {}
    for kind, table in kinds.items():
        for start, end, is_sure in table[["start", "end", "sure"]].itertuples(index=False):
            sure[kind] += [0.0 if is_sure else np.nan] * round((end - start) * 10)


def inner_changes(reading: MusicReading) -> list[float]:
    """Those that are no beginning or end of the music."""
    table = reading.changes
    return table.loc[~table["kind"].isin([BEGINS, ENDS]), "time"].tolist()


def main() -> None:
    if not can_render() or not VOICES.exists():
        sys.exit("FluidSynth, FluidR3_GM.sf2 and speech_emotion_ravdess.zip are needed.")
    scores: dict[tuple[str, int | None], Scores] = defaultdict(lambda: defaultdict(list))
    sure: dict[tuple[str, int | None], Scores] = defaultdict(lambda: defaultdict(list))
    changes: dict[tuple[str, int | None], np.ndarray] = defaultdict(lambda: np.zeros(3, int))
    cost, length = 0.0, 0.0
    for sound in sounds(testing=True, songs=18, chorales=18, others=4):
        reading, seconds = read(sound)
        cost, length = cost + seconds, length + len(sound.samples) / SAMPLE_RATE
        place = sound.kind, sound.speech
        if sound.piece is None or not sound.piece.keys:
            has_beat = sound.piece is not None
            without_music(reading, sure[place], tempo=not has_beat, chords=sound.kind != "atonal")
            continue
        score(reading, sound.piece, scores[place], sure[place])
        inner, true = inner_changes(reading), sound.piece.changes[1:-1]
        changes[place] += hits(inner, true, CHANGE_TOLERANCE), len(inner), len(true)
    for place, counts in changes.items():
        scores[place]["changes F"] = [f_score(*counts)] if counts[2] else [float("nan")]
    kinds = list(dict.fromkeys(kind for kind, _ in scores))
    print(f"{'':<12}{'speech':>8}" + "".join(f"{name:>11}" for name in COLUMNS))
    for above in CONDITIONS:
        for kind in kinds:
            values = [np.mean(scores[kind, above][name]) for name in COLUMNS]
            print(f"{kind:<12}{_speech(above):>8}" + "".join(f"{v:>11.2f}" for v in values))
    print_sure(sure, kinds)
    print(f"\n{1000 * cost / length:.1f} ms of one core a second of sound")


def print_sure(sure: dict[tuple[str, int | None], Scores], kinds: list[str]) -> None:
    """How much is sure, and how much of that is right."""
    names = ("tempo", "key", "chord")
    print("\nsure: share of the time / right of that")
    print(f"{'':<12}{'speech':>8}" + "".join(f"{name:>16}" for name in names))
    groups = {("music", above): [(kind, above) for kind in kinds] for above in CONDITIONS}
    groups |= {place: [place] for place in sure if place[0] not in kinds}
    groups |= {("all", None): list(sure)}
    for (name, above), places in groups.items():
        cells = []
        for kind in names:
            values = np.concatenate([np.array(sure[p][kind], float) for p in places])
            said = values[~np.isnan(values)]
            share = len(said) / len(values) if len(values) else float("nan")
            right = said.mean() if len(said) else float("nan")
            cells.append(f"{share:>8.2f} /{right:>6.2f}")
        print(f"{name:<12}{_speech(above):>8}" + "".join(cells))


def _speech(above: int | None) -> str:
    return "none" if above is None else f"+{above} dB"


if __name__ == "__main__":
    main()
