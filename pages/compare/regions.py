"""Where in the face compared performances are read, by the explainer of each one's model."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.tracks import leading_shares
from emotion_core.explanation.wording import describe_mask
from emotion_core.jobs.kinds.explaining import FaceToExplain
from emotion_core.library.queries.performances import PerformanceEntry
from emotion_core.performance.comparison.comparison import (
    ComparedPerformance,
    Comparison,
)
from emotion_core.performance.strong_moments import strong_moments
from emotion_core.render.figures.comparison import draw_region_shares
from pages.shared import services
from pages.shared.faces.explained import explained, method_of
from pages.shared.faces.parts_table import TITLE, parts_table
from pages.shared.performance_picker import scene_of
from pages.shared.table_button import table_button
from pages.shared.text import as_text

_MOMENTS = 6


def regions(comparison: Comparison, entries: Sequence[PerformanceEntry]) -> None:
    """Parts of the face, computed on request."""
    st.header("Where in the face")
    able: list[tuple[PerformanceEntry, ComparedPerformance]] = []
    for entry, one in zip(entries, comparison.performances, strict=True):
        if missing := _missing(entry):
            st.caption(f"{as_text(one.title)}: {missing}")
        else:
            able.append((entry, one))
    if not able:
        return
    st.caption(
        f"Each face at up to {_MOMENTS} of its strongest moments: how much of the leading "
        "emotion's mask lies in each region. The masks come from the trained explainer and show "
        "what the model uses."
    )
    explanations = explained([_face(entry, one) for entry, one in able], "Explain the faces")
    if explanations is None:
        return
    seen = [
        (one.title, explanation)
        for (_, one), explanation in zip(able, explanations, strict=True)
        if len(leading_shares(explanation))
    ]
    parts = [(title, leading_shares(explanation)) for title, explanation in seen]
    wholes = [(title, leading_shares(explanation.by_region())) for title, explanation in seen]
    if not seen:
        st.caption("The regions of these faces could not be found at any moment.")
        return
    for title, table in parts:
        st.markdown(f"**{as_text(title)}:** {describe_mask(table)}")
    alt = "The share of each region of the face in the masks of each performance."
    st.plotly_chart(draw_region_shares(wholes), width="stretch", key="compared-regions", alt=alt)
    st.caption(
        "Thin lines: two thirds of the "
        "single moments lie within. Light marks: the size of each region. With "
        "few moments, ignore small differences."
    )
    if all(explanation.has_parts for _, explanation in seen):
        # numbered, since two performances may be called the same
        named = [(f"{number}. {title}", table) for number, (title, table) in enumerate(parts, 1)]
        with st.expander(TITLE):
            tables = pd.concat([table.assign(emotion=name) for name, table in named])
            parts_table(tables, [name for name, _ in named])
    table_button(
        "Regions of the face",
        lambda: pd.concat([table.assign(title=title) for title, table in parts]),
        "comparison parts of the face",
    )


def _missing(entry: PerformanceEntry) -> str:
    """Why a face cannot be looked at; empty if it can."""
    scene = scene_of(entry)
    if services.locate_clip(scene) is None:
        return f"{services.no_clip('the clip has')}."
    if services.find_explainer(scene.model) is None:
        name = as_text(short_name(scene.model.name))
        return f"{name}, the model that read it, has no trained explainer."
    return ""


def _face(entry: PerformanceEntry, one: ComparedPerformance) -> FaceToExplain:
    scene = scene_of(entry)
    rows = strong_moments(one.performance, _MOMENTS)
    looks = method_of(scene.model, MaskExplainer.name)
    return FaceToExplain.at(scene.id, scene.model.fingerprint, rows, *looks)
