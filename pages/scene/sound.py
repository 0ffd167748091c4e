"""The sound of a scene: what is heard, and what is said."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from emotion_core.emotions.labels import percent
from emotion_core.errors import EmotionCoreError, MediaError
from emotion_core.files import to_text
from emotion_core.jobs import records
from emotion_core.jobs.kinds.hearing import FindScript, HearClip, WriteDown
from emotion_core.library.database.tables import Scene
from emotion_core.library.deliveries import scene_sound
from emotion_core.library.line_index import keep_lines, remove_lines
from emotion_core.library.words import add_words
from emotion_core.performance.delivery.delivery import Delivery
from emotion_core.performance.wording.delivery import (
    REACTIONS_CAVEAT,
    SPEAKERS_CAVEAT,
    describe_contrast,
    describe_reaction,
)
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import StoredScene
from emotion_core.sound.analysis import SoundAnalysis, describe_tracks
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Lines, find_lines
from emotion_core.sound.words.subtitles.fitting import Fit, check_fit, moved
from emotion_core.sound.words.subtitles.reading import SUBTITLE_SUFFIXES
from emotion_core.text import format_time
from pages.players.scene.sound import EncodedSound, encode_sound
from pages.shared import services
from pages.shared.jobs.panel import job_panel
from pages.shared.scene_picker import lines_key, seek_to
from pages.shared.text import as_text
from pages.shared.users.caches import per_library
from pages.shared.users.visitor import visitor

_SHOWN = 12
_KINDS = [*(suffix[1:] for suffix in SUBTITLE_SUFFIXES), "txt", "fountain"]


@dataclass(frozen=True, slots=True)
class HeardScene:
    """What is known of the sound of a scene.

    Attributes:
        sound: of the clip.
        lines: of the clip, as files say them.
        fit: how well the lines lie on the clip.
        delivery: both beside the faces.
        encoded: for the player.
    """

    sound: SoundAnalysis
    lines: Lines
    fit: Fit
    delivery: Delivery
    encoded: EncodedSound

    @property
    def anything(self) -> bool:
        """Whether anything is heard, or said at a known time."""
        return bool(self.sound.tracks and not self.sound.silent) or len(self.delivery.lines) > 0


def heard_scene(scene: StoredScene, analysis: SceneAnalysis) -> HeardScene | None:
    """The sound of a scene beside its faces; ``None`` where it was not read.

    Raises:
        ModelError: what reads voices cannot be loaded.
    """
    speakers = services.load_speakers(scene.id, scene.created.isoformat())
    if speakers is None:
        return None
    words = WordStore(services.settings().analyses_dir).path_of(scene.clip.sha256)
    heard, said = services.sound_changed(scene.id), services.file_changed(words)
    names = services.names_key(analysis.face_names())
    return _heard(scene.id, heard, said, names, analysis, speakers)


@per_library(st.cache_resource(show_spinner=False, max_entries=8))
def _heard(
    address: str,
    heard: int,
    said: int,
    names: str,
    _analysis: SceneAnalysis,
    _speakers: pd.DataFrame,
) -> HeardScene | None:
    """Arguments with an underscore follow from the others."""
    found = scene_sound(services.settings(), _analysis, _speakers)
    if found is None:
        return None
    fit = check_fit(found.lines, _analysis.info.duration, found.heard.speech)
    encoded = encode_sound(found.heard, found.delivery)
    return HeardScene(found.heard, found.lines, fit, found.delivery, encoded)


def offer_hearing(scene: StoredScene) -> None:
    """Have the sound of a scene read that was read before Eme could hear."""
    job = records.latest(services.queue(), HearClip, scene.clip.sha256, services.settings().library)
    if job is not None and job.active:
        job_panel(job)
        return
    clip = services.locate_clip(scene)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("The sound of this scene was not read.", width="content")
        place = "" if clip is None else to_text(clip)
        may = bool(place) and visitor().may_edit
        if may and st.button("Read the sound", icon=":material/hearing:", key="read-the-sound"):
            services.submit(HearClip(place, scene.clip))
            st.rerun()


def show_sound(scene: StoredScene, heard: HeardScene, entry: Scene | None) -> None:
    """What is said, by whom, and where face and voice part; lines are searched and played."""
    st.header("What is said")
    if words := describe_tracks(heard.sound):
        st.caption(as_text(words))
    if not heard.sound.tracks:
        return
    _show_shares(heard.delivery)
    _show_lines(scene, heard)
    _show_contrasts(scene, heard.delivery)
    _show_reactions(scene, heard.delivery)
    if visitor().may_edit and entry is not None:
        _add_words(scene, heard)


def _show_shares(delivery: Delivery) -> None:
    shares = delivery.shares
    if not len(shares):
        st.caption("No speech was found.")
        return
    said = [
        f"{name} {percent(share)}"
        for name, share in zip(shares["character"], shares["share"], strict=True)
    ]
    st.markdown(as_text(f"Who speaks, of all speech: {', '.join(said)}."))
    st.caption(SPEAKERS_CAVEAT)


def _show_lines(scene: StoredScene, heard: HeardScene) -> None:
    for warning in heard.lines.warnings:
        st.caption(as_text(warning))
    _offer_moving(scene, heard)
    table = heard.delivery.lines
    if not len(table):
        if len(heard.lines):
            st.caption("No line has a time in this clip.")
        else:
            st.caption("No lines yet: add subtitles or a script below.")
        return
    query = st.text_input(
        "Search the lines", key=lines_key(scene.clip.sha256), placeholder="Words of a line"
    )
    found = table
    if query.strip():
        rows = find_lines(heard.lines, query).index
        spoken = heard.lines.spoken.index
        found = table[[place in rows for place in spoken]]
        if not len(found):
            st.caption("No line has these words.")
            return
    choice = st.dataframe(
        _to_show(found),
        hide_index=True,
        height=min(35 * (len(found) + 1) + 3, 360),
        on_select="rerun",
        selection_mode="single-row",
        key=f"line-list-{scene.clip.sha256}-{query}",
        column_config={"Line": st.column_config.TextColumn(width="large")},
    )
    st.caption("Choose a line to go to it. Press play in the clip to hear it.")
    picked = choice["selection"]["rows"]
    _go_to(scene, found["start"].iloc[picked[0]] if picked else None)


def _offer_moving(scene: StoredScene, heard: HeardScene) -> None:
    """Say where subtitles do not lie on the clip, and move them if the user wants that."""
    if not heard.fit.sentence:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(as_text(heard.fit.sentence), width="content")
        helps = (heard.fit.rate, heard.fit.shift) != (1, 0) and visitor().may_edit
        if helps and st.button("Move the lines", icon=":material/sync:", key="move-the-lines"):
            keep_lines(services.settings(), scene.clip.sha256, moved(heard.lines, heard.fit))
            st.rerun()


def _go_to(scene: StoredScene, time: float | None) -> None:
    """Have the player go to the line that was chosen, once."""
    key = f"line-gone-to-{scene.clip.sha256}"
    if time is not None and time != st.session_state.get(key):
        seek_to(scene.id, float(time), None)
        st.session_state[key] = time
        st.rerun()
    st.session_state[key] = time


def _to_show(table: pd.DataFrame) -> pd.DataFrame:
    columns = {"text": "Line", "face": "Face", "voice": "Voice", "strongest": "Strongest word"}
    shown = table.rename(columns=columns)
    shown.insert(0, "Time", [format_time(time) for time in table["start"]])
    shown.insert(1, "Who", table["speaker"])
    names = ["Time", "Who", "Line", "Face", "Voice"]
    if table["strongest"].ne("").any():
        names.append("Strongest word")
    return shown[names]


def _show_contrasts(scene: StoredScene, delivery: Delivery) -> None:
    if not delivery.contrasts:
        return
    st.subheader("Where face and voice part")
    for place, one in enumerate(delivery.contrasts[:_SHOWN]):
        _moment(scene, f"contrast-{place}", one.start, describe_contrast(one) + ".")
    _rest(len(delivery.contrasts))


def _show_reactions(scene: StoredScene, delivery: Delivery) -> None:
    if not delivery.reactions:
        return
    st.subheader("Silent reactions")
    st.caption(REACTIONS_CAVEAT)
    for place, one in enumerate(delivery.reactions[:_SHOWN]):
        _moment(scene, f"reaction-{place}", one.time, describe_reaction(one) + ".")
    _rest(len(delivery.reactions))


def _moment(scene: StoredScene, key: str, time: float, text: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-row"):
        if st.button(format_time(time), key=key, width="content"):
            seek_to(scene.id, float(time), None)
            st.rerun()
        st.markdown(as_text(text), width="stretch")


def _rest(count: int) -> None:
    if count > _SHOWN:
        st.caption(f"The first {_SHOWN} of {count}.")


def _add_words(scene: StoredScene, heard: HeardScene) -> None:
    clip = services.locate_clip(scene)
    place = "" if clip is None else to_text(clip)
    for kind in (FindScript, WriteDown):
        job = records.latest(services.queue(), kind, scene.clip.sha256, services.settings().library)
        if job is not None:
            job_panel(job)
            if job.active:
                return
    label = "Replace the lines" if len(heard.lines) else "Add subtitles or a script"
    key = f"words-of-{scene.clip.sha256}"
    with st.expander(label, icon=":material/subtitles:", key=key, on_change="rerun") as words:
        if not words.open:
            return
        st.caption(
            "Subtitles: SRT, VTT, ASS, TTML, SAMI. A script: plain text with NAME: before each "
            "line, or Fountain. A script names the speakers of subtitles; without subtitles its "
            "lines are looked for in the sound, in English only. Unclear ones get no time."
        )
        number = st.session_state.setdefault("words_number", 0)
        file = st.file_uploader("Subtitles or a script", type=_KINDS, key=f"words-{number}")
        if file is not None and st.button("Use this file", icon=":material/check:"):
            _take_words(scene, file.name, file.getvalue(), place)
        with st.container(horizontal=True):
            if (
                place
                and services.settings().speech_model
                and st.button(
                    "Write down what is said",
                    icon=":material/speech_to_text:",
                    help="Speech-to-text makes mistakes, and most where music plays.",
                )
            ):
                services.submit(WriteDown(place, scene.clip))
                st.rerun()
            if len(heard.lines) and st.button("Remove the lines", icon=":material/delete:"):
                remove_lines(services.settings(), scene.clip.sha256)
                st.rerun()


def _take_words(scene: StoredScene, name: str, content: bytes, place: str) -> None:
    try:
        done = add_words(services.settings(), scene.clip.sha256, name, content)
        if not done and not place:
            raise MediaError(f"{services.no_clip()}, so the script cannot be found in its sound.")
        if not done:
            services.submit(FindScript(place, scene.clip))
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    st.session_state["words_number"] += 1
    st.rerun()
