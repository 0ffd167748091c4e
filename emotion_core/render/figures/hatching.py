"""How a bar is drawn whose reading is unsure, in every figure alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_DARK = "rgba(20, 17, 15, 0.75)"


def hatching(unsure: Sequence[bool]) -> dict[str, Any]:
    """The ``pattern`` of the marker of n bars: dark lines over each one that is unsure."""
    return {
        "shape": ["/" if one else "" for one in unsure],
        "fillmode": "overlay",
        "fgcolor": _DARK,
        "size": 7,
        "solidity": 0.5,
    }
