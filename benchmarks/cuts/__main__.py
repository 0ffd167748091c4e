"""How well cuts, dissolves and wipes are found, and how often people are mixed up.

    python -m benchmarks.cuts [--cases ../shared/cases] [--clips ../shared/clips]
                              [--faces ../shared/data/identityfaces.zip]

Clips are made up with known truth, from the pictures that scikit-image brings and, where they are
given, from moving clips and faces: hard cuts in colour, at 45% of the brightness, and in black and
white at several; montages with shots of 0.3 s; flashes; dissolves and wipes. They are written as
H.264 and read back. A cut counts as found within one frame, a dissolve or wipe anywhere from its
beginning to its end; each found one counts once. Then PySceneDetect's AdaptiveDetector with its
usual threshold, as it was used before, in turns on the same frames: milliseconds a frame.

With faces, sequences of shot and reverse shot, also with someone who walks by before the camera,
are read as a scene is, and the characters compared with the truth by IDF1 (Ristani et al. 2016,
"Performance measures and a data set for multi-target, multi-camera tracking"): the share of faces
that bear the right identity, under the best assignment of characters to people.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from scenedetect import AdaptiveDetector, FrameTimecode

from benchmarks.cuts.identities import print_identities
from benchmarks.cuts.montages import FPS, Shot, Span, grade, make_shots, montage, written
from emotion_core.media.decode import read_frames
from emotion_core.media.shots import COMPARED_WIDTH, split_shots
from emotion_core.types import Frame

# Each case of the folder of cases, with its cuts: a span in which each lies, in seconds.
_EIGHT = [(1.2 * k, 1.2 * k) for k in range(1, 8)]
_CASES: dict[str, list[tuple[float, float]]] = {
    "lowkey-black-and-white/eight_colour.mp4": _EIGHT,
    "lowkey-black-and-white/eight_darkcolour.mp4": _EIGHT,
    "lowkey-black-and-white/eight_bw.mp4": _EIGHT,
    "lowkey-black-and-white/eight_noir.mp4": _EIGHT,
    "flash/flash.mp4": [],
    "dissolve-and-wipe/dissolve_moving.mp4": [(2.0, 3.0)],
    "dissolve-and-wipe/wipe.mp4": [(2.0, 3.0)],
}
_CLIPS = {"short_hamilton_clip.mp4": [(1.51, 1.51), (3.58, 3.58), (7.88, 7.88)]}
_CLIPS |= {"pyfeat_face_noface.mov": [(2.4, 2.45)]}


@dataclass(slots=True)
class Score:
    """Cuts that were found, and those that there are."""

    true: int = 0
    found: int = 0
    right: int = 0

    def add(self, spans: Sequence[Span], found: Sequence[float]) -> None:
        left = list(spans)
        for one in found:
            hit = next((s for s in left if s[0] - 0.045 <= one <= s[1] + 0.045), None)
            if hit is not None:
                left.remove(hit)
                self.right += 1
        self.true += len(spans)
        self.found += len(found)

    def row(self, name: str) -> str:
        recall = f"{self.right / self.true:.3f}" if self.true else "-"
        precision = f"{self.right / self.found:.3f}" if self.found else "-"
        missed, false = self.true - self.right, self.found - self.right
        return (
            f"| {name} | {self.true} | {self.right} | {missed} | {false} | {recall} | {precision} |"
        )


def cuts_of(frames: Iterable[Frame]) -> list[float]:
    """The times at which shots begin, but for the first."""
    cuts, last = [], 0
    for frame, shot in split_shots(frames):
        if shot != last:
            cuts.append(frame.time)
            last = shot
    return cuts


def print_cuts(shots: Sequence[Shot], folder: Path, rounds: int) -> None:
    chance = np.random.default_rng(1)
    rows: dict[str, tuple[str, float, bool, bool]] = {
        "hard cuts, colour": ("cut", 1.0, True, False),
        "hard cuts, colour at 45%": ("cut", 0.45, True, False),
        "hard cuts, colour at 25%": ("cut", 0.25, True, False),
        "hard cuts, black and white": ("cut", 1.0, False, False),
        "hard cuts, black and white at 70%": ("cut", 0.7, False, False),
        "hard cuts, black and white at 45%": ("cut", 0.45, False, False),
        "hard cuts, black and white at 25%": ("cut", 0.25, False, False),
        "shots of 0.3 s, colour": ("fast", 1.0, True, False),
        "shots of 0.3 s, black and white at 45%": ("fast", 0.45, False, False),
        "hard cuts and flashes": ("cut", 1.0, True, True),
        "dissolves of 0.4 to 1.5 s": ("dissolve", 1.0, True, False),
        "dissolves, black and white at 45%": ("dissolve", 0.45, False, False),
        "wipes of 0.4 to 1.5 s": ("wipe", 1.0, True, False),
    }
    for name, (kind, brightness, colour, flashes) in rows.items():
        score = Score()
        for _ in range(rounds):
            low, high, count = {"cut": (12, 50, 20), "fast": (8, 9, 30)}.get(kind, (40, 60, 10))
            lengths = chance.integers(low, high, count).tolist()
            change = "cut" if kind == "fast" else kind
            pictures, spans = montage(shots, lengths, chance, change, flashes)
            path = written(grade(pictures, brightness, colour), folder)
            score.add(spans, cuts_of(read_frames(path)))
        print(score.row(name), flush=True)


def print_speed(path: Path) -> None:
    """Milliseconds a frame, before and now, in turns on the same decoded frames."""
    frames = list(read_frames(path, max_side=1280))[:200]

    def before() -> None:
        detector = AdaptiveDetector(min_scene_len=10)
        for k, frame in enumerate(frames):
            scale = COMPARED_WIDTH / frame.image.shape[1]
            small = cv2.resize(frame.image, None, fx=scale, fy=scale)
            detector.process_frame(FrameTimecode(k, FPS), np.ascontiguousarray(small[:, :, ::-1]))

    works = {"before": before, "now": lambda: [None for _ in split_shots(frames)] and None}
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(5):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            taken[name].append(1000 * (time.perf_counter() - started) / len(frames))
    old, new = (float(np.min(times)) for times in taken.values())
    size = "x".join(map(str, frames[0].image.shape[1::-1]))
    print(f"\n{path.name}, {size}: before {old:.2f} ms a frame, now {new:.2f} ms (best of 5)")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=Path, default=Path("../shared/cases"))
    parser.add_argument("--clips", type=Path, default=Path("../shared/clips"))
    parser.add_argument("--faces", type=Path, default=Path("../shared/data/identityfaces.zip"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    print("| clip | cuts | found | missed | false | recall | precision |")
    print("|---|---|---|---|---|---|---|")
    files = {options.cases / name: spans for name, spans in _CASES.items()}
    files |= {path: _CLIPS.get(path.name, []) for path in sorted(options.clips.glob("*.m*"))}
    for path, spans in files.items():
        if path.is_file():
            score = Score()
            score.add(spans, cuts_of(read_frames(path, max_side=1280)))
            print(score.row(path.name), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        shots = make_shots(options.clips, np.random.default_rng(0))
        print_cuts(shots, Path(folder), options.rounds)
        longest = options.clips / "short_hamilton_clip.mp4"
        pictures, _ = montage(shots, [100, 100], np.random.default_rng(0))
        print_speed(longest if longest.is_file() else written(pictures, Path(folder)))
        if options.faces.is_file():
            print_identities(options.faces, Path(folder), 4 * options.rounds)


if __name__ == "__main__":
    main()
