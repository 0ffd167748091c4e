"""How well the embedder distinguishes people.

    python -m benchmarks.identity FACES.zip LANDMARKS.csv [--teacher NETWORK.onnx]

FACES has a folder a person, LANDMARKS is what `dataset landmarks` writes of it. Measured are the
people of the split test, whom the shipped embedder has never seen. Prints, for the embedder, for
the same with faces that are not aligned, and on request for its teacher: the area under the ROC
curve over all pairs of pictures, with a 95% interval by the bootstrap over people, and the share
of pairs of one person that are known at one false match in a thousand. Then casts are made up of
two to six people in two to six tracks each, one picture a track, and clustered as the app clusters
tracks, at several thresholds; they are compared with the truth by B-cubed precision and recall
(Bagga and Baldwin 1998; why this measure: Amigo et al. 2009, "A comparison of extrinsic clustering
evaluation metrics based on formal constraints"). At last, milliseconds a face in turns with
facenet-pytorch's InceptionResnetV1, which computes the same with any weights.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from emotion_core.faces.identity.clustering import cluster_tracks
from emotion_core.faces.identity.embedder import load_embedder
from emotion_core.faces.identity.track_embeddings import DEFAULT_EMBEDDER
from emotion_core.progress import finish
from emotion_core.settings import load_settings
from emotion_core.stats import Values, bootstrap_interval
from emotion_core.training.embedder.data import load_identities, teach
from emotion_core.training.embedder.measures import area_under_roc, measure_pairs
from emotion_core.types import FloatArray, ImageArray

People = npt.NDArray[np.int64]
_PEOPLE, _TRACKS = (2, 7), (2, 7)
_BATCH, _WARM_UP = 16, 2


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("landmarks", type=Path)
    parser.add_argument("--embedder", default=DEFAULT_EMBEDDER)
    parser.add_argument("--teacher", type=Path)
    parser.add_argument("--split", default="test", choices=("val", "test"))
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--casts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args(arguments)
    faces = load_identities(options.faces, options.landmarks, options.split)
    plain = load_identities(options.faces, options.landmarks, options.split, align=False)
    people = faces.numbers()
    embedder = load_embedder(options.embedder, load_settings().models_dir)
    embeddings = embedder.embed(faces.images)
    rows = {options.embedder: embeddings, "not aligned": embedder.embed(plain.images)}
    if options.teacher is not None:
        rows["its teacher"] = finish(teach(options.teacher, faces.images))
    print(f"{len(faces)} faces of {len(np.unique(people))} people of the split {options.split}\n")
    print("| | AUC (95%) | known at 1 false match in 1,000 |\n|---|---|---|")
    for name, vectors in rows.items():
        whole = measure_pairs(vectors, people)
        low, high = interval(vectors, people, options.resamples)
        area = f"{whole.auc:.4f} ({low:.4f} to {high:.4f})"
        print(f"| {name} | {area} | {whole.true_match:.3f} |")
    print_casts(embeddings, people, embedder.threshold, options.casts)
    print_speed(embedder.embed, faces.images[:_BATCH], options.rounds)


def interval(embeddings: FloatArray, people: People, resamples: int) -> tuple[float, float]:
    """95% of the area when people are drawn with replacement, each with all their pictures."""
    names = np.unique(people)
    rows = [np.flatnonzero(people == name) for name in names]
    cosine = embeddings @ embeddings.T

    def area(times: Values) -> float:
        drawn = np.repeat(np.arange(len(names)), times.astype(int))
        chosen = np.concatenate([rows[index] for index in drawn])
        copies = np.repeat(np.arange(len(drawn)), [len(rows[index]) for index in drawn])
        first, second = np.triu_indices(len(chosen), 1)
        same = copies[first] == copies[second]
        # two copies of one person are neither a pair of one nor of two
        counts = same | (people[chosen[first]] != people[chosen[second]])
        scores = cosine[chosen[first], chosen[second]]
        return area_under_roc(scores[counts], same[counts])

    low, high = bootstrap_interval(
        lambda drawings: np.array([area(times) for times in drawings]),
        len(names),
        resamples=resamples,
    )
    return float(low), float(high)


def print_casts(embeddings: FloatArray, people: People, threshold: float, count: int) -> None:
    print(f"\n{count} casts, gathered at the embedder's threshold {threshold:.3f} and around it\n")
    print("| threshold | B-cubed precision | recall | F |\n|---|---|---|---|")
    casts = list(make_casts(people, count))
    for shift in (-0.1, -0.05, 0.0, 0.05, 0.1):
        scores = [
            b_cubed(cluster_faces(embeddings[chosen], threshold + shift), people[chosen])
            for chosen in casts
        ]
        precision, recall = np.mean(scores, axis=0)
        f = 2 * precision * recall / (precision + recall)
        print(f"| {threshold + shift:.3f} | {precision:.3f} | {recall:.3f} | {f:.3f} |")


def make_casts(people: People, count: int) -> list[npt.NDArray[np.intp]]:
    """Rows of the pictures of each cast."""
    chance = np.random.default_rng(0)
    names, numbers = np.unique(people, return_counts=True)
    often = names[numbers >= _TRACKS[0]]
    casts = []
    for _ in range(count):
        cast = chance.choice(often, chance.integers(*_PEOPLE), replace=False)
        own = [chance.permutation(np.flatnonzero(people == name)) for name in cast]
        casts.append(np.concatenate([rows[: chance.integers(*_TRACKS)] for rows in own]))
    return casts


def cluster_faces(embeddings: FloatArray, threshold: float) -> npt.NDArray[np.int64]:
    together = np.zeros((len(embeddings),) * 2, bool)
    return cluster_tracks(embeddings, together, threshold)


def b_cubed(found: npt.NDArray[np.int64], truth: People) -> tuple[float, float]:
    """B-cubed precision and recall of a clustering, means over its items."""
    both = (found[:, None] == found) & (truth[:, None] == truth)
    precision = both.sum(axis=1) / (found[:, None] == found).sum(axis=1)
    recall = both.sum(axis=1) / (truth[:, None] == truth).sum(axis=1)
    return float(precision.mean()), float(recall.mean())


def print_speed(
    embed: Callable[[Sequence[ImageArray]], FloatArray], faces: Sequence[ImageArray], rounds: int
) -> None:
    from facenet_pytorch import InceptionResnetV1

    network: Any = InceptionResnetV1(pretrained=None).eval()
    pixels = torch.rand(len(faces), 3, 160, 160)
    works: dict[str, Callable[[], Any]] = {
        "InceptionResnetV1": lambda: network(pixels),
        "the embedder": lambda: embed(faces),
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    with torch.inference_mode():
        for turn in range(_WARM_UP + rounds):
            for name, work in works.items():
                started = time.perf_counter()
                work()
                if turn >= _WARM_UP:
                    taken[name].append(1000 * (time.perf_counter() - started) / len(faces))
    slow, quick = (float(np.median(times)) for times in taken.values())
    print(
        f"\nInceptionResnetV1 {slow:.1f} ms a face, the embedder {quick:.1f} ms with its mirror "
        f"image: {slow / quick:.1f} times faster ({torch.get_num_threads()} threads)"
    )


if __name__ == "__main__":
    main()
