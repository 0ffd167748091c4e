"""Performances and stills to play after, from the library or a photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import streamlit as st

from emotion_core.emotions.labels import EMOTIONS, describe
from emotion_core.errors import EmotionCoreError, MediaError
from emotion_core.library.queries.performances import PerformanceEntry
from emotion_core.performance.performance import Performance
from emotion_core.performance.strong_moments import strong_moments
from emotion_core.practice.exercises.exercise import LONGEST, Exercise
from emotion_core.practice.exercises.play_along import PlayAlong
from emotion_core.practice.live.view import STILL_SIDE
from emotion_core.scene.stills import face_pictures
from emotion_core.text import format_time
from emotion_core.types import ImageArray
from pages.shared import services
from pages.shared.faces.photo import face_of_photo
from pages.shared.performance_picker import (
    choose_offered,
    read_performance,
    scene_of,
)
from pages.shared.text import as_text
from pages.shared.users.caches import per_library
from pages.shared.users.visitor import visitor

# Faces of the model a second; more would not be seen in a small picture beside one's own.
_STILLS_PER_SECOND = 4
_SHORTEST_PART = 1.0
_MOMENTS = 6


# Makes an exercise of a performance, the numbers of its scene and its character, and a part of it.
MakeExercise = Callable[[Performance, int, int, float, float], Exercise]


@dataclass(frozen=True, slots=True)
class ChosenPart:
    """A part of a performance to play after."""

    exercise: Exercise
    still_at: Callable[[float], ImageArray | None]


@dataclass(frozen=True, slots=True)
class ChosenStill:
    """A still to mirror: its reading, what to call it, and its face of STILL_SIDE."""

    probabilities: tuple[float, ...]
    title: str
    picture: ImageArray


def choose_part(
    label: str = "Play along with", key: str = "along-with", make: MakeExercise = PlayAlong.of
) -> ChosenPart | None:
    """Fields for a performance of the library and a part of it.

    Args:
        label, key: of the field for the performance.
        make: makes the exercise; may show fields of its own.
    """
    entry = _choose_entry(label, key)
    if entry is None:
        return None
    try:
        performance = read_performance(entry)
        start, end = _choose_times(entry, performance)
        # the take is kept in the user's own library, where these numbers are those of others
        numbers = (0, 0) if visitor().in_class else (entry.scene_id, entry.character_id)
        exercise = make(performance, *numbers, start, end)
        stills = _stills(entry.key, _clip_of(entry), start, end, performance)
    except (EmotionCoreError, ValueError) as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return None
    if not stills:
        st.caption("The clip of this scene is missing: you see what is asked, but not the face.")
    return ChosenPart(exercise, lambda time: _still(stills, time))


def choose_still() -> ChosenStill | None:
    """Fields for a still: a moment of the library, or a photo."""
    sources = ["A moment in a scene", "A photo"]
    source = st.segmented_control(
        "Source", sources, default=sources[0], key="still-source", required=True
    )
    return _moment() if source == sources[0] else _photo()


def _choose_entry(label: str, key: str) -> PerformanceEntry | None:
    entries = {entry.key: entry for entry in choose_offered(f"{key}-film")}
    if not entries:
        st.info("The library has no performances yet. Add a clip on the page Library.")
        return None
    chosen = st.selectbox(
        label,
        list(entries),
        format_func=lambda name: f"{entries[name].title} · {entries[name].seconds:.0f} s",
        key=key,
    )
    return entries[chosen]


def _choose_times(entry: PerformanceEntry, performance: Performance) -> tuple[float, float]:
    """A part of the clip in seconds; all of a performance that is shorter than an exercise."""
    first, last = float(performance.times[0]), float(performance.times[-1]) + performance.step
    if last - first <= _SHORTEST_PART:
        return first, last
    start, end = st.slider(
        "Part of the scene",
        first,
        last,
        (first, min(last, first + LONGEST)),
        step=0.1,
        format="%.1f s",
        key=f"part-{entry.key}",
    )
    if end - start > LONGEST:
        st.caption(f"An exercise lasts up to {LONGEST:.0f} s.")
    return start, max(min(end, start + LONGEST), start + _SHORTEST_PART)


def _still(stills: dict[int, ImageArray], time: float) -> ImageArray | None:
    return stills.get(round(time * _STILLS_PER_SECOND))


def _clip_of(entry: PerformanceEntry) -> str:
    """Where the clip of a performance lies; empty if it is gone."""
    clip = services.find_clip(scene_of(entry))
    return "" if clip is None else str(clip)


@per_library(
    st.cache_resource(show_spinner="Cutting out the faces to play along with …", max_entries=4)
)
def _stills(
    key: str, clip: str, start: float, end: float, _performance: Performance
) -> dict[int, ImageArray]:
    """The model's face at each tick of a part, where it is in view; none without its clip."""
    if not clip:
        return {}
    ticks = np.arange(int((end - start) * _STILLS_PER_SECOND) + 1)
    known, tracks = _performance.times, _performance.faces["track"].to_numpy()
    places = {}
    for tick in ticks.tolist():
        time = start + tick / _STILLS_PER_SECOND
        nearest = int(np.abs(known - time).argmin())
        if abs(known[nearest] - time) <= 1 / _STILLS_PER_SECOND:
            places[tick] = (float(known[nearest]), int(tracks[nearest]))
    try:
        faces, wanted = _performance.faces, list(places.values())
        pictures = face_pictures(Path(clip), faces, wanted, STILL_SIDE)
    except MediaError:
        return {}
    return dict(zip(places, pictures, strict=True))


def _moment() -> ChosenStill | None:
    entry = _choose_entry("Character", "mirror-whom")
    if entry is None:
        return None
    try:
        performance = read_performance(entry)
        moments = strong_moments(performance, _MOMENTS)
        pictures = _moment_pictures(entry.key, _clip_of(entry), performance)
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return None
    if not pictures:
        st.info("The clip of this scene is missing, so it has no stills.")
        return None
    readings = [
        {emotion: float(row[emotion]) for emotion in EMOTIONS} for _, row in moments.iterrows()
    ]
    times = moments["time"].tolist()
    number = st.selectbox(
        "Moment",
        range(len(pictures)),
        format_func=lambda k: f"{format_time(times[k])} · {describe(readings[k])}",
        key=f"still-{entry.key}",
    )
    title = f"Mirror {entry.character} at {format_time(times[number])}"
    st.image(pictures[number], width=STILL_SIDE, alt=title)
    return ChosenStill(tuple(readings[number].values()), title, pictures[number])


@per_library(st.cache_resource(show_spinner=False, max_entries=16))
def _moment_pictures(key: str, clip: str, _performance: Performance) -> list[ImageArray]:
    moments = strong_moments(_performance, _MOMENTS)
    if not clip or moments.empty:
        return []
    places = list(zip(moments["time"], moments["track"], strict=True))
    try:
        return face_pictures(Path(clip), _performance.faces, places, STILL_SIDE)
    except MediaError:
        return []


def _photo() -> ChosenStill | None:
    chosen = face_of_photo("mirrored")
    if chosen is None:
        return None
    shares = chosen.classifier.classify([chosen.face.crop]).probabilities[0]
    size = (STILL_SIDE, STILL_SIDE)
    picture = np.asarray(
        cv2.resize(chosen.face.shown, size, interpolation=cv2.INTER_AREA), np.uint8
    )
    title = f"Mirror {chosen.file_name}"
    st.image(picture, width=STILL_SIDE, alt=title)
    return ChosenStill(tuple(map(float, shares)), title, picture)
