"""Eme: study how a face plays emotion. Run with ``make run``."""

import streamlit as st

# an icon of our own: a named one would be fetched from outside
st.set_page_config(page_title="Eme", page_icon="pages/components/assets/icon.svg", layout="wide")

# above the page and not beside it: the player needs the width
st.navigation(
    [
        st.Page("pages/library.py", title="Library", icon=":material/video_library:"),
        st.Page(
            "pages/scene_analysis.py",
            title="Scene analysis",
            icon=":material/movie:",
            default=True,
        ),
        st.Page("pages/attributions.py", title="Attributions", icon=":material/face:"),
        st.Page("pages/progression.py", title="Progression", icon=":material/music_note:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
        st.Page("pages/practice.py", title="Practice", icon=":material/videocam:"),
        st.Page("pages/models.py", title="Models", icon=":material/neurology:"),
        st.Page("pages/training.py", title="Training", icon=":material/monitoring:"),
    ],
    position="top",
).run()
