"""Voices whose pitch, tremor and syllables are known: made of glottal pulses, or by espeak-ng."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt
import scipy.signal
import soundfile

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.types import FloatArray

Values = npt.NDArray[np.float64]
# Formants of five vowels in Hz, of a man (Peterson and Barney 1952).
_VOWELS = (
    (730, 1090, 2440),
    (530, 1840, 2480),
    (270, 2290, 3010),
    (570, 840, 2410),
    (300, 870, 2240),
)
# Sentences and their syllables, counted by hand; no pause within, no doubtful syllable.
SENTENCES = (
    ("The old man opened the window and looked at the garden", 14),
    ("She never told me that he lived in a little house by the sea", 16),
    ("We met at seven on the corner and walked to the river", 14),
    ("Nobody knows the trouble that I have seen today", 13),
    ("Put the letter on the table before you go to bed", 13),
    ("I do not think that anybody saw us at the station", 14),
)


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """A voice that was made.

    Attributes:
        samples: (n,) float32 at 16 kHz.
        pitch: (n,) Hz, NaN where there is no voice.
    """

    samples: FloatArray
    pitch: Values


def glottal_voice(
    pitch: float,
    seconds: float = 8.0,
    *,
    tremor: float = 0.0,
    tremor_rate: float = 6.0,
    jitter: float = 0.005,
    seed: int = 0,
) -> KnownVoice:
    """Vowels of glottal pulses (KLGLOTT88, Klatt and Klatt 1990) with noise between phrases.

    The pitch falls and rises by some semitones over a phrase; 1.2 s of voice, 0.4 s without.

    Args:
        pitch: Hz in the middle.
        seconds: length.
        tremor: semitones by which the pitch swings to either side, ``tremor_rate`` times a second.
        jitter: standard deviation of a period, as a share of it.
        seed: of what is drawn.
    """
    random = np.random.default_rng(seed)
    n = int(seconds * SAMPLE_RATE)
    time = np.arange(n) / SAMPLE_RATE
    semitones = 2.5 * np.sin(2 * np.pi * 0.31 * time + 1) + 1.5 * np.sin(2 * np.pi * 0.83 * time)
    contour = pitch * 2 ** ((semitones + tremor * np.sin(2 * np.pi * tremor_rate * time)) / 12)
    source = _pulses(contour, jitter, random)
    place = time % 1.6
    voiced = place < 1.2
    envelope = np.clip(np.minimum(place, 1.2 - place) / 0.03, 0, 1) * voiced
    sound = np.zeros(n)
    for start in range(0, n, SAMPLE_RATE // 4):
        part = slice(max(start - 800, 0), min(start + SAMPLE_RATE // 4 + 800, n))
        fade = np.clip((np.arange(part.stop - part.start)) / 1600, 0, 1)
        fade = np.minimum(fade, fade[::-1]) if part.stop < n else fade
        sound[part] += _vowel(source[part], _VOWELS[random.integers(len(_VOWELS))]) * fade
    sound *= envelope
    sound *= 0.1 / np.sqrt((sound[voiced] ** 2).mean())
    hiss = random.normal(0, 0.02, n) * ~voiced * (place < 1.35)
    known = np.where(voiced & (envelope > 0.5), contour, np.nan)
    return KnownVoice((sound + hiss + random.normal(0, 1e-4, n)).astype(np.float32), known)


def _pulses(contour: Values, jitter: float, random: np.random.Generator) -> Values:
    """The derivative of the glottal flow, pulse by pulse, open for 60% of each."""
    upsampled = 4
    rate = SAMPLE_RATE * upsampled
    flow = np.zeros(len(contour) * upsampled)
    place = 0.0
    while place < len(flow) - 1:
        period = rate / contour[int(place) // upsampled] * (1 + random.normal(0, jitter))
        inside = np.arange(int(np.ceil(place)), min(int(place + 0.6 * period), len(flow)))
        phase = (inside - place) / (0.6 * period)
        flow[inside] = 2 * phase - 3 * phase**2
        place += period
    return np.asarray(scipy.signal.resample_poly(flow, 1, upsampled))


def _vowel(source: Values, formants: tuple[int, ...]) -> Values:
    for frequency, width in zip(formants, (80, 100, 150), strict=True):
        radius = np.exp(-np.pi * width / SAMPLE_RATE)
        turn = 2 * np.pi * frequency / SAMPLE_RATE
        poles = [1, -2 * radius * np.cos(turn), radius**2]
        source = scipy.signal.lfilter([sum(poles)], poles, source)
    return source


def has_espeak() -> bool:
    """Whether the program espeak-ng is installed."""
    return shutil.which("espeak-ng") is not None


def spoken(
    text: str, *, voice: str = "en", speed: int = 160, pitch: int = 50, span: str | None = None
) -> FloatArray:
    """A text as espeak-ng speaks it, at 16 kHz.

    Args:
        text: what is said.
        voice: of espeak-ng, with a variant as in ``en+f3``.
        speed: words a minute.
        pitch: 0 to 99.
        span: of the pitch, as in "0%" for a monotone; its own if not given.
    """
    said = escape(text)
    if span is not None:
        said = f'<prosody range="{span}">{said}</prosody>'
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-m", "--stdout", said]
    done = subprocess.run(command, check=True, capture_output=True)
    sound, rate = soundfile.read(io.BytesIO(done.stdout), dtype="float64")
    return np.asarray(scipy.signal.resample_poly(sound, SAMPLE_RATE, rate), np.float32)
