"""Bookmarks: moments of a scene that the user wants to find again."""

from __future__ import annotations

import streamlit as st

from emotion_core.errors import LibraryError
from emotion_core.library.catalogue import scene_at
from emotion_core.library.editing import add_bookmark, delete_bookmark
from emotion_core.library.tables import Scene
from emotion_core.scene.summary import format_time
from pages.components import services
from pages.components.scene_picker import go_to_scene
from pages.components.text import as_text


def bookmark_moment(address: str, time: float) -> None:
    """A field that bookmarks a moment of the scene that is shown.

    Args:
        address: of its analysis.
        time: seconds.
    """
    key = f"bookmark-{address}-{time:.3f}"
    with st.popover("Bookmark this moment", icon=":material/bookmark_add:", key=f"{key}-open"):
        comment = st.text_input("What is there to see?", max_chars=300, key=f"{key}-comment")
        if st.button("Keep it", icon=":material/bookmark:", key=f"{key}-keep"):
            scene = scene_at(services.library(), address)
            if scene is not None:
                add_bookmark(services.library(), scene, time, comment)
                st.caption("Kept; the page Library has it with the scene.")


def bookmark_list(scene: Scene) -> None:
    """The bookmarks of a scene: go there, delete, add another; in a dialog."""
    for mark in scene.bookmarks:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            told = format_time(mark.time)
            if st.button(told, icon=":material/play_arrow:", key=f"go-{mark.id}", help="Go there"):
                go_to_scene(scene.address, mark.time)
            st.markdown(as_text(mark.comment) or "*no comment*")
            if st.button(
                "", icon=":material/delete:", key=f"unmark-{mark.id}", help="Delete the bookmark"
            ):
                delete_bookmark(services.library(), mark.id)
                st.rerun(scope="fragment")
    with st.form(f"mark-{scene.id}", border=False, clear_on_submit=True):
        left, right = st.columns([1, 3])
        time = left.number_input(
            "At (seconds)", 0.0, max(scene.duration, 0.1), step=0.1, format="%.1f"
        )
        comment = right.text_input("Comment", max_chars=300)
        if st.form_submit_button("Add a bookmark", icon=":material/bookmark_add:"):
            try:
                add_bookmark(services.library(), scene.id, time, comment)
            except LibraryError as error:
                st.error(as_text(str(error)), icon=":material/error:")
            else:
                st.rerun(scope="fragment")
