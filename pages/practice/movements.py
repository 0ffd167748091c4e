"""What the face does, live and in words of a coach, against the neutral face."""

from __future__ import annotations

import streamlit as st

from emotion_core.faces.movements.movements import CAVEAT
from emotion_core.practice.live.session import LiveSession
from emotion_core.practice.movements.following import MovementReading
from emotion_core.practice.movements.wording import (
    clear_movements,
    describe_own,
    why_not_measured,
)
from pages.shared.text import as_text


def movement_panel(session: LiveSession, reading: MovementReading | None) -> None:
    """A few movements, and a button that sets the neutral face.

    Args:
        session: that of the user.
        reading: the newest; ``None`` where no face is in view.
    """
    with st.container(border=True, gap="small"):
        st.markdown("**What your face does**")
        if reading is None:
            st.caption("No face in view.")
        else:
            _lines(reading)
        if st.button(
            "This is my neutral face",
            icon=":material/face:",
            key="set-neutral",
            disabled=reading is None,
            help="Movements are measured from the face that you show now.",
        ):
            session.neutral.take_now()
        st.caption(CAVEAT)


def _lines(reading: MovementReading) -> None:
    reason = why_not_measured(reading)
    found = clear_movements(reading)
    for movement in found:
        sentence = describe_own(movement.name, reading.of(movement.name))
        st.markdown(f"{as_text(sentence)} :small[:gray[{as_text(movement.action_unit)}]]")
    if reason:
        st.caption(reason)
    elif not found:
        st.markdown("No clear movement: this is your neutral face.")
