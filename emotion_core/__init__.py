"""Eme's core: from a clip to who plays what, moment by moment, and where in the face.

A clip comes in through :mod:`emotion_core.media`, faces are found and followed in
:mod:`emotion_core.faces`, read in :mod:`emotion_core.emotions`, and put together in
:mod:`emotion_core.scene`. The package never imports Streamlit.

The names in ``__all__`` are what other programs use. Each is imported when it is first asked for,
so that ``import emotion_core`` costs nothing and PyTorch is loaded only where a face is read.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emotion_core.api import analyze, compare, explain, load_analysis, read_picture
    from emotion_core.emotions.labels import EMOTIONS
    from emotion_core.errors import EmotionCoreError
    from emotion_core.performance.comparison.comparison import Comparison
    from emotion_core.scene.analysis import SceneAnalysis
    from emotion_core.types import Attribution, EmotionScores

__version__ = "0.2.0"

__all__ = [
    "EMOTIONS",
    "Attribution",
    "Comparison",
    "EmotionCoreError",
    "EmotionScores",
    "SceneAnalysis",
    "__version__",
    "analyze",
    "compare",
    "explain",
    "load_analysis",
    "read_picture",
]

_HOMES = {
    "EMOTIONS": "emotions.labels",
    "Attribution": "types",
    "Comparison": "performance.comparison.comparison",
    "EmotionCoreError": "errors",
    "EmotionScores": "types",
    "SceneAnalysis": "scene.analysis",
}

# Threads of PyTorch's OpenMP spin while they wait for one another. On a laptop whose cores are
# busy with anything else, a browser that plays the clip say, the one that is waited for does not
# get to run: detection was seen to take 27 times as long. Falling asleep at once is as bad on an
# idle machine, since the many small steps of MTCNN then wait for threads to wake: twice as long.
# So they spin for some microseconds only. Read when PyTorch is loaded, hence here.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")


if not TYPE_CHECKING:  # or a type checker would take any name for one of ours

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'api')}"), name)
        globals()[name] = value  # asked for only once
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
