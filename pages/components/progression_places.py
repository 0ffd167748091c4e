"""Progressions, chords and beats of a performance, each with the places where it is played."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from emotion_core.performance.progression import Progression
from emotion_core.scene.summary import format_time
from pages.components import services
from pages.components.chart import csv_button
from pages.components.excerpt_player import Excerpt, excerpt_player
from pages.components.performance_picker import ChosenPerformance
from pages.components.text import as_text

_MOST_PLACES = 24
_LENGTHS = (2, 3, 4)

# what it is called -> where it is played, (start, end) in seconds
Places = dict[str, list[tuple[float, float]]]


def watch_places(chosen: ChosenPerformance, progression: Progression) -> None:
    """Choose what to watch on the left, watch it on the right."""
    st.subheader("Chords and progressions, to watch")
    kinds = {
        "Progressions": "progressions" if len(progression.progressions) else "",
        "Chords": "chords" if len(progression.chords) else "",
        "Beats": "beats" if len(progression.beats) else "",
    }
    left, right = st.columns([2, 3], gap="medium")
    with left:
        kind = st.segmented_control(
            "What to watch",
            [name for name, there in kinds.items() if there],
            default=next((name for name, there in kinds.items() if there), None),
            required=True,
            key=f"watch-{chosen.address}",
        )
        if not kinds["Progressions"]:
            st.caption("No chord follows another within a shot, so that there is no progression.")
        excerpt = _choose_place(chosen, progression, kind)
    with right:
        video = services.find_video(chosen.scene)
        if video is None:
            st.info("The clip is no longer where it was, so it cannot be played.")
        elif excerpt is not None:
            excerpt_player(
                video, excerpt, progression.chords, source=chosen.address, key="progression"
            )


def _choose_place(
    chosen: ChosenPerformance, progression: Progression, kind: str | None
) -> Excerpt | None:
    if kind is None:
        return None
    if kind == "Progressions":
        found = _progressions(chosen, progression)
        table, name = progression.examples, "progressions"
    elif kind == "Chords":
        found, table, name = _chords(progression), progression.chords, "chords"
    else:
        found, table, name = _beats(progression), progression.beats, "beats"
    label = st.selectbox(
        kind,
        list(found),
        format_func=lambda label: f"{label} · {_times(len(found[label]))}",
        key=f"what-{kind}-{chosen.address}",
        label_visibility="collapsed",
    )
    csv = f"All {name} (CSV)"
    places = found[label]
    place = places[0]
    if len(places) > 1:
        shown = places[:_MOST_PLACES]
        index = st.pills(
            "Where",
            range(len(shown)),
            format_func=lambda k: format_time(shown[k][0]),
            default=0,
            required=True,
            key=f"where-{kind}-{label}-{chosen.address}",
        )
        place = shown[index or 0]
        if len(places) > len(shown):
            st.caption(f"The first {len(shown)} of {len(places)} places.")
    start, end = place
    st.caption(f"Played from {format_time(start)} to {format_time(end)}.")
    csv_button(csv, table, f"{chosen.file_name} {name}", f"places-{kind}")
    return Excerpt(start, end, label)


def _progressions(chosen: ChosenPerformance, progression: Progression) -> Places:
    lengths = [n for n in _LENGTHS if (progression.progressions["length"] == n).any()]
    length = st.segmented_control(
        "Chords in a row",
        lengths,
        default=lengths[0],
        required=True,
        key=f"length-{chosen.address}",
    )
    own = progression.progressions[progression.progressions["length"] == length]
    examples = progression.examples
    return {
        str(name): _pairs(
            examples[examples["progression"] == key][["play_from", "play_to"]].to_numpy()
        )
        for key, name in zip(own["progression"], own["name"], strict=True)
    }


def _chords(progression: Progression) -> Places:
    chords, shares = progression.chords, progression.chord_shares
    return {
        str(name): _pairs(chords[chords["chord"] == key][["start", "end"]].to_numpy())
        for key, name in zip(shares["chord"], shares["name"], strict=True)
    }


def _beats(progression: Progression) -> Places:
    found: Places = {}
    beats = progression.beats.sort_values("change", ascending=False, kind="stable")
    for beat in beats.to_dict("records"):
        place = (float(beat["play_from"]), float(beat["play_to"]))
        found.setdefault(f"{beat['before']} → {beat['after']}", []).append(place)
    return found


def _pairs(rows: Iterable[Iterable[float]]) -> list[tuple[float, float]]:
    return [(float(start), float(end)) for start, end in rows]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def most_frequent(progression: Progression, count: int = 3) -> str:
    """The progressions that come more than once, in a sentence; empty where none does."""
    often = progression.progressions[progression.progressions["times"] > 1].head(count)
    told = [
        f"{row.name_} ({_times(row.times)})"
        for row in often.rename(columns={"name": "name_"}).itertuples()
    ]
    return as_text("Most frequent progressions: " + ", ".join(told) + ".") if told else ""
