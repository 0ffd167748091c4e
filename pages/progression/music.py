"""The progression of a face over the music of its clip."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from emotion_core.emotions.uncertainty import mark_unsure
from emotion_core.performance.over_music import CHORD, KEY, SCORE, OverMusic, over_music
from emotion_core.performance.progression import Progression, ProgressionSettings
from emotion_core.performance.wording.music import caveat_of, describe_coincidence, describe_music
from emotion_core.render.figures.music.beneath import draw_over_music, drawn_line
from emotion_core.render.figures.progression import Span, drawn_chords, within
from emotion_core.sound.analysis import describe_tracks
from emotion_core.sound.music.reading import MusicReading
from emotion_core.sound.store import SoundStore
from emotion_core.text import format_time
from pages.progression.character_picker import ChosenPerformance
from pages.shared import services
from pages.shared.chart import chart
from pages.shared.table_button import table_button
from pages.shared.text import as_text
from pages.shared.users.caches import per_library

_NO_MUSIC = "–"
_TIME_WIDTH = 110  # px


def music_section(chosen: ChosenPerformance, progression: Progression, span: Span) -> None:
    """Both progressions one under the other, as a figure, in sentences and as a table.

    Args:
        chosen: whose face.
        progression: of it.
        span: from when to when, in seconds of the clip.
    """
    st.header("Music beneath")
    heard = services.sound_changed(chosen.scene.id)
    found = _music(chosen.scene.id, heard, chosen.scene.clip.sha256)
    if found is None:
        st.caption(
            "The sound of this scene was not read. You can read it on the page Scene analysis."
        )
        return
    tracks, reading = found
    if reading.sections.empty:
        st.caption(as_text(tracks) or "No music was found in this clip.")
        return
    over = _over(chosen.address, heard, progression.settings, progression, reading)
    st.markdown(as_text(describe_music(progression.name, over)))
    if not over.share:
        return
    chart(
        _figure(chosen.address, heard, progression.settings, span, progression, over),
        over.lines,
        chosen.file("face and music"),
        "music",
        "Chords of the face over time above, chords, keys and changes of the music below.",
    )
    st.caption(
        "Hatched: can't tell. Names that do not fit are left out; point at a block to see its "
        "name. A change of the score is where music begins or ends, or where its harmony, timbre "
        f"or level changes most.{_left_out(progression, over, span)}"
    )
    st.markdown(as_text(describe_coincidence(over.coincidence)))
    st.caption(caveat_of(over.coincidence))
    _show_table(over, span)
    table_button("Music beneath", lambda: over.segments, chosen.file("music beneath"))


@per_library(st.cache_resource(show_spinner=False, max_entries=8))
def _music(address: str, heard: int, clip: str) -> tuple[str, MusicReading] | None:
    """What there is to say of the tracks, and the music; ``None`` where no sound was read."""
    sound = SoundStore(services.settings().analyses_dir).load(clip)
    return None if sound is None else (describe_tracks(sound), sound.music)


@per_library(st.cache_resource(show_spinner=False, max_entries=16))
def _over(
    address: str,
    heard: int,
    settings: ProgressionSettings,
    _progression: Progression,
    _reading: MusicReading,
) -> OverMusic:
    return over_music(_progression, _reading)


@per_library(st.cache_resource(show_spinner=False, max_entries=32))
def _figure(
    address: str,
    heard: int,
    settings: ProgressionSettings,
    span: Span,
    _progression: Progression,
    _over: OverMusic,
) -> go.Figure:
    return draw_over_music(_progression, _over, span)


def _left_out(progression: Progression, over: OverMusic, span: Span) -> str:
    """Where not everything is drawn, a sentence that says so."""
    lines = {line: over.lines[over.lines["line"] == line] for line in (CHORD, KEY, SCORE)}
    drawn = [(len(drawn_line(over, line, span)), own) for line, own in lines.items()]
    drawn.append((len(drawn_chords(progression, span)), progression.chords))
    if all(count == len(within(own, *span, "end")) for count, own in drawn):
        return ""
    return " Only the longest blocks are drawn; choose a shorter part to see all."


def _show_table(over: OverMusic, span: Span) -> None:
    own = within(over.segments, *span, "end")
    spans = zip(own["start"], own["end"], strict=True)
    faces = zip(own["face"], own["unsure"], strict=True)
    shown = pd.DataFrame(
        {
            "Time": [f"{format_time(start)}–{format_time(end)}" for start, end in spans],
            "Face": [mark_unsure(name, reason) for name, reason in faces],
            "Music beneath": own["chords"],
            "In its key": own["numerals"],
            "Key": own["key"],
        }
    ).replace("", _NO_MUSIC)
    st.dataframe(
        shown,
        hide_index=True,
        height=min(35 * (len(shown) + 1) + 3, 360),
        # on a phone the music would lie out of sight
        column_config={
            "Time": st.column_config.TextColumn(width=_TIME_WIDTH),
            "Face": st.column_config.TextColumn(width="small"),
            "Key": st.column_config.TextColumn(width="small"),
        },
    )
    st.caption(f"{_NO_MUSIC}: no music. In its key: roman numerals, capitals for major chords.")
