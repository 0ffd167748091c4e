"""How near a mesh network comes to its teacher on people that nobody trained or chose it on.

    python -m benchmarks.mesh.held_out --data identityfaces.zip --meshes identityfaces.npz

The split ``test``, by a hash of the person or the file name. Faces are shown turned by each angle
and with each kind of cover, as in the training's own figures. Errors are means over all points in
percent of the distance between the eyes; visibility is how often a part is rightly called visible
and rightly called hidden.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from emotion_core.faces.mesh.mesh import DEFAULT_MESH
from emotion_core.faces.mesh.network import load_mesh_network
from emotion_core.settings import load_settings
from emotion_core.training.common.covers.bank import KINDS, Covers, paint_covers
from emotion_core.training.mesh.data import MeshTensors, load_mesh_faces
from emotion_core.training.mesh.measures import (
    TURNS,
    MeshMeasures,
    balanced_visibility,
    measure_batch,
)
from emotion_core.training.mesh.views import ViewMaker

_BATCH = 64
# Painted by another seed than those of the training.
_COVERS, _SEED = 360, 1


def measure(
    folder: Path, sources: Sequence[Path], labels: Sequence[Path], spread: float, limit: int
) -> MeshMeasures:
    """Look at all faces of the split ``test``."""
    network, card = load_mesh_network(folder)
    maker = ViewMaker(card.size, card.margin, Covers(paint_covers(_COVERS, _SEED)), 0.0)
    measures = MeshMeasures()
    for source, meshes in zip(sources, labels, strict=True):
        faces = load_mesh_faces(source, meshes, "test", most_spread=spread, limit=limit)
        tensors = MeshTensors(faces, torch.device("cpu"))
        print(f"{len(tensors)} faces of {source.name}", flush=True)
        for number, start in enumerate(range(0, len(tensors), _BATCH)):
            chosen = range(start, min(start + _BATCH, len(tensors)))
            measure_batch(network, maker, *tensors.__getitems__(chosen), measures, number)
    return measures


def to_table(measures: MeshMeasures) -> str:
    """The figures as lines."""
    means = measures.means()
    rows = [(f"turned by {turn} degrees", means[f"turn {turn}"]) for turn in TURNS]
    rows += [(f"upright, {part}", means[f"turn 0 {part}"]) for part in ("lids", "lips", "brows")]
    rows += [(f"behind {kind}", means[f"cover {kind}"]) for kind in KINDS]
    rows.append(("the same face in another square", means["moved square"]))
    lines = [f"{name:<36}{100 * value:>8.2f}%" for name, value in rows]
    lines.append(f"{'visibility':<36}{100 * balanced_visibility(means, 'cover'):>8.2f}%")
    lines += [f"{'correlation, ' + k:<36}{v:>9.3f}" for k, v in measures.correlations().items()]
    return "\n".join(lines)


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, action="append", required=True)
    parser.add_argument("--meshes", type=Path, action="append", required=True)
    parser.add_argument("--mesh", default=DEFAULT_MESH, help="name or folder of the network")
    parser.add_argument("--most-spread", type=float, default=0.04)
    parser.add_argument("--limit", type=int, default=0, help="at most so many faces of each set")
    arguments = parser.parse_args(given)
    shipped = load_settings().models_dir / "meshes" / arguments.mesh
    folder = shipped if shipped.is_dir() else Path(arguments.mesh)
    spread, limit = arguments.most_spread, arguments.limit
    print(to_table(measure(folder, arguments.data, arguments.meshes, spread, limit)))


if __name__ == "__main__":
    main()
