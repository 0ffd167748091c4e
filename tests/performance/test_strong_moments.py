from __future__ import annotations

import numpy as np

from emotion_core.performance.strong_moments import strong_moments
from tests.performance.made import make_performance, pure


def test_the_clearest_moments_other_than_neutral_come_apart_and_in_order_of_time() -> None:
    quiet = [pure("neutral", 0.9)] * 50
    one = make_performance(
        quiet + [pure("sad", 0.7)] * 50 + quiet + [pure("happy", 0.9)] * 50 + quiet
    )
    found = strong_moments(one, count=3)
    times = found["time"].to_list()
    assert times == sorted(times) and np.diff(times).min() >= 1
    assert (found["happy"] > 0.8).sum() == 2 and (found["sad"] > 0.6).sum() == 1


def test_faces_that_are_hard_to_see_are_looked_at_only_where_there_are_no_others() -> None:
    one = make_performance([pure("sad")] * 100 + [pure("sad", 0.5)] * 100)
    one.faces.loc[:99, "turn"] = 1.5
    assert (strong_moments(one)["time"] >= 4).all()
    one.faces["turn"] = 1.5
    assert len(strong_moments(one)) == 8
