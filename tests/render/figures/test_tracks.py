"""What each face plays, as a figure."""

from __future__ import annotations

from emotion_core.render.figures.tracks import draw_shares
from emotion_core.scene.summary import TrackSummary, summarize
from tests.scene.scenes import make_scene


def test_a_face_is_listed_with_its_time_and_how_much_of_it_is_unsure() -> None:
    first, second = summarize(make_scene()).tracks
    assert isinstance(first, TrackSummary)
    uncertain = TrackSummary(
        first.track, first.name, first.start, first.end, first.seconds, first.shares, 0.4
    )
    ticks = draw_shares([uncertain, second]).layout.yaxis.ticktext
    assert ticks == ("Face 1  2.0 s, 40% unsure", "Face 2  1.6 s")
