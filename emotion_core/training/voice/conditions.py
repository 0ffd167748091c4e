"""What a film does to voices: rooms, microphones, codecs, noise and music, by chance."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.frames import Values
from emotion_core.training.voice.music import made_music
from emotion_core.types import FloatArray

# Codec, its container and bits a second.
_CODECS = (
    *(("libopus", "ogg", 8_000), ("libopus", "ogg", 16_000)),
    *(("libmp3lame", "mp3", 24_000), ("libmp3lame", "mp3", 48_000)),
)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a scene was recorded; a value of ``None`` leaves that out.

    Attributes:
        reverberation: seconds until the room has lost 60 dB, and level of the room in dB against
            the voice itself.
        band: Hz that the line passes, from and to.
        tilt: dB an octave by which the spectrum is tilted.
        compression: power to which the envelope is raised, 1 for none.
        codec: place in the list of codecs.
        noise: level in dB of noise against the speech, and its slope in dB an octave.
        music: level in dB of music against the speech.
    """

    reverberation: tuple[float, float] | None = None
    band: tuple[float, float] | None = None
    tilt: float = 0.0
    compression: float = 1.0
    codec: int | None = None
    noise: tuple[float, float] | None = None
    music: float | None = None


def draw_condition(random: np.random.Generator) -> Condition:
    """A condition by chance: each of its parts in a part of the scenes."""

    def chance(share: float) -> bool:
        return bool(random.random() < share)

    return Condition(
        reverberation=(random.uniform(0.2, 0.9), random.uniform(-15, 0)) if chance(0.5) else None,
        band=(random.uniform(80, 300), random.choice([3400.0, 5000.0, 7000.0]))
        if chance(0.3)
        else None,
        tilt=float(random.normal(0, 1.5)),
        compression=random.uniform(0.5, 1.0) if chance(0.4) else 1.0,
        codec=int(random.integers(len(_CODECS))) if chance(0.4) else None,
        noise=(random.uniform(-35, -5), random.choice([0.0, -3.0, -6.0])) if chance(0.6) else None,
        music=random.uniform(-35, -10) if chance(0.35) else None,
    )


def apply_condition(
    voice: FloatArray, condition: Condition, random: np.random.Generator
) -> FloatArray:
    """A voice as it is heard under a condition.

    Args:
        voice: (n,) float32 at 16 kHz, without pauses of any length.
        condition: what is done to it.
        random: what noise, music and the room are drawn from.

    Returns:
        (n,) float32, as loud as before where nothing is added.
    """
    sound = voice.astype(np.float64)
    power = max(float((sound**2).mean()), 1e-12)
    if condition.reverberation is not None:
        sound = _in_room(sound, *condition.reverberation, random)
    sound = _filtered(sound, condition)
    if condition.compression != 1:
        sound = _compressed(sound, condition.compression)
    sound *= np.sqrt(power / max(float((sound**2).mean()), 1e-12))
    if condition.noise is not None:
        level, slope = condition.noise
        sound += _noise(len(sound), slope, random) * np.sqrt(power * 10 ** (level / 10))
    if condition.music is not None:
        sound += made_music(len(sound), random) * np.sqrt(power * 10 ** (condition.music / 10))
    heard = np.asarray(sound, np.float32)
    return heard if condition.codec is None else _coded(heard, *_CODECS[condition.codec])


def _in_room(sound: Values, seconds: float, level: float, random: np.random.Generator) -> Values:
    """With an exponentially decaying tail of noise, as in a diffuse room."""
    from scipy import signal

    length = int(seconds * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    tail = random.normal(0, 1, length) * 10 ** (-3 * time / seconds) * (time > 0.005)
    tail *= 10 ** (level / 20) / np.sqrt((tail**2).sum())
    return np.asarray(sound + signal.fftconvolve(sound, tail)[: len(sound)])


def _filtered(sound: Values, condition: Condition) -> Values:
    """With the tilt and within the band."""
    spectrum = np.fft.rfft(sound)
    frequency = np.maximum(np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE), 50)
    gain = 10 ** (condition.tilt * np.log2(frequency / 1000) / 20)
    if condition.band is not None:
        low, high = condition.band
        gain /= np.sqrt((1 + (low / frequency) ** 8) * (1 + (frequency / high) ** 16))
    return np.asarray(np.fft.irfft(spectrum * gain, len(sound)))


def _compressed(sound: Values, power: float) -> Values:
    from scipy import ndimage

    # the running sum of the filter may end a hair below 0
    power_around = np.maximum(ndimage.uniform_filter1d(sound**2, SAMPLE_RATE // 20), 0)
    envelope = np.sqrt(power_around) + 1e-4
    return np.asarray(sound * envelope ** (power - 1))


def _noise(samples: int, slope: float, random: np.random.Generator) -> Values:
    """Noise of power 1, its slope in dB an octave."""
    spectrum = np.fft.rfft(random.normal(0, 1, samples))
    frequency = np.maximum(np.fft.rfftfreq(samples, 1 / SAMPLE_RATE), 50)
    found = np.fft.irfft(spectrum * 10 ** (slope * np.log2(frequency / 1000) / 20), samples)
    return found / max(float(np.sqrt((found**2).mean())), 1e-12)


def _coded(sound: FloatArray, codec: str, container: str, bits: int) -> FloatArray:
    """Encoded and decoded again, with no delay by these codecs."""
    import av

    kept = io.BytesIO()
    with av.open(kept, "w", format=container) as output:
        quick = {"compression_level": "2" if codec == "libopus" else "9"}
        stream: Any = output.add_stream(codec, SAMPLE_RATE, quick, bit_rate=bits, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound[None], "flt", "mono")
        frame.sample_rate = SAMPLE_RATE
        resampler = av.AudioResampler(stream.format, "mono", SAMPLE_RATE, stream.frame_size or None)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    kept.seek(0)
    return decode_sound(kept.getvalue(), len(sound))


def decode_sound(data: bytes, length: int | None = None) -> FloatArray:
    """The bytes of a sound file as (n,) float32 mono at 16 kHz.

    Args:
        data: of any format that FFmpeg reads.
        length: cut, or with silence added, to so many samples.

    Raises:
        av.FFmpegError: it cannot be decoded.
    """
    import av

    parts = [np.zeros(0, np.float32)]
    with av.open(io.BytesIO(data), "r") as file:
        resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE)
        for frame in file.decode(audio=0):
            parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
        parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    sound = np.concatenate(parts)
    if length is not None:
        sound = np.pad(sound[:length], (0, max(length - len(sound), 0)))
    return sound
