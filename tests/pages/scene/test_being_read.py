"""A clip that is being read, on the page of a scene."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.faces.identity.track_embeddings import TrackEmbeddings
from emotion_core.files import to_text
from emotion_core.jobs import records
from emotion_core.jobs.kinds.reading import ReadClip, reader_of
from emotion_core.jobs.records import JobState
from emotion_core.scene.chunk_store import ChunkStore
from emotion_core.scene.chunks import Chunk, chunk_folder
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from pages.shared import services
from tests.media.clips import make_clip
from tests.pages.opening import APP, open_app, texts
from tests.scene.scenes import make_scene


@pytest.fixture
def being_read(store: AnalysisStore, own_data: Path) -> tuple[records.Job, ReadClip]:
    """A clip of two chunks, of which the first has been read."""
    clip = make_clip(own_data / "long take.mp4", n=100, size=(64, 36))
    work = ReadClip(to_text(clip), identify(clip), load_settings().model)
    job = records.add(services.queue(), work, services.server_settings())
    assert records.begin(services.queue(), job.id)
    _keep_chunk(work, 0)
    return job, work


def _keep_chunk(work: ReadClip, number: int) -> None:
    scene = make_scene()
    faces = scene.faces[scene.faces["shot"] == number]
    frames = scene.frames[scene.frames["shot"] == number]
    end = float(frames["time"].max()) + 0.04
    embeddings = TrackEmbeddings.empty()
    reader = reader_of(load_settings(), work.model)
    folder = chunk_folder(load_settings().analyses_dir, reader.address(work.clip))
    chunk = Chunk(number, faces.assign(character=None), frames, 2, end, embeddings, ())
    ChunkStore(folder).save(chunk)


def test_what_is_read_of_a_clip_is_shown_while_the_rest_is_read(
    being_read: tuple[records.Job, ReadClip], own_data: Path
) -> None:
    job, work = being_read
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["own_reading"] = job.id
    app.run()
    text = texts(app)
    assert not app.exception and "still being analyzed. You see it up to 0:02" in text
    assert "1 shot, 1 face, a face in view" in text and "sad" in text
    chosen = app.selectbox(key="scene")
    assert chosen.value == reader_of(load_settings(), work.model).address(work.clip)
    assert "long take.mp4 · being analyzed" in chosen.options
    assert "show-more" not in [button.key for button in app.button]

    _keep_chunk(work, 1)
    assert "up to 0:02" in texts(app.run()), "nothing jumps while it is watched"
    app.button(key="show-more").click().run()
    assert not app.exception and "up to 0:04" in texts(app) and "2 shots" in texts(app)

    records.end(services.queue(), job.id, JobState.STOPPED)
    app.run()
    assert not app.exception and "still being analyzed" not in texts(app)
    assert "The scene of this link is not in your library" not in texts(app)


def test_who_looks_at_another_scene_is_not_led_away_by_the_clip_of_others(
    being_read: tuple[records.Job, ReadClip], store: AnalysisStore, own_data: Path
) -> None:
    store.save(make_scene(), own_data / "gone.mp4")
    app = open_app()
    assert app.selectbox(key="scene").value == make_scene().id
    assert "long take.mp4 · being analyzed" in app.selectbox(key="scene").options
