"""Masks of faces at moments of scenes, kept beside the analyses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.registry import hash_weights
from emotion_core.errors import JobError
from emotion_core.explanation.methods.interface import AttributionMethod
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.registry import build_method
from emotion_core.explanation.tracks import explain_moments, load_explanation, save_explanation
from emotion_core.files import from_text
from emotion_core.jobs.kinds.reading import (
    exact_classifier_of,
    read_before,
    reader_of,
)
from emotion_core.jobs.work import Phase, Work
from emotion_core.progress import Task, part
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import Settings

# Clips that the subject of a job names; a database allows no longer ones to be searched for.
_NAMED = 30


@dataclass(frozen=True)
class FaceToExplain:
    """A face of a scene at some moments, and what looks at it.

    Attributes:
        address: of the analysis.
        model: fingerprint of the classifier that reads it now.
        moments: frame and track of each, in order; a character may have several tracks.
        method: its name, see :mod:`emotion_core.explanation.methods.registry`; that of a trained
            explainer where ``explainer`` is given.
        explainer: its folder, as :func:`~emotion_core.files.to_text` writes it.
    """

    address: str
    model: str
    moments: tuple[tuple[int, int], ...]
    method: str
    explainer: str = ""

    @classmethod
    def at(
        cls, address: str, model: str, rows: pd.DataFrame, method: str, explainer: str = ""
    ) -> FaceToExplain:
        """From rows of the ``faces`` table, ascending in time."""
        frames, tracks = rows["frame"].tolist(), rows["track"].tolist()
        return cls(address, model, tuple(zip(frames, tracks, strict=True)), method, explainer)

    @property
    def digest(self) -> str:
        """Changes with the model, the moments, the method, and the weights of the explainer."""
        weights = hash_weights(from_text(self.explainer)) if self.explainer else self.method
        return hashlib.sha256(f"{self.model}:{weights}:{self.moments}".encode()).hexdigest()[:16]


def explanation_path(settings: Settings, face: FaceToExplain) -> Path:
    """Where the masks of a face lie once they were made."""
    return settings.analyses_dir / face.address / f"explanation-{face.digest}.npz"


@dataclass(frozen=True)
class ExplainFaces(Work):
    """Where in some faces they are read, at some moments.

    What was explained before, part by part, stays.

    Attributes:
        faces: the faces.
    """

    faces: tuple[FaceToExplain, ...]

    kind: ClassVar[str] = "explain"
    result: ClassVar[Any] = None
    # a few pictures, which somebody waits for: a film that is read must not be in their way
    computes: ClassVar[bool] = False
    edits: ClassVar[bool] = False

    @property
    def subject(self) -> str:
        """The clips, and what is looked at in them."""
        clips = dict.fromkeys(face.address.partition("/")[0] for face in self.faces)
        digests = "".join(face.digest for face in self.faces)
        named = [*list(clips)[:_NAMED], hashlib.sha256(digests.encode()).hexdigest()[:16]]
        return ":".join(named)

    @property
    def title(self) -> str:
        """What it is called."""
        return "Masks over time" if len(self.faces) == 1 else "Regions of the faces"

    def phases(self, settings: Settings) -> Sequence[Phase]:
        """One."""
        return [Phase("Explaining", lambda: self._explain(settings))]

    def _explain(self, settings: Settings) -> Task[None]:
        missing = [face for face in self.faces if not _is_explained(settings, face)]
        done, total = 0, sum(len(face.moments) for face in missing)
        for face in missing:
            until = done + len(face.moments)
            yield from part(_explain(settings, face), done / total, until / total)
            done = until


def _is_explained(settings: Settings, face: FaceToExplain) -> bool:
    """Whether its masks were made, by a version that divides regions into parts."""
    found = load_explanation(explanation_path(settings, face))
    return found is not None and found.has_parts


def _explain(settings: Settings, face: FaceToExplain) -> Task[None]:
    clip, analysis = read_before(settings, face.address)
    classifier = exact_classifier_of(settings, analysis.model.name)
    if classifier.identity.fingerprint != face.model:
        raise JobError(f"The model {analysis.model.name} has changed meanwhile. Ask again.")
    moments = pd.DataFrame(face.moments, columns=["frame", "track"])
    rows = moments.merge(analysis.faces, on=["frame", "track"])
    if len(rows) < len(moments):
        raise JobError("The scene was analyzed anew. Open it again.")
    reader, method = reader_of(settings, analysis.model.name), _method(face, classifier)
    with clips_of(settings).holding(clip) as file:
        task = explain_moments(file, rows, reader.detector, reader.mesh, classifier, method)
        save_explanation((yield from task), explanation_path(settings, face))


def _method(face: FaceToExplain, classifier: EmotionClassifier) -> AttributionMethod:
    if face.explainer:
        return MaskExplainer.load(from_text(face.explainer), classifier)
    return build_method(face.method, classifier)
