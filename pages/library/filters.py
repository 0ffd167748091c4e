"""What is looked for in the library, and in what order."""

from __future__ import annotations

import streamlit as st

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.export.report.limits import HARD_TO_READ, SAID_TOO_OFTEN
from emotion_core.library.queries.browsing import LibraryPage
from emotion_core.library.queries.choices import Choices
from emotion_core.library.queries.filters import LEADS, Filters, Order
from emotion_core.library.queries.lines import LONGEST_SEARCH
from pages.library.shelves import FILM, SEARCH

PAGE = "library_page"
_LAST = "library_asked"
_ORDERS = {
    Order.TITLE: "Title",
    Order.YEAR: "Year, newest first",
    Order.NEWEST: "Recently added first",
    Order.LENGTH: "Longest clips first",
}
_ANY = ""
_LINES = {"with lines": True, "without lines": False}


def choose_filters(found: Choices) -> tuple[Filters, Order, int]:
    """Fields for words, facts and order; a change leads back to the first page."""
    search, sort = st.columns([3, 1])
    text = search.text_input(
        "Search",
        placeholder="title, director, tag, character, words of a line …",
        icon=":material/search:",
        key=SEARCH,
        max_chars=LONGEST_SEARCH,
        help="Finds scenes by words of what is written of film and scene. Words that are not must "
        "all be in one line of the scene.",
    )
    order = sort.selectbox("Sort by", list(_ORDERS), format_func=_ORDERS.__getitem__)
    with st.container(horizontal=True, gap="small"):
        country = _choose("Country", found.countries)
        language = _choose("Language", found.languages)
        genre = _choose("Genre", found.genres)
        tag = _choose("Tag", found.tags)
        help_text = (
            f"Shows scenes in which this emotion leads for at least {LEADS:.0%} of the time a "
            "face is in view."
        )
        emotion = _choose("Emotion", EMOTIONS, help_text)
        help_text = "Scenes with lines that have a time: of subtitles, a script or speech-to-text."
        lines = _choose("Lines", tuple(_LINES), help_text)
    if emotion in SAID_TOO_OFTEN:
        st.caption(f"Some of these scenes may not show it. {HARD_TO_READ}")
    film = st.session_state.get(FILM)
    filters = Filters(text, country, language, genre, tag, emotion, _LINES.get(lines), film)
    asked = (filters, order)
    if st.session_state.get(_LAST) != asked:
        st.session_state[_LAST] = asked
        st.session_state[PAGE] = 0
    return filters, order, st.session_state.get(PAGE, 0)


def turn_pages(found: LibraryPage, page: int) -> None:
    """Buttons for the page before and the page after, where there are several."""
    if found.pages == 1:
        return
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        if st.button("Previous", icon=":material/chevron_left:", disabled=page == 0):
            _turn_to(page - 1)
        st.markdown(f"Page {page + 1} of {found.pages}", width="content")
        if st.button("Next", icon=":material/chevron_right:", disabled=page + 1 >= found.pages):
            _turn_to(page + 1)


def _turn_to(page: int) -> None:
    st.session_state[PAGE] = page
    st.rerun()


def _choose(label: str, values: tuple[str, ...], help_text: str | None = None) -> str:
    key = f"library-{label.lower()}"
    if st.session_state.get(key, _ANY) not in (_ANY, *values):
        st.session_state[key] = _ANY  # its last film or scene is gone
    chosen = st.selectbox(
        label,
        [_ANY, *values],
        format_func=lambda value: value or "any",
        key=key,
        help=help_text,
        width=135,
    )
    return str(chosen)
