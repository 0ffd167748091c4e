"""The tables of the library: films, scenes, their analyses, lines, tags, bookmarks, takes, jobs.

All are imported from here: a table that names another finds it only where both were loaded.
"""

from emotion_core.library.database.tables.characters import (
    Appearance,
    Character,
    character_label,
    shown_character,
)
from emotion_core.library.database.tables.columns import Base, now
from emotion_core.library.database.tables.films import Film
from emotion_core.library.database.tables.folding import fold, folded_lines, isolated, storable
from emotion_core.library.database.tables.jobs import Job
from emotion_core.library.database.tables.lines import SpokenLine
from emotion_core.library.database.tables.scenes import Analysis, Bookmark, Scene, Tag, scene_tags
from emotion_core.library.database.tables.takes import Take

__all__ = [
    "Analysis",
    "Appearance",
    "Base",
    "Bookmark",
    "Character",
    "Film",
    "Job",
    "Scene",
    "SpokenLine",
    "Tag",
    "Take",
    "character_label",
    "fold",
    "folded_lines",
    "isolated",
    "now",
    "scene_tags",
    "shown_character",
    "storable",
]
