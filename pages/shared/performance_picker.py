"""Which performances can be compared, and choosing some of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from emotion_core.errors import ComparisonError
from emotion_core.library.editing import listed
from emotion_core.library.queries.browsing import (
    film_titles,
    latest_scenes,
    scene_numbers,
    scenes_at,
)
from emotion_core.library.queries.performances import PerformanceEntry, performance_entries
from emotion_core.performance.comparison.comparison import FEWEST, MOST
from emotion_core.performance.comparison.groups import PerformanceLabels
from emotion_core.performance.performance import Performance, performances_of
from emotion_core.scene.store import StoredScene
from pages.shared import services

_CHOSEN, _REFERENCE = "compared", "reference"
# What widgets hold ends with their page; this is what was left.
_LAST = "last_compared"
_IN_ADDRESS = "performance"
# Scenes whose performances are offered at a time: all names go to the browser.
_OFFERED = 300


def choose_offered(key: str, wanted: Collection[str] = ()) -> list[PerformanceEntry]:
    """The performances to choose from, and a field to choose their film where there are many.

    Args:
        key: of the field.
        wanted: addresses of analyses whose performances are among them in any case.

    Raises:
        LibraryError: the library cannot be reached.
    """
    library, film = services.library(), None
    if len(latest_scenes(library, _OFFERED + 1)) > _OFFERED:
        titles = film_titles(library)
        film = st.selectbox(
            "Choose from",
            [0, *titles],
            format_func=lambda number: titles.get(number, f"the {_OFFERED} newest scenes"),
            key=key,
        )
    return available_performances(film, wanted)


def available_performances(
    film: int | None = None, wanted: Collection[str] = ()
) -> list[PerformanceEntry]:
    """Each character of each scene, newest scene and longest in view first.

    Args:
        film: whose scenes; the newest scenes of the library if it is ``None`` or 0.
        wanted: addresses of analyses that are among them in any case.

    Raises:
        LibraryError: the library cannot be reached.
    """
    library = services.library()
    scenes = scene_numbers(library, film) if film else latest_scenes(library, _OFFERED)
    missing = scenes_at(library, wanted) if wanted else []
    return performance_entries(library, {*scenes, *missing})


def chosen_addresses(*keys: str) -> set[str]:
    """Analyses of the performances that the address of the page names, and some widgets hold."""
    named = {name.rpartition("/")[0] for name in st.query_params.get_all(_IN_ADDRESS)}
    held = (name for key in (_CHOSEN, _LAST, *keys) for name in st.session_state.get(key, ()))
    return named | {name.split(":", 1)[0] for name in held}


def labels_of(entry: PerformanceEntry) -> PerformanceLabels:
    """What a performance can be grouped by; a clip in no film is one of its own."""
    return PerformanceLabels(
        film=(entry.film or entry.scene,),
        country=tuple(listed(entry.country)),
        language=tuple(listed(entry.language)),
        tag=entry.tags,
    )


def scene_of(entry: PerformanceEntry) -> StoredScene:
    """Where a performance is stored.

    Raises:
        ComparisonError: its files are gone.
    """
    scene = services.analyses().read(entry.address)
    if scene is None:
        raise ComparisonError(
            f"The stored analysis of {entry.title} is missing. Analyze its clip again."
        )
    return scene


def read_performance(entry: PerformanceEntry) -> Performance:
    """The readings of an entry. Needs no page.

    Raises:
        ComparisonError: they are no longer there.
    """
    stored = services.analyses().read(entry.address)
    created = "" if stored is None else stored.created.isoformat()
    # two who are compared are often of one scene, which then is read once
    analysis = services.load_scene(entry.address, created)
    if analysis is not None:
        for performance in performances_of(analysis, entry.scene):
            if performance.name == entry.character:
                return performance
    raise ComparisonError(
        f"The stored analysis of {entry.title} is damaged. Analyze its scene again."
    )


def compare_next(entries: Sequence[PerformanceEntry]) -> None:
    """Choose what is compared when the page Compare is opened next; the reference comes first."""
    st.session_state[_LAST] = [entry.key for entry in entries]
    st.session_state.pop(_REFERENCE, None)


def choose_performances(entries: Sequence[PerformanceEntry]) -> list[PerformanceEntry]:
    """Fields for two to six of some performances, two at least; the reference comes first.

    The address of the page names them, so that a link or a reload leads to the same comparison.

    Returns:
        Fewer than two while the user has chosen too few.
    """
    by_key = {entry.key: entry for entry in entries}
    if _CHOSEN not in st.session_state:
        linked = _linked(entries)
        st.session_state[_CHOSEN] = linked or st.session_state.get(_LAST, ())
        if linked:
            st.session_state[_REFERENCE] = linked[0]
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
        help="The other performances are aligned to this one and compared with it.",
    )
    ordered = [by_key[key] for key in sorted(chosen, key=lambda key: key != reference)]
    names = [_link_name(entry) for entry in ordered]
    if st.query_params.get_all(_IN_ADDRESS) != names:
        st.query_params[_IN_ADDRESS] = names
    return ordered


def _linked(entries: Sequence[PerformanceEntry]) -> list[str]:
    """Keys of the performances that the address of the page names; says if one is missing."""
    by_name = {_link_name(entry): entry.key for entry in entries}
    names = st.query_params.get_all(_IN_ADDRESS)
    linked = [by_name[name] for name in dict.fromkeys(names) if name in by_name][:MOST]
    if len(linked) < len(set(names)):
        st.warning(
            "A performance of this link is not in your library. It may have been deleted.",
            icon=":material/link_off:",
        )
    return linked


def _link_name(entry: PerformanceEntry) -> str:
    """What names a performance in a link; holds when it is renamed or edited."""
    return f"{entry.address}/{entry.character_id}"
