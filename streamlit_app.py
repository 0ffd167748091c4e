"""Eme: study how a face plays emotion. Run with ``eme app``."""

from pathlib import Path

import streamlit as st

from emotion_core import __version__
from pages.shared.glossary import glossary_button

# our own icon: a named one would be fetched from the network
st.set_page_config("Eme", Path(__file__).parent / "pages/shared/icon.svg", layout="wide")

PAGES = [
    ("library", "library", "Library", "video_library"),
    ("scene", "scene_analysis", "Scene analysis", "movie"),
    ("attributions", "attributions", "Attributions", "face"),
    ("progression", "progression", "Progression", "music_note"),
    ("compare", "compare", "Compare", "compare_arrows"),
    ("practice", "practice", "Practice", "videocam"),
    ("models", "models", "Models", "neurology"),
    ("training", "training", "Training", "monitoring"),
]

glossary_button()
# above the page and not beside it: the player needs the width
st.navigation(
    [
        st.Page(
            f"pages/{folder}/page.py",
            title=title,
            icon=f":material/{icon}:",
            url_path=address,
            default=folder == "scene",
        )
        for folder, address, title, icon in PAGES
    ],
    position="top",
).run()
st.caption(f"Eme {__version__}")
