"""The sample scene has a gap, cuts, two people and sound."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from emotion_core.errors import OutputError
from emotion_core.media.decode import read_frames
from emotion_core.media.playback import playable
from emotion_core.media.probe import probe
from emotion_core.media.sample import SAMPLE_CREDIT, build_sample_scene
from emotion_core.types import ImageArray


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    made = build_sample_scene(folder / "sample.mp4")
    assert list(folder.iterdir()) == [made]
    return made


@pytest.fixture(scope="module")
def pictures(scene: Path) -> list[ImageArray]:
    return [frame.image for frame in read_frames(scene)]


def test_it_is_a_small_clip_with_sound_that_browsers_play(scene: Path) -> None:
    info = probe(scene)
    assert (info.width, info.height, info.fps, info.has_audio) == (640, 360, 25, True)
    assert info.duration == pytest.approx(12, abs=0.05)
    assert scene.stat().st_size < 2_000_000
    assert playable(scene)


def test_it_opens_with_a_second_of_a_dark_card(pictures: list[ImageArray]) -> None:
    assert max(float(picture.mean()) for picture in pictures[:25]) < 40


def test_it_has_three_hard_cuts_and_moves_smoothly_between_them(
    pictures: list[ImageArray],
) -> None:
    change = [float(np.abs(a.astype(np.int16) - b).mean()) for a, b in pairwise(pictures)]
    cuts = [index + 1 for index, value in enumerate(change) if value > 25]
    assert cuts == [25, 125, 225]
    assert sorted(change)[-4] < 10


def test_it_credits_both_portraits() -> None:
    assert "NASA" in SAMPLE_CREDIT and "U.S. Navy" in SAMPLE_CREDIT


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OutputError, match="cannot be written"):
        build_sample_scene(tmp_path / "file" / "sample.mp4")
