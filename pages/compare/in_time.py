"""Compared performances in time: players in step, moments of divergence, arcs and path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from emotion_core.library.queries.performances import PerformanceEntry
from emotion_core.performance.comparison.alignment import BAND
from emotion_core.performance.comparison.comparison import ComparedPair, Comparison
from emotion_core.performance.comparison.divergence import LEAST
from emotion_core.performance.comparison.tables import (
    arcs_table,
    divergences_table,
    paths_table,
)
from emotion_core.performance.performance import Performance
from emotion_core.performance.wording.comparison import describe_alignment_gain
from emotion_core.render.figures.aligned import draw_aligned, draw_arcs, draw_path
from emotion_core.scene.stills import cut_faces, find_faces
from emotion_core.text import format_time
from emotion_core.types import ImageArray
from pages.compare.tabs import tabs_on_demand
from pages.players.scene.player import Seek
from pages.players.synced.players import SyncedPlayer, synced_players
from pages.shared import services
from pages.shared.performance_picker import scene_of
from pages.shared.serving.pictures import pictures_of
from pages.shared.table_button import table_button
from pages.shared.text import as_text

_IN_A_ROW = 6  # two faces each
_NONCE, _CLICKED = "compared-nonce", "compared-aligned"
# A moment was chosen in a part of the page, and the players stand outside of it.
_MOVED = "compared-moved"


def divergences(comparison: Comparison, entries: Sequence[PerformanceEntry]) -> None:
    """The moments of greatest divergence; a click on one moves the players."""
    _moments(comparison, _choose_pair(comparison, "compared-pair"), entries)


def over_time(comparison: Comparison) -> None:
    """Arcs and path; a click on a marker moves the players."""
    tabs_on_demand(
        {
            "Aligned arcs": lambda: _aligned(comparison),
            "Arcs on a common clock": lambda: _on_a_common_clock(comparison),
            "Path": lambda: _path(comparison, _choose_pair(comparison, "compared-path-pair")),
        },
        "compared-over-time",
    )


def _aligned(comparison: Comparison) -> None:
    st.plotly_chart(
        draw_aligned(comparison),
        width="stretch",
        key=_CLICKED,
        on_select=lambda: _follow_click(comparison),
        selection_mode="points",
        alt="The arcs of the performances, aligned in time, with their divergences.",
    )
    st.caption(
        "Each arc is the smoothed reading; it is empty where the face is out of view. "
        "Numbered markers are the moments of greatest divergence. Click one to move the "
        "players there."
    )
    table_button("Divergences", lambda: divergences_table(comparison), "comparison divergences")


def _on_a_common_clock(comparison: Comparison) -> None:
    alt = "The arcs of the performances, each in its own time."
    st.plotly_chart(draw_arcs(comparison), width="stretch", key="compared-arcs", alt=alt)
    table_button("Arcs", lambda: arcs_table(comparison), "comparison arcs")


def _choose_pair(comparison: Comparison, key: str) -> ComparedPair:
    """Whose moments or path are shown; with two performances there is no choice."""
    if len(comparison.pairs) == 1:
        return comparison.pairs[0]
    number = st.selectbox(
        f"{as_text(comparison.titles[0])} and",
        range(len(comparison.pairs)),
        format_func=lambda place: comparison.titles[comparison.pairs[place].other],
        key=key,
    )
    return comparison.pairs[number]


def move_players() -> None:
    """Run the whole page, where a moment was chosen in a part of it."""
    if st.session_state.get(_MOVED):
        st.rerun()


def players(comparison: Comparison, entries: Sequence[PerformanceEntry]) -> None:
    """Players in step, with what moves them all above them."""
    st.session_state.pop(_MOVED, None)
    shown = []
    for number, (entry, one) in enumerate(zip(entries, comparison.performances, strict=True)):
        scene = scene_of(entry)
        video = services.find_video(scene)
        if video is None:
            continue
        if number == 0:
            reference_times = own_times = one.performance.times[[0, -1]]
        else:
            reference_times, own_times = comparison.pairs[number - 1].alignment.map_times()
        shown.append(
            SyncedPlayer(
                video,
                one.title,
                reference_times,
                own_times,
                one.performance.faces,
                (scene.info.width, scene.info.height),
            )
        )
    if services.find_video(scene_of(entries[0])) is None or len(shown) < 2:
        st.info(
            f"{services.no_clip('The clips have')}, so they cannot be played. Their readings are "
            "still here."
        )
        return
    if len(shown) < len(entries):
        st.info(f"{services.no_clip('Some clips have')}. The others can be played.")
    synced_players(shown, key="compared-players", seek=st.session_state.get(_seek_key(comparison)))


def _moments(
    comparison: Comparison, pair: ComparedPair, entries: Sequence[PerformanceEntry]
) -> None:
    st.markdown("**Moments of greatest divergence**")
    if not pair.divergences:
        st.markdown(
            f"None. The distance never exceeds {LEAST}, which is about a change from 50% to 64% "
            "of one emotion."
        )
        return
    first, second = comparison.performances[0], comparison.performances[pair.other]
    columns: list[Any] = []
    pictures = _both_faces(
        (entries[0], first.performance, [one.first_time for one in pair.divergences]),
        (entries[pair.other], second.performance, [one.second_time for one in pair.divergences]),
    )
    rows = st.container(key="cut-faces-pairs")
    for number, found in enumerate(pair.divergences):
        if number % _IN_A_ROW == 0:
            columns = rows.columns(_IN_A_ROW)
        with columns[number % _IN_A_ROW]:
            if pictures:
                alt = f"Both faces at the divergence {number + 1}"
                st.image(pictures[number], width="stretch", alt=alt)
            st.button(
                f"{number + 1} · {format_time(found.first_time)}",
                key=f"divergence-{pair.other}-{number}-{found.first_time}",
                help="Go to this moment",
                width="stretch",
                on_click=go_to,
                args=(comparison, found.first_time),
            )
            readings = f"{found.first_reading} ↔ {found.second_reading}"
            st.caption(as_text(f"{readings} (at {format_time(found.second_time)})"))
    st.caption(
        f"Left: {as_text(first.title)}. Right: {as_text(second.title)}. The time on the button is "
        "that of the reference. Means over one second."
    )


_Side = tuple[PerformanceEntry, Performance, list[float]]


def _both_faces(*sides: _Side) -> Sequence[str | bytes]:
    """The faces of two performances side by side, at times of each; none without both clips."""
    clips = [services.find_clip(scene_of(entry)) for entry, _, _ in sides]
    if not all(clips):
        return []
    places = [_places(performance, times) for _, performance, times in sides]

    found = [
        find_faces(performance.faces, own)
        for own, (_, performance, _) in zip(places, sides, strict=True)
    ]

    def cut_out() -> list[ImageArray]:
        faces = [
            cut_faces(clip, own) for clip, own in zip(clips, found, strict=True) if clip is not None
        ]
        return [np.hstack(pair) for pair in zip(*faces, strict=True)]

    key = [(entry.key, str(clip)) for (entry, _, _), clip in zip(sides, clips, strict=True)]
    return pictures_of((*key, *map(tuple, places)), len(places[0]), cut_out)


def _places(performance: Performance, times: Sequence[float]) -> list[tuple[float, int]]:
    """Times, each with the track that is read nearest to it."""
    tracks, known = performance.faces["track"].to_numpy(), performance.times
    return [(time, int(tracks[np.abs(known - time).argmin()])) for time in times]


def _path(comparison: Comparison, pair: ComparedPair) -> None:
    names = comparison.titles[0], comparison.titles[pair.other]
    figure = draw_path(pair.alignment, *names)
    alt = "Which moment of the one is aligned with which moment of the other."
    st.plotly_chart(figure, width="stretch", key="compared-path", alt=alt)
    st.markdown(as_text(describe_alignment_gain(pair.alignment)))
    st.caption(
        "Where the path is steep, the reference waits for the other; where it is flat, the other "
        f"waits. The path may leave even tempo by up to {BAND:.0%} of the length. Alignment finds "
        "some similarity in any two faces, so compare distances only with other distances."
    )
    table_button("Path", lambda: paths_table(comparison), "comparison path")


def _follow_click(comparison: Comparison) -> None:
    event: Any = st.session_state.get(_CLICKED)
    for point in event.selection.points if event else ():
        if custom := point.get("customdata"):
            found = comparison.pairs[int(custom[0])].divergences[int(custom[1])]
            go_to(comparison, found.first_time)


def go_to(comparison: Comparison, time: float) -> None:
    """Have the players go to a second of the reference, once the page runs again."""
    nonce = st.session_state.get(_NONCE, 0) + 1
    st.session_state[_NONCE] = nonce
    st.session_state[_seek_key(comparison)] = Seek(time, nonce)
    st.session_state[_MOVED] = True


def _seek_key(comparison: Comparison) -> str:
    """Other performances are not taken to a moment of these."""
    return "compared-seek-" + "|".join(comparison.titles)
