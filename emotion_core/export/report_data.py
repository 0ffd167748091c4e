"""A scene as exports read it: its readings, and what is reported about each of its characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from emotion_core.errors import ExportError
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.performance import Performance, performances_of
from emotion_core.performance.progression import Progression, read_progression
from emotion_core.scene.analysis import FRAME_DTYPES, SceneAnalysis
from emotion_core.scene.summary import SceneSummary, summarize
from emotion_core.text import format_time

_NAMES_LISTED = 8  # in an error


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A moment or a stretch that a user has marked.

    Attributes:
        time: seconds of the clip.
        comment: what they wrote, as text.
        end: seconds of the clip; ``None`` for a moment.
    """

    time: float
    comment: str
    end: float | None = None

    def __str__(self) -> str:
        """When: ``0:01.5``, or ``0:01.5–0:04.0``."""
        times = (self.time,) if self.end is None else (self.time, self.end)
        return "\N{EN DASH}".join(map(format_time, times))


@dataclass(frozen=True, slots=True)
class ReportData:
    """What exports of a scene read.

    Attributes:
        title: what to call the scene.
        analysis: its readings.
        summary: the readings summed up.
        performances: its characters, longest in view first.
        progressions: what is reported about each of them, in the same order.
        bookmarks: by time.
        sound: what is heard; ``None`` where it was not read.
    """

    title: str
    analysis: SceneAnalysis
    summary: SceneSummary
    performances: tuple[Performance, ...]
    progressions: tuple[Progression, ...]
    bookmarks: tuple[Bookmark, ...] = ()
    sound: SceneSound | None = None


def build_report_data(
    analysis: SceneAnalysis,
    *,
    title: str | None = None,
    character: str | None = None,
    bookmarks: Sequence[Bookmark] = (),
    sound: SceneSound | None = None,
) -> ReportData:
    """Collect what exports of a scene read.

    Args:
        analysis: its readings.
        title: what to call it; the name of the clip if ``None``.
        character: report this one only; all if ``None``.
        bookmarks: in any order.
        sound: of the whole scene, if it was read.

    Raises:
        ExportError: there is no such character.
    """
    if character is not None:
        analysis = only_character(analysis, character)
        sound = None if sound is None else sound.only(character)
    performances = performances_of(analysis, title)
    return ReportData(
        title=title or analysis.clip.name,
        analysis=analysis,
        summary=summarize(analysis),
        performances=performances,
        progressions=tuple(map(read_progression, performances)),
        bookmarks=tuple(sorted(bookmarks, key=lambda bookmark: bookmark.time)),
        sound=sound,
    )


def only_character(analysis: SceneAnalysis, name: str) -> SceneAnalysis:
    """The same scene with the readings of one character alone.

    Raises:
        ExportError: nobody in the scene is called so; the sentence says who is there.
    """
    names = analysis.face_names()
    tracks = [track for track, called in names.items() if called == name]
    if not tracks:
        raise ExportError(f"This scene has no character {name}. {_who_is_there(names.values())}")
    faces = analysis.faces[analysis.faces["track"].isin(tracks)].reset_index(drop=True)
    counts = faces.groupby("frame").size().reindex(analysis.frames["frame"], fill_value=0)
    frames = analysis.frames.assign(faces=counts.to_numpy()).astype(FRAME_DTYPES)
    return replace(analysis, faces=faces, frames=frames)


def _who_is_there(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    if not known:
        return "No face was found in it."
    more = len(known) - _NAMES_LISTED
    listed = ", ".join(known[:_NAMES_LISTED])
    return f"It has {listed}{f' and {more} more' if more > 0 else ''}."
