"""How films and scenes look in the library; all that a user wrote is shown as text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

import streamlit as st

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS, describe, percent
from emotion_core.library.database.tables import Film, Scene, fold
from emotion_core.library.queries.lines import FoundLine
from emotion_core.library.statistics import NO_FACE
from emotion_core.text import count_of, format_time

STYLE = Path(__file__).with_name("cards.css")
_EMPTY = "#2B2521"
_NAMED = 4


def card_style() -> None:
    """The style of all cards; once a page."""
    st.html(STYLE)


def legend() -> None:
    """What the colours of a barcode mean."""
    colors = [*EMOTION_COLORS.items(), ("no face in view", _EMPTY)]
    parts = (f'<span><i style="background:{color}"></i>{name}</span>' for name, color in colors)
    st.html(f'<div class="eme-legend">{"".join(parts)}</div>')


def film_head(film: Film) -> str:
    """HTML: title, year, and who, where and what, beside the colour of the poster."""
    year = "" if film.year is None else f' <span class="eme-year">({film.year})</span>'
    parts = [film.original_title, film.director, film.country, film.language, film.genre]
    text = " · ".join(f"<bdi>{escape(fact)}</bdi>" for fact in parts if fact)
    return (
        f'<div class="eme-film" style="--film:{film_color(film)}">'
        f'<h2 dir="auto"><bdi>{escape(film.title)}</bdi>{year}</h2><p>{text}</p></div>'
    )


def film_color(film: Film) -> str:
    """The colour of the poster, with nothing else in it."""
    digits = film.color.removeprefix("#")
    is_color = len(digits) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in digits)
    return f"#{digits}" if is_color else "#8A7F76"


def scene_text(scene: Scene, names: Sequence[str] = ()) -> str:
    """HTML: barcode, title, length, what leads, who is in it, quote, notes and tags.

    Args:
        scene: the scene.
        names: of its characters.
    """
    details = [format_time(scene.duration), describe_leading(scene)]
    details += [count_of(len(scene.bookmarks), "bookmark")] if scene.bookmarks else []
    parts = [barcode(scene), f'<h3 dir="auto">{escape(scene.title)}</h3>']
    text = escape(" · ".join(details))
    parts.append(f"<p>{text}</p>")
    if names:
        parts.append(f'<p class="eme-line">With {list_names(names)}</p>')
    if scene.quote:
        quote = escape(scene.quote)
        parts.append(f'<p class="eme-quote eme-clamp" dir="auto">“<bdi>{quote}</bdi>”</p>')
    if scene.notes:
        parts.append(f'<p class="eme-clamp" dir="auto">{escape(scene.notes)}</p>')
    names = sorted((tag.name for tag in scene.tags), key=fold)
    parts += [f'<span class="eme-tag" dir="auto">{escape(name)}</span>' for name in names]
    return f'<div class="eme-scene">{"".join(parts)}</div>'


def line_text(line: FoundLine) -> str:
    """HTML: who speaks a line, and what they say."""
    who = f"<b><bdi>{escape(line.who)}</bdi></b> " if line.who else ""
    text = f'<p class="eme-clamp" dir="auto">{who}<bdi>{escape(line.text)}</bdi></p>'
    return f'<div class="eme-scene eme-said">{text}</div>'


def list_names(names: Sequence[str]) -> str:
    """HTML: ``Ana, Ben and Carla``; of many, the first few and how many more."""
    shown = [f"<bdi>{escape(name)}</bdi>" for name in names[:_NAMED]]
    if len(names) > _NAMED:
        shown.append(f"{len(names) - _NAMED} more")
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def describe_leading(scene: Scene) -> str:
    """What leads in the faces of a scene, in words."""
    if not scene.barcode:
        return "not analyzed yet"
    return describe(scene.shares) if any(scene.shares.values()) else "no usable face"


def barcode(scene: Scene) -> str:
    """HTML: the leading emotion from the start of the clip to its end, as a strip of colours."""
    if not scene.barcode:
        return ""
    count, place, stops = len(scene.barcode), 0, []
    for value, run in groupby(scene.barcode):
        start, place = place, place + len(list(run))
        color = _EMPTY if value == NO_FACE else EMOTION_COLORS[EMOTIONS[value]]
        stops.append(f"{color} {100 * start / count:.3g}% {100 * place / count:.3g}%")
    text = f"Leading emotion over time; a face is in view {percent(scene.face_share)} of the time."
    return (
        f'<div class="eme-bar" role="img" aria-label="{text}" title="{text}" '
        f'style="background:linear-gradient(to right,{",".join(stops)})"></div>'
    )
