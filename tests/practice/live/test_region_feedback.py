"""What carries the expression, in words, on a slower clock than the readings."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.practice.live import region_feedback as room
from emotion_core.practice.live.follower import FacePlace
from emotion_core.practice.live.reader import FaceSnapshot
from emotion_core.practice.live.region_feedback import FeedbackLoop, explain_with
from emotion_core.types import Attribution, FloatArray, ImageArray
from tests.faces.meshes import MeanMeshes
from tests.practice.doubles import BOX, PATIENCE, numbered, shares, threads_named, wait_until


class NamesTheTarget:
    """A feedback writer that says what it was given."""

    def update(self, probabilities: FloatArray, parts: pd.DataFrame, target: FloatArray) -> str:
        return f"{parts['region'][0]} for {int(target.argmax()) if len(target) else 'nothing'}"


class Explains:
    """Gives the table of one part; counts the looks.

    Attributes:
        part: told next.
        error: raised instead.
        open: it answers while this is set.
    """

    def __init__(self) -> None:
        self.part = "brows"
        self.error: Exception | None = None
        self.looks: list[FaceSnapshot] = []
        self.open = threading.Event()
        self.open.set()

    def __call__(self, look: FaceSnapshot) -> pd.DataFrame:
        self.looks.append(look)
        assert self.open.wait(PATIENCE)
        if self.error is not None:
            raise self.error
        return pd.DataFrame({"region": [self.part]})


def _look(time: float = 0.0) -> FaceSnapshot:
    place = FacePlace.found(np.array(BOX, np.float32), None)
    upright = turn_upright(None, [SeenFace(numbered(0), place.xyxy)])
    return FaceSnapshot(numbered(0), place, upright, shares(sad=1.0), time)


class Watched:
    """A reader with the same look until there is another, and how often it was asked for it."""

    def __init__(self) -> None:
        self.newest: FaceSnapshot | None = None
        self.asked = 0

    @property
    def look(self) -> FaceSnapshot | None:
        self.asked += 1
        return self.newest


Start = Callable[[Any], FeedbackLoop]


@pytest.fixture
def explains() -> Explains:
    return Explains()


@pytest.fixture
def start(explains: Explains, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(room, "EVERY", 0.005)
    monkeypatch.setattr(room, "FeedbackWriter", NamesTheTarget)
    loop = FeedbackLoop(explains)

    def begin(reader: Any) -> FeedbackLoop:
        loop.start(reader)
        return loop

    yield begin
    explains.open.set()
    loop.close()


def _again_and_again() -> Any:
    """A reader with a new look each time."""

    class Reader:
        @property
        def look(self) -> FaceSnapshot:
            return _look()

    return Reader()


def test_the_newest_look_is_reported_in_words(start: Start, explains: Explains) -> None:
    loop = start(_again_and_again())
    wait_until(lambda: loop.words == "brows for nothing")
    explains.part = "mouth"
    wait_until(lambda: loop.words == "mouth for nothing")


def test_the_feedback_knows_what_is_played_towards(start: Start) -> None:
    loop = start(_again_and_again())
    loop.target = shares(happy=1.0)
    wait_until(lambda: loop.words == "brows for 3")


def test_there_are_no_words_before_a_face_was_seen_and_once_it_is_gone(
    start: Start, explains: Explains
) -> None:
    reader = Watched()
    loop = start(reader)
    wait_until(lambda: reader.asked > 1)
    assert loop.words == ""
    reader.newest = _look()
    wait_until(lambda: len(explains.looks) == 1)
    at_the_look = reader.asked
    wait_until(lambda: reader.asked > at_the_look + 2)
    assert loop.words == ""
    assert len(explains.looks) == 1


def test_a_look_is_new_also_where_the_clock_has_jumped_back(
    start: Start, explains: Explains
) -> None:
    reader = SimpleNamespace(look=_look(100.0))
    start(reader)
    wait_until(lambda: len(explains.looks) == 1)
    reader.look = _look(3.0)
    wait_until(lambda: len(explains.looks) == 2)


@pytest.mark.parametrize("error", [ValueError("no landmarks"), RuntimeError("bad shapes")])
def test_words_are_taken_back_where_the_parts_of_the_next_face_cannot_be_said(
    start: Start, explains: Explains, error: Exception
) -> None:
    loop = start(_again_and_again())
    wait_until(lambda: loop.words != "")
    explains.error = error
    wait_until(lambda: loop.words == "")


def test_the_feedback_goes_on_after_a_face_without_parts(start: Start, explains: Explains) -> None:
    explains.error = ValueError("no landmarks")
    loop = start(_again_and_again())
    wait_until(lambda: len(explains.looks) > 2)
    explains.error = None
    wait_until(lambda: loop.words != "")


class DrawsLeft:
    """An explainer that marks the left half of each face for all emotions."""

    card = SimpleNamespace(size=224)

    def attribute(self, crops: list[ImageArray]) -> Attribution:
        masks = np.zeros((len(crops), 7, 112, 112), np.float32)
        masks[..., :56] = 1
        return Attribution(masks, EMOTIONS, "explainer")


def test_shares_are_taken_in_the_outlines_of_the_face_that_was_seen() -> None:
    landmarks = np.array([[135, 140], [185, 140], [160, 170], [140, 195], [180, 195]], np.float32)
    face = SeenFace(numbered(90), np.array(BOX, np.float32), landmarks)
    upright = turn_upright(MeanMeshes(), [face])
    place = FacePlace.found(face.xyxy, landmarks)
    look = FaceSnapshot(face.image, place, upright, shares(sad=1.0), 0.0)
    explain = explain_with(cast(Any, DrawsLeft()))
    table = explain(look)
    sad = table[table["emotion"] == "sad"].set_index("part")
    # the person's right lies on the left of the picture
    assert sad.loc["right cheek", "share"] > 0.05 and sad.loc["left cheek", "share"] < 0.001
    assert sad["share"].sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="no regions"):
        explain(_look())


def test_the_thread_is_over_once_it_is_closed_also_twice_and_before_it_began(
    start: Start, explains: Explains
) -> None:
    FeedbackLoop(explains).close()
    loop = start(_again_and_again())
    wait_until(lambda: len(explains.looks) > 0)
    assert len(threads_named("eme-feedback")) == 1
    loop.close()
    loop.close()
    assert not threads_named("eme-feedback")
