"""One reader for many clips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import MediaError, ModelError
from emotion_core.faces import mtcnn
from emotion_core.faces.identity import embedder
from emotion_core.library.queries.browsing import scene_entries
from emotion_core.library.scenes import open_library, read_scene
from emotion_core.progress import finish
from emotion_core.scene.analysis import UNSTATED_VERSION
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.settings import Settings
from tests.emotions.model_folders import make_vit
from tests.media.clips import make_clip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", model=str(make_vit(tmp_path / "vit")))


def test_many_clips_are_read_by_models_that_are_made_once(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def count(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def counted(*values: Any, **options: Any) -> Any:
            made.append(name)
            return real(*values, **options)

        monkeypatch.setattr(owner, name, counted)

    count(EmotionClassifier, "load")
    count(mtcnn, "MTCNNDetector")
    count(embedder, "load_embedder")
    reader = Reader(settings)
    for number in (1, 2):
        clip = make_clip(tmp_path / f"{number}.mp4", n=number, size=(64, 36))
        assert len(finish(reader.read(clip, identify(clip))).frames) == number
    assert sorted(made) == ["MTCNNDetector", "load", "load_embedder"]


def test_a_clip_is_found_once_it_is_stored_and_only_as_it_was_read(
    settings: Settings, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=2, size=(64, 36))
    reader, sparse = Reader(settings), Reader(settings, every=2)
    assert reader.find(identify(clip)) is None
    reader.store.save(finish(reader.read(clip, identify(clip))), clip)
    found = reader.find(identify(clip))
    assert found is not None and len(found.frames) == 2
    assert sparse.find(identify(clip)) is None


def test_what_an_earlier_version_has_read_is_found_unless_it_is_to_be_current(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=2, size=(64, 36))
    with monkeypatch.context() as older:
        older.setattr("emotion_core.scene.analysis.ANALYSIS_VERSION", UNSTATED_VERSION)
        reader = Reader(settings)
        reader.store.save(finish(reader.read(clip, identify(clip))), clip)
    reader = Reader(settings)
    assert reader.find(identify(clip)) is not None
    assert reader.find(identify(clip), current=True) is None
    finish(read_scene(reader, clip, identify(clip), anew=True))
    assert reader.find(identify(clip), current=True) is not None
    assert len(scene_entries(open_library(settings))) == 1


def test_a_bad_clip_is_refused_before_a_model_is_loaded(settings: Settings, tmp_path: Path) -> None:
    def load(name: str) -> EmotionClassifier:
        raise ModelError(f"{name} was loaded.")

    path = tmp_path / "clip.mp4"
    path.write_bytes(b"no clip")
    with pytest.raises(MediaError):
        finish(Reader(settings, load_classifier=load).read(path, identify(path)))
