"""Eme: study how a face plays emotion. Run with ``eme app``."""

import streamlit as st

from pages.shared.frame import ICON, footer, head
from pages.shared.warming import page_shown

# before the navigation, which would fetch an icon from the network
st.set_page_config(page_icon=ICON, layout="wide")

PAGES = [
    ("library", "Library", ":material/video_library:"),
    ("scene", "Scene analysis", ":material/movie:"),
    ("attributions", "Attributions", ":material/face:"),
    ("progression", "Progression", ":material/music_note:"),
    ("compare", "Compare", ":material/compare_arrows:"),
    ("practice", "Practice", ":material/videocam:"),
    ("models", "Models", ":material/neurology:"),
    ("training", "Training", ":material/monitoring:"),
]
pages = [
    st.Page(f"pages/{name}/page.py", title=title, icon=icon, url_path=name, default=name == "scene")
    for name, title, icon in PAGES
]


def scene_analysis() -> None:
    """The default page answers at "/" only: who asks for it by name is led there."""
    st.switch_page(pages[1])


# above the page and not beside it: the player needs the width
page = st.navigation([*pages, st.Page(scene_analysis, visibility="hidden")], position="top")
menu = head(page.title)
page.run()
footer(menu)
page_shown()
