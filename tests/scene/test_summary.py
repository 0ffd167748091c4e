"""A scene in a few sentences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.through_time import REACH, SMOOTHING
from emotion_core.scene.analysis import FACE_DTYPES, SceneAnalysis
from emotion_core.scene.summary import (
    describe_uncertainty,
    strongest_moments,
    summarize,
)
from emotion_core.text import format_time
from tests.scene.scenes import make_scene


def test_length_shots_and_time_with_a_face() -> None:
    summary = summarize(make_scene())
    assert summary.duration == 4.0 and summary.shots == 2
    assert summary.face_share == pytest.approx(90 / 100)


def test_faces_are_listed_by_time_in_view_with_their_leading_emotions() -> None:
    first, second = summarize(make_scene()).tracks
    assert (first.name, first.seconds) == ("Face 1", pytest.approx(2.0))
    assert (second.name, second.start, second.end) == (
        "Face 2",
        pytest.approx(2.4),
        pytest.approx(4.0),
    )
    assert first.shares[0] == ("sad", pytest.approx((0.9 + 0.2 / 6) / 2, abs=1e-4))
    assert second.shares[0] == ("happy", pytest.approx(0.7, abs=1e-4))


def test_moments_are_expressive_apart_in_time_and_in_order() -> None:
    moments = strongest_moments(make_scene(), 6)
    assert [moment.emotion for moment in moments] == ["sad", "happy", "happy"]
    assert [moment.time for moment in moments] == sorted(moment.time for moment in moments)
    assert moments[0].probability == pytest.approx(0.9, abs=1e-3)
    assert moments[2].time - moments[1].time >= 1.0


def test_a_face_gives_at_most_two_moments_of_one_emotion() -> None:
    scene = make_scene({0: [(0, 499, "fear", 0.9)]}, frames=500, cuts=())
    assert len(strongest_moments(scene, 10)) == 2


def test_one_odd_frame_is_no_moment() -> None:
    scene = make_scene(
        {0: [(0, 29, "neutral", 0.9), (30, 30, "fear", 0.99), (31, 60, "neutral", 0.9)]}, cuts=()
    )
    assert strongest_moments(scene, 5) == ()


def test_a_reading_that_is_none_takes_no_moment_from_the_others() -> None:
    scene = make_scene()
    faces = scene.faces.copy()
    faces.loc[0, list(EMOTIONS)] = np.nan
    found = strongest_moments(replace(scene, faces=faces), 6)
    assert [moment.emotion for moment in found] == ["sad", "happy", "happy"]


def test_of_equal_moments_the_first_is_chosen() -> None:
    scene = make_scene({0: [(0, 999, "fear", 0.8)]}, frames=1000, cuts=())
    # as small as shares get: their running sums need more digits than there are
    tiny = 10 ** np.random.default_rng(0).uniform(-12, -2, 1000)
    moving = scene.faces["frame"] < 500
    faces = scene.faces.assign(
        neutral=scene.faces["neutral"].mask(moving, 0.8),
        fear=np.where(moving, tiny, scene.faces["fear"]),
    ).astype(FACE_DTYPES)
    (moment,) = strongest_moments(replace(scene, faces=faces), 1)
    assert moment.time == pytest.approx(20 + REACH * SMOOTHING, abs=0.05)


def test_a_scene_without_a_face_has_a_summary() -> None:
    summary = summarize(make_scene({}))
    assert summary.face_share == 0 and summary.tracks == () and summary.moments == ()


def turned_away(scene: SceneAnalysis, *tracks: int) -> SceneAnalysis:
    """The same with some faces in profile."""
    turn = scene.faces["turn"].where(~scene.faces["track"].isin(tracks), 1.8)
    return replace(scene, faces=scene.faces.assign(turn=turn).astype(FACE_DTYPES))


def test_moments_are_not_chosen_from_faces_that_are_hard_to_see_while_there_are_others() -> None:
    moments = strongest_moments(turned_away(make_scene(), 0), 6)
    assert {moment.track for moment in moments} == {1}
    assert all(moment.uncertainty == () for moment in moments)


def test_where_every_face_is_hard_to_see_moments_say_so() -> None:
    moments = strongest_moments(turned_away(make_scene(), 0, 1), 6)
    assert len(moments) == 3
    assert all(moment.uncertainty == ("turned",) for moment in moments)


def test_a_moment_among_frames_that_are_hard_to_see_is_hard_to_see_itself() -> None:
    scene = make_scene({0: [(0, 60, "sad", 0.9)]}, cuts=())
    turn = (scene.faces["frame"] != 30) * 1.8
    scene = replace(scene, faces=scene.faces.assign(turn=turn).astype(FACE_DTYPES))
    assert all(moment.uncertainty == ("turned",) for moment in strongest_moments(scene, 6))


def test_a_moment_without_a_clear_lead_is_unsure() -> None:
    scene = make_scene({0: [(0, 60, "sad", 0.35)]}, cuts=())
    assert {moment.uncertainty for moment in strongest_moments(scene, 6)} == {("unsure",)}


def test_the_time_that_could_not_be_read_surely_is_reported_with_its_reasons() -> None:
    assert describe_uncertainty(summarize(make_scene())) == ""
    assert describe_uncertainty(summarize(make_scene({}))) == ""
    summary = summarize(turned_away(make_scene(), 1))
    # 40 of the 90 frames of both faces together
    assert summary.uncertain == pytest.approx(40 / 90)
    assert describe_uncertainty(summary) == ("44% of the time in view is unsure: turned away 44%.")
    assert [track.uncertain for track in summary.tracks] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00.0"), (4.24, "0:04.2"), (59.96, "1:00.0"), (61.5, "1:01.5"), (3661.2, "1:01:01.2")],
)
def test_times_are_written_as_players_do(seconds: float, text: str) -> None:
    assert format_time(seconds) == text
