"""What came with a model: its measured figures and its card."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.emotions.cards import CardPart, card_sections, read_card
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.measured import (
    FEW,
    FIGURES_FILE,
    ModelFigures,
    read_figures,
    read_source_figures,
)
from emotion_core.emotions.registry import hash_weights
from emotion_core.errors import ModelError
from emotion_core.render.figures.models import draw_confusion, draw_reliability
from pages.shared.table_button import table_button
from pages.shared.text import as_text

AGREEMENT = (
    "Share of the images in which the model's leading emotion is the one most people voted for."
)
FOUND = (
    "Of the faces that most people call an emotion, the share that it finds, averaged over the "
    "emotions (macro recall): rare emotions count as much as common ones. 14% by chance."
)
MACRO_F1 = "F1 averaged over the emotions, so rare ones count as much; 1 is perfect."
CALIBRATION = "The average gap between the model's confidence and how often it is right."
TRUTHS = {"votes": "the votes of its annotators", "folders": "its labels"}
# Percentage points between how sure a model is and how often it is right that do not matter.
CLOSE = 3
_CHANGED = "This model has changed since it was tested: these numbers belong to other weights."
# Sections of a card that are read at once; the others, such as training commands, are opened.
_OPEN = ("what it is", "where it fails")


def show_figures(folder: Path) -> None:
    """The measured figures of the model in a folder, or a sentence where there are none."""
    try:
        figures, sources = read_figures(folder), read_source_figures(folder)
    except ModelError as error:
        st.warning(as_text(str(error)), icon=":material/warning:")
        return
    if figures is None:
        st.info("This model has no test results to draw.", icon=":material/info:")
        return
    _show_metrics(figures)
    _show_counting(figures, folder)
    matrix, beside = st.columns([4, 3])
    with matrix:
        alt = "How often each emotion is read as each other one."
        st.plotly_chart(draw_confusion(figures), width="stretch", alt=alt)
        st.caption(
            "Each row is 100%: the faces that most people voted for as that emotion. The columns "
            "are what the model read in them, with the number of images below."
        )
    with beside:
        if figures.reliability:
            _show_reliability(figures, folder.name)
        else:
            _show_emotions(figures, folder)
    if figures.reliability:
        _show_emotions(figures, folder)
    if sources:
        _show_sources(sources, folder)


def _show_metrics(figures: ModelFigures) -> None:
    agreement, found, alike, calibration, pictures = st.columns(5)
    agreement.metric("Agreement", f"{100 * figures.top1:.1f}%", help=AGREEMENT)
    agreement.caption(f"95% interval {_percent(figures.top1_interval, 1)}")
    found.metric("Found on average", f"{100 * figures.mean_recall:.1f}%", help=FOUND)
    alike.metric("Macro F1", f"{figures.macro_f1:.2f}", help=MACRO_F1)
    calibration.metric("Calibration error", f"{100 * figures.ece:.1f}%", help=CALIBRATION)
    spans = None if figures.intervals is None else figures.intervals.macro_recall
    found.caption(
        "each emotion counted alike" if spans is None else f"95% interval {_percent(spans, 1)}"
    )
    if figures.intervals is None:
        alike.caption("every emotion counts equally")
        calibration.caption("0 means its confidence can be taken at face value")
    else:
        low, high = figures.intervals.macro_f1
        alike.caption(f"95% interval {low:.2f} to {high:.2f}")
        calibration.caption(f"95% interval {_percent(figures.intervals.ece, 1)}")
    pictures.metric("Images", f"{figures.count:,}", help="Face images in the test.")
    measured = figures.measured
    pictures.caption("see its card" if measured is None else as_text(measured.where))


def _show_counting(figures: ModelFigures, folder: Path) -> None:
    """What was measured, and how it comes out where only clear majorities count."""
    said = []
    if (on := figures.measured) is not None:
        truth = TRUTHS.get(on.labels, on.labels)
        mirroring = ", averaged with the mirrored image" if on.mirrored else ""
        upright = ", each face turned upright first" if on.upright else ""
        said.append(
            f"Tested on **{as_text(on.where)}** against {as_text(truth)}{upright}, computed in "
            f"{as_text(on.precision)}{mirroring}."
        )
    if figures.tied:
        said.append(
            f"In {figures.tied:,} of the images several emotions tie for most votes; the first "
            "one counts."
        )
    if (clear := figures.clear_majority) is not None:
        said.append(
            f"On the {clear.count:,} images with a clear majority (by the rule of FER+'s "
            f"authors), it agrees in **{100 * clear.top1:.1f}%** (95% interval "
            f"{_percent(clear.top1_interval, 1)})."
        )
    if said:
        st.markdown(" ".join(said))
    if on is not None and on.fingerprint != hash_weights(folder):
        st.warning(_CHANGED, icon=":material/warning:")


def _show_reliability(figures: ModelFigures, name: str) -> None:
    alt = "How often the model is right at each confidence."
    st.plotly_chart(draw_reliability(figures), width="stretch", alt=alt)
    st.caption(
        "Take the faces that it reads with about 70% confidence: for how many do most people "
        "agree? On the dashed line, confidence matches agreement. Bars above the line: "
        f"underconfident. Below: overconfident. Dim: fewer than {FEW} images. "
        f"{_say_confidence(figures)}"
    )
    table_button(
        "Calibration",
        lambda: pd.DataFrame([asdict(one) for one in figures.reliability]),
        f"{name} calibration",
    )


def _say_confidence(figures: ModelFigures) -> str:
    """How sure it is beside how often it is right, on average."""
    given = 100 * (figures.confidence or 0)
    right = 100 * figures.top1
    means = f"on average its confidence is {given:.0f}% and it is right in {right:.0f}%"
    if abs(given - right) < CLOSE:
        return f"Here the two are close: {means}."
    return f"Here it is {'under' if given < right else 'over'}confident: {means}."


def _show_emotions(figures: ModelFigures, folder: Path) -> None:
    st.markdown("**Results for each emotion**")
    percent = st.column_config.NumberColumn(format="%.0f%%")
    rows = []
    for name in EMOTIONS:
        of = figures.per_class[name]
        row = {"emotion": name, "precision": 100 * of.precision, "recall": 100 * of.recall}
        row |= {"F1": of.f1, "images": of.count}
        if figures.intervals is not None:
            spans = figures.intervals.per_class[name]
            row["precision, 95%"] = _percent(spans.precision)
            row["recall, 95%"] = _percent(spans.recall)
            row["F1, 95%"] = f"{spans.f1[0]:.2f} to {spans.f1[1]:.2f}"
        rows.append(row)
    order = ["emotion"]
    for name in ("precision", "recall", "F1"):
        order += [name] if figures.intervals is None else [name, f"{name}, 95%"]
    st.dataframe(
        pd.DataFrame(rows)[[*order, "images"]],
        hide_index=True,
        column_config={"precision": percent, "recall": percent}
        | {"F1": st.column_config.NumberColumn(format="%.2f")},
    )
    st.caption(
        "Precision: of the faces read as this emotion, how many most people agree with. Recall: "
        "of the faces that most people call this emotion, how many it finds. F1: both in one "
        "number, 1 is perfect. With few images these are rough."
    )
    st.download_button(
        "Results as JSON",
        (folder / FIGURES_FILE).read_bytes,
        f"{folder.name} evaluation.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_sources(sources: list[ModelFigures], folder: Path) -> None:
    """How the data sets differ, where none says who the people are."""
    st.markdown("**Does it read all people alike?**")
    st.markdown(
        "Probably not, but nobody can say how much: none of the data sets says how old people are, "
        "of which gender, or which tone their skin has. What can be compared are the sets, which "
        "differ in people, cameras and labels."
    )
    st.dataframe(_compare_sources(sources), hide_index=True)
    st.caption(
        "Of the faces that most people call an emotion, how many the model finds in each set, with "
        "the 95% interval and the number of faces. A part called *val* was not trained on but "
        "helped to choose this model; *test* did neither."
    )
    own = hash_weights(folder)
    if any(one.measured is not None and one.measured.fingerprint != own for one in sources):
        st.warning(_CHANGED, icon=":material/warning:")


def _compare_sources(sources: list[ModelFigures]) -> pd.DataFrame:
    """A row for each emotion and a column for each set: on a telephone there is room for two."""
    columns: dict[str, list[str]] = {"emotion": [*EMOTIONS, "all, on average", "agreement"]}
    for number, figures in enumerate(sources, 1):
        name = f"set {number}" if figures.measured is None else figures.measured.where
        cells = [_found_cell(figures, emotion) for emotion in EMOTIONS]
        cells.append(f"{100 * figures.mean_recall:.0f}%")
        agreement = f"{100 * figures.top1:.0f}% ({_percent(figures.top1_interval)})"
        columns[name] = [*cells, f"{agreement} of {figures.count:,}"]
    return pd.DataFrame(columns)


def _found_cell(figures: ModelFigures, emotion: str) -> str:
    of = figures.per_class[emotion]
    if of.count < FEW:
        return f"too few: {of.count}"
    spans = figures.intervals
    span = "" if spans is None else f" ({_percent(spans.per_class[emotion].recall)})"
    return f"{100 * of.recall:.0f}%{span} of {of.count:,}"


def _percent(interval: tuple[float, float], digits: int = 0) -> str:
    low, high = (f"{100 * share:.{digits}f}" for share in interval)
    return f"{low} to {high}%"


def show_card(folder: Path) -> None:
    """The card of the model in a folder, with its pictures."""
    try:
        parts = read_card(folder)
    except ModelError as error:
        st.warning(as_text(str(error)), icon=":material/warning:")
        return
    if not parts:
        st.info("This model has no card.", icon=":material/info:")
        return
    st.markdown("**The card of the model**")
    beginning, *sections = card_sections(parts)
    for part in beginning[1]:
        _show_part(part)
    for title, own in sections:
        with st.expander(as_text(title), expanded=title.casefold() in _OPEN):
            for part in own:
                _show_part(part)


def _show_part(part: CardPart) -> None:
    if part.picture is None:
        st.markdown(part.text)
    else:
        st.image(
            str(part.picture),
            caption=as_text(part.text) or None,
            alt=part.text or "A picture of the model card",
        )
