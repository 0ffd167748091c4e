"""Dialogs that stay open while somebody writes in them, and say their errors.

Streamlit closes a dialog when the whole page runs again, with all that was written in it. So what
runs the page by a timer asks first whether one is open.
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
    """As ``st.dialog``, for one in which somebody writes."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        shown = st.dialog(title, width=width)(draw)

        @wraps(draw)
        def opened(*args: P.args, **kwargs: P.kwargs) -> None:
            st.session_state[_OPEN] = True
            shown(*args, **kwargs)

        return opened

    return decorate


def no_dialog() -> None:
    """None is open any more, since the whole page begins to run."""
    st.session_state[_OPEN] = False


def may_be_writing() -> bool:
    """Whether a dialog was opened since the page ran; Streamlit does not say when it is closed."""
    return bool(st.session_state.get(_OPEN))


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
