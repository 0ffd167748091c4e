"""The way from a reading to the page that explains it."""

from __future__ import annotations

import streamlit as st

from pages.shared.scene_picker import link_to

PAGE = "pages/attributions/page.py"


def why_button(scene: str, track: int, time: float, place: str) -> None:
    """A button that opens the page of attributions with a face of a scene.

    Args:
        scene: address of the scene.
        track, time: which face, when.
        place: where the button stands; the same face may have one in several places.
    """
    key = f"why-{place}-{scene}-{track}-{time}"
    help_text = "Show which part of the face this reading depends on"
    if st.button("Why this?", icon=":material/face:", key=key, type="tertiary", help=help_text):
        st.switch_page(PAGE, query_params=link_to(scene, time, track))
