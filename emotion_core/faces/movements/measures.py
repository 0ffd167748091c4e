"""Raw measures of a face, taken from its mesh once the pose of the head is taken out.

All lengths are in distances between the eyes (of the mean face that the mesh is brought to), in the
head's own coordinates, so that turns of the head and its size do not look like movements. This is
geometry: FACS names what muscles do (Ekman and Friesen 1978, Ekman, Friesen and Hager 2002, "Facial
action coding system"), and the action unit beside each measure is only the nearest one. OpenFace
(Baltrusaitis et al. 2018, "OpenFace 2.0") and py-feat (Cheong et al. 2023) learn action units from
coded faces; we have none that we may use, so that no intensity from A to E is claimed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion_core.faces.mesh.points import MIRRORED
from emotion_core.faces.mesh.pose import in_head
from emotion_core.types import FloatArray

_Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """One raw measure.

    Attributes:
        meaning: what is measured, as a sentence without its first capital.
        unit: "eye distances" or "ratio".
        action_unit: the nearest of FACS.
        source: who measures it like that.
        part: the part of the face (:data:`~emotion_core.faces.mesh.points.VISIBLE_PARTS`) that has
            to be seen for it.
    """

    meaning: str
    unit: str
    action_unit: str
    source: str
    part: str


_LENGTH, _RATIO = "eye distances", "ratio"
_FACS = "FACS 2002"
_EYE = "eye aspect ratio, Soukupova and Cech 2016"
_MESH = "mesh geometry, as the landmark distances of OpenFace 2.0"


def _sides(name: str, measure: Measure) -> dict[str, Measure]:
    return {f"right_{name}": measure, f"left_{name}": measure}


# Right and left are the person's own.
MEASURE_NOTES: dict[str, Measure] = {
    **_sides(
        "inner_brow",
        Measure("height of the brow's inner end above the line of the eye corners", _LENGTH,
                "AU1 inner brow raiser", _FACS, "brows"),
    ),
    **_sides(
        "outer_brow",
        Measure("height of the brow's outer half above the line of the eye corners", _LENGTH,
                "AU2 outer brow raiser", _FACS, "brows"),
    ),
    "brow_gap": Measure("distance between the inner ends of the brows", _LENGTH,
                        "AU4 brow lowerer", _FACS, "brows"),
    **_sides(
        "lid_opening",
        Measure("distance between the lids over the width of the eye", _RATIO,
                "AU5 upper lid raiser, AU7 lid tightener, AU45 blink", _EYE, "eyes"),
    ),
    **_sides(
        "upper_lid",
        Measure("height of the upper lid above the line of the eye corners", _LENGTH,
                "AU5 upper lid raiser, AU43 eye closure", _FACS, "eyes"),
    ),
    "mouth_opening": Measure("distance between the inner edges of the lips", _LENGTH,
                             "AU25 lips part, AU27 mouth stretch", _MESH, "mouth"),
    "mouth_width": Measure("distance between the corners of the mouth", _LENGTH,
                           "AU20 lip stretcher, AU12 lip corner puller", _MESH, "mouth"),
    **_sides(
        "lip_corner",
        Measure("height of the corner of the mouth, from the base of the nose (below it)", _LENGTH,
                "AU12 lip corner puller, AU15 lip corner depressor", _FACS, "mouth"),
    ),
    "lip_thickness": Measure("red of both lips that shows", _LENGTH,
                             "AU24 lip presser, AU28 lip suck", _FACS, "mouth"),
    "jaw": Measure("distance from the base of the nose to the chin", _LENGTH,
                   "AU26 jaw drop", _MESH, "jaw"),
    **_sides(
        "nose_wing",
        Measure("height of the wing of the nose, from the line of the eye corners (below it)",
                _LENGTH, "AU9 nose wrinkler", _FACS, "nose"),
    ),
    **_sides(
        "cheek",
        Measure("height of the front of the cheek, from the line of the eye corners (below it)",
                _LENGTH, "AU6 cheek raiser", _FACS, "eyes"),
    ),
}  # fmt: skip
# Columns of raw measures in the order of :func:`measure_faces`.
MEASURES: tuple[str, ...] = tuple(MEASURE_NOTES)
# Degrees as :func:`~emotion_core.faces.mesh.pose.head_pose` gives them.
POSE: tuple[str, ...] = ("head_turn", "head_nod", "head_tilt")
# As :func:`~emotion_core.faces.movements.gaze.coarse_gaze` gives it: from -1 to 1, in half widths
# of the eye, positive to the right of the picture (of a face that stands upright in it).
GAZE: tuple[str, ...] = ("gaze_side",)

# Points of the right half; those of the left half are their mirror images.
_INNER_BROW = (107, 66, 55, 65)
_OUTER_BROW = (105, 63, 70, 52, 53, 46)
_BROW_END = (107, 55)
_LIDS = ((160, 144), (158, 153))  # p2 to p6 and p3 to p5 of Soukupova and Cech
_UPPER_LID = (160, 159, 158)
_CORNERS = (33, 133)
_LIP_CORNER = (61, 78)
_NOSE_WING = (129, 98, 64)
_CHEEK = (50, 205, 101, 36)
_NOSE_BASE, _CHIN = (2,), (152, 148, 377)
# Inner edges of the lips, upper and lower; outer edges with them.
_UPPER_INNER, _LOWER_INNER = (82, 13, 312), (87, 14, 317)
_UPPER_OUTER, _LOWER_OUTER = (37, 0, 267), (84, 17, 314)

# From the middle of some points to the middle of others.
Span = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Geometry:
    """How a measure is computed from a face in the coordinates of the head.

    Attributes:
        spans: the mean of their heights or of their lengths counts.
        height: how far the spans lead up, instead of how long they are.
        times: factor of that mean.
        over: the measure is a ratio to the length of this span.
    """

    spans: tuple[Span, ...]
    height: bool = False
    times: float = 1.0
    over: Span | None = None


def _left(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(MIRRORED[list(numbers)].tolist())


def _pairs(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[Span, ...]:
    return tuple(((a,), (b,)) for a, b in zip(one, other, strict=True))


def _of_side(side: str, of: Callable[[tuple[int, ...]], tuple[int, ...]]) -> dict[str, Geometry]:
    eyes, corners = (*_CORNERS, *_left(_CORNERS)), of(_CORNERS)
    lids = tuple((of((upper,)), of((lower,))) for upper, lower in _LIDS)
    return {
        f"{side}_inner_brow": Geometry(((eyes, of(_INNER_BROW)),), height=True),
        f"{side}_outer_brow": Geometry(((eyes, of(_OUTER_BROW)),), height=True),
        f"{side}_lid_opening": Geometry(lids, over=(corners[:1], corners[1:])),
        f"{side}_upper_lid": Geometry(((corners, of(_UPPER_LID)),), height=True),
        f"{side}_lip_corner": Geometry(((_NOSE_BASE, of(_LIP_CORNER)),), height=True),
        f"{side}_nose_wing": Geometry(((eyes, of(_NOSE_WING)),), height=True),
        f"{side}_cheek": Geometry(((eyes, of(_CHEEK)),), height=True),
    }


_GEOMETRY = {
    **_of_side("right", lambda numbers: numbers),
    **_of_side("left", _left),
    "brow_gap": Geometry(((_BROW_END, _left(_BROW_END)),)),
    "mouth_opening": Geometry(_pairs(_UPPER_INNER, _LOWER_INNER)),
    "mouth_width": Geometry(((_LIP_CORNER, _left(_LIP_CORNER)),)),
    "lip_thickness": Geometry(
        _pairs(_UPPER_OUTER, _UPPER_INNER) + _pairs(_LOWER_INNER, _LOWER_OUTER), times=2.0
    ),
    "jaw": Geometry(((_NOSE_BASE, _CHIN),)),
}
# How each of :data:`MEASURES` is computed; training learns the same.
GEOMETRY: dict[str, Geometry] = {name: _GEOMETRY[name] for name in MEASURES}


def measure_faces(points: FloatArray) -> FloatArray:
    """The raw measures of some faces.

    Args:
        points: (n, 468, 3) px of the picture; NaN where a mesh is unknown.

    Returns:
        (n, len(MEASURES)) float32 in the order of :data:`MEASURES` and the units of
        :data:`MEASURE_NOTES`; NaN for a mesh that is unknown.
    """
    faces = in_head(points).astype(np.float64)
    return np.stack([_measured(faces, way) for way in GEOMETRY.values()], axis=1).astype(np.float32)


def _measured(faces: _Points, way: Geometry) -> _Points:
    spans = [_vectors(faces, span) for span in way.spans]
    each = [-span[:, 1] if way.height else np.linalg.norm(span, axis=1) for span in spans]
    value = way.times * np.mean(each, axis=0)
    return np.asarray(
        value / np.linalg.norm(_vectors(faces, way.over), axis=1) if way.over else value
    )


def _vectors(faces: _Points, span: Span) -> _Points:
    first, last = (faces[:, list(numbers)].mean(axis=1) for numbers in span)
    return np.asarray(last - first)
