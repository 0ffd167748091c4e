"""What averaging readings over time gains, and what it costs where a face changes.

    python -m benchmarks.readings.through_time fer2013plus-valtest.zip wildfaces.zip --limit 700
    python -m benchmarks.readings.through_time fer2013plus-valtest.zip --clips CLIP ...

There are no clips with labels. So the pictures of ``val`` are made into film
(:mod:`benchmarks.readings.made_tracks`), read frame by frame, and filtered. ``agree`` is the share
of frames whose leading emotion is the label, ``recall`` the mean of that over the labels, ``loss``
the mean of -log p(label) in nats, ``flips`` how often the leading emotion changes a second, which
in a face that holds still it should not. Where one made-up track follows another of another
leading emotion, ``late`` is after how many frames the filter follows for three frames on end
(median), and ``around`` the share of frames with the right one of the two in half a second on
either side. Of clips there are flips alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.readings.made_tracks import FPS, MadeTracks, Values, read_tracks
from benchmarks.readings.reading import load_model
from emotion_core.cli.reading import make_reader, read_clip
from emotion_core.emotions.through_time import SMOOTHING, smooth_readings
from emotion_core.performance.performance import Performance, performances_of
from emotion_core.practice.live.smoothing import STEADINESS, Smoothing
from emotion_core.training.common.data import load_faces

# (n, 7) readings, (n,) seconds, (n,) segments: the readings filtered.
Filter = Callable[[Values, Values, Values], Values]
_LEAST = 1e-6
_FOLLOWS = 3  # frames on end
_HEADS = ("agree", "recall", "loss", "flips", "late", "around")


def both_sides(values: Values, times: Values, segments: Values, sigma: float) -> Values:
    """What the app does with scenes."""
    return smooth_readings(values, times, segments, sigma)


def both_sides_log(values: Values, times: Values, segments: Values, sigma: float) -> Values:
    """The same kernel over log probabilities."""
    mean = np.exp(smooth_readings(np.log(values.clip(_LEAST)), times, segments, sigma))
    return np.asarray(mean / mean.sum(axis=1, keepdims=True))


def both_sides_sure(values: Values, times: Values, segments: Values, sigma: float) -> Values:
    """The same kernel times exp(-entropy in nats): sure readings weigh more."""
    weights = np.exp((values * np.log(values.clip(_LEAST))).sum(axis=1, keepdims=True))
    mean = smooth_readings(values * weights, times, segments, sigma)
    return np.asarray(mean / mean.sum(axis=1, keepdims=True))


def box(values: Values, times: Values, segments: Values, seconds: float) -> Values:
    """The mean of a window, as strongest moments had before."""
    found = np.empty_like(values)
    for k, (time, segment) in enumerate(zip(times, segments, strict=True)):
        near = (np.abs(times - time) <= seconds / 2 + 1e-9) & (segments == segment)
        found[k] = values[near].mean(axis=0)
    return found


def live(values: Values, times: Values, segments: Values, tau: float) -> Values:
    """What the app does before the camera."""
    found, smoothing, last = np.empty_like(values), Smoothing(tau), -1
    for k, (value, time, segment) in enumerate(zip(values, times, segments, strict=True)):
        if segment != last:
            smoothing.forget()
        found[k], last = smoothing.add(float(time), value), segment
    return found


def live_log(values: Values, times: Values, segments: Values, tau: float) -> Values:
    """The same over log probabilities."""
    mean = np.exp(live(np.log(values.clip(_LEAST)), times, segments, tau))
    return np.asarray(mean / mean.sum(axis=1, keepdims=True))


def markov(values: Values, times: Values, segments: Values, power: float) -> Values:
    """Forward filter of a hidden Markov chain (Rabiner 1989) that is left 4 times a second.

    Args:
        power: of the likelihoods, below 1 since neighbouring frames are no new evidence.
    """
    found, last = np.empty_like(values), -1
    for k, (value, segment) in enumerate(zip(values, segments, strict=True)):
        before = np.full(values.shape[1], 1 / values.shape[1])
        if segment == last:
            stays = np.exp(-4 * (times[k] - times[k - 1]))
            before = stays * found[k - 1] + (1 - stays) * before
        after = before * value.clip(_LEAST) ** power
        found[k], last = after / after.sum(), segment
    return found


FILTERS: dict[str, Filter] = {
    "single frames": partial(both_sides, sigma=0.0),
    **{f"both sides, {s:g} s": partial(both_sides, sigma=s) for s in (0.1, SMOOTHING, 0.3, 0.4)},
    **{f"both sides, log, {s:g} s": partial(both_sides_log, sigma=s) for s in (0.1, 0.2, 0.3)},
    **{f"both sides, sure, {s:g} s": partial(both_sides_sure, sigma=s) for s in (0.1, 0.2, 0.3)},
    "window, 0.4 s": partial(box, seconds=0.4),
    **{f"live, {s:g} s": partial(live, tau=s) for s in (0.05, 0.1, STEADINESS, 0.3)},
    **{f"live, log, {s:g} s": partial(live_log, tau=s) for s in (0.1, 0.2)},
    **{f"live, Markov, power {g:g}": partial(markov, power=g) for g in (0.3, 0.5, 1.0)},
}


def filtered(readings: Values, chosen: Filter) -> Values:
    """Tracks (n, frames, 7), each filtered by itself."""
    n, frames, _ = readings.shape
    times, segments = np.tile(np.arange(frames) / FPS, n), np.repeat(np.arange(n), frames)
    return chosen(readings.reshape(n * frames, -1), times, segments).reshape(readings.shape)


def measure(tracks: MadeTracks, chosen: Filter) -> list[float]:
    """The figures of :data:`_HEADS`."""
    values, labels = filtered(tracks.readings, chosen), tracks.labels
    lead = values.argmax(axis=2)
    right = lead == labels[:, None]
    recall = np.mean([right[labels == label].mean() for label in np.unique(labels)])
    given = np.take_along_axis(values, labels[:, None, None], axis=2)
    flips = (np.diff(lead, axis=1) != 0).mean() * FPS
    loss = -np.log(given.clip(_LEAST)).mean()
    return [100 * right.mean(), 100 * recall, loss, flips, *_changes(tracks.readings, chosen)]


def _changes(readings: Values, chosen: Filter) -> tuple[float, float]:
    """``late`` and ``around`` of tracks that follow each other."""
    lead = readings.mean(axis=1).argmax(axis=1)
    other = np.random.default_rng(0).permutation(len(readings))
    apart = lead != lead[other]
    frames = readings.shape[1]
    joined = np.concatenate([readings[apart], readings[other[apart]]], axis=1)
    found = filtered(joined, chosen).argmax(axis=2)
    wanted = np.repeat(np.stack([lead[apart], lead[other[apart]]], axis=1), frames, axis=1)
    follows = found == wanted[:, -1:]
    whole = np.stack([follows[:, k : k + frames + 1 + frames - _FOLLOWS] for k in range(_FOLLOWS)])
    steady = whole.all(axis=0)
    first = np.where(steady.any(axis=1), steady.argmax(axis=1), 2 * frames) - frames
    return float(np.median(first)), 100 * float((found == wanted).mean())


def print_flips(performances: Sequence[Performance]) -> None:
    """How often the leading emotion of clips changes, without cuts and gaps."""
    print(f"\n{len(performances)} faces, {sum(one.seconds for one in performances):.0f} s of clips")
    for name, chosen in FILTERS.items():
        flips = seconds = 0.0
        for one in performances:
            segments = one.segments()
            lead = chosen(one.probabilities, one.times, segments).argmax(axis=1)
            same = np.diff(segments) == 0
            flips += float(((np.diff(lead) != 0) & same).sum())
            seconds += float(np.diff(one.times)[same].sum())
        print(f"{name:28}{flips / seconds:9.2f} flips a second")


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("datasets", type=Path, nargs="*", help="sets of faces with labels")
    parser.add_argument("--clips", type=Path, nargs="*", default=[])
    parser.add_argument("--limit", type=int, default=700, help="faces a set")
    parser.add_argument("--model", help="name or folder; the default if not given")
    arguments = parser.parse_args(given)
    classifier = load_model(arguments.model)
    for source in arguments.datasets:
        tracks = read_tracks(classifier, load_faces([source], "val").first(arguments.limit))
        count, frames, _ = tracks.readings.shape
        print(f"\n{source.name}, val, {count} tracks of {frames} frames")
        print(f"{'':28}" + "".join(f"{head:>9}" for head in _HEADS))
        for name, chosen in FILTERS.items():
            row = measure(tracks, chosen)
            print(f"{name:28}" + "".join(f"{value:9.2f}" for value in row))
    if arguments.clips:
        reader = make_reader(arguments.model)
        analyses = [read_clip(reader, clip) for clip in arguments.clips]
        print_flips([one for analysis in analyses for one in performances_of(analysis)])


if __name__ == "__main__":
    main()
