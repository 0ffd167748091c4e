"""Movements of a face and its head, as changes from the character's own neutral face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from emotion_core.faces.movements.measures import GAZE
from emotion_core.faces.movements.neutral import NEUTRAL_COLUMNS, NeutralFace
from emotion_core.faces.movements.segments import Values
from emotion_core.faces.movements.sides import AWAY, seen_mean

# To be shown wherever movements are.
CAVEAT = (
    "Movements are measured from the geometry of the face, against its own neutral face. "
    "They are no FACS coding: the action unit named is only the nearest one."
)
# "share": of what it measures on the neutral face. "mouth": of the width of the neutral mouth.
# "eyes": of the distance between the eyes. "degrees" and "plain": the difference as it is.
Kind = Literal["share", "mouth", "eyes", "degrees", "plain"]
_UNITS: dict[Kind, str] = {
    "share": "share of the neutral face",
    "mouth": "share of the neutral mouth's width",
    "eyes": "share of the distance between the eyes",
    "degrees": "degrees",
    "plain": "half widths of the eye",
}
# A smile lifts the wings of the nose too, by so much of how far it widens the mouth: the difference
# between the medians of happy and of neutral faces (27,650 of wildfaces that look ahead).
_SMILE_LIFTS = 0.18


@dataclass(frozen=True, slots=True)
class Movement:
    """One thing that a face or a head does.

    Attributes:
        name: column of :func:`relative_movements`.
        instruction: in words of a coach, as "lift the inner brows".
        noun: what it is called on a lane, as "inner brows up".
        sentence: with ``{much}``, for a value that is clear.
        opposite: the same for a value below zero; "" where there is none: then values are never
            below 0.
        action_unit: the nearest of FACS.
        measures: columns of raw measures that it is the mean of.
        kind: what its value is a share of.
        sign: 1 if the measure grows with the movement, else -1.
        clear: value from which it is a clear movement; below, it may be the mesh that trembles.
        full: value at which a lane of it is full.
    """

    name: str
    instruction: str
    noun: str
    sentence: str
    opposite: str
    action_unit: str
    measures: tuple[str, ...]
    kind: Kind
    sign: int
    clear: float
    full: float

    @property
    def unit(self) -> str:
        """What its values are in."""
        return _UNITS[self.kind]

    @property
    def both_ways(self) -> bool:
        """Whether values may be below 0."""
        return bool(self.opposite)


def _sides(name: str) -> tuple[str, str]:
    return f"right_{name}", f"left_{name}"


_INNER, _OUTER = _sides("inner_brow"), _sides("outer_brow")
_LIDS, _CORNERS = _sides("lid_opening"), _sides("lip_corner")
_ALL = (
    Movement("inner_brows_up", "lift the inner brows", "inner brows up",
             "the inner brows rise by {much}", "",
             "AU1 inner brow raiser", _INNER, "share", 1, 0.06, 0.35),
    Movement("outer_brows_up", "lift the outer brows", "outer brows up",
             "the outer brows rise by {much}", "",
             "AU2 outer brow raiser", _OUTER, "share", 1, 0.06, 0.35),
    Movement("brows_lowered", "lower the brows", "brows lowered",
             "the brows sink by {much}", "",
             "AU4 brow lowerer", (*_INNER, *_OUTER), "share", -1, 0.06, 0.25),
    Movement("brows_together", "draw the brows together", "brows drawn together",
             "the brows draw together by {much}", "",
             "AU4 brow lowerer", ("brow_gap",), "share", -1, 0.04, 0.15),
    Movement("lids_wide", "open the eyes wide", "eyes wide",
             "the eyes open wider by {much}", "",
             "AU5 upper lid raiser", _LIDS, "share", 1, 0.08, 0.35),
    Movement("lids_narrow", "narrow the eyes", "eyes narrow",
             "the eyes narrow by {much}", "",
             "AU7 lid tightener, AU43 eyes closed", _LIDS, "share", -1, 0.1, 0.5),
    Movement("lids_lowered", "look down", "upper lids lowered (looking down, or closed)",
             "the upper lids sink by {much}", "",
             "AU64 eyes down, AU43 eyes closed", _sides("upper_lid"), "share", -1, 0.25, 0.8),
    Movement("mouth_open", "open the mouth", "mouth open",
             "the mouth opens by {much} of its width", "",
             "AU25 lips part, AU27 mouth stretch", ("mouth_opening",), "mouth", 1, 0.06, 0.6),
    Movement("mouth_wide", "stretch the mouth", "mouth wide",
             "the mouth widens by {much}", "",
             "AU20 lip stretcher, AU12 lip corner puller", ("mouth_width",), "share", 1,
             0.05, 0.35),
    Movement("lip_corners_up", "lift the corners of the mouth", "mouth corners up",
             "the corners of the mouth rise by {much} of its width", "",
             "AU12 lip corner puller", _CORNERS, "mouth", 1, 0.04, 0.2),
    Movement("lip_corners_down", "lower the corners of the mouth", "mouth corners down",
             "the corners of the mouth sink by {much} of its width", "",
             "AU15 lip corner depressor", _CORNERS, "mouth", -1, 0.04, 0.2),
    Movement("lips_pressed", "press the lips together", "lips pressed",
             "the closed lips thin by {much}", "",
             "AU24 lip presser, AU28 lip suck", ("lip_thickness",), "share", -1, 0.08, 0.35),
    Movement("pucker", "pucker the lips", "lips puckered",
             "the mouth narrows by {much}", "",
             "AU18 lip pucker", ("mouth_width",), "share", -1, 0.05, 0.3),
    Movement("jaw_drop", "drop the jaw", "jaw dropped",
             "the jaw drops by {much}", "",
             "AU26 jaw drop", ("jaw",), "share", 1, 0.05, 0.35),
    Movement("nose_wrinkled", "wrinkle the nose", "nose wrinkled",
             "the wings of the nose rise by {much} of the distance between the eyes", "",
             "AU9 nose wrinkler", _sides("nose_wing"), "eyes", 1, 0.04, 0.1),
    Movement("cheeks_raised", "raise the cheeks", "cheeks raised",
             "the cheeks rise by {much} of the distance between the eyes", "",
             "AU6 cheek raiser", _sides("cheek"), "eyes", 1, 0.03, 0.12),
    Movement("asymmetry", "move one side of the face only", "one side only",
             "one side of the face goes further by {much} of the distance between the eyes", "",
             "left or right of any action unit", (*_INNER, *_OUTER, *_CORNERS), "eyes", 1,
             0.04, 0.15),
    Movement("head_turn", "turn the head", "head turned",
             "the head turns {much} to the right of the picture",
             "the head turns {much} to the left of the picture",
             "AU51 head turn left, AU52 head turn right", ("head_turn",), "degrees", 1, 5, 45),
    Movement("head_nod", "lower the chin", "head lowered",
             "the head sinks by {much}", "the head rises by {much}",
             "AU54 head down, AU53 head up", ("head_nod",), "degrees", 1, 5, 30),
    Movement("head_tilt", "tilt the head", "head tilted",
             "the head tilts {much} clockwise", "the head tilts {much} anticlockwise",
             "AU55 head tilt left, AU56 head tilt right", ("head_tilt",), "degrees", 1, 5, 30),
    Movement("gaze_side", "look to the side", "eyes to the side",
             "the eyes go to the right of the picture", "the eyes go to the left of the picture",
             "AU61 eyes turn left, AU62 eyes turn right", GAZE, "plain", 1, 0.2, 0.6),
)  # fmt: skip
# In the order of lanes, from the brows to the head.
MOVEMENTS: dict[str, Movement] = {movement.name: movement for movement in _ALL}
# What moves in a face at rest too.
RESTLESS = ("lids_wide", "lids_narrow", "lids_lowered", "gaze_side", "asymmetry")
# Of those that go both ways: what each way is called; sides are those of the picture.
_DIRECTIONS = {
    "head_turn": ("head turned right", "head turned left"),
    "head_nod": ("head lowered", "head raised"),
    "head_tilt": ("head tilted clockwise", "head tilted anticlockwise"),
    "gaze_side": ("eyes to the right", "eyes to the left"),
}
# Shares in words; the nearest is said.
WORDS_OF_SHARES = (
    (0.1, "a tenth"), (0.125, "an eighth"), (0.167, "a sixth"), (0.2, "a fifth"),
    (0.25, "a quarter"), (0.333, "a third"), (0.5, "half"), (0.667, "two thirds"),
    (0.75, "three quarters"), (1.0, "as much again"),
)  # fmt: skip


def relative_movements(faces: pd.DataFrame, neutral: NeutralFace) -> pd.DataFrame:
    """How far a character's face is from its neutral face, by movement.

    The side of a face that is turned away by more than 30 degrees is left out, and of a profile
    (beyond 60) only the movements of the head and the eyes are given. Lips count as pressed only
    while they touch, and the nose as wrinkled only as far as a smile does not explain it.

    Args:
        faces: rows of one character with the raw measures,
            :data:`~emotion_core.faces.movements.measures.POSE` and
            :data:`~emotion_core.faces.movements.measures.GAZE`; columns that are missing count as
            unknown.
        neutral: of the same character.

    Returns:
        float32, same index, one column for each of :data:`MOVEMENTS`, in its unit; NaN where the
        measure or the neutral face is unknown.
    """
    known = [name for name in NEUTRAL_COLUMNS if name in faces]
    columns = {name: faces[name].to_numpy(np.float64) for name in known}
    found = movement_values(columns, len(faces), neutral)
    return pd.DataFrame(found, index=faces.index).astype("float32")


def movement_values(
    columns: Mapping[str, Values], rows: int, neutral: NeutralFace
) -> dict[str, Values]:
    """What :func:`relative_movements` gives, from columns in place of a table.

    Args:
        columns: (rows,) each, by name; those that are missing count as unknown.
        rows: how many there are.
        neutral: of the same character.
    """
    changes = _changes(columns, rows, neutral)
    turn = columns.get("head_turn", np.zeros(rows))
    found = {}
    for movement in MOVEMENTS.values():
        if movement.name == "asymmetry":
            value = _asymmetry(changes, turn)
        else:
            parts = {
                name: changes[name] / _over(movement.kind, name, neutral)
                for name in movement.measures
            }
            value = movement.sign * seen_mean(parts, turn)
        if movement.name == "nose_wrinkled":
            value = value - _SMILE_LIFTS * np.maximum(changes["mouth_width"], 0)
        found[movement.name] = value if movement.both_ways else np.maximum(value, 0)
    parted = found["mouth_open"] >= MOVEMENTS["mouth_open"].clear
    found["lips_pressed"] = np.where(parted, 0, found["lips_pressed"])
    return found


def noun_of(name: str, value: float = 1.0) -> str:
    """What a movement is called where its value has this sign: "head raised" for head_nod, -1."""
    both = _DIRECTIONS.get(name)
    return MOVEMENTS[name].noun if both is None else both[int(value < 0)]


def describe(name: str, value: float) -> str:
    """A sentence for one value: "The inner brows rise by a third" for 0.33.

    Args:
        name: of a movement.
        value: in its unit; NaN if unknown.
    """
    movement = MOVEMENTS[name]
    if not np.isfinite(value):
        return f"Not seen: {movement.noun}."
    if abs(value) < movement.clear:
        return f"No clear movement: {movement.noun}."
    words = movement.opposite if value < 0 else movement.sentence
    text = words.format(much=_much(movement, abs(value)))
    return f"{text[0].upper()}{text[1:]}."


def amount(name: str, value: float) -> str:
    """How large a value is, in words: "a third", "12°", "5%"; its sign is left out.

    Args:
        name: of a movement.
        value: in its unit.
    """
    return _much(MOVEMENTS[name], abs(value))


def _changes(columns: Mapping[str, Values], rows: int, neutral: NeutralFace) -> dict[str, Values]:
    unknown = np.full(rows, np.nan)
    changes = {name: columns.get(name, unknown) - neutral.values[name] for name in NEUTRAL_COLUMNS}
    # the short way round, of heads that hang
    changes["head_tilt"] = (changes["head_tilt"] + 180) % 360 - 180
    return changes


def _over(kind: Kind, name: str, neutral: NeutralFace) -> float:
    """What the change of a measure is divided by."""
    if kind == "share":
        return neutral.values[name]
    return neutral.values["mouth_width"] if kind == "mouth" else 1.0


def _asymmetry(changes: dict[str, Values], turn: Values) -> Values:
    """The largest difference between the sides' changes, of inner brows, outer brows and lips."""
    apart = [np.abs(changes[one] - changes[other]) for one, other in (_INNER, _OUTER, _CORNERS)]
    largest = np.fmax.reduce(apart)
    return np.where(np.abs(turn) > AWAY, np.nan, largest)


def _much(movement: Movement, value: float) -> str:
    if movement.kind == "degrees":
        return f"{value:.0f}°"
    if value > 1.1:
        return f"{100 * value:.0f}%"
    if value < 0.09:
        return f"{100 * value:.0f}%"
    return min(WORDS_OF_SHARES, key=lambda word: abs(np.log(value / word[0])))[1]
