"""Peers that install and run offline, beside ours on the same pictures.

    python -m benchmarks.peers [--split test] [--data DIR] [--envs DIR] [--json FILE]

Each peer (:mod:`benchmarks.peers.environments` lists those that were looked at, and why) is a
package that brings its weights. It is installed into a virtual environment of its own kind under
``--envs`` on first use, which needs a connection and, for TensorFlow, 2 GB; after that nothing is
fetched. All read the same face crops, without a face finder, each through its own preprocessing
(`benchmarks/peer_adapters/`), and the figures of all are computed here by the same code. The
pictures are those of FER2013, with two truths, the majority of the FER+ votes over the seven and
the original single labels, and the hold-out of wildfaces.

Times are of reading a crop, preprocessing included, on two CPU threads. The readers are all alive
at once and take turns over the same faces, round after round; a figure is the median. Networks
that take a batch get 16 faces at a time, as ours do, the others one. MB is the size of the weights.

Nothing keeps a package from having been trained on the pictures that it is measured on. The
original labels contradict the votes on 36% of the test pictures; a reader that agrees with them
far better than with the votes agrees with their noise, and by that sign was trained on these very
pictures. Such a row is marked.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from benchmarks.peers.adapters.contract import save_images
from benchmarks.peers.environments import PEERS, Peer, PeerError, prepare
from benchmarks.peers.reader import ADAPTER, Reader
from emotion_core.errors import EmotionCoreError
from emotion_core.training.classifier.evaluation import Evaluation, compare
from emotion_core.training.common.data import FaceSet, load_faces
from emotion_core.types import ImageArray

ROOT = Path(__file__).resolve().parents[2]
OURS = "benchmarks.peers.adapters.eme"
VOTES, LABELS, WILD = "FER+ votes", "FER2013 labels", "wildfaces hold-out"
# Faces in a turn of the timing.
TURN = 32
# By how much top-1 on the original labels must exceed that on the votes to be marked. A reader
# that was trained on labels of the same kind exceeds it by a few hundredths on new pictures too.
_BY_HEART = 0.15


@dataclass
class Row:
    """A reader's figures."""

    name: str
    version: str
    licence: str
    remark: str
    megabytes: float = 0.0
    milliseconds: float = 0.0
    results: dict[str, Evaluation] = field(default_factory=dict)

    @property
    def by_heart(self) -> bool:
        """Whether it agrees with the noise of the original labels."""
        if VOTES not in self.results or LABELS not in self.results:
            return False
        return self.results[LABELS].top1 > self.results[VOTES].top1 + _BY_HEART

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        plain = {key: value for key, value in vars(self).items() if key != "results"}
        results = {title: figures.to_dict() for title, figures in self.results.items()}
        return {**plain, "by_heart": self.by_heart, "results": results}


def main(given: Sequence[str] | None = None) -> None:
    """Measure, print the table, and write it as JSON on request."""
    arguments = _arguments(given)
    try:
        sets = load_sets(arguments.data, arguments.split, arguments.limit)
    except EmotionCoreError as error:
        sys.exit(str(error))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        readers: list[tuple[Row, Reader]] = []
        try:
            for row, command in _candidates(arguments):
                try:
                    readers.append((row, Reader(row.name, command, arguments.threads, work)))
                except PeerError as error:
                    _say(str(error))
            rows = run(readers, sets, arguments.rounds, work)
        finally:
            for _, reader in readers:
                reader.close()
    print(
        f"split {arguments.split}, {arguments.threads} CPU threads, median of {arguments.rounds} "
        f"rounds in turn over {TURN} faces"
    )
    print(to_table(rows))
    if arguments.json:
        content = {"split": arguments.split, "rows": [row.to_dict() for row in rows]}
        arguments.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def load_sets(data: Path, split: Any, limit: int | None) -> dict[str, FaceSet]:
    """The sets with their truths, by title; those whose file is absent are passed over.

    Raises:
        DatasetError: the pictures of FER2013 are not there, or a set is damaged.
    """
    fer, wild = data / "fer2013plus-valtest.zip", data / "wildfaces.zip"
    sets = {VOTES: load_faces([fer], split), LABELS: load_faces([fer], split, labels="folders")}
    if wild.exists():
        sets[WILD] = load_faces([wild], "val")
    return {title: faces.first(limit) if limit else faces for title, faces in sets.items()}


def run(
    readers: Sequence[tuple[Row, Reader]], sets: dict[str, FaceSet], rounds: int, work: Path
) -> list[Row]:
    """Read every picture once with every reader, then time them in turns.

    A reader that ends on the way is named on stderr and left out.
    """
    pictures: dict[str, ImageArray] = {}
    for faces in sets.values():
        pictures.update(zip(faces.names, faces.images, strict=True))
    place = {name: number for number, name in enumerate(pictures)}
    everything, few = work / "pictures.npz", work / "turn.npz"
    images = list(pictures.values())
    save_images(everything, images)
    step = max(len(images) // TURN, 1)
    turn = images[::step][:TURN]
    save_images(few, turn)
    times: dict[str, list[float]] = {}
    done: list[tuple[Row, Reader]] = []
    for row, reader in readers:
        try:
            probabilities, _ = reader.read(everything)
        except PeerError as error:
            _say(str(error))
            continue
        row.megabytes, times[row.name] = reader.megabytes, []
        for title, faces in sets.items():
            chosen = probabilities[[place[name] for name in faces.names]]
            row.results[title] = compare(chosen, faces.targets)
        done.append((row, reader))
    for _ in range(rounds):
        for pair in list(done):
            row, reader = pair
            try:
                _, seconds = reader.read(few)
            except PeerError as error:
                _say(str(error))
                done.remove(pair)
                continue
            times[row.name].append(1000 * seconds / len(turn))
    for row, _ in done:
        row.milliseconds = statistics.median(times[row.name])
    return [row for row, _ in done]


def to_table(rows: Sequence[Row]) -> str:
    """The table that is printed, with the remarks below it."""
    titles = list(dict.fromkeys(title for row in rows for title in row.results))
    counts = {title: row.results[title].count for row in rows for title in row.results}
    heads = [f"{title} ({counts[title]})" for title in titles]
    width = max([len(row.name) for row in rows], default=0) + 3
    lines = [
        " " * width + "".join(f"{head:>28}" for head in heads),
        " " * width
        + "".join(f"{'top-1':>18}{'F1':>10}" for _ in titles)
        + f"{'ms a face':>12}{'MB':>8}  licence",
    ]
    for row in rows:
        name = row.name + (" *" if row.by_heart else "")
        figures = "".join(
            f"{row.results[title].top1:>18.3f}{row.results[title].macro_f1:>10.3f}"
            for title in titles
        )
        lines.append(
            f"{name:<{width}}{figures}{row.milliseconds:>12.2f}{row.megabytes:>8.1f}  {row.licence}"
        )
    if any(row.by_heart for row in rows):
        lines.append(
            "* agrees far better with the noisy labels than with the votes: by that sign it was "
            "trained on these very pictures"
        )
    return "\n".join([*lines, *(f"{row.name} {row.remark}" for row in rows if row.remark)])


def _candidates(arguments: argparse.Namespace) -> list[tuple[Row, list[str]]]:
    """Ours, then the peers that can be installed, each with the command that runs it."""
    found: list[tuple[Row, list[str]]] = []
    for name in arguments.models:
        row = Row(name, "", "research and education", "")
        found.append((row, [sys.executable, *ADAPTER, OURS, name]))
    for peer in arguments.peers:
        _say(f"preparing {peer.name} {peer.version}")
        try:
            python = prepare(peer, arguments.envs)
        except PeerError as error:
            _say(str(error))
            continue
        row = Row(peer.name, peer.version, peer.licence, peer.remark)
        found.append((row, [str(python), *ADAPTER, peer.module]))
    return found


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _peers(text: str) -> list[Peer]:
    known = {peer.name: peer for peer in PEERS}
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no peer {', '.join(unknown)}; there are {', '.join(known)}"
        )
    return [known[name] for name in names]


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description=__doc__.split("\n")[0]
    )
    shipped = sorted(path.parent.name for path in (ROOT / "models").glob("*/config.json"))
    parser.add_argument("--split", choices=["test", "val"], default="test", help="of FER2013")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument(
        "--envs",
        type=Path,
        default=user_cache_path("eme", appauthor=False) / "peers",
        help="folder of the peers' virtual environments",
    )
    parser.add_argument("--models", nargs="*", default=shipped, help="shipped models")
    parser.add_argument(
        "--peers", type=_peers, default=list(PEERS), help="names, separated by commas"
    )
    parser.add_argument("--limit", type=int, help="pictures of each set, evenly spread")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7, help="of the timing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    return parser.parse_args(given)
