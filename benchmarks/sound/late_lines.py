"""How long a line takes to be cut out of the sound of a long film: by seeking, and from its start.

    python -m benchmarks.sound.late_lines [--minutes N ...] [--rounds N] [--clip FILE ...]

A minute of sound and small pictures is encoded, and its packets are repeated. The line lies in the
last ten seconds and lasts three. Figures are medians of some rounds in which both ways take turns,
in ms, with every file in the system's cache; ``away`` is the largest difference of two samples.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from emotion_core.media.probe import probe
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.decode import read_blocks
from emotion_core.types import FloatArray

_KINDS = (("mp4", "aac"), ("mkv", "libopus"), ("webm", "libopus"), ("ts", "aac"))
_RATE, _PICTURES, _PIECE = 48_000, 25, 1024
_PART = 64  # seconds: a whole number of pieces of each codec
_FROM_END, _LENGTH = 10.0, 3.0


def main(given: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=int, nargs="+", default=[10, 60])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clip", type=Path, nargs="*", default=[], help="films of your own")
    arguments = parser.parse_args(given)
    print(f"{'file':24}{'minutes':>8}{'start':>10}{'seek':>8}{'times':>8}{'away':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for form, codec in _KINDS:
            minute = Path(folder) / f"minute.{form}"
            _write_minute(minute, form, codec)
            for minutes in arguments.minutes:
                clip = Path(folder) / f"{minutes} min {codec}.{form}"
                _repeat(minute, clip, minutes)
                _measure(clip, arguments.rounds)
                clip.unlink()
    for clip in arguments.clip:
        _measure(clip, arguments.rounds)


def _write_minute(path: Path, form: str, codec: str) -> None:
    """A minute of a gliding tone in noise, beside pictures of noise."""
    drawn = np.random.default_rng(0)
    clock = np.arange((_PART + 2) * _RATE) / _RATE  # its end is cut off: encoders pad it
    tone = 0.3 * np.sin(2 * np.pi * (300 * clock + 40 * np.sin(clock)))
    sound = (tone + 0.02 * drawn.standard_normal(len(tone))).astype(np.float32)
    coded = "libvpx" if form == "webm" else "libx264"
    with av.open(str(path), "w") as out:
        video = out.add_stream(coded, rate=_PICTURES, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt, video.gop_size = 160, 90, "yuv420p", 100
        audio = out.add_stream(codec, rate=_RATE, layout="stereo")
        count = 0
        for first in range(0, len(sound), _PIECE):
            while count * _RATE <= first * _PICTURES:
                image = drawn.integers(0, 255, (90, 160, 3), np.uint8)
                picture = av.VideoFrame.from_ndarray(image, "rgb24")
                picture.pts, count = count, count + 1
                out.mux(video.encode(picture))
            piece = av.AudioFrame.from_ndarray(
                np.tile(sound[first : first + _PIECE], (2, 1)).copy(), "fltp", "stereo"
            )
            piece.sample_rate, piece.time_base, piece.pts = _RATE, Fraction(1, _RATE), first
            out.mux(audio.encode(piece))
        out.mux(audio.encode(None))
        out.mux(video.encode(None))


def _repeat(minute: Path, path: Path, minutes: int) -> None:
    """Write a clip in which a minute comes again and again."""
    with av.open(str(path), "w") as out:
        made = {}
        for turn in range(round(minutes * 60 / _PART)):
            with av.open(str(minute)) as source:
                begin = (source.start_time or 0) / av.time_base
                for stream in source.streams:
                    if stream.index not in made:
                        made[stream.index] = out.add_stream_from_template(stream)
                for packet in source.demux():
                    if packet.dts is None or packet.pts is None:
                        continue
                    at = float(packet.pts * packet.time_base) - begin
                    if at >= _PART or (turn and at < 0):  # what belongs to another minute
                        continue
                    later = round(turn * _PART / float(packet.time_base))
                    packet.pts, packet.dts = packet.pts + later, packet.dts + later
                    packet.stream = made[packet.stream.index]
                    out.mux(packet)


def _measure(clip: Path, rounds: int) -> None:
    length = probe(clip).duration
    start = length - _FROM_END
    taken: tuple[list[float], list[float]] = [], []
    found: list[FloatArray] = []
    for _ in range(rounds):
        found = []
        for times, begin in zip(taken, (0.0, start), strict=True):
            before = time.perf_counter()
            found.append(_cut(clip, start, begin))
            times.append(1000 * (time.perf_counter() - before))
    whole, sought = map(statistics.median, taken)
    away = float(np.abs(found[0] - found[1]).max())
    print(
        f"{clip.name:24.24}{length / 60:8.1f}{whole:10.0f}{sought:8.0f}{whole / sought:8.1f}"
        f"{away:9.1e}",
        flush=True,
    )


def _cut(clip: Path, start: float, begin: float) -> FloatArray:
    """A line, from blocks that are read from a second on."""
    blocks = list(read_blocks(clip, start + _LENGTH, begin))
    samples = np.concatenate([block.samples for block in blocks])
    return samples[round((start - blocks[0].start) * SAMPLE_RATE) :]


if __name__ == "__main__":
    main()
