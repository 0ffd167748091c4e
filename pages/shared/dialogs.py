"""What dialogs of several pages share: errors inside of them, and what a deletion takes along."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.library.removal import Leaving
from emotion_core.text import count_of
from pages.shared.text import as_text

P = ParamSpec("P")


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


def describe_removal(leaving: Leaving) -> None:
    """What a deletion takes along, in a list."""
    titles = [f"**{as_text(title)}**" for title in leaving.scenes[:5]]
    more = len(leaving.scenes) - len(titles)
    listed = ", ".join(titles) + (f" and {more} more" if more > 0 else "")
    lines = [f"{listed}: title, quote, notes and tags"]
    if leaving.bookmarks:
        lines.append(count_of(leaving.bookmarks, "bookmark"))
    if leaving.models:
        count = len(leaving.models)
        lines.append("all readings" + f" of {count} models" * (count > 1))
    if leaving.clip_bytes:
        lines.append(f"the clip stored by Eme ({leaving.clip_bytes / 1e6:.1f} MB)")
    st.markdown("This deletes:\n" + "\n".join(f"- {line}" for line in lines))
    if leaving.kept:
        st.caption(f"Your own file is not touched: {as_text(leaving.kept[0])}")
    st.caption("You cannot undo this.")
