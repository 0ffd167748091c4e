"""Many performances: which are alike, and whether those of a film, country or tag are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from emotion_core.library.queries.performances import PerformanceEntry
from emotion_core.performance.comparison.comparison import unique_titles
from emotion_core.performance.comparison.differences import group_differences
from emotion_core.performance.comparison.groups import (
    KINDS,
    Groups,
    distances_of_groups,
    group_performances,
)
from emotion_core.performance.comparison.matrix import DistanceMatrix, distance_matrix
from emotion_core.performance.comparison.measures import MeasuredPerformance, measure
from emotion_core.performance.wording.comparison import describe_differences
from emotion_core.progress import Progress, Task, part
from emotion_core.render.figures.comparison import draw_differences
from emotion_core.render.figures.distances import draw_distances
from pages.shared.faces.masks import run_once
from pages.shared.performance_picker import labels_of, read_performance
from pages.shared.table_button import table_button
from pages.shared.text import as_text

# Alignments grow with the square of the number.
_MOST = 60
_FIRST = 12
# Points of each performance: the matrix needs no finer clock.
_POINTS = 600
_GROUPS = 6
_ALIGNING = 0.8  # share of the work that aligning takes


@st.fragment
def groups(entries: Sequence[PerformanceEntry]) -> None:
    """Distances of many, and groups of them; computed on request."""
    st.header("Many performances and groups")
    by_key = {entry.key: entry for entry in entries}
    chosen = st.multiselect(
        f"Performances, 2 to {_MOST}",
        list(by_key),
        default=list(by_key)[:_FIRST],
        format_func=lambda key: by_key[key].title,
        max_selections=_MOST,
        placeholder="Type a name to search",
        key="grouped",
    )
    kind = st.segmented_control(
        "Group by", list(KINDS), default="film", key="group-kind", required=True
    )
    many = [by_key[key] for key in chosen]
    if len(many) < 2:
        st.caption("Choose at least two performances.")
        return
    keys = "|".join(chosen)
    job = run_once(
        f"groups:{hashlib.sha256(keys.encode()).hexdigest()}",
        "Comparing all pairs",
        lambda: _compare_all_pairs(many),
        "Compare all pairs",
    )
    if job is None:
        return
    matrix, measured = job.result
    alt = "The distance of each performance from each other one, and a tree of them."
    st.plotly_chart(draw_distances(matrix), width="stretch", key="group-distances", alt=alt)
    st.caption(
        "Light: far apart. The tree above joins similar performances; the lower two of them "
        f"meet, the more similar they are. Each is aligned at up to {_POINTS} points, so "
        "distances may differ slightly from those above."
    )
    table_button("Distances", lambda: _as_table(matrix), "distances")
    _show_groups(
        group_performances([labels_of(entry) for entry in many], kind), kind, matrix, measured
    )


def _compare_all_pairs(
    entries: Sequence[PerformanceEntry],
) -> Task[tuple[DistanceMatrix, list[MeasuredPerformance]]]:
    performances = [read_performance(entry) for entry in entries]
    titles = unique_titles([entry.title for entry in entries])
    aligning = distance_matrix(performances, titles, most_points=_POINTS)
    matrix = yield from part(aligning, 0.0, _ALIGNING)
    measured = []
    for number, performance in enumerate(performances):
        yield Progress(_ALIGNING + (1 - _ALIGNING) * number / len(performances))
        measured.append(measure(performance, seed=number))
    return matrix, measured


def _show_groups(
    found: Groups, kind: str, matrix: DistanceMatrix, measured: Sequence[MeasuredPerformance]
) -> None:
    if count := len(found.without):
        st.caption(
            f"{count} performance{'s' * (count != 1)} without a {KINDS[kind]}: not part of any "
            "group."
        )
    if len(found.members) < 2:
        st.info(f"There is no second {KINDS[kind]} to compare with.")
        return
    table = distances_of_groups(matrix, found)
    st.markdown(f"### Within a {KINDS[kind]} and between")
    st.dataframe(table.round(3), hide_index=True)
    st.caption(
        "Mean aligned distance of the performances within a group, and to those of the other "
        "groups. Where the two are about equal, the group says little about the performance."
    )
    table_button("Groups", lambda: table, "groups")
    first, *others = list(found.members)[:_GROUPS]
    of = {name: [measured[place] for place in own] for name, own in found.members.items()}
    differences = [(name, group_differences(of[first], of[name])) for name in others]
    for name, own in differences:
        text = f"{name} compared with {first}. {describe_differences(own, name)}"
        st.markdown(as_text(text))
    figure, alt = draw_differences(differences, first), f"How the groups differ from {first}."
    st.plotly_chart(figure, width="stretch", key="group-differences", alt=alt)
    table_button(
        "Differences between groups",
        lambda: pd.DataFrame(
            [
                {"reference": first, "other": name, **asdict(one)}
                for name, own in differences
                for one in own
            ]
        ),
        "differences of groups",
    )
    if len(found.members) > _GROUPS:
        st.caption(f"The {_GROUPS} largest groups, of {len(found.members)}.")


def _as_table(matrix: DistanceMatrix) -> pd.DataFrame:
    return pd.DataFrame(matrix.distances, index=matrix.titles, columns=matrix.titles).reset_index(
        names="performance"
    )
