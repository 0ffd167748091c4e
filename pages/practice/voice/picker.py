"""Which line of which scene is to be said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.library.database.tables import isolated
from emotion_core.library.queries.browsing import SceneEntry, scene_entries
from emotion_core.performance.delivery.line_beside import SaidLine
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.practice.voice.model_line import model_line, words_of_model
from emotion_core.scene.store import StoredScene
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.text import format_time, shorten
from pages.shared import services
from pages.shared.sound.scene_sound import load_sound, sound_key
from pages.shared.text import as_text
from pages.shared.users.caches import per_library

_OFFERED = 300
_LONGEST = 90  # characters of a line in the list
_SCENE, _LINE = "voice-scene", "voice-line"
# What widgets hold ends with their page.
_LAST = "voice-last"


@dataclass(frozen=True, slots=True)
class ChosenLine:
    """A line of a scene that is to be said.

    Attributes:
        key: names it in this library.
        scene: it is of.
        title: of the scene.
        said: how the model says it.
        start, end: seconds of the clip.
    """

    key: str
    scene: StoredScene
    title: str
    said: SaidLine
    start: float
    end: float


def choose_line() -> ChosenLine | None:
    """Fields for a scene that has lines, and for one of them."""
    entries = _with_lines()
    if not entries:
        st.info(
            "No scene here has lines yet. Open a scene, and add subtitles or a script under "
            "“What is said”."
        )
        return None
    last = st.session_state.get(_LAST, ("", 0))
    if last[0] in entries:
        st.session_state.setdefault(_SCENE, last[0])
    address = st.selectbox(
        "Scene", list(entries), format_func=lambda one: _label(entries[one]), key=_SCENE
    )
    scene = services.analyses().read(address)
    sound = None if scene is None else load_sound(scene)
    if scene is None or sound is None or not len(sound.delivery.lines):
        st.info("No line of this scene has a time. See “What is said” on its page.")
        return None
    lines = sound.delivery.lines
    key = f"{_LINE}-{address}"
    if last[0] == address and last[1] < len(lines):
        st.session_state.setdefault(key, last[1])
    place = st.selectbox(
        "Line",
        range(len(lines)),
        format_func=lambda row: _line(lines, row),
        key=key,
        help="Type a word of the line, or who says it.",
    )
    st.session_state[_LAST] = (address, place)
    return _chosen(entries[address], scene, sound, place)


def _chosen(
    entry: SceneEntry, scene: StoredScene, sound: SceneSound, place: int
) -> ChosenLine | None:
    row = sound.delivery.lines.iloc[place]
    key = f"{sound_key(scene)} {place} {row['start']} {row['end']}"
    try:
        clip = services.find_clip(scene)
        words = _words(key, "" if clip is None else str(clip), sound, place)
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return None
    said = model_line(sound, place, words)
    return ChosenLine(key, scene, entry.title, said, float(row["start"]), float(row["end"]))


@per_library(st.cache_resource(show_spinner="Listening to the line …", max_entries=64))
def _words(key: str, clip: str, _sound: SceneSound, _place: int) -> pd.DataFrame:
    """When the model says each word."""
    return words_of_model(_sound, _place, Path(clip) if clip else None)


def _with_lines() -> dict[str, SceneEntry]:
    """The newest scenes whose sound was read and that have lines, by address; each once."""
    folder = services.settings().analyses_dir
    words, sounds = WordStore(folder), SoundStore(folder)
    found: dict[str, SceneEntry] = {}
    seen: set[int] = set()
    for entry in scene_entries(services.library(), limit=_OFFERED):
        clip = entry.address.partition("/")[0]
        if entry.scene_id not in seen and words.path_of(clip).exists() and sounds.heard(clip):
            found[entry.address] = entry
        seen.add(entry.scene_id)
    return found


def _label(entry: SceneEntry) -> str:
    return " · ".join(filter(None, (isolated(entry.film), isolated(entry.title))))


def _line(lines: pd.DataFrame, row: int) -> str:
    line = lines.iloc[row]
    who = f"{line['speaker']}: " if line["speaker"] else ""
    return f"{format_time(line['start'])} · {who}{shorten(line['text'], _LONGEST)}"
