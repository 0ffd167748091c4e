"""The face that the page of attributions is about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.found_faces import FoundFace
from emotion_core.types import FloatArray
from pages.shared.users.caches import per_library


@dataclass(frozen=True, slots=True)
class ChosenFace:
    """A face and the model that reads it.

    Attributes:
        address: names the face by the content of its picture.
        face: cut out.
        classifier: in full precision.
        title: what to call it.
        file_name: of downloads, without an ending.
        clip, rows, analysis, track_address: where it continues in time; ``None`` and empty for a
            photo.
    """

    address: str
    face: FoundFace
    classifier: EmotionClassifier
    title: str
    file_name: str
    clip: Path | None = None
    rows: pd.DataFrame | None = None
    analysis: str = ""
    track_address: str = ""

    @property
    def key(self) -> str:
        """Changes with the face and with the model."""
        return f"{self.address}:{self.classifier.identity.fingerprint}"

    @property
    def probabilities(self) -> FloatArray:
        """(7,) in the order of EMOTIONS."""
        return _read(self.key, self)

    @property
    def shares(self) -> dict[str, float]:
        """Probability of each emotion."""
        return dict(zip(EMOTIONS, map(float, self.probabilities), strict=True))


@per_library(st.cache_data(show_spinner=False, max_entries=200))
def _read(key: str, _chosen: ChosenFace) -> FloatArray:
    probabilities: FloatArray = _chosen.classifier.classify([_chosen.face.crop]).probabilities[0]
    return probabilities
