"""The same line by the performers who are compared."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.library.queries.performances import PerformanceEntry
from emotion_core.performance.comparison.comparison import Comparison
from emotion_core.performance.delivery.same_lines import same_lines
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.wording.same_lines import (
    SAME_LINES_CAVEAT,
    LineDifference,
    line_differences,
)
from emotion_core.text import format_time, shorten
from pages.compare.in_time import go_to
from pages.shared import services
from pages.shared.performance_picker import scene_of
from pages.shared.sound.line_table import show_line_table
from pages.shared.sound.scene_sound import load_sound, sound_key
from pages.shared.table_button import table_button
from pages.shared.text import as_text
from pages.shared.users.caches import per_library

_SHOWN = 6
_LONGEST = 80  # characters of a line in a sentence


def same_line(comparison: Comparison, entries: Sequence[PerformanceEntry]) -> None:
    """Lines that at least two of the performances have, and how each says them."""
    try:
        known, table = _find(tuple(map(_key, entries)), entries)
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    if sum(known) < 2:
        st.markdown(
            "The same line is compared where Eme has read the sound and has the lines of at least "
            "two of these performances."
        )
        return
    if not len(table):
        st.markdown("As far as is known who says what, no two of these performances share a line.")
        return
    st.header("The same line")
    titles = comparison.titles
    if lacking := [title for title, has in zip(titles, known, strict=True) if not has]:
        st.caption(as_text(f"Without lines: {', '.join(lacking)}."))
    _show_differences(comparison, line_differences(table, titles))
    show_line_table(table, titles)
    st.caption(SAME_LINES_CAVEAT)
    named = table.assign(performance=[titles[place] for place in table["performance"]])
    table_button("Same lines", lambda: named, "comparison same lines")


def _key(entry: PerformanceEntry) -> str:
    return f"{entry.key} {sound_key(scene_of(entry))}"


@per_library(st.cache_resource(show_spinner="Looking for lines that are the same …", max_entries=8))
def _find(
    keys: tuple[str, ...], _entries: Sequence[PerformanceEntry]
) -> tuple[tuple[bool, ...], pd.DataFrame]:
    """Which performances have lines at all, and those that are the same."""
    sounds = {address: _sound(address) for address in {entry.address for entry in _entries}}
    heard: list[tuple[int, SceneSound, str]] = []
    for place, entry in enumerate(_entries):
        sound = sounds[entry.address]
        if sound is not None and len(sound.delivery.lines):
            heard.append((place, sound, entry.character))
    table = same_lines([(sound, name) for _, sound, name in heard])
    places = [place for place, _, _ in heard]
    table["performance"] = [places[number] for number in table["performance"]]
    return tuple(place in places for place in range(len(_entries))), table


def _sound(address: str) -> SceneSound | None:
    scene = services.analyses().read(address)
    return None if scene is None else load_sound(scene)


def _show_differences(comparison: Comparison, found: Sequence[LineDifference]) -> None:
    """What differs most; a button takes the players to the line."""
    if not found:
        st.markdown("Nothing that could be measured differs by enough to be worth a word.")
        return
    for one in found[:_SHOWN]:
        place = f"{one.line}-{one.first}-{one.performance}"
        with st.container(horizontal=True, vertical_alignment="center", key=f"same-line-{place}"):
            if one.first == 0:
                st.button(
                    format_time(one.start),
                    key=f"go-to-line-{place}",
                    help="Go to the line in the reference; the others follow as faces are aligned.",
                    width="content",
                    on_click=go_to,
                    args=(comparison, one.start),
                )
            line = as_text(f"“{shorten(one.text, _LONGEST)}”")
            st.markdown(f"**{line}** {as_text(one.words)}", width="stretch")
    if len(found) > _SHOWN:
        st.caption(f"The {_SHOWN} largest of {len(found)} differences.")
