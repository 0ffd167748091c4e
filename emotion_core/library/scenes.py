"""The work that takes a clip into the app, as phases of a job."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emotion_core.library.jobs import Phase, Step
from emotion_core.media.playback import make_playable, playable
from emotion_core.media.sample import build_sample_scene
from emotion_core.scene.analysis import AnalysisParameters, ClipId
from emotion_core.scene.analyzer import AnalysisStep
from emotion_core.scene.storage import identify
from emotion_core.scene.workflow import ClassifierLoader, open_scene
from emotion_core.settings import Settings


def reading_phases(
    path: Path,
    clip: ClipId,
    model: str,
    settings: Settings,
    load_classifier: ClassifierLoader,
) -> list[Phase]:
    """Make a clip playable in a browser, then read it.

    Args:
        path: the clip.
        clip: its identity.
        model: name of the classifier.
        settings: where things are kept.
        load_classifier: gives the classifier of a name.

    Returns:
        Phases whose last step carries the analysis.
    """
    preview = settings.previews_dir / f"{clip.sha256}.mp4"

    def copy() -> Iterator[Step]:
        if not preview.exists() and not playable(path):
            yield from make_playable(path, preview)

    def read() -> Iterator[Step]:
        return open_scene(path, clip, model, AnalysisParameters(), settings, load_classifier)

    return [Phase("Making a copy that browsers can play", copy), Phase("Reading faces", read)]


def open_sample(
    settings: Settings,
    load_classifier: ClassifierLoader | None = None,
    model: str | None = None,
) -> Iterator[AnalysisStep]:
    """The sample scene, built and read on the first call, with the default model if none."""
    path = settings.sample_clip
    if not path.is_file():
        build_sample_scene(path)
    parameters = AnalysisParameters()
    yield from open_scene(
        path, identify(path), model or settings.model, parameters, settings, load_classifier
    )
