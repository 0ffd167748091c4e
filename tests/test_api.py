"""What other programs use: ``import emotion_core`` and its names."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import emotion_core as eme
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.emotions.test_classifier import make_vit
from tests.media.clips import make_clip

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_vit(tmp_path_factory.mktemp("model") / "vit"))


def film(path: Path, portrait: ImageArray, n: int = 6) -> Path:
    return make_clip(
        path,
        n=n,
        size=(240, 180),
        picture=lambda index: place(portrait, (240, 180), index, 0, 180),
    )


def test_importing_loads_nothing_that_computes() -> None:
    code = "import sys, emotion_core; print({'torch', 'numpy', 'pandas'} & sys.modules.keys())"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == "set()\n"


def test_every_name_that_is_offered_is_there() -> None:
    assert set(eme.__all__) <= set(dir(eme))
    for name in eme.__all__:
        assert getattr(eme, name) is not None


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = eme.nothing  # type: ignore[attr-defined]


def test_a_clip_is_read_written_and_loaded_again(
    tmp_path: Path, portrait: ImageArray, model: str
) -> None:
    scene = eme.analyze(film(tmp_path / "take.mp4", portrait), model, out=tmp_path / "out")
    assert len(scene.faces) == 6
    assert set(scene.faces["character"]) == {"Person 1"}
    loaded = eme.load_analysis(tmp_path / "out" / "take")
    assert loaded.clip == scene.clip and len(loaded.faces) == 6
    # it is not read again
    assert eme.analyze(str(tmp_path / "take.mp4"), model).faces.equals(scene.faces)


def test_performances_are_compared_by_name(
    tmp_path: Path, portrait: ImageArray, model: str
) -> None:
    takes = [film(tmp_path / f"take-{n}.mp4", portrait, n) for n in (12, 15)]
    first, second = (eme.analyze(take, model) for take in takes)
    found = eme.compare(first, second, characters=["Person 1", "person 1"])
    assert isinstance(found, eme.Comparison)
    assert found.titles == ("Person 1 in take-12", "Person 1 in take-15")
    with pytest.raises(eme.EmotionCoreError, match="has no character Rick"):
        eme.compare(first, second, characters=["Person 1", "Rick"])
    with pytest.raises(eme.EmotionCoreError, match="2 scenes take as many characters, not 1"):
        eme.compare(first, second, characters=["Person 1"])


def test_the_faces_of_a_picture_are_read_and_explained(
    tmp_path: Path, portrait: ImageArray, model: str
) -> None:
    picture = tmp_path / "two.png"
    cv2.imwrite(str(picture), np.hstack([portrait, portrait])[..., ::-1])
    faces, scores = eme.read_picture(picture, model)
    assert faces[0].xyxy[0] < faces[1].xyxy[0]
    assert isinstance(scores, eme.EmotionScores) and scores.probabilities.shape == (2, 7)
    seen, found = eme.explain(picture, model, method="grad-cam")
    assert len(seen) == 2 and found.masks.shape[:2] == (2, 7)
    assert found.labels == eme.EMOTIONS


def test_the_faces_of_a_clip_are_explained(
    tmp_path: Path, portrait: ImageArray, model: str
) -> None:
    clip = film(tmp_path / "take.mp4", portrait)
    faces, found = eme.explain(clip, model, method="random", every=3)
    assert [face.frame for face in faces] == [0, 3] and len(found) == 2


@pytest.mark.parametrize("ask", [eme.analyze, eme.read_picture, eme.explain])
def test_a_missing_file_is_one_sentence(tmp_path: Path, ask: object, model: str) -> None:
    with pytest.raises(eme.EmotionCoreError, match="There is no file"):
        ask(tmp_path / "gone.jpg", model)  # type: ignore[operator]


def test_the_example_of_the_readme_runs(
    tmp_path: Path,
    portrait: ImageArray,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(example.splitlines()) == 5
    monkeypatch.chdir(tmp_path)
    for n, name in enumerate(re.findall(r'"([\w-]+\.mp4)"', example)):
        film(tmp_path / name, portrait, 12 + n)
    exec(compile(example, "README.md", "exec"), {})
    assert "happy" in capsys.readouterr().out
