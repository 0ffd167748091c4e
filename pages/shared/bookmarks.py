"""Bookmarks: moments of a scene that the user wants to find again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from emotion_core.errors import LibraryError
from emotion_core.library.database.tables import Scene
from emotion_core.library.editing import add_bookmark, delete_bookmark
from emotion_core.library.queries.browsing import scene_at
from emotion_core.text import format_time
from pages.shared import services
from pages.shared.scene_picker import go_to_scene
from pages.shared.text import as_text

_PROBLEM = "bookmark_problem"


def bookmark_moment(address: str, time: float) -> None:
    """A field that bookmarks a moment of the scene that is shown.

    Args:
        address: of its analysis.
        time: seconds.
    """
    key = f"bookmark-{address}-{time:.3f}"
    with st.popover("Bookmark this moment", icon=":material/bookmark_add:", key=f"{key}-open"):
        comment = st.text_input("What do you see here?", max_chars=300, key=f"{key}-comment")
        if st.button("Save bookmark", icon=":material/bookmark:", key=f"{key}-keep"):
            scene = scene_at(services.library(), address)
            if scene is not None:
                add_bookmark(services.library(), scene, time, comment)
                st.caption("Saved. You find your bookmarks in the library, under Edit.")


def bookmark_list(scene: Scene) -> None:
    """The bookmarks of a scene: go there, delete, add another; in a dialog.

    Args:
        scene: with its bookmarks as they are stored now.
    """
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(as_text(problem), icon=":material/error:")
    for mark in scene.bookmarks:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            label = format_time(mark.time)
            can_go, key = bool(scene.address), f"go-{mark.id}"
            icon = ":material/play_arrow:"
            if st.button(label, icon=icon, key=key, help="Go to this moment", disabled=not can_go):
                go_to_scene(scene.address, mark.time)
            st.markdown(as_text(mark.comment) or "*no comment*")
            st.button(
                "",
                icon=":material/delete:",
                key=f"unmark-{mark.id}",
                help="Delete the bookmark",
                on_click=_try,
                args=(lambda number=mark.id: delete_bookmark(services.library(), number),),
            )
    time_key, comment_key = f"mark-time-{scene.id}", f"mark-comment-{scene.id}"
    with st.form(f"mark-{scene.id}", border=False, clear_on_submit=True):
        left, right = st.columns([1, 3])
        end = max(scene.duration, 0.1)
        left.number_input("Time (seconds)", 0.0, end, step=0.1, format="%.1f", key=time_key)
        right.text_input("Comment", max_chars=300, key=comment_key)
        st.form_submit_button(
            "Add a bookmark",
            icon=":material/bookmark_add:",
            on_click=lambda: _try(
                lambda: add_bookmark(
                    services.library(),
                    scene.id,
                    st.session_state[time_key],
                    st.session_state[comment_key],
                )
            ),
        )


def _try(work: Callable[[], None]) -> None:
    """Do what a button asks for before the dialog is drawn anew, and remember what went wrong."""
    try:
        work()
    except LibraryError as error:
        st.session_state[_PROBLEM] = str(error)
