"""A part of a clip that plays from its start to its end, with the chords that sound in it.

The clip plays in ``st.video``, which itself begins and ends at whole seconds only; a chord may be
shorter than one. So a component below it drives the video, and shows which chord sounds.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.emotions.uncertainty import mark_unsure
from emotion_core.performance.chords.chord import by_share, emotions_in
from pages.players.scene.player import css_class

ASSETS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a clip.

    Attributes:
        start, end: seconds.
        label: what it is.
    """

    start: float
    end: float
    label: str


def excerpt_player(
    video: str | Path,
    excerpt: Excerpt,
    chords: pd.DataFrame,
    *,
    source: str,
    key: str,
    charts: Sequence[str] = (),
) -> None:
    """Show a part of a clip; it plays at once when another part of the same source was chosen.

    Args:
        video: the clip, as ``st.video`` takes it.
        excerpt: which part.
        chords: :func:`~emotion_core.performance.chords.chord.chords_of` a performance in it.
        source: whose part it is; the first part of a source waits to be played.
        key: unique on the page.
        charts: keys of the page's figures over the time of the clip; a line in them follows it.
    """
    with st.container(key=f"{key}-stage"):
        st.video(video)
    nonce, play = _wish(source, excerpt, key)
    data = {
        "key": key,
        "video": f".{css_class(f'{key}-stage')} video",
        "nonce": nonce,
        "play": play,
        "start": excerpt.start,
        "end": max(excerpt.end, excerpt.start + 0.04),
        "label": excerpt.label,
        "blocks": blocks_in(chords, excerpt),
        "charts": [f".{css_class(chart)} .js-plotly-plot" for chart in charts],
    }
    _component()(key=f"{key}-excerpt", data=data)


def _wish(source: str, excerpt: Excerpt, key: str) -> tuple[int, bool]:
    """A number that changes with each part that is asked for, and whether to play it at once."""
    nonce, play, known, before = st.session_state.get(f"{key}-wish", (0, False, "", None))
    if (source, excerpt) != (known, before):
        nonce, play = nonce + 1, source == known
        st.session_state[f"{key}-wish"] = (nonce, play, source, excerpt)
    return nonce, play


def blocks_in(chords: pd.DataFrame, excerpt: Excerpt) -> list[dict[str, Any]]:
    """The chords of a part, cut to it, with the colours and shares of their emotions."""
    inside = chords[(chords["end"] > excerpt.start) & (chords["start"] < excerpt.end)]
    blocks = []
    for chord in inside.to_dict("records"):
        shares = {emotion: float(chord[emotion]) for emotion in EMOTIONS}
        ordered = by_share(emotions_in(chord["chord"]), shares)
        blocks.append(
            {
                "from": max(chord["start"], excerpt.start),
                "to": min(chord["end"], excerpt.end),
                "name": mark_unsure(chord["name"], chord["unsure"]),
                "parts": [(EMOTION_COLORS[emotion], shares[emotion]) for emotion in ordered],
            }
        )
    return blocks


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


@functools.cache
def _component() -> Any:
    return st.components.v2.component(
        "eme_excerpt",
        html=_asset("excerpt.html"),
        css=_asset("../shared.css") + _asset("excerpt.css"),
        js=_asset("excerpt.js"),
    )
