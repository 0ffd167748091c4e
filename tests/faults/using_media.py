"""What the app does with a clip before any model sees it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pandas as pd

from emotion_core.errors import EmotionCoreError
from emotion_core.library.thumbnails import write_thumbnails
from emotion_core.media.decode import read_frames
from emotion_core.media.playback import make_playable, playable
from emotion_core.media.probe import probe
from emotion_core.progress import finish
from emotion_core.scene.analysis import FACE_DTYPES, FRAME_DTYPES, SceneAnalysis
from emotion_core.types import VideoInfo
from tests.faults import media
from tests.scene.scenes import make_scene

_PICTURES = 60
_SIDE = 640
_COPIED = 1e6  # pixels; larger clips are not copied here


class MediaCases:
    """Clips through what opens, decodes, copies and pictures them."""

    def __init__(self) -> None:
        self._cases = media.cases()

    def names(self) -> list[str]:
        return [case.name for case in self._cases]

    def prepare(self, folder: Path) -> None:
        media.write_sound_files(folder)
        (folder / "bait").mkdir()
        for path in folder.glob("sound.*"):
            (folder / "bait" / path.name).write_bytes(path.read_bytes())

    def make(self, number: int, folder: Path, shared: Path, bait: Path) -> Path:
        # damaged files are made from those in the folder itself: nobody may open those in the bait
        case = self._cases[number]
        foreign = case.name.startswith(("HLS", "concat", "DASH", "SMIL", "playlist", "text art"))
        return case.write(folder, bait if foreign else shared)

    def use(self, path: Path, folder: Path) -> None:
        before = sorted(folder.rglob("*"))
        errors: list[EmotionCoreError] = []
        out = folder / "data"
        out.mkdir()
        try:
            info = probe(path)
            _check(info)
            for frame in islice(read_frames(path, max_side=_SIDE), _PICTURES):
                assert frame.image.shape[2] == 3
            playable(path)
            steps = [lambda: write_thumbnails(path, _analysis(info), out / "strip.webp")]
            if info.width * info.height <= _COPIED:
                steps.append(lambda: finish(make_playable(path, out / "copy.mp4")))
            for step in steps:
                try:
                    step()
                except EmotionCoreError as error:
                    errors.append(error)
        finally:
            left = {one.name for one in out.iterdir()} - {"strip.webp", "copy.mp4"}
            assert not left, f"left behind: {left}"
            assert sorted(p for p in folder.rglob("*") if out not in (p, *p.parents)) == before
            assert not list(Path(tempfile.gettempdir()).glob(".*.part*"))
        if errors:
            raise errors[0]


def _check(info: VideoInfo) -> None:
    assert 0 < info.width < 1e5 and 0 < info.height < 1e5, info
    assert 0 < info.fps < 1e6 and 0 <= info.duration < 1e9, info


def _analysis(info: VideoInfo) -> SceneAnalysis:
    """A reading in which no face was found."""
    tables = (
        pd.DataFrame({name: [] for name in dtypes}).astype(dtypes)
        for dtypes in (FACE_DTYPES, FRAME_DTYPES)
    )
    return replace(make_scene(), info=info, faces=next(tables), frames=next(tables))
