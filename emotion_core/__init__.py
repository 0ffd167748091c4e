"""Eme's core: from a clip to who plays what, moment by moment, and where in the face.

A clip comes in through :mod:`emotion_core.media`, faces are found and followed in
:mod:`emotion_core.faces`, read in :mod:`emotion_core.emotions`, and put together in
:mod:`emotion_core.scene`. The package never imports Streamlit.
"""
