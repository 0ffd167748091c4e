"""Lanes run under the playhead without a seam, and are drawn once."""

from __future__ import annotations

import numpy as np

from emotion_core.media.drawing import BACKGROUND, MUTED, Color
from emotion_core.render.video.heard.choosing import lanes_of
from emotion_core.render.video.heard.piece import Piece
from emotion_core.render.video.heard.tape import Tape
from emotion_core.types import ImageArray
from tests.export.sound.made import make_scene_sound


class CountingLane:
    """Draws nothing, and counts how often it is asked."""

    name, units = "Counting", 10.0

    def __init__(self) -> None:
        self.drawn: list[int] = []

    def draw(self, area: ImageArray, piece: Piece) -> None:
        self.drawn.append(piece.first)

    def words(self, time: float) -> tuple[str, Color]:
        return f"{time}", MUTED


def shown(tape: Tape, width: int, first: int) -> ImageArray:
    area = np.zeros((sum(tape.heights), width, 3), np.uint8)
    tape.copy_to(area, first)
    return area


def test_pieces_meet_without_a_seam() -> None:
    lanes = lanes_of(make_scene_sound())
    long, short = (Tape(lanes, Piece(0, count, 40.0, 1.0), 12.0) for count in (600, 97))
    whole = np.concatenate([shown(long, 600, -600), shown(long, 600, 0)], axis=1)
    for first in (-150, 0, 50, 170):
        assert (shown(short, 300, first) == whole[:, 600 + first : 900 + first]).all()


def test_each_piece_is_drawn_once_while_the_clip_runs() -> None:
    lane = CountingLane()
    tape = Tape([lane], Piece(0, 100, 10.0, 1.0), 600.0)
    for frame in range(600 * 5):
        shown(tape, 100, int(frame / 5 * 10) - 60)
    assert lane.drawn == sorted(set(lane.drawn)) and len(lane.drawn) == 62


def test_what_is_before_and_after_the_clip_is_dark() -> None:
    tape = Tape([CountingLane()], Piece(0, 100, 10.0, 1.0), 5.0)
    row = shown(tape, 200, -60)[2]
    inside = (row != BACKGROUND).any(axis=1)
    assert np.flatnonzero(inside).tolist() == list(range(60, 110))
