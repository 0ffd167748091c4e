"""How far the movements and the pose by a mesh network agree with the teacher's, over clips.

    python -m benchmarks.mesh.movements NETWORK TEACHER CLIP [CLIP ...]

Of each measure: Pearson's correlation between what the two meshes give, each track by its own mean
(what a face is like is left out, what it does remains); the mean difference between them; and how
much the measure moves within tracks. Tracks shorter than a second are left out, and faces on which
the teacher's own answers lie further apart than training allows.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.mesh.clips import by_network, by_teacher, followed_faces, meshes
from emotion_core.datasets.meshes.teacher import MeshTeacher
from emotion_core.faces.mesh.mesh import load_mesh_reader
from emotion_core.faces.mesh.pose import head_pose
from emotion_core.faces.movements.measures import MEASURES, POSE, measure_faces
from emotion_core.settings import load_settings
from emotion_core.types import FloatArray

_SHORTEST = 1.0
GROUPS = {
    "mouth": ("mouth_opening", "mouth_width", "lip_corner", "lip_thickness", "jaw"),
    "brows": ("inner_brow", "outer_brow", "brow_gap"),
    "lids": ("lid_opening", "upper_lid"),
    "pose": ("head_turn", "head_nod", "head_tilt"),
    "rest": ("nose_wing", "cheek"),
}


def main(given: Sequence[str] | None = None) -> None:
    """Read the clips by both, and print the table."""
    arguments = _arguments(given)
    reader = load_mesh_reader(arguments.network, load_settings().models_dir)
    teacher = MeshTeacher(arguments.teacher)
    looks = (by_teacher(teacher, arguments.most_spread), by_network(reader))
    taught, read = [], []
    for clip in arguments.clips:
        followed = followed_faces(clip)
        for look, tables in zip(looks, (taught, read), strict=True):
            rows, points = meshes(followed, look)
            tables.append(measured(rows, points).assign(clip=clip.name))
    faces = pd.concat(taught)
    table = agreement(faces, pd.concat(read))
    sure = int(faces["mouth_width"].notna().sum())
    print(f"{len(faces)} faces, the teacher is sure of {sure}")
    print(f"{'':<24}{'r':>7}{'apart':>9}{'moves by':>10}")
    for name, row in table.iterrows():
        print(f"{name!s:<24}{row.r:>7.3f}{row.apart:>9.3f}{row.moves:>10.3f}")
    for group, names in GROUPS.items():
        of_group = table[table.index.str.endswith(names)]
        print(f"{group:<24}{of_group.r.mean():>7.3f} (lowest {of_group.r.min():.3f})")


def measured(rows: pd.DataFrame, points: FloatArray) -> pd.DataFrame:
    """The rows of faces with their measures and pose."""
    measures = pd.DataFrame(measure_faces(points), columns=list(MEASURES), index=rows.index)
    pose = pd.DataFrame(head_pose(points), columns=list(POSE), index=rows.index)
    return pd.concat([rows, measures, pose], axis=1)


def agreement(taught: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Correlation, mean distance and movement of each measure.

    Args:
        taught, read: the same faces, with ``clip``, ``track`` and ``time``.
    """
    track = [taught["clip"].to_numpy(), taught["track"].to_numpy()]
    time = taught["time"].to_numpy()
    shown = pd.Series(time).groupby(track).transform(np.ptp).to_numpy() >= _SHORTEST
    found = {}
    for name in (*MEASURES, *POSE):
        one, other = (pd.Series(table[name].to_numpy(np.float64)) for table in (taught, read))
        apart = (one - other + 180) % 360 - 180 if name == "head_tilt" else one - other
        both = [side.where(one.notna() & other.notna()) for side in (one, other)]
        moved = [(side - side.groupby(track).transform("mean"))[shown] for side in both]
        found[name] = (moved[0].corr(moved[1]), apart[shown].abs().mean(), moved[0].std())
    return pd.DataFrame.from_dict(found, orient="index", columns=["r", "apart", "moves"])


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("network", help="name or folder of a mesh network")
    parser.add_argument("teacher", type=Path, help="face_landmark.tflite")
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--most-spread", type=float, default=0.04, help="of the teacher's answers")
    return parser.parse_args(given)


if __name__ == "__main__":
    main()
