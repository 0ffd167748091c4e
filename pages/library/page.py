"""Library: films and their scenes, to find again, to open and to keep."""

from __future__ import annotations

import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.library.queries.browsing import LibraryPage, browse, get_film
from emotion_core.library.queries.choices import choices
from emotion_core.text import count_of
from pages.library.archive import archive_panel, follow_archive, panel_number
from pages.library.cards import card_style, legend
from pages.library.dialogs import add_clip_dialog, add_film_dialog
from pages.library.filters import PAGE, choose_filters, turn_pages
from pages.library.sharing import follow_copies, private_scenes
from pages.library.shelves import FILM, draw_shelf, request_speakers, request_thumbnails
from pages.shared import services
from pages.shared.intake import follow_readings
from pages.shared.text import as_text
from pages.shared.users.visitor import ONLY_TEACHERS, visitor


def main() -> None:
    """Show the films and scenes, to find, edit and open."""
    whose = (
        "The films and scenes of your class." if visitor().in_class else "Your films and scenes."
    )
    st.caption(
        f"{whose} The strip under each scene shows the leading emotion from start to end; below it "
        "stand the length of the scene and what leads in it. The search finds spoken lines, too. "
        "Eme reads the performed expression and never grades."
    )
    card_style()
    _actions()
    follow_readings()
    follow_archive()
    follow_copies()
    library = services.library()
    filters, order, page = choose_filters(choices(library))
    found = browse(library, filters, order, page)
    if page >= found.pages:  # what stood there was deleted
        st.session_state[PAGE] = page = found.pages - 1
        found = browse(library, filters, order, page)
    _headline(found)
    takes = private_scenes(found.shelves)
    for shelf in found.shelves:
        draw_shelf(shelf, takes)
    if not found.shelves:
        st.info("Nothing matches. Remove a filter, or add a film.")
    turn_pages(found, page)
    request_thumbnails(found.shelves)
    request_speakers(found.shelves)


def _actions() -> None:
    if not visitor().may_edit:
        st.caption(ONLY_TEACHERS)
        return
    with st.container(horizontal=True, gap="small"):
        if st.button("Add a film", icon=":material/add:"):
            add_film_dialog()
        if st.button("Add a clip", icon=":material/upload:"):
            add_clip_dialog(None)
        key = f"archive-panel-{panel_number()}"
        with st.popover("Export and import", icon=":material/archive:", key=key):
            archive_panel()


def _headline(found: LibraryPage) -> None:
    films, scenes = count_of(found.films, "film"), count_of(found.scenes, "scene")
    with st.container(horizontal=True, vertical_alignment="center"):
        alone = st.session_state.get(FILM)
        if alone is not None:
            film = get_film(services.library(), alone) if alone else None
            name = "without a film" if film is None else f"from {as_text(film.title)}"
            st.markdown(f"{scenes} {name}", width="content")
            if st.button("Show all films", icon=":material/arrow_back:"):
                del st.session_state[FILM]
                st.rerun()
        else:
            st.markdown(f"{films}, {scenes}", width="content")
        legend()


try:
    main()
except EmotionCoreError as error:
    st.error(as_text(str(error)), icon=":material/error:")
