"""Which scores tell wrong readings from right ones, beyond the leading probability.

    python -m benchmarks.readings.unknown_faces fer2013plus-valtest.zip wildfaces.zip \
      --train fer2013plus-train.zip --train wildfaces.zip --without LF --without LW \
      --others identityfaces.zip --clips FOLDER

Reads the split ``val`` of each set, upright, and fits densities on the split ``train`` of the sets
that the network learned from. ``--train`` and ``--without`` go with the sets in turn: ``without``
is a network trained in the same way without the set, which reads it as the app reads a film that
nobody trained on; it is calibrated as ``emotion_core calibrate --without`` does. The second model
has seen both sets, which flatters it where the first one has seen one; ``--second-without`` names,
for each set in turn, one that has not seen it.

``auroc`` is the chance that a wrong reading scores above a right one; ``aurc`` the mean share of
wrong readings as more and more are kept, the least doubtful first; ``caught`` the share of sure
errors that are marked where 5% of right readings are. Sure are readings with at least 60% that
carry no doubt today. ``sure only`` is the same among these alone: the cost is 5% of right sure
readings. ``with lead`` joins the score with the leading probability by a logistic regression,
fitted on every second face and used on the others; ``more`` is what that gains over the leading
probability alone, with 95% intervals by the bootstrap over faces.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.readings.doubt_measures import (
    LEAD,
    SURE,
    Case,
    aurc,
    auroc,
    caught,
    gain_intervals,
    limit_of,
    with_lead,
)
from benchmarks.readings.doubt_scores import Density, FeatureReader, Looks, Readings, scores
from benchmarks.readings.unknown_pictures import changed, in_clips
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.faces.mesh.mesh import DEFAULT_MESH, load_mesh_reader
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.settings import load_settings
from emotion_core.training.classifier.calibration import fit_unseen_temperature, prior_shift
from emotion_core.training.common.data import FaceSet, load_faces, load_unlabelled
from emotion_core.types import FloatArray, ImageArray

Values = npt.NDArray[Any]
Kinds = Iterator[tuple[str, Sequence[ImageArray]]]


def print_case(title: str, case: Case) -> None:
    """The table of one set, read by one network."""
    errors = case.sure & ~case.right
    print(
        f"\n{title}: {len(case.right)} faces, {100 * case.right.mean():.1f}% right, "
        f"{int(case.sure.sum())} sure, {int(errors.sum())} of them wrong"
    )
    heads = ("auroc", "aurc", "caught", "sure only", "with lead", "more", "auroc more")
    widths = (8, 8, 9, 11, 11, 20, 20)
    print(f"{'':24}" + "".join(f"{head:>{w}}" for head, w in zip(heads, widths, strict=True)))
    sure = case.some(case.sure)
    for name, score in case.scores.items():
        gains = ("", "") if name == LEAD else gain_intervals(case, name)
        cells = (
            f"{auroc(score, case.right):.3f}",
            f"{aurc(score, case.right):.3f}",
            f"{100 * caught(score, case, only=False):.1f}%",
            f"{100 * caught(score, case, only=True):.1f}%",
            f"{100 * caught(with_lead(sure, name), sure, only=True):.1f}%",
            *gains,
        )
        row = "".join(f"{cell:>{w}}" for cell, w in zip(cells, widths, strict=True))
        print(f"{name:24}{row}".rstrip(), flush=True)


def print_moved(title: str, home: Case, away: Case) -> None:
    """What a threshold that costs 5% of right sure readings at home marks elsewhere."""
    print(f"\n{title}")
    print(f"{'':24}{'sure right marked':>20}{'sure errors caught':>20}")
    for name, score in away.scores.items():
        marked = score > limit_of(home.scores[name], home.right & home.sure)
        good, bad = marked[away.sure & away.right], marked[away.sure & ~away.right]
        print(f"{name:24}{100 * good.mean():19.1f}%{100 * bad.mean():19.1f}%")


class Bench:
    """Sets of faces, and the networks that read them.

    Attributes:
        names: of the sets.
        values: their validation faces.

    Args:
        arguments: of the command.
        size: side of the crops in pixels.
    """

    def __init__(self, arguments: argparse.Namespace, size: int) -> None:
        models = load_settings().models_dir
        self.names = [source.name for source in arguments.datasets]
        self._mesh = load_mesh_reader(DEFAULT_MESH, models)
        self._second = EmotionClassifier.load(arguments.second, models, "cpu")
        self._blind = [
            EmotionClassifier.load(str(path), models, "cpu", exact=True)
            for path in arguments.second_without
        ]
        self._size = size
        limits = arguments.limit, arguments.train_limit
        self.values = [load_faces([one], "val").first(limits[0]) for one in arguments.datasets]
        learned = [load_faces([one], "train").first(limits[1]) for one in arguments.train]
        self._known = [(self.look(part.images).crops, part.majority()) for part in learned]
        self._looks = [self.look(part.images) for part in self.values]
        self._seconds = self.read_by(self._second)

    def look(self, pictures: Sequence[ImageArray]) -> Looks:
        """At pictures of faces."""
        return Looks.at(self._mesh, pictures, self._size)

    def density(self, reader: FeatureReader, parts: Sequence[int]) -> Density:
        """Of a network, by the sets that it learned from."""
        features = np.concatenate([reader.read(self._known[k][0])[1] for k in parts])
        return Density(features, np.concatenate([self._known[k][1] for k in parts]))

    def readings(self, reader: FeatureReader) -> list[Readings]:
        """Of every set."""
        return [reader.read_all(looks.crops) for looks in self._looks]

    def read_by(self, classifier: EmotionClassifier) -> list[FloatArray]:
        """(n, 7) logits of every set by another network."""
        return [classifier.classify(looks.crops).logits for looks in self._looks]

    def seconds_without(
        self, number: int, shift: FloatArray, temperature: float
    ) -> list[FloatArray]:
        """(n, 7) logits of every set by a second model that has not seen one of them.

        The second model as it is where there is no such one.
        """
        if not self._blind:
            return self._seconds
        return [(part + shift) / temperature for part in self.read_by(self._blind[number])]

    def case(
        self,
        readings: Readings,
        density: Density,
        number: int,
        seconds: Sequence[FloatArray] | None = None,
    ) -> Case:
        """The readings of a set, with their scores.

        Args:
            readings: of the network.
            density: of what it learned from.
            number: of the set.
            seconds: logits of the other network; of the second model if not given.
        """
        truth = self.values[number].majority()
        right = readings.probabilities.argmax(axis=1) == truth
        sure = (readings.lead >= SURE) & ~self._looks[number].marked(readings.probabilities)
        second = (seconds or self._seconds)[number]
        return Case(right, sure, scores(readings, second, density))

    def unknown_case(self, looks: Looks, readings: Readings, density: Density) -> Case:
        """Readings that none can say of whether they are right."""
        sure = (readings.lead >= SURE) & ~looks.marked(readings.probabilities)
        second = self._second.classify(looks.crops).logits
        return Case(np.zeros(len(sure), bool), sure, scores(readings, second, density))


def print_unseen(bench: Bench, readers: Sequence[FeatureReader], prior: float) -> None:
    """Every set by a network that learned from the others, calibrated together."""
    targets = [part.targets for part in bench.values]
    shift = prior_shift(np.concatenate(targets), prior)
    read = [bench.readings(reader) for reader in readers]
    unseen = [(read[k][k].logits + shift, targets[k]) for k in range(len(readers))]
    temperature = fit_unseen_temperature(unseen)
    print(f"\ntemperature of the networks that learned without a set: {temperature:.3f}")
    for number, (name, reader) in enumerate(zip(bench.names, readers, strict=True)):
        others = [k for k in range(len(readers)) if k != number]
        density = bench.density(reader, others)
        seconds = bench.seconds_without(number, shift, temperature)
        cases = [
            bench.case(one.calibrated(shift, temperature), density, k, seconds)
            for k, one in enumerate(read[number])
        ]
        print_case(f"{name}, never seen", cases[number])
        home = Case.together([cases[k] for k in others])
        print_moved(f"{name}, at limits that cost 5% on the other sets", home, cases[number])


def unknown_kinds(faces: FaceSet, clips: Path | None, others: Sequence[Path], limit: int) -> Kinds:
    """Pictures that are not as those that a network learned from, by kinds."""
    if clips is not None:
        names = ("faces of the clips", "backgrounds", "found in backgrounds")
        yield from zip(names, in_clips(clips, MTCNNDetector()), strict=True)
    for source in others:
        yield source.name, load_unlabelled([source], limit).images
    yield from changed(faces.images)


def print_unknown(
    bench: Bench, reader: FeatureReader, density: Density, home: Case, kinds: Kinds
) -> None:
    """What the doubts of today say of unknown pictures, and what each score would add."""
    names = list(home.scores)
    limits = {n: limit_of(home.scores[n], home.right & home.sure) for n in names}
    print("\nunknown pictures: sure and without a doubt today, and how many of these a score marks")
    print(f"{'':24}" + "".join(f"{head:>21}" for head in ("count", "no mesh", "sure", *names)))
    for kind, pictures in kinds:
        if not len(pictures):
            continue
        looks = bench.look(pictures)
        case = bench.unknown_case(looks, reader.read_all(looks.crops), density)
        cells = [f"{len(pictures)}", _percent(np.isnan(looks.visible[:, 0])), _percent(case.sure)]
        cells += [_percent((case.scores[n] > limits[n])[case.sure]) for n in names]
        print(f"{kind:24}" + "".join(f"{cell:>21}" for cell in cells), flush=True)


def _percent(values: Values) -> str:
    return f"{100 * values.mean():.1f}%" if len(values) else "-"


def main(given: Sequence[str] | None = None) -> None:
    arguments = _arguments(given)
    settings = load_settings()
    model = arguments.model or settings.model

    def load(name: str) -> FeatureReader:
        return FeatureReader(EmotionClassifier.load(name, settings.models_dir, "cpu", exact=True))

    reader = load(model)
    bench = Bench(arguments, reader.classifier.preprocessing.size)
    print(f"read with {model}, second model {arguments.second}", flush=True)
    density = bench.density(reader, range(len(bench.names)))
    seen = [bench.case(one, density, k) for k, one in enumerate(bench.readings(reader))]
    for name, case in zip(bench.names, seen, strict=True):
        print_case(f"{name}, seen in training", case)
    if arguments.without:
        print_unseen(bench, [load(str(path)) for path in arguments.without], arguments.prior)
    few = arguments.unknown
    kinds = unknown_kinds(bench.values[-1].first(few), arguments.clips, arguments.others, few)
    print_unknown(bench, reader, density, Case.together(seen), kinds)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("datasets", type=Path, nargs="+")
    parser.add_argument("--train", type=Path, action="append", required=True)
    parser.add_argument("--without", type=Path, action="append", default=[])
    parser.add_argument("--prior", type=float, default=0.4, help="as calibrate takes it")
    parser.add_argument("--model", help="the default model if not given")
    parser.add_argument("--second", default="eme-vit", help="model to compare with")
    parser.add_argument("--second-without", type=Path, action="append", default=[])
    parser.add_argument("--clips", type=Path, help="folder with clips")
    parser.add_argument("--others", type=Path, action="append", default=[], help="unlabelled faces")
    parser.add_argument("--limit", type=int, default=1500, help="of each set")
    parser.add_argument("--train-limit", type=int, default=6000, help="of each set")
    parser.add_argument("--unknown", type=int, default=300, help="unknown pictures of a kind")
    arguments = parser.parse_args(given)
    if len(arguments.train) != len(arguments.datasets):
        parser.error("--train is needed for each set.")
    for given_models in (arguments.without, arguments.second_without):
        if given_models and len(given_models) != len(arguments.datasets):
            parser.error("--without and --second-without are needed for each set, or for none.")
    return arguments


if __name__ == "__main__":
    main()
