"""What a deletion takes along, as dialogs say it."""

from __future__ import annotations

import streamlit as st

from emotion_core.library.removal import Leaving
from emotion_core.text import count_of
from pages.shared.text import as_text


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
