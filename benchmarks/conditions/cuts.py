"""How well cuts, dissolves and wipes are found, and how often people are mixed up.

    python -m benchmarks.conditions.cuts [--cases ../shared/cases] [--clips ../shared/clips]
                              [--faces ../shared/data/identityfaces.zip]

Clips are made up with known truth, from the pictures that scikit-image brings and, where they are
given, from moving clips and faces: hard cuts in colour, at 45% of the brightness, and in black and
white at several; montages with shots of 0.3 s; flashes; dissolves and wipes. They are written as
H.264 and read back. A cut counts as found within one frame, a dissolve or wipe anywhere from its
beginning to its end; each found one counts once. Then PySceneDetect's AdaptiveDetector with its
usual threshold, as it was used before, in turns on the same frames: milliseconds a frame.

With faces, sequences of shot and reverse shot are read as a scene is, and the characters compared
with the truth by IDF1 (Ristani et al. 2016, "Performance measures and a data set for multi-target,
multi-camera tracking"): the share of faces that bear the right identity, under the best assignment
of characters to people.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from scenedetect import AdaptiveDetector, FrameTimecode
from scipy.optimize import linear_sum_assignment

from emotion_core.faces.identity.clustering import cluster_tracks
from emotion_core.faces.identity.embedder import load_embedder
from emotion_core.faces.identity.track_embeddings import (
    DEFAULT_EMBEDDER,
    LEAST_SEEN,
    TrackEmbeddingCollector,
)
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.media.decode import read_frames
from emotion_core.media.encode import open_video
from emotion_core.media.probe import probe
from emotion_core.media.shots import COMPARED_WIDTH, split_shots
from emotion_core.scene.analysis import AnalysisParameters
from emotion_core.scene.analyzer import follow_clip
from emotion_core.settings import load_settings
from emotion_core.types import Frame, ImageArray

FPS = 25.0
SIZE = (480, 270)
_PICTURES = ("astronaut", "coffee", "chelsea", "rocket", "camera", "moon", "coins")
_PICTURES += ("hubble_deep_field", "retina", "immunohistochemistry", "motorcycle_left")
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

Shot = Callable[[int], ImageArray]  # the picture of a shot, by the frame
Span = tuple[float, float]


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


def make_shots(clips: Path, chance: np.random.Generator) -> list[Shot]:
    """Shots to cut from: pictures that the camera moves over, and moving clips."""
    shots = []
    for name in _PICTURES:
        try:
            picture = np.asarray(getattr(skimage.data, name)())
        except Exception:
            continue  # not on this machine
        if picture.ndim == 2:
            picture = np.stack([picture] * 3, axis=-1)
        shots += [_pan(picture[..., :3], chance) for _ in range(3)]
    for path in sorted(clips.glob("lp_*.mp4")) + sorted(clips.glob("pyfeat_single*")):
        frames = [_fill(frame.image) for frame in read_frames(path, max_side=640)][:200]
        for start in (0, len(frames) // 2):
            shots.append(_played(frames, start))
    return shots


def _played(frames: Sequence[ImageArray], start: int) -> Shot:
    """A moving clip, forth and back, so that it never jumps."""
    there_and_back = [*frames, *frames[-2:0:-1]]
    return lambda k: there_and_back[(start + k) % len(there_and_back)]


def _fill(image: ImageArray) -> ImageArray:
    """The middle of a picture in the size of the clips."""
    width, height = SIZE
    scale = max(width / image.shape[1], height / image.shape[0])
    size = (max(round(image.shape[1] * scale), width), max(round(image.shape[0] * scale), height))
    large = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return np.ascontiguousarray(large[top : top + height, left : left + width], np.uint8)


def _pan(picture: ImageArray, chance: np.random.Generator) -> Shot:
    height, width = picture.shape[:2]
    side = chance.uniform(0.45, 0.7)
    start = chance.uniform(0, 1 - side, 2)
    speed, zoom = chance.normal(0, 0.001, 2), chance.normal(0, 0.0005)
    noise = np.random.default_rng(0).normal(0, 2, (4, SIZE[1], SIZE[0], 3))

    def at(k: int) -> ImageArray:
        x, y = np.clip(start + speed * k, 0, 1 - side)
        own = np.clip(side + zoom * k, 0.3, 1 - max(x, y))
        scale = np.array(
            [[own * width / SIZE[0], 0, x * width], [0, own * height / SIZE[1], y * height]]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(picture, scale, SIZE, flags=flags, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(np.clip(moved + noise[k % 4], 0, 255), np.uint8)

    return at


def montage(
    shots: Sequence[Shot],
    lengths: Sequence[int],
    chance: np.random.Generator,
    change: str = "cut",
    flashes: bool = False,
) -> tuple[list[ImageArray], list[Span]]:
    """A clip of shots, and the span of each change from one to the next.

    Args:
        shots: drawn from, never one twice in a row.
        lengths: frames of each shot.
        chance: draws.
        change: ``cut``, ``dissolve`` or ``wipe``.
        flashes: whether a shot has a flash of one to three frames in its middle.
    """
    pictures: list[ImageArray] = []
    spans: list[Span] = []
    last, before = -1, None
    for length in lengths:
        index = int(chance.choice([k for k in range(len(shots)) if k // 3 != last // 3]))
        last, shot = index, shots[index]
        begun = 0
        if before is not None and change != "cut":
            begun = int(chance.integers(10, 38))
            spans.append((len(pictures) / FPS, (len(pictures) + begun) / FPS))
            old, played = before
            pictures += [
                _mix(old(played + k), shot(k), (k + 1) / (begun + 1), change) for k in range(begun)
            ]
        elif before is not None:
            spans.append((len(pictures) / FPS,) * 2)
        own = [shot(begun + k) for k in range(length)]
        if flashes:
            middle = length // 2
            for k in range(middle, middle + int(chance.integers(1, 4))):
                own[k] = np.asarray(own[k] * 0.15 + 255 * 0.85, np.uint8)
        pictures += own
        before = (shot, begun + length)
    return pictures, spans


def _mix(one: ImageArray, other: ImageArray, share: float, change: str) -> ImageArray:
    if change == "dissolve":
        return np.asarray(one * (1 - share) + other * share, np.uint8)
    edge = round(share * SIZE[0])
    return np.concatenate([other[:, :edge], one[:, edge:]], axis=1)


def grade(pictures: Sequence[ImageArray], brightness: float, colour: bool) -> Iterator[ImageArray]:
    """Pictures darker, and without their colour."""
    for picture in pictures:
        graded = picture if colour else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None]
        yield np.asarray(np.broadcast_to(graded * brightness, picture.shape), np.uint8)


def written(pictures: Iterable[ImageArray], folder: Path) -> Path:
    """The pictures as H.264."""
    path = folder / "made.mp4"
    with open_video(path, SIZE, FPS) as writer:
        for k, picture in enumerate(pictures):
            writer.write(picture, k / FPS)
    return path


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


def print_identities(faces: Path, folder: Path, scenes: int) -> None:
    """IDF1 of made-up shots and reverse shots; every shot is another picture of its person."""
    embedder = load_embedder(DEFAULT_EMBEDDER, load_settings().models_dir)
    print("\n| people | change | faces | tracks | true shots | IDF1 | switches |")
    print("|---|---|---|---|---|---|---|")
    with zipfile.ZipFile(faces) as archive:
        people: dict[str, list[str]] = {}
        for name in archive.namelist():
            people.setdefault(name.split("/")[0], []).append(name)
        often = sorted(who for who, names in people.items() if len(names) >= 4)
        for count, change in ((2, "cut"), (3, "cut"), (2, "dissolve")):
            chance = np.random.default_rng(count)
            totals = np.zeros(5)
            for _ in range(scenes):
                cast = chance.choice(often, count, replace=False)
                order = [k % count for k in range(4 * count)]
                looks = [
                    cv2.imdecode(
                        np.frombuffer(archive.read(people[cast[who]][k // count]), np.uint8),
                        cv2.IMREAD_COLOR_RGB,
                    )
                    for k, who in enumerate(order)
                ]
                totals += _idf1(looks, order, change, embedder, folder)
            ids, seen, tracks, shots, switches = totals
            print(
                f"| {count} | {change} | {seen:.0f} | {tracks:.0f} | {shots:.0f} | "
                f"{ids / seen:.3f} | {switches:.0f} |",
                flush=True,
            )


def _idf1(
    looks: Sequence[ImageArray],
    order: Sequence[int],
    change: str,
    embedder,
    folder: Path,  # type: ignore[no-untyped-def]
) -> np.ndarray:
    shots = [_talking(look, k) for k, look in enumerate(looks)]
    pictures: list[ImageArray] = []
    truth: list[int] = []
    for k, (shot, who) in enumerate(zip(shots, order, strict=True)):
        mixed = 15 if k and change == "dissolve" else 0
        pictures += [
            _mix(shots[k - 1](45 + n), shot(n), (n + 1) / 16, change) for n in range(mixed)
        ]
        truth += [-1] * mixed  # both are seen
        pictures += [shot(mixed + n) for n in range(30)]
        truth += [who] * 30
    path = written(pictures, folder)
    collector = TrackEmbeddingCollector(embedder)
    rows: list[tuple[int, float, int]] = []
    for item in follow_clip(path, probe(path), MTCNNDetector(), AnalysisParameters()):
        collector.add(item.frame.image, item.frame.time, item.faces)
        rows += [(item.frame.index, item.frame.time, int(track)) for track in item.faces.track]
    identity, changes = collector.finish()
    for change in changes:
        rows = [
            (n, when, change.number if (track, when) >= (change.track, change.time) else track)
            if track == change.track
            else (n, when, track)
            for n, when, track in rows
        ]
    numbers = {int(track): k for k, track in enumerate(identity.track)}
    vectors = identity.vectors * (identity.weights >= LEAST_SEEN)[:, None]
    characters = cluster_tracks(vectors, np.zeros((len(vectors),) * 2, bool), identity.threshold)
    named = [(truth[frame], int(characters[numbers[track]])) for frame, _, track in rows]
    named = [(who, found) for who, found in named if who >= 0]
    counts = np.zeros((max(order) + 1, int(characters.max(initial=0)) + 1))
    for who, found in named:
        counts[who, found] += 1
    right = counts[linear_sum_assignment(-counts)].sum()
    switches = sum(
        len({found for truth_, found in named if truth_ == who}) - 1 for who in set(order)
    )
    # 2 IDTP / (2 IDTP + IDFP + IDFN) over the faces that were found
    return np.array([right, len(named), len(numbers), len(order), switches], float)


def _talking(look: ImageArray, seed: int) -> Shot:
    """A face that sways a little before a blurred background of its own."""
    face = cv2.resize(look, (190, 190), interpolation=cv2.INTER_CUBIC)
    back = np.random.default_rng(seed % 2).integers(40, 200, (3, 5, 3), np.uint8)
    back = cv2.resize(back, SIZE, interpolation=cv2.INTER_CUBIC)

    def at(k: int) -> ImageArray:
        picture = back.copy()
        x, y = 145 + round(6 * np.sin(k / 9 + seed)), 40 + round(3 * np.cos(k / 7 + seed))
        picture[y : y + 190, x : x + 190] = face
        return picture

    return at


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
