"""Figures of training runs: what each epoch brought, of one run or of several side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from emotion_core.render.figures.text import plain

# of runs and of performances: distinguished by lightness too, and none the colour of an emotion
SERIES_COLORS = ("#E8A06A", "#B7C9B0", "#A68BC0", "#7FB0A8", "#F1EAE3", "#8A7F76")
_TRAIN = "#8A7F76"
_STEPS = (1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Curve:
    """A measure of every epoch.

    Attributes:
        name: of its column, after ``train/``, ``val/`` or ``test/``.
        title: what it is, in a few words.
        unit: of its axis.
        meaning: a sentence on what it means.
        percent: whether it is a share, shown as a percentage.
    """

    name: str
    title: str
    unit: str
    meaning: str
    percent: bool = False


TERMS = (
    Curve(
        "loss",
        "Loss: all terms together",
        "weighted sum",
        "The sum of the terms below, each times its weight. Training makes it small; the epoch "
        "with the lowest value on the validation images is kept.",
    ),
    Curve(
        "classification",
        "Reading behind the mask",
        "cross-entropy (nats)",
        "How badly the classifier reads the emotion if it sees only what the mask shows. Low: "
        "that part is enough.",
    ),
    Curve(
        "entropy",
        "Uncertainty without the masked part",
        "negative entropy (nats)",
        "How unsure the classifier becomes if what the mask shows is hidden. The lower, the more "
        "unsure; -0.28 means all seven emotions are equally likely.",
    ),
    Curve(
        "variation",
        "Roughness of the masks",
        "mean difference of neighbours",
        "How ragged the masks are. Low: a few smooth regions instead of scattered dots.",
    ),
    Curve(
        "bound",
        "Distance from the allowed area",
        "mean distance",
        "How far the mask is outside the allowed share of the image. Zero: neither too small nor "
        "too large.",
    ),
    Curve(
        "target_area",
        "Area of the mask",
        "share of the image (%)",
        "How much of the image the mask of the emotion shows. A small mask is more precise.",
        percent=True,
    ),
    Curve(
        "other_area",
        "Area of the other emotions' masks",
        "share of the image (%)",
        "How much of the image the masks of all other emotions show together.",
        percent=True,
    ),
    Curve(
        "drawing",
        "What masks add",
        "mean probability (%)",
        "By how many points an emotion is more probable behind its mask than in the whole "
        "face. Zero: the mask shows what is there. High: the mask leaks its shape.",
        percent=True,
    ),
    Curve(
        "order",
        "Order of the regions",
        "1 - insertion + deletion",
        "Whether the mask is strongest where the reading depends on it most. Low: a few regions, "
        "in this order, make the reading, and without them it is gone.",
    ),
)
METRICS = (
    Curve(
        "target_probability",
        "Confidence behind the mask",
        "mean probability (%)",
        "How confident the classifier is of the emotion if it sees only what the mask shows.",
        percent=True,
    ),
    Curve(
        "top1",
        "Emotion still leads",
        "share of the images (%)",
        "In how many images the emotion still leads if only what the mask shows is visible.",
        percent=True,
    ),
    Curve(
        "agreement",
        "Same reading as for the whole face",
        "share of the images (%)",
        "In how many images the classifier reads what the mask shows like the whole face.",
        percent=True,
    ),
    Curve(
        "inverse_agreement",
        "Same reading without the masked part",
        "share of the images (%)",
        "In how many images the classifier still reads the same if what the mask shows is "
        "hidden. Low: the mask found what matters.",
        percent=True,
    ),
    Curve(
        "accuracy",
        "Accuracy over seven yes-or-no answers",
        "share of the answers (%)",
        "Each image counts as seven answers, one per emotion, and most are an easy no. So it is "
        "high from the start.",
        percent=True,
    ),
    Curve(
        "macro_f1",
        "Macro F1",
        "F1 (%)",
        "For each emotion, how many of its images are found and how many found ones are right; "
        "then the mean, so rare emotions count as much.",
        percent=True,
    ),
    Curve(
        "f1",
        "F1",
        "F1 (%)",
        "Precision and recall in one number, the mean over the emotions.",
        percent=True,
    ),
    Curve(
        "precision",
        "Precision",
        "share of the answers (%)",
        "Of the images read as an emotion, how many are that emotion; mean over the emotions.",
        percent=True,
    ),
    Curve(
        "recall",
        "Recall",
        "share of the images (%)",
        "Of the images of an emotion, how many are read as it; mean over the emotions.",
        percent=True,
    ),
)
RATE = Curve(
    "learning_rate",
    "Learning rate",
    "step size",
    "How large the training steps are: they grow at first and then shrink, so that the network "
    "settles.",
)
CURVES = {curve.name: curve for curve in (*TERMS, *METRICS, RATE)}


def group_curves(metrics: pd.DataFrame) -> dict[str, list[Curve]]:
    """The curves that a table holds: of the loss, of the readings, of the rate, and all others.

    Args:
        metrics: of :class:`emotion_core.training.runs.folders.TrainingRun`.

    Returns:
        Only groups that have one.
    """
    stages = ("train/", "val/")
    names = dict.fromkeys(
        str(column).partition("/")[2] for column in metrics if str(column).startswith(stages)
    )
    others = [Curve(name, name, name, "") for name in names if name not in CURVES]
    groups = {
        "Loss": [curve for curve in TERMS if curve.name in names],
        "Readings": [curve for curve in METRICS if curve.name in names],
        "Learning rate": [RATE] if RATE.name in names else [],
        "Others": others,
    }
    return {title: curves for title, curves in groups.items() if curves}


def draw_curve(curve: Curve, runs: Mapping[str, pd.DataFrame]) -> go.Figure:
    """A measure epoch by epoch.

    Of one run the training and the validation pictures are drawn, of several only the validation
    pictures where they were measured.

    Args:
        curve: which measure.
        runs: metrics by the name of the run; ``epoch`` is counted from 0 and shown from 1.
    """
    figure = go.Figure()
    for index, (name, metrics) in enumerate(runs.items()):
        color = SERIES_COLORS[index % len(SERIES_COLORS)]
        val, train = f"val/{curve.name}", f"train/{curve.name}"
        alone = len(runs) == 1
        if train in metrics and (alone or val not in metrics):
            said = "training" if alone else name
            dim = _TRAIN if alone and val in metrics else color
            _add_line(figure, curve, metrics, train, said, dim)
        if val in metrics:
            _add_line(figure, curve, metrics, val, "validation" if alone else name, color)
    last = max((int(table["epoch"].max()) + 1 for table in runs.values() if len(table)), default=1)
    step = next((one for one in _STEPS if last <= 10 * one), _STEPS[-1])
    figure.update_layout(
        title={"text": curve.title, "font": {"size": 15}},
        height=290,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        # below, where it may take several lines
        legend={"orientation": "h", "y": -0.3, "yanchor": "top", "x": 0},
        showlegend=len(figure.data) > 1,
        hovermode="x unified",
        xaxis={"title": "epoch", "fixedrange": True, "dtick": step, "range": [0.5, last + 0.5]},
        yaxis={"title": curve.unit, "fixedrange": True},
    )
    return figure


def _add_line(
    figure: go.Figure, curve: Curve, metrics: pd.DataFrame, column: str, name: str, color: str
) -> None:
    # an epoch without a validation is no gap in the line
    known = metrics[["epoch", column]].dropna()
    factor = 100 if curve.percent else 1
    figure.add_scatter(
        x=known["epoch"] + 1,
        y=factor * known[column],
        name=plain(name),
        mode="lines+markers" if len(known) < 30 else "lines",
        line={"color": color, "width": 2},
        marker={"size": 6},
        hovertemplate="%{y:.1f}%" if curve.percent else "%{y:.4g}",
    )
