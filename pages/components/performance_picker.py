"""Which performances can be compared, and choosing some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from emotion_core.emotions.models import short_name
from emotion_core.library.catalogue import SceneEntry, scene_entries
from emotion_core.library.editing import listed
from emotion_core.performance.comparison import FEWEST, MOST
from emotion_core.performance.groups import PerformanceLabels
from emotion_core.performance.performance import Performance, performances_of
from emotion_core.scene.storage import StoredScene
from pages.components import services

_CHOSEN, _REFERENCE = "compared", "reference"
# What widgets hold ends with their page; this is what was left.
_LAST = "last_compared"
_OFFERED = 300  # scenes, those that were read last


@dataclass(frozen=True, slots=True)
class PerformanceEntry:
    """A performance that can be chosen, without its readings.

    Attributes:
        key: changes with the scene, its reading and the character.
        title: the character and the scene.
        scene: where it is stored.
        character: name of the :class:`Performance` in it.
        seconds: time in view.
        labels: what is known of where it comes from.
    """

    key: str
    title: str
    scene: StoredScene
    character: str
    seconds: float
    labels: PerformanceLabels


def available_performances() -> list[PerformanceEntry]:
    """Each character of each scene that was read, newest scene and longest in view first.

    Raises:
        LibraryError: the library cannot be reached.
    """
    known = scene_entries(services.library(), limit=_OFFERED)
    several = len({one.model for one in known}) > 1
    entries = []
    for one in known:
        scene = services.analyses().read(one.address)
        if scene is None:
            continue  # somebody has removed its files
        name = f"{one.film}: {one.title}" if one.film else one.title
        shown = f"{name} (read with {short_name(one.model)})" if several else name
        created = scene.created.isoformat()
        for character, seconds in _characters(scene.id, created):
            entries.append(
                PerformanceEntry(
                    key=f"{scene.id}:{created}:{character}",
                    title=f"{character} · {shown}",
                    scene=scene,
                    character=character,
                    seconds=seconds,
                    labels=_labels(one),
                )
            )
    return entries


def _labels(entry: SceneEntry) -> PerformanceLabels:
    return PerformanceLabels(
        film=(entry.film or entry.title,),
        country=tuple(listed(entry.country)),
        language=tuple(listed(entry.language)),
        tag=entry.tags,
    )


def read_performance(entry: PerformanceEntry) -> Performance | None:
    """The readings of an entry; ``None`` once they are no longer there. Needs no page."""
    analysis = services.analyses().load(entry.scene.id)
    if analysis is None:
        return None
    found = performances_of(analysis, entry.scene.clip.name.rsplit(".", 1)[0])
    return next((one for one in found if one.name == entry.character), None)


def choose_performances(entries: Sequence[PerformanceEntry]) -> list[PerformanceEntry]:
    """Fields for two to six of some performances, two at least; the reference comes first.

    Returns:
        Fewer than two while the user has chosen too few.
    """
    by_key = {entry.key: entry for entry in entries}
    if _CHOSEN not in st.session_state:
        st.session_state[_CHOSEN] = st.session_state.get(_LAST, ())
    kept = [key for key in st.session_state[_CHOSEN] if key in by_key]
    if not st.session_state.get("compared-touched"):
        kept = kept or [entry.key for entry in entries[:FEWEST]]
    st.session_state[_CHOSEN] = kept
    chosen = st.multiselect(
        f"Performances, {FEWEST} to {MOST}",
        list(by_key),
        format_func=lambda key: f"{by_key[key].title} · {by_key[key].seconds:.0f} s",
        key=_CHOSEN,
        max_selections=MOST,
        placeholder="Type a name to search",
        on_change=st.session_state.__setitem__,
        args=("compared-touched", True),
    )
    st.session_state[_LAST] = chosen
    if st.session_state.get(_REFERENCE) not in chosen:
        st.session_state[_REFERENCE] = chosen[0] if chosen else None
    reference = st.selectbox(
        "Reference",
        chosen,
        format_func=lambda key: by_key[key].title,
        key=_REFERENCE,
        disabled=len(chosen) < FEWEST,
        help="The others are laid on it and compared with it.",
    )
    ordered = sorted(chosen, key=lambda key: key != reference)
    return [by_key[key] for key in ordered]


@st.cache_data(show_spinner=False, max_entries=10_000)
def _characters(address: str, created: str) -> list[tuple[str, float]]:
    """Name and time in view of each performance of a scene."""
    analysis = services.load_scene(address, created)
    if analysis is None:
        return []
    return [(one.name, one.seconds) for one in performances_of(analysis)]
