"""What happens to sound on its way into a film: rooms, filters, speed, codecs."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
from av.error import FFmpegError

from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.training.sound.noises.parts import scaled
from emotion_core.types import FloatArray

# Codec, container, least and largest rate in bits a second.
_CODECS = (
    ("libmp3lame", "mp3", 24_000, 96_000),
    ("aac", "adts", 24_000, 96_000),
    ("libopus", "ogg", 10_000, 48_000),
)


def colored(chance: np.random.Generator, sound: FloatArray) -> FloatArray:
    """Through a random smooth filter, at times one that leaves only a band (telephone, radio)."""
    spectrum = np.fft.rfft(sound)
    frequency = np.maximum(np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE), 20)
    octaves = np.log2(frequency / 20)
    gains = chance.normal(0, chance.uniform(0, 5), 10)
    curve = 10 ** (np.interp(octaves, np.arange(10), gains) / 20)
    if chance.random() < 0.2:
        low, high = chance.uniform(80, 400), chance.uniform(2_500, 6_500)
        curve /= (1 + (low / frequency) ** 6) * (1 + (frequency / high) ** 8)
    return np.asarray(np.fft.irfft(spectrum * curve, len(sound)), np.float32)


def in_a_room(chance: np.random.Generator, sound: FloatArray) -> FloatArray:
    """With the echo of a room: noise that dies away (Moorer 1979), later parts duller."""
    from scipy.signal import fftconvolve

    decay = chance.uniform(0.1, 1.6)
    count = int(decay * SAMPLE_RATE)
    time = np.arange(count) / SAMPLE_RATE
    tail = chance.standard_normal(count) * np.exp(-6.9 * time / decay)
    tail = np.convolve(tail, np.ones(3) / 3, "same")
    tail /= np.sqrt((tail**2).sum())
    tail *= 10 ** (-chance.uniform(0, 18) / 20)
    tail[0] += 1
    return np.asarray(fftconvolve(sound, tail)[: len(sound)], np.float32)


def at_speed(sound: FloatArray, speed: float) -> FloatArray:
    """Faster and higher, or slower and lower."""
    places = np.arange(0, len(sound) - 1, speed)
    return np.asarray(np.interp(places, np.arange(len(sound)), sound), np.float32)


def squeezed(chance: np.random.Generator, sound: FloatArray) -> FloatArray:
    """With its loud parts clipped softly, as by an old recorder."""
    drive = chance.uniform(1, 6)
    return np.asarray(np.tanh(drive * scaled(sound) / 3) / drive, np.float32)


def through_codec(chance: np.random.Generator, sound: FloatArray) -> FloatArray:
    """Encoded and decoded at a low rate; as it is where FFmpeg lacks the codec."""
    codec, container, least, largest = _CODECS[int(chance.integers(len(_CODECS)))]
    rate = int(chance.uniform(least, largest))
    largest_sample = float(np.abs(sound).max(initial=0)) or 1.0
    try:
        coded = _encoded(sound / largest_sample * 0.9, codec, container, rate)
        decoded = decode_sound(coded) * largest_sample / 0.9
    except (FFmpegError, ValueError):
        return sound
    # what an encoder puts before the first sample
    size = min(len(decoded), len(sound), 4 * SAMPLE_RATE)
    if size < SAMPLE_RATE // 2:
        return sound
    product = np.fft.rfft(decoded[:size], 2 * size) * np.conj(np.fft.rfft(sound[:size], 2 * size))
    late = int(np.argmax(np.fft.irfft(product)[:4_000]))
    decoded = decoded[late : late + len(sound)]
    return np.pad(decoded, (0, len(sound) - len(decoded)))


def _encoded(sound: FloatArray, codec: str, container: str, rate: int) -> bytes:
    written = io.BytesIO()
    with av.open(written, "w", format=container) as file:
        stream = file.add_stream(codec, rate=SAMPLE_RATE, layout="mono", bit_rate=rate)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(sound[None].astype(np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        frame.time_base = Fraction(1, SAMPLE_RATE)
        # encoders want other rates and formats
        resampler = av.AudioResampler(stream.format, "mono", stream.rate, stream.frame_size)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return written.getvalue()


def decode_sound(data: bytes) -> FloatArray:
    """(n,) float32 at 16 kHz, all channels mixed to one, of a file of sound.

    Raises:
        FFmpegError: it cannot be decoded.
    """
    resampler = av.AudioResampler("fltp", "mono", SAMPLE_RATE)
    pieces = []
    with av.open(io.BytesIO(data), "r") as file:
        for frame in file.decode(audio=0):
            pieces += [piece.to_ndarray()[0] for piece in resampler.resample(frame)]
        pieces += [piece.to_ndarray()[0] for piece in resampler.resample(None)]
    return np.concatenate([np.zeros(0, np.float32), *pieces])
