"""Whether a model is right as often as it is sure: the data of a reliability diagram, and one.

Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2, with 15 equal bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_core.emotions.measured import FEW, ConfidenceBin
from emotion_core.errors import OutputError
from emotion_core.files import whole_file
from emotion_core.types import FloatArray

BINS = 15
_WIDTH = 92 / BINS
PLOT_SUFFIXES = (".svg", ".png")


def number_bins(confidence: FloatArray) -> npt.NDArray[np.int64]:
    """(n,) number of the bin, 0 to 14, in which each of n confidences lies."""
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def bin_readings(confidence: FloatArray, right: npt.NDArray[np.bool_]) -> list[ConfidenceBin]:
    """Confidence and accuracy by bins.

    Args:
        confidence: (n,) probability of the reading.
        right: (n,) whether the reading was right.
    """
    bins, table = number_bins(confidence), []
    for number in range(BINS):
        inside = bins == number
        some = bool(inside.any())
        table.append(
            ConfidenceBin(
                low=number / BINS,
                high=(number + 1) / BINS,
                count=int(inside.sum()),
                confidence=float(confidence[inside].mean(dtype=np.float64)) if some else None,
                accuracy=float(right[inside].mean()) if some else None,
            )
        )
    return table


def plot_reliability(bins: Sequence[ConfidenceBin], title: str, out: Path) -> None:
    """Draw a reliability diagram into a file, for a card.

    Drawn with matplotlib: Plotly, which draws it in the app, needs a browser to write a picture.
    The same bins give the same file.

    Args:
        bins: as :func:`bin_readings` gives them.
        title: above the diagram.
        out: an SVG or a PNG, by its suffix.

    Raises:
        OutputError: the suffix is another one, or the file cannot be written.
    """
    if out.suffix.lower() not in PLOT_SUFFIXES:
        raise OutputError(f"{out.name} must end in {' or '.join(PLOT_SUFFIXES)}.")
    import matplotlib
    from matplotlib.figure import Figure

    # text as paths: the card looks the same whatever fonts its reader has
    with matplotlib.rc_context({"svg.hashsalt": "eme", "svg.fonttype": "path"}):
        figure = Figure(figsize=(5.2, 5.6), layout="constrained", facecolor="white")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        _draw_accuracy(above, bins)
        above.set_title(title)
        total = sum(one.count for one in bins)
        shares = [100 * one.count / total for one in bins]
        below.bar(_middles(bins), shares, width=_WIDTH, color="#9A938C")
        below.set(xlabel="images (%)", ylabel="confidence (%)")
        with whole_file(out) as part:
            metadata = {"Date": None} if out.suffix.lower() == ".svg" else None
            figure.savefig(part, dpi=120, metadata=metadata)


def _draw_accuracy(axes: Any, bins: Sequence[ConfidenceBin]) -> None:
    """Bars of the accuracy, pale where few pictures make it rough, and the line to lie on."""
    parts = (
        ([one for one in bins if one.count >= FEW], "#C98A55", None),
        ([one for one in bins if 0 < one.count < FEW], "#EBD3BF", f"fewer than {FEW} images"),
    )
    for some, color, label in parts:
        heights = [100 * (one.accuracy or 0) for one in some]
        if some:
            axes.bar(_middles(some), heights, width=_WIDTH, color=color, label=label)
    line = {"color": "#2A2420", "linestyle": "--", "linewidth": 1}
    axes.plot([0, 100], [0, 100], label="confidence = agreement", **line)
    axes.set(ylabel="agreement with the votes (%)", xlim=(0, 100))
    axes.set(ylim=(0, 122), yticks=range(0, 101, 20))  # with room for the legend
    axes.legend(loc="upper left", fontsize="small", frameon=False)


def _middles(bins: Sequence[ConfidenceBin]) -> list[float]:
    """In percent."""
    return [50 * (one.low + one.high) for one in bins]
