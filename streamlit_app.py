"""Eme: study how a face plays emotion. Run with ``make run``."""

import streamlit as st

st.set_page_config(page_title="Eme", page_icon=":material/theater_comedy:", layout="wide")

st.navigation(
    [st.Page("pages/scene_analysis.py", title="Scene analysis", icon=":material/movie:")]
).run()
