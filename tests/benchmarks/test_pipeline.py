"""The measured clips hold the faces they are said to hold, and agreement is counted as stated."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.pipeline import __main__ as pipeline
from benchmarks.pipeline.agreement import compare, read_anew
from benchmarks.pipeline.clips import write_clip
from benchmarks.pipeline.tilt import UprightOnly, print_turned
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.media.decode import read_frames


@pytest.mark.parametrize("faces", [1, 5])
def test_a_clip_holds_as_many_faces_as_asked_for(faces: int, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", (640, 360), faces, 3)
    frames = list(read_frames(clip))
    assert len(frames) == 3 and frames[0].image.shape == (360, 640, 3)
    assert len(MTCNNDetector().detect(frames[-1].image)) == faces


def test_turned_faces_are_counted_where_they_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", (640, 360), 1, 6)
    print_turned([clip], MTCNNDetector(), [90, 180])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[1:] for row in rows] == [
        ["90", "6", "1.000", "1.000", "0"],
        ["180", "6", "1.000", "1.000", "0"],
    ]
    print_turned([clip], UprightOnly(MTCNNDetector()), [180])
    (row,) = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    assert row[2:5] == ["6", "0.000", "0.000"]


def _faces(boxes: list[tuple[int, float, str]]) -> pd.DataFrame:
    """Faces of 100 px with their frame, their left side and their leading emotion."""
    rows = [
        {"frame": frame, "x1": left, "y1": 0.0, "x2": left + 100, "y2": 100.0}
        | {name: float(name == leading) for name in EMOTIONS}
        for frame, left, leading in boxes
    ]
    return pd.DataFrame(rows)


def test_faces_are_compared_with_those_at_their_place_in_their_frame() -> None:
    here = _faces([(0, 0, "happy"), (0, 300, "sad"), (1, 0, "angry"), (2, 0, "happy")])
    there = _faces([(0, 302, "sad"), (0, 1, "neutral"), (2, 80, "happy")])
    pairs = compare(here, there)
    assert list(pairs["same"]) == [False, True]
    np.testing.assert_allclose(pairs["moved"], [0.01, 0.02])


def test_the_tables_of_a_small_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cost = {"cpu": 2.0, "wall": 4.0}
    answers = {
        "save-vit": {},
        "stages": {"decode": cost, "peak": {"operations": 0.3, "milliseconds": 2.9}},
        "tables": {**cost, "frames": 10, "peak": 900.0},
        "video": {"cpu": 3.0, "wall": 8.0, "frames": 10, "peak": 950.0},
        "study-tables": {"cpu": 90.0, "wall": 100.0, "frames": 10, "peak": 2000.0},
        "study-render": {"cpu": 9.0, "wall": 700.0, "frames": 2, "peak": 100.0},
    }

    def answer(way: str, *_: object) -> dict[str, object]:
        return json.loads(json.dumps(answers[way]))  # type: ignore[no-any-return]

    monkeypatch.setattr(pipeline, "_run", answer)
    clip = write_clip(tmp_path / "one.mp4", (160, 90), 1, 2)
    pipeline.main(["--clip", str(clip), "--models", "eme-lite2", "--rounds", "2", "--study"])
    printed = capsys.readouterr().out
    assert "decode" in printed and "0.30e9 operations of eme-lite2: 2.90 ms" in printed
    (tables,) = [line for line in printed.splitlines() if line.startswith("eme-lite2: tables")]
    assert tables.split()[-5:] == ["2.0", "4.0", "250.0", "900", "25.0x"]
    (video,) = [line for line in printed.splitlines() if line.startswith("eme-lite2: video")]
    assert video.split()[-1] == "100.0x"


def test_a_reading_that_is_kept_is_not_counted_as_read_anew() -> None:
    rows = [(0, 0, 0.5), (1, 0, 0.5), (2, 0, 0.6), (0, 1, 0.6), (1, 1, 0.6)]
    table = pd.DataFrame(rows, columns=["frame", "track", "happy"])
    assert read_anew(table.assign(**dict.fromkeys(set(EMOTIONS) - {"happy"}, 0.1))) == 3
