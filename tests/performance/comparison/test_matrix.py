from __future__ import annotations

import numpy as np
import pytest

from emotion_core.performance.comparison.groups import (
    PerformanceLabels,
    distances_of_groups,
    group_performances,
)
from emotion_core.performance.comparison.matrix import distance_matrix, order_by_similarity
from emotion_core.progress import Progress, finish
from tests.performance.made import make_performance, play_slower, pure, wander


def test_alike_performances_stand_together_and_join_first() -> None:
    one, other = wander(20, seed=1), wander(20, seed=2)
    performances = [
        make_performance(values)
        for values in (one, other, play_slower(one, 1.2), play_slower(other, 0.9))
    ]
    steps: list[Progress] = []
    matrix = finish(distance_matrix(performances, list("abcd")), steps.append)
    assert np.allclose(matrix.distances, matrix.distances.T)
    assert (np.diag(matrix.distances) == 0).all()
    places = {title: matrix.order.index(place) for place, title in enumerate(matrix.titles)}
    assert abs(places["a"] - places["c"]) == abs(places["b"] - places["d"]) == 1
    assert {frozenset(row[:2]) for row in matrix.tree[:2]} == {frozenset((0, 2)), frozenset((1, 3))}
    assert steps == [Progress(done, 6) for done in range(6)]


def test_clusters_join_at_the_mean_distance_of_their_members() -> None:
    distances = np.array([[0, 0.1, 0.4], [0.1, 0, 0.6], [0.4, 0.6, 0]])
    assert order_by_similarity("abc", distances).tree[:, 2].tolist() == [
        pytest.approx(0.1),
        pytest.approx(0.5),
    ]


def test_a_single_performance_has_a_matrix_and_no_tree() -> None:
    matrix = finish(distance_matrix([make_performance([pure("sad")] * 10)], ["a"]))
    assert matrix.distances.tolist() == [[0]] and matrix.order == (0,) and len(matrix.tree) == 0


LABELS = (
    PerformanceLabels(film=("M",), country=("Germany", "France"), tag=("anger", " ")),
    PerformanceLabels(film=("M",), country=("Germany",)),
    PerformanceLabels(film=("Ran",), country=("Japan",)),
    PerformanceLabels(),
)


def test_a_performance_is_in_each_group_that_it_has_a_name_of() -> None:
    found = group_performances(LABELS, "country")
    assert found.members == {"Germany": (0, 1), "France": (0,), "Japan": (2,)}
    assert found.without == (3,)
    assert group_performances(LABELS, "tag").members == {"anger": (0,)}


def test_groups_have_mean_distances_within_and_across() -> None:
    distances = np.array(
        [[0, 0.1, 0.4, 0.9], [0.1, 0, 0.6, 0.9], [0.4, 0.6, 0, 0.9], [0.9, 0.9, 0.9, 0]]
    )
    table = distances_of_groups(
        order_by_similarity("abcd", distances), group_performances(LABELS, "film")
    )
    assert table["group"].tolist() == ["M", "Ran"]
    assert table["within"].tolist()[0] == pytest.approx(0.1)
    assert np.isnan(table["within"][1])
    assert table["between"].tolist() == [pytest.approx(0.5), pytest.approx(0.5)]
