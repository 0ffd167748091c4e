"""Eme: study how a face plays emotion. Run with ``make run``."""

import streamlit as st

from pages.shared.glossary import glossary_button

# an icon of our own: a named one would be fetched from outside
st.set_page_config(page_title="Eme", page_icon="pages/shared/icon.svg", layout="wide")

# folder, address, title, icon
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
