"""How a bar or a stretch of time is drawn whose reading is unsure, in every figure alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_DARK, _GREY = "rgba(20, 17, 15, 0.75)", "#8C837A"
# The background, through which what is unsure is seen faintly.
_VEIL = "rgba(20, 17, 15, 0.6)"


def hatching(unsure: Sequence[bool]) -> dict[str, Any]:
    """The ``pattern`` of the marker of n bars: dark lines over each one that is unsure."""
    return {
        "shape": ["/" if one else "" for one in unsure],
        "fillmode": "overlay",
        "fgcolor": _DARK,
        "size": 7,
        "solidity": 0.5,
    }


def veil(
    times: npt.NDArray[np.float64], unsure: npt.NDArray[np.bool_], step: float
) -> dict[str, Any]:
    """A scatter trace that covers the time in which readings are unsure, from 0 to 100%.

    Args:
        times: (n,) of the readings, ascending.
        unsure: (n,) whether each is.
        step: how long each lasts, in the unit of ``times``.
    """
    edges = np.flatnonzero(np.diff(unsure, prepend=False, append=False)).reshape(-1, 2)
    spans = np.stack([times[edges[:, 0]] - step / 2, times[edges[:, 1] - 1] + step / 2], axis=1)
    return {
        **outline(spans[:, [0, 0, 1, 1]], [0, 100, 100, 0]),
        "name": "unsure",
        "mode": "lines",
        "fill": "toself",
        "fillcolor": _VEIL,
        "fillpattern": {
            "shape": "/",
            "size": 7,
            "bgcolor": _VEIL,
            "fgcolor": _GREY,
            "solidity": 0.12,
        },
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def outline(edges: npt.NDArray[np.float64], heights: list[float]) -> dict[str, Any]:
    """Several outlines as one trace, an empty point after each.

    Args:
        edges: (n, k) times of the k corners of n outlines.
        heights: k heights of the corners.
    """
    x = np.hstack([edges, np.full((len(edges), 1), np.nan)])
    return {"x": x.ravel(), "y": np.tile([*heights, np.nan], len(edges))}
