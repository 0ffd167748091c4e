"""Where in the face compared performances are read, by the explainer of each one's model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.errors import MediaError
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.performances import FaceMoments, explain_performances
from emotion_core.library.queries.performances import PerformanceEntry
from emotion_core.performance.comparison.comparison import (
    ComparedPerformance,
    Comparison,
)
from emotion_core.performance.strong_moments import strong_moments
from emotion_core.progress import Task
from emotion_core.render.figures.comparison import draw_region_shares
from pages.shared import services
from pages.shared.faces.masks import run_once
from pages.shared.performance_picker import scene_of
from pages.shared.table_button import table_button
from pages.shared.text import as_text

_MOMENTS = 6


def regions(comparison: Comparison, entries: Sequence[PerformanceEntry]) -> None:
    """Parts of the face, computed on request."""
    st.subheader("Where in the face")
    able: list[tuple[PerformanceEntry, ComparedPerformance]] = []
    for entry, one in zip(entries, comparison.performances, strict=True):
        if missing := _missing(entry):
            st.caption(f"{as_text(one.title)}: {missing}")
        else:
            able.append((entry, one))
    if not able:
        return
    st.caption(
        f"Each face at up to {_MOMENTS} strongest moments: how much of the mask of the leading "
        "emotion lies in each part of it. The masks are the trained explainer's; they show what "
        "the model looks at."
    )
    keys = "|".join(entry.key for entry, _ in able)
    job = run_once(
        f"regions:{hashlib.sha256(keys.encode()).hexdigest()}",
        "Parts of the face",
        lambda: _look(able),
        "Look at the faces",
    )
    if job is None:
        return
    found = [
        (one.title, table) for (_, one), table in zip(able, job.result, strict=True) if len(table)
    ]
    if not found:
        st.caption("The parts of these faces could not be located at any moment.")
        return
    st.plotly_chart(draw_region_shares(found), width="stretch", key="compared-regions")
    st.caption(
        "The thin lines show how far single moments lie from the mean, the light marks how much "
        "room each part takes. Few moments: a small difference means nothing."
    )
    table_button(
        "Parts of the face",
        lambda: pd.concat([table.assign(title=title) for title, table in found]),
        "comparison parts of the face",
    )


def _missing(entry: PerformanceEntry) -> str:
    """Why a face cannot be looked at; empty if it can."""
    scene = scene_of(entry)
    if services.find_clip(scene) is None:
        return "the clip is no longer where it was."
    if services.find_explainer(scene.model) is None:
        name = as_text(short_name(scene.model.name))
        return f"no explainer was trained for {name}, which has read it."
    return ""


def _look(
    able: Sequence[tuple[PerformanceEntry, ComparedPerformance]],
) -> Task[tuple[pd.DataFrame, ...]]:
    faces = []
    for entry, one in able:
        scene = scene_of(entry)
        clip, folder = services.find_clip(scene), services.find_explainer(scene.model)
        if clip is None or folder is None:
            raise MediaError(f"The clip of {one.title} is no longer where it was.")
        classifier = services.exact_classifier(scene.model.name)
        method = MaskExplainer.load(folder, classifier)
        rows = strong_moments(one.performance, _MOMENTS)
        faces.append(FaceMoments(clip, rows, classifier, method))
    return (yield from explain_performances(faces, services.detector()))
