from __future__ import annotations

import numpy as np
import pytest

from emotion_core.faces.mesh.points import MIRRORED, VISIBLE_PARTS, mean_face, mirror_points
from emotion_core.faces.movements.measures import MEASURE_NOTES, MEASURES, measure_faces
from emotion_core.types import FloatArray
from tests.faces.mesh.heads import head


def measured(face: FloatArray, **pose: float) -> dict[str, float]:
    values = measure_faces(head(face=face, **pose)[None])[0]
    return dict(zip(MEASURES, values.tolist(), strict=True))


def moved(points: tuple[int, ...], *, down: float = 0.0, right: float = 0.0) -> FloatArray:
    face = mean_face().copy()
    face[list(points), 1] += down
    face[list(points), 0] += right
    return face


RIGHT_BROW = (107, 66, 55, 65)
# what is moved, by how much, and the measures that change with their sign
CASES = {
    "right inner brow up": (moved(RIGHT_BROW, down=-0.1), {"right_inner_brow": 0.1}),
    "left outer brow up": (
        moved(tuple(MIRRORED[[105, 63, 70, 52, 53, 46]]), down=-0.1),
        {"left_outer_brow": 0.1},
    ),
    "right upper lid down": (
        moved((160, 159, 158), down=0.03),
        {"right_lid_opening": -0.03 / np.linalg.norm(mean_face()[33] - mean_face()[133]),
         "right_upper_lid": -0.03},
    ),
    "lower lip and chin down": (
        moved((87, 14, 317, 84, 17, 314, 152, 148, 377), down=0.2),
        {"mouth_opening": 0.2, "jaw": 0.2},
    ),
    "right corner of the mouth up": (moved((61, 78), down=-0.1), {"right_lip_corner": 0.1}),
    "right cheek up": (moved((50, 205, 101, 36), down=-0.05), {"right_cheek": 0.05}),
    "left wing of the nose up": (
        moved(tuple(MIRRORED[[129, 98, 64]]), down=-0.05),
        {"left_nose_wing": 0.05},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("pose", [{}, {"turn": 40, "nod": -20, "tilt": 130}])
def test_what_moves_is_measured_by_its_size_and_little_else(
    case: str, pose: dict[str, float]
) -> None:
    face, expected = CASES[case]
    before, after = measured(mean_face()), measured(face, **pose)
    for name in MEASURES:
        change = after[name] - before[name]
        if name in expected:
            # lips and chin are not exactly below one another
            assert change == pytest.approx(expected[name], rel=0.12), name
        else:
            assert abs(change) < 0.2 * max(abs(value) for value in expected.values()), name


def test_a_smile_widens_the_mouth() -> None:
    face = moved((61, 78), right=-0.1)
    face[[291, 308], 0] += 0.1
    assert measured(face)["mouth_width"] - measured(mean_face())["mouth_width"] == pytest.approx(
        0.2, rel=0.05
    )


def test_a_mirrored_face_has_its_sides_exchanged() -> None:
    face = moved((*RIGHT_BROW, 61, 78, 160, 159, 158), down=0.05)
    one, other = measured(face), measured(mirror_points(face, 1))
    for name, value in one.items():
        side, _, rest = name.partition("_")
        twin = {"right": f"left_{rest}", "left": f"right_{rest}"}.get(side, name)
        assert other[twin] == pytest.approx(value, abs=1e-4)


def test_every_measure_names_its_unit_action_unit_source_and_part() -> None:
    for note in MEASURE_NOTES.values():
        assert note.meaning and note.unit and note.source
        assert note.action_unit.startswith("AU")
        assert note.part in VISIBLE_PARTS


def test_an_unknown_mesh_has_no_measures() -> None:
    heads = np.stack([np.full((468, 3), np.nan, np.float32), head()])
    found = measure_faces(heads)
    assert found.dtype == np.float32 and found.shape == (2, len(MEASURES))
    assert np.isnan(found[0]).all() and np.isfinite(found[1]).all()
    assert measure_faces(heads[:0]).shape == (0, len(MEASURES))
