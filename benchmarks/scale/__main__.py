"""How reading gets faster with workers: one long clip, and many clips.

    python -m benchmarks.scale [--workers 1 2 4 8] [--minutes 16] [--model NAME] [--clip FILE]

Each worker is a process on a core of its own, as on so many machines of one core; those for which
there is no core are left out, and simulated. A minute with one and two faces, made from the
portraits of the sample scene, or of the clip that is given, is looped to be the long clip; for many
clips, each worker reads two of such minutes.

What one worker takes for four minutes is what the simulation begins with: how long the search for
cuts takes, which one worker does while others read, how long each chunk takes, and how long all of
it in one piece. From the same, the table estimates a film of two hours, and a catalogue of a
thousand such films.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import av

from benchmarks.pipeline.clips import FPS, write_clip
from benchmarks.scale.measuring import Measured, measure_many, measure_one, measure_parts
from benchmarks.scale.simulation import Costs, simulate

SIMULATED = (1, 2, 4, 8, 16, 32)
SIZE = (640, 360)
FILM_MINUTES, FILMS = 120, 1000
PART = 4  # minutes in which one worker is measured


def main(given: Sequence[str] | None = None) -> None:
    """Measure, simulate and print."""
    arguments = _arguments(given)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        minute = arguments.clip or _minute(work)
        long = _join([minute] * arguments.minutes, work / "long.mp4")
        costs = measure_parts(work, _join([minute] * PART, work / "part.mp4"), arguments.model)
        _print_costs(costs)
        costs = costs.repeated(arguments.minutes / PART)
        cores = len(os.sched_getaffinity(0))
        counts = [count for count in arguments.workers if count <= cores]
        one, many = {}, {}
        for count in counts:
            if count > 1:
                one[count] = measure_one(work, long, arguments.model, count)
                _tell(f"one clip, {count} workers: {one[count]:.1f} s")
            clips = [
                _join([minute], work / f"{number}.mp4", str(number)) for number in range(2 * count)
            ]
            many[count] = measure_many(work, clips, arguments.model, count)
            _tell(f"many clips, {count} workers: {many[count].seconds:.1f} s")
        _print(costs, one, many, arguments.minutes)


def _tell(measured: str) -> None:
    """Say what was measured at once: the table comes after many minutes."""
    print(measured, file=sys.stderr, flush=True)


def _print_costs(costs: Costs) -> None:
    reads = sum(costs.reads)
    print(f"{len(costs.reads)} chunks, {costs.seconds:.0f} s of film, one worker:")
    print(f"  to read them                     {reads:8.1f} s")
    print(f"  to find the cuts                 {sum(costs.cuts):8.1f} s")
    print(f"  to read it in one piece          {costs.whole:8.1f} s")
    print(f"  to join the chunks               {costs.join:8.1f} s")
    serial = (sum(costs.cuts) + costs.join) / (sum(costs.cuts) + costs.join + reads)
    print(f"  share that one worker does alone {serial:8.1%}\n")


def _print(costs: Costs, one: dict[int, float], many: dict[int, Measured], minutes: int) -> None:
    film = costs.repeated(FILM_MINUTES * 60 / costs.seconds)
    whole_film = costs.whole * FILM_MINUTES / minutes
    print(f"{'':>9}{'one clip':^40}{'many clips':^26}{'2 h film':>10}{f'{FILMS} films':>12}")
    head = f"{'s':>10}{'times one':>10}{'simulated':>10}{'times':>10}"
    print(f"{'workers':>9}{head}{'min/min':>13}{'times one':>13}{'min':>10}{'days':>12}")
    for count in sorted({*SIMULATED, *one}):
        guess = simulate(costs, count)
        line = f"{count:>9}"
        if count in one:
            took = one[count]
            line += f"{took:>10.1f}{costs.whole / took:>9.1f}x"
        else:
            line += f"{'':>20}"
        line += f"{guess:>10.1f}{costs.whole / guess:>9.1f}x"
        if count in many:
            rate, alone = many[count].rate, many[min(many)].rate / min(many)
            line += f"{rate:>13.1f}{rate / alone:>12.1f}x"
        else:
            line += f"{'':>26}"
        hours = simulate(film, count) / 60
        days = FILMS * whole_film / count / 86_400
        print(f"{line}{hours:>10.1f}{days:>12.1f}")


def _minute(work: Path) -> Path:
    parts = [write_clip(work / f"{faces} faces.mp4", SIZE, faces, 30 * FPS) for faces in (1, 2)]
    return _join(parts, work / "minute.mp4")


def _join(clips: Sequence[Path], out: Path, title: str = "") -> Path:
    """Clips one after the other, not encoded anew; with another title, it is another file."""
    with av.open(str(out), "w") as joined:
        joined.metadata["title"] = title
        stream, start = None, 0
        for clip in clips:
            with av.open(str(clip)) as source:
                (video,) = source.streams.video
                stream = stream or joined.add_stream_from_template(video)
                for packet in source.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.dts, packet.pts = packet.dts + start, packet.pts + start
                    packet.stream = stream
                    joined.mux(packet)
                assert video.duration is not None
                start += video.duration
    return out


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32])
    parser.add_argument("--minutes", type=int, default=16, help="length of the long clip")
    parser.add_argument("--model", default="eme-lite2")
    parser.add_argument("--clip", type=Path, help="a minute to loop instead of ours")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
