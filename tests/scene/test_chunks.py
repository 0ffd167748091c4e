"""A clip that is read chunk by chunk."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import OutputError
from emotion_core.faces.identity.embedder import load_embedder
from emotion_core.faces.mesh.mesh import DEFAULT_MESH, load_mesh_reader
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.media.probe import probe
from emotion_core.media.seeking import Segment, read_segment
from emotion_core.progress import Progress, Task, finish
from emotion_core.scene import chunks
from emotion_core.scene.analysis import AnalysisParameters, SceneAnalysis
from emotion_core.scene.analyzer import ChunkReader, analyze_by_many, analyze_video
from emotion_core.scene.chunk_store import ChunkStore
from emotion_core.scene.clips.store import identify
from emotion_core.settings import load_settings
from emotion_core.types import Frame, ImageArray
from emotion_core.workers import submit, worker_count
from tests.conftest import place
from tests.emotions.test_classifier import make_vit
from tests.media.clips import make_clip

FRAME = np.zeros((4, 4, 3), np.uint8)


class Read:
    """Reads one clip with real models, however often it is asked to."""

    def __init__(self, path: Path, models: Path) -> None:
        folder = make_vit(models / "vit")
        self.path = path
        self.classifier = EmotionClassifier.load(str(folder), folder.parent, "cpu")
        self.detector = MTCNNDetector()
        self.embedder = load_embedder("eme-faces", load_settings().models_dir)
        self.mesh = load_mesh_reader(DEFAULT_MESH, load_settings().models_dir)
        self.crops = 0
        classify = self.classifier.classify

        def counted(crops: Sequence[ImageArray]) -> object:
            self.crops += len(crops)
            return classify(crops)

        self.classifier.classify = counted  # type: ignore[method-assign, assignment]

    def __call__(self, kept: ChunkStore | None = None, frames: int | None = None) -> SceneAnalysis:
        """All of it, or a reading that is broken off after so many steps."""
        task = analyze_video(
            self.path,
            probe(self.path),
            identify(self.path),
            self.classifier,
            self.detector,
            AnalysisParameters(),
            self.embedder,
            self.mesh,
            kept,
        )
        for _ in range(frames or 0):
            next(task)
        if frames is not None:
            task.close()
            _wait_for_workers()  # what they have begun, they read to its end
            raise InterruptedError
        return finish(task)

    def by_many(self, kept: ChunkStore) -> SceneAnalysis:
        """All of it, the last chunk first, each from its place in the clip."""
        info, parameters = probe(self.path), AnalysisParameters()
        reader = ChunkReader(
            info, self.classifier, self.detector, parameters, self.embedder, self.mesh
        )

        def hand_out(found: Iterator[tuple[int, Segment] | None]) -> Task[None]:
            missing = [chunk for chunk in found if chunk is not None]
            for number, segment in reversed(missing):
                frames = read_segment(self.path, segment, max_side=parameters.max_side)
                kept.save((yield from reader.read(number, frames)))

        clip, model = identify(self.path), self.classifier.identity
        return finish(analyze_by_many(self.path, info, clip, model, parameters, kept, hand_out))


def _wait_for_workers() -> None:
    everybody = threading.Barrier(worker_count())
    for waiting in [submit(everybody.wait, 60.0) for _ in range(worker_count())]:
        waiting.result()


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, portrait: ImageArray) -> Read:
    """Five shots of 12 frames with one or two faces each."""

    def picture(index: int) -> ImageArray:
        shot, at = divmod(index, 12)
        both = place(portrait[:, :: 1 - 2 * (shot % 2)], (320, 180), at, 0, 160)
        if shot % 3:
            both[:, 160:] = place(portrait, (160, 180), 0, 10, 160)
        return both if shot % 2 else 255 - (255 - both) // 2

    folder = tmp_path_factory.mktemp("chunks")
    return Read(make_clip(folder / "a.mp4", n=60, size=(320, 180), picture=picture), folder)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of two shots."""
    monkeypatch.setattr(chunks, "CHUNK_SECONDS", 0.7)


def same(one: SceneAnalysis, other: SceneAnalysis) -> None:
    pd.testing.assert_frame_equal(one.faces, other.faces, check_exact=True)
    pd.testing.assert_frame_equal(one.frames, other.frames, check_exact=True)
    assert (one.shots, one.info, one.warnings) == (other.shots, other.info, other.warnings)
    for name in ("track", "vectors", "weights"):
        np.testing.assert_array_equal(getattr(one.identity, name), getattr(other.identity, name))
    assert one.identity.portraits == other.identity.portraits


def test_chunks_end_with_the_first_shot_that_ends_after_their_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_SECONDS", 1.0)
    shots = [0] * 3 + [1] * 4 + [2] * 30 + [3] * 9 + [4] * 2  # ten frames a second
    frames = [(Frame(FRAME, index, index / 10), shot) for index, shot in enumerate(shots)]
    parts = [
        (number, [frame.index for frame, _ in part]) for number, part in chunks.by_chunk(frames)
    ]
    assert [number for number, _ in parts] == [0, 1]
    assert [(part[0], part[-1]) for _, part in parts] == [(0, 36), (37, 47)]


@pytest.mark.usefixtures("short")
def test_a_clip_in_chunks_is_the_same_as_in_one(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    parted = read()
    monkeypatch.setattr(chunks, "CHUNK_SECONDS", 1e6)
    whole = read()
    assert len(whole.shots) == 5 and whole.faces["track"].nunique() == 8
    pd.testing.assert_frame_equal(parted.frames, whole.frames)
    # batches differ where a chunk ends, and with them the last bits
    pd.testing.assert_frame_equal(parted.faces, whole.faces, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(parted.identity.vectors, whole.identity.vectors, atol=1e-4)
    np.testing.assert_array_equal(parted.identity.track, whole.identity.track)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "steps", [pytest.param(1, marks=pytest.mark.long), 4, pytest.param(7, marks=pytest.mark.long)]
)
def test_a_reading_that_was_broken_off_goes_on_and_ends_as_if_it_had_not_been(
    read: Read, tmp_path: Path, steps: int
) -> None:
    read.crops = 0
    undisturbed, kept = read(), ChunkStore(tmp_path)
    all_of_it, read.crops = read.crops, 0
    with pytest.raises(InterruptedError):
        read(kept, steps)
    read.crops = 0
    same(read(kept), undisturbed)
    # the first chunk is complete after three batches
    assert read.crops == all_of_it if steps < 3 else 0 < read.crops < all_of_it


@pytest.mark.usefixtures("short")
def test_chunks_that_cannot_be_read_are_read_anew(read: Read, tmp_path: Path) -> None:
    kept = ChunkStore(tmp_path)
    undisturbed = read(kept)
    folders = sorted(tmp_path.iterdir())
    assert [folder.name for folder in folders] == ["00000", "00001", "00002"]
    (folders[0] / "faces.parquet").write_bytes(b"PAR1")
    (folders[1] / "chunk.json").unlink()
    same(read(kept), undisturbed)


@pytest.mark.usefixtures("short")
def test_a_clip_that_many_read_is_the_same(read: Read, tmp_path: Path) -> None:
    undisturbed, kept = read(), ChunkStore(tmp_path)
    same(read.by_many(kept), undisturbed)
    shutil.rmtree(tmp_path / "00001")
    read.crops = 0
    same(read.by_many(kept), undisturbed)  # only what is missing is read
    assert 0 < read.crops < 70


def test_what_is_removed_while_it_is_read_is_said(read: Read, tmp_path: Path) -> None:
    info, clip, model = probe(read.path), identify(read.path), read.classifier.identity
    kept, parameters = ChunkStore(tmp_path), AnalysisParameters()

    def nobody(found: Iterator[tuple[int, Segment] | None]) -> Task[None]:
        yield Progress(float(sum(1 for _ in found)))

    with pytest.raises(OutputError, match="removed while it was read"):
        finish(analyze_by_many(read.path, info, clip, model, parameters, kept, nobody))
