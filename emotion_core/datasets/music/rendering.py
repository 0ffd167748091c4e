"""Music as sound: pieces played by FluidSynth, written as files by split."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from emotion_core.datasets.layouts import Split
from emotion_core.datasets.music.composing import compose
from emotion_core.datasets.music.instruments import Known
from emotion_core.datasets.music.notes import Part, to_midi
from emotion_core.datasets.music.scores import corpus_scores, play_score
from emotion_core.errors import DatasetError
from emotion_core.files import whole_file
from emotion_core.progress import Progress, Task
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.types import FloatArray

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
_PLAYED_RATE = 44_100
_LONGEST_RENDERING = 120.0  # seconds of the clock


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How much music is made.

    Attributes:
        soundfont: what FluidSynth plays with, a ``.sf2`` file of General MIDI.
        train, val, test: pieces of each split; half of ``test`` are in new instruments.
        composed: share of the pieces that are made up, the others are scores of the corpus.
        seconds: of each.
        seed: of everything random.
    """

    soundfont: Path = SOUNDFONT
    train: int = 320
    val: int = 50
    test: int = 90
    composed: float = 0.5
    seconds: float = 30.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Planned:
    split: Split
    known: Known
    name: str
    score: Path | None


def render_music(out: Path, options: RenderOptions) -> Task[int]:
    """Make music, ``OUT/<split>/<known or new>/<name>.wav``, 16 kHz, one channel, 16 bits.

    A score is in one split only, and instruments of ``new`` are in ``test`` only. Pieces that are
    there already are kept, so that an interrupted run can be continued.

    Returns:
        How many pieces there are.

    Raises:
        DatasetError: FluidSynth or the sound font is missing, or nothing could be rendered.
    """
    if shutil.which("fluidsynth") is None:
        raise DatasetError("Rendering music needs FluidSynth: install the program fluidsynth.")
    if not options.soundfont.is_file():
        raise DatasetError(f"There is no sound font {options.soundfont}.")
    planned = list(_plan(options))
    made = 0
    for number, piece in enumerate(planned):
        yield Progress(number, len(planned), piece.name)
        target = out / piece.split / piece.known / f"{piece.name}.wav"
        place = zlib.crc32(f"{piece.split}/{piece.name}".encode())
        chance = np.random.default_rng([options.seed, place])
        try:
            if not target.is_file():
                _render_one(piece, target, chance, options)
            made += 1
        except DatasetError:
            continue  # a score that music21 cannot read
    if not made:
        raise DatasetError("No piece of music could be rendered.")
    return made


def _plan(options: RenderOptions) -> Iterator[_Planned]:
    scores = corpus_scores()
    counts: dict[Split, int] = {"train": options.train, "val": options.val, "test": options.test}
    for split, count in counts.items():
        composed = round(count * options.composed)
        for k in range(count):
            known: Known = "new" if split == "test" and k % 2 else "known"
            if k < composed:
                yield _Planned(split, known, f"composed-{k:04d}", None)
            else:
                score = scores[split][(k - composed) % len(scores[split])]
                name = f"{score.parent.name}-{score.stem}-{k:04d}".replace(" ", "_")
                yield _Planned(split, known, name, score)


def _render_one(
    piece: _Planned, target: Path, chance: np.random.Generator, options: RenderOptions
) -> None:
    if piece.score is None:
        parts = compose(chance, piece.known, options.seconds)
    else:
        parts = play_score(piece.score, chance, piece.known, options.seconds)
    samples = play(parts, options.soundfont, reverb=int(chance.integers(0, 110)))
    samples = samples[: round(options.seconds * SAMPLE_RATE)]
    largest = float(np.abs(samples).max(initial=0))
    if not largest:
        raise DatasetError(f"{piece.name} is silent.")
    with whole_file(target) as part, wave.open(str(part), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((samples / largest * 32_000).astype("<i2").tobytes())


def play(parts: list[Part], soundfont: Path, reverb: int = 40) -> FloatArray:
    """Sound of some parts.

    Args:
        parts: see :class:`Part`.
        soundfont: a ``.sf2`` file.
        reverb: 0 to 127.

    Returns:
        (n,) float32 at 16 kHz, both channels mixed to one.

    Raises:
        DatasetError: FluidSynth fails.
    """
    from scipy.signal import resample_poly

    with tempfile.TemporaryDirectory() as folder:
        midi, sound = Path(folder) / "piece.mid", Path(folder) / "piece.wav"
        midi.write_bytes(to_midi(parts, reverb))
        command = ["fluidsynth", "-ni", "-q", "-g", "0.4", "-r", str(_PLAYED_RATE)]
        command += ["-T", "wav", "-O", "s16", "-F", str(sound), str(soundfont), str(midi)]
        done = subprocess.run(command, capture_output=True, timeout=_LONGEST_RENDERING, check=False)
        if done.returncode or not sound.is_file():
            raise DatasetError(f"FluidSynth failed: {done.stderr.decode(errors='replace')[:200]}")
        with wave.open(str(sound), "rb") as file:
            data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            both = data.reshape(-1, file.getnchannels()).astype(np.float32).mean(axis=1)
    ratio = Fraction(SAMPLE_RATE, _PLAYED_RATE)
    return np.asarray(resample_poly(both / 32_768, ratio.numerator, ratio.denominator), np.float32)
