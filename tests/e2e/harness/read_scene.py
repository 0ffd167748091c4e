"""A library with a scene that is read already, so that an app need not read its sample first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emotion_core.emotions.registry import identify_model
from emotion_core.library.scenes import enter_scene, open_library
from emotion_core.library.thumbnails import thumbnails_path, write_thumbnails
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.media.clips import make_clip
from tests.scene.scenes import make_scene


def enter_read_scene(clip: Path, settings: Settings, portrait: ImageArray) -> None:
    """Make a clip, and enter a made-up reading of it in the library, in no film."""
    make_clip(
        clip,
        n=100,
        size=(640, 360),
        picture=lambda i: place(portrait, (640, 360), 100 + i, 0, 360),
    )
    model = identify_model(settings.model, settings.models_dir)
    assert model is not None
    analysis = replace(make_scene(), clip=identify(clip), model=model, warnings=())
    store = AnalysisStore(settings.analyses_dir)
    store.save(analysis, clip)
    enter_scene(open_library(settings), store, analysis.id, analysis=analysis)
    write_thumbnails(clip, analysis, thumbnails_path(settings.thumbnails_dir, analysis.clip.sha256))
