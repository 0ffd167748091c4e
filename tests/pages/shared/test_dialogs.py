"""Dialogs that stay open while other parts of a page would have it run again."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from pages.shared.dialogs import dialog, may_be_writing, no_dialog

    no_dialog()  # as the head of each page does
    st.session_state.runs = st.session_state.get("runs", 0) + 1

    @dialog("A film")
    def film() -> None:
        st.text_input("Title")

    if st.button("Open"):
        film()
    # as a panel does whose job has ended
    if st.session_state.runs < st.session_state.get("until", 0) and not may_be_writing():
        st.rerun()


def test_a_page_that_is_to_run_again_waits_while_a_dialog_is_open() -> None:
    app = AppTest.from_function(script).run()
    app.session_state.until = 5
    app.button[0].click().run()
    assert app.session_state.runs == 2
    assert [field.label for field in app.text_input] == ["Title"]
    app.run()  # as after it was closed
    assert app.session_state.runs == 5
    assert not app.text_input and not app.exception
