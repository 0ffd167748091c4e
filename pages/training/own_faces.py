"""The faces of the user's own scenes, to train an explainer on."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from emotion_core.datasets.from_scenes import SceneFaces, faces_of_scenes
from emotion_core.library.queries.browsing import SceneEntry, scene_entries
from emotion_core.progress import Progress, finish
from pages.shared import services

_MOST = 200  # scenes that are looked through, the newest


def own_scenes() -> list[SceneEntry]:
    """The newest analysis of each scene."""
    newest: dict[int, SceneEntry] = {}
    for entry in scene_entries(services.library(), limit=_MOST):
        newest.setdefault(entry.scene_id, entry)
    return list(newest.values())


def collect_faces(folder: Path, scenes: Sequence[SceneEntry], count: int) -> Path:
    """Write faces of scenes into the folder of a run, and show how far it is.

    Args:
        folder: of a run that has not begun.
        scenes: where the faces are; a scene whose clip is gone is left out.
        count: about how many.

    Raises:
        DatasetError: there are too few faces.
        OutputError: the folder cannot be written to.
    """
    sources = []
    for entry in scenes:
        stored = services.analyses().read(entry.address)
        analysis = services.load_scene(entry.address, entry.created.isoformat())
        clip = None if stored is None else services.locate_clip(stored)
        if analysis is not None and clip is not None:
            sources.append(SceneFaces(clip, analysis.faces))
    faces = folder / "faces"
    shutil.rmtree(faces, ignore_errors=True)  # of a run of that name that came to nothing
    text = "Collecting faces from your scenes …"
    bar = st.progress(0.0, text)

    def report(step: Progress) -> None:
        bar.progress(step.share, text)

    finish(faces_of_scenes(faces, sources, count, services.media()), report)
    bar.empty()
    return faces
