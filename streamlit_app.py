"""Eme: study how a face plays emotion. Run with ``eme app``."""

import streamlit as st

from emotion_core.settings import SHIPPED
from pages.shared.footer import footer

# before the navigation, which would fetch an icon of the page from the network
st.set_page_config(page_icon=SHIPPED.app / "pages/shared/icon.svg", layout="wide")

PAGES = [
    ("library", "Library", "video_library"),
    ("scene", "Scene analysis", "movie"),
    ("attributions", "Attributions", "face"),
    ("progression", "Progression", "music_note"),
    ("compare", "Compare", "compare_arrows"),
    ("practice", "Practice", "videocam"),
    ("models", "Models", "neurology"),
    ("training", "Training", "monitoring"),
]
pages = [
    st.Page(
        f"pages/{name}/page.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=name,
        default=name == "scene",
    )
    for name, title, icon in PAGES
]

# the default page answers at "/" only: who asks for it by name is led there
by_name = st.Page(
    lambda: st.switch_page(pages[1]),
    title="Scene analysis",
    url_path="scene_analysis",
    visibility="hidden",
)

# above the page and not beside it: the player needs the width
page = st.navigation([*pages, by_name], position="top")
st.set_page_config(f"{page.title} · Eme")
st.html(SHIPPED.app / "pages/shared/theme.css")
st.title(page.title)  # at once: on a fresh server it takes seconds to load what the page needs
page.run()
footer()
