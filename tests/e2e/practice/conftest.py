"""An app and a camera for all journeys on the page Practice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.practice import offline_readings
from emotion_core.media.decode import read_frames
from emotion_core.settings import Settings
from emotion_core.types import ImageArray
from tests.e2e.harness.read_scene import enter_read_scene
from tests.e2e.harness.servers import APP, running
from tests.e2e.practice.fake_camera import write_camera
from tests.e2e.practice.practising import (
    ELSEWHERE,
    FPS,
    App,
    Camera,
)
from tests.media.clips import make_clip


@pytest.fixture(scope="package")
def app(
    browser_programs: tuple[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    portrait: ImageArray,
) -> Iterator[App]:
    """One for all journeys here: what they keep is in nobody's way.

    It has a scene already. Else it would begin to read its sample, and that takes its time.
    """
    data, temporary = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("temporary")
    clip = tmp_path_factory.mktemp("clip") / "scene.mp4"
    enter_read_scene(clip, Settings(data_dir=data), portrait)
    variables = {
        "EME_DATA_DIR": str(data),
        "TMPDIR": str(temporary),
        # else it does not talk to pages under this name
        "STREAMLIT_BROWSER_SERVER_ADDRESS": ELSEWHERE,
    }
    with running(APP, variables) as url:
        yield App(url, data, temporary)


@pytest.fixture(scope="package")
def camera(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Camera:
    """Someone who begins to smile and stops again, a little slower."""
    folder = tmp_path_factory.mktemp("camera")
    pictures = [frame.image for frame in read_frames(clips / "lp_driving_d0.mp4")]
    size = pictures[0].shape[1::-1]
    clip = make_clip(
        folder / "smile.mp4",
        n=len(pictures),
        fps=FPS,
        size=size,
        picture=pictures.__getitem__,
    )
    write_camera(clip, folder / "smile.y4m")
    leading = offline_readings(clip)[0].idxmax(axis="columns")
    assert list(leading.index) == list(range(len(pictures)))
    return Camera(f"--use-file-for-fake-video-capture={folder / 'smile.y4m'}", leading)
