"""Dialogs that stay open, and say their errors.

Streamlit closes a dialog when the whole page runs again, with all that was written in it. So parts
of a page that run by a timer ask for such a run here, and wait for it while a dialog is open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, ParamSpec

import streamlit as st

from emotion_core.errors import EmotionCoreError
from pages.shared.text import as_text

P = ParamSpec("P")
_OPEN = "dialog_is_open"


def dialog(
    title: str, width: Literal["small", "medium", "large"] = "small"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """As ``st.dialog``, and nothing but the user closes it."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        shown = st.dialog(title, width=width, on_dismiss=no_dialog)(draw)

        @wraps(draw)
        def opened(*args: P.args, **kwargs: P.kwargs) -> None:
            st.session_state[_OPEN] = True
            shown(*args, **kwargs)

        return opened

    return decorate


def no_dialog() -> None:
    """None is open: the user has closed it, or the whole page begins to run."""
    st.session_state[_OPEN] = False


def run_page_again() -> None:
    """Run the whole page, from a part that runs by a timer; not while a dialog is open.

    Once it is closed, the timer asks again.
    """
    if not st.session_state.get(_OPEN):
        st.rerun()


def in_sentences(draw: Callable[P, None]) -> Callable[P, None]:
    """Report the errors of a dialog inside of it."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        guarded(lambda: draw(*args, **kwargs))

    return drawn


def guarded(work: Callable[[], Any]) -> Any:
    """What some work gives, or ``None`` once its error was reported."""
    try:
        return work()
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return None
