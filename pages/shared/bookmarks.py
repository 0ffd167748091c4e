"""Bookmarks: moments and stretches of a scene that the user wants to find again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from emotion_core.errors import LibraryError
from emotion_core.library.database.tables import Bookmark, Scene
from emotion_core.library.editing import add_bookmark, delete_bookmark, edit_bookmark
from emotion_core.text import format_time
from pages.shared import services
from pages.shared.scene_picker import go_to_scene
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor

_PROBLEM = "bookmark_problem"
_LONGEST = 300  # characters of a comment


def bookmark_now(scene: int | None, time: float) -> None:
    """Bookmark the moment at which the user has asked for it in the player.

    Args:
        scene: its number in the library; nothing happens without one.
        time: seconds.
    """
    if scene is not None:
        _try(lambda: add_bookmark(services.library(), scene, time))


def bookmark_list(scene: Scene) -> None:
    """The bookmarks of a scene: go there, write what is seen and until when, delete.

    Args:
        scene: with its bookmarks as they are stored now.
    """
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(as_text(problem), icon=":material/error:")
    for mark in scene.bookmarks:
        _row(scene, mark)


def bookmark_form(scene: Scene) -> None:
    """Fields for another bookmark, where no player is at hand."""
    time_key, comment_key = f"mark-time-{scene.id}", f"mark-comment-{scene.id}"
    with st.form(f"mark-{scene.id}", border=False, clear_on_submit=True):
        left, right = st.columns([1, 3])
        end = max(scene.duration, 0.1)
        left.number_input("Time (seconds)", 0.0, end, step=0.1, format="%.1f", key=time_key)
        right.text_input("Comment", max_chars=_LONGEST, key=comment_key)
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


def _row(scene: Scene, mark: Bookmark) -> None:
    label, number, closed = format_time(mark.time), mark.id, not visitor().may_edit
    comment, end = f"bookmark-comment-{number}", f"bookmark-end-{number}"
    # what is stored, also where another session has written it
    st.session_state[comment], st.session_state[end] = mark.comment, mark.end

    def save() -> None:
        written, until = st.session_state[comment], st.session_state[end]
        _try(lambda: edit_bookmark(services.library(), number, written, until))

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        can_go, icon = bool(scene.address), ":material/play_arrow:"
        go, help_text = f"go-{number}", "Go to this moment"
        if st.button(label, icon=icon, key=go, help=help_text, disabled=not can_go):
            go_to_scene(scene.address, mark.time)
        st.text_input(
            f"What you see at {label}",
            max_chars=_LONGEST,
            placeholder="What do you see here?",
            key=comment,
            on_change=save,
            label_visibility="collapsed",
            disabled=closed,
        )
        st.number_input(
            f"The bookmark at {label} ends at (seconds)",
            0.0,
            max(scene.duration, 0.1),
            step=0.1,
            format="%.1f",
            placeholder="until (s)",
            key=end,
            on_change=save,
            label_visibility="collapsed",
            width=150,
            disabled=closed,
        )
        st.button(
            "",
            icon=":material/delete:",
            key=f"unmark-{number}",
            help="Delete the bookmark",
            disabled=closed,
            on_click=_try,
            args=(lambda: delete_bookmark(services.library(), number),),
        )


def _try(work: Callable[[], None]) -> None:
    """Do what is asked for before the page is drawn anew, and remember what went wrong."""
    try:
        work()
    except LibraryError as error:
        st.session_state[_PROBLEM] = str(error)
