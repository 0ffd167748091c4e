"""How often the people of made-up shots and reverse shots are mixed up."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.cuts.montages import mix, talking, walked_past, written
from emotion_core.faces.identity.clustering import cluster_tracks
from emotion_core.faces.identity.embedder import load_embedder
from emotion_core.faces.identity.track_embeddings import (
    DEFAULT_EMBEDDER,
    LEAST_SEEN,
    TrackEmbeddingCollector,
)
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.media.probe import probe
from emotion_core.scene.analysis import AnalysisParameters
from emotion_core.scene.analyzer import follow_clip
from emotion_core.settings import load_settings
from emotion_core.types import ImageArray


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
        for count, change in ((2, "cut"), (3, "cut"), (2, "dissolve"), (3, "someone in front")):
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
    shots = [talking(look, k) for k, look in enumerate(looks)]
    pictures: list[ImageArray] = []
    truth: list[int] = []
    for k, (shot, who) in enumerate(zip(shots, order, strict=True)):
        mixed = 15 if k and change == "dissolve" else 0
        if change == "someone in front":
            shot = walked_past(shot)
        pictures += [mix(shots[k - 1](45 + n), shot(n), (n + 1) / 16, change) for n in range(mixed)]
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
