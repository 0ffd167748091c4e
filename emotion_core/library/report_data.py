"""A scene with what is heard in it and what its user says of it, as exports read it."""

from __future__ import annotations

from emotion_core.export.report_data import Bookmark, ReportData, build_report_data
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import Database
from emotion_core.library.deliveries import scene_sound
from emotion_core.library.queries.browsing import get_scene, scene_at
from emotion_core.library.speakers import load_speakers, with_sound
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.settings import Settings


def library_report_data(
    settings: Settings,
    database: Database,
    analysis: SceneAnalysis,
    character: str | None = None,
    *,
    heard: bool = True,
) -> ReportData:
    """Collect what exports of a scene read, with its title and bookmarks in the library.

    Those speak whose mouths follow the sound, as far as it was read.

    Args:
        settings: of the library.
        database: the library; a scene that is not in it goes by the name of its clip.
        analysis: of the scene; its tracks get the names that they have in the library.
        character: report this one only; all if ``None``.
        heard: with what is heard, which needs what reads voices.

    Raises:
        ExportError: there is no such character.
        LibraryError: the library cannot be read.
        ModelError: what reads voices cannot be loaded.
    """
    speakers = load_speakers(settings, analysis)
    analysis = with_characters(database, with_sound(analysis, speakers))
    sound = scene_sound(settings, analysis, speakers) if heard else None
    number = scene_at(database, analysis.id)
    scene = None if number is None else get_scene(database, number)
    if scene is None:
        return build_report_data(analysis, character=character, sound=sound)
    marks = [Bookmark(mark.time, mark.comment, mark.end) for mark in scene.bookmarks]
    return build_report_data(
        analysis, title=scene.title, character=character, bookmarks=marks, sound=sound
    )
