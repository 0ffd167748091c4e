"""The command ``explain``: what it writes, and how it refuses."""

from __future__ import annotations

from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import EmotionCoreError, MediaError, ModelError
from emotion_core.explanation.found_faces import FoundFace
from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from emotion_core.explanation.methods.registry import ALL_METHODS
from emotion_core.export.masks import open_writer, write_explanations
from emotion_core.progress import Task, finish
from emotion_core.render.masks import draw_explanation, overlay
from emotion_core.types import Attribution, ImageArray
from tests.cli.commands import run
from tests.conftest import place
from tests.emotions.model_folders import make_vit
from tests.media.clips import make_clip
from tests.media.test_decode import bad_files
from tests.training.explainers import make_explainer, make_network


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_vit(tmp_path_factory.mktemp("model") / "vit")


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def classifier(model: Path) -> EmotionClassifier:
    return EmotionClassifier.load(str(model), model, "cpu", exact=True)


@pytest.fixture
def photo(tmp_path: Path, portrait: ImageArray) -> Path:
    """Two faces, side by side."""
    both = np.hstack([portrait[:300, 80:380]] * 2)
    path = tmp_path / "two faces.jpg"
    cv2.imwrite(str(path), cv2.cvtColor(both, cv2.COLOR_RGB2BGR))
    return path


def explain(*arguments: object) -> str:
    """Run the command in this process; errors of a user come out as they are raised."""
    result = CliRunner().invoke(app, ["explain", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_a_picture_gives_masks_labels_probabilities_and_a_picture_of_each_face(
    tmp_path: Path, photo: Path, model: Path
) -> None:
    said = explain(photo, "--out", tmp_path / "out", "--model", model)
    folder = tmp_path / "out" / "two faces"
    assert {path.name for path in folder.iterdir()} == {"masks.npz", "face-1.png", "face-2.png"}
    with np.load(folder / "masks.npz", allow_pickle=False) as found:
        assert found["masks"].shape == (2, 7, 32, 32) and found["masks"].dtype == np.float32
        assert found["masks"].min() >= 0 and found["masks"].max() == 1
        assert tuple(found["labels"]) == EMOTIONS and found["method"] == "occlusion"
        np.testing.assert_allclose(found["probabilities"].sum(axis=1), 1, atol=1e-5)
        assert found["xyxy"][0, 0] < 300 < found["xyxy"][1, 2], "from left to right"
        assert found["track"].tolist() == [0, 1]
    assert "Face 1: " in said and "Face 2: " in said and "performed" in said


def test_a_clip_is_explained_at_every_nth_frame_by_tracks(
    tmp_path: Path, portrait: ImageArray, model: Path
) -> None:
    clip = make_clip(
        tmp_path / "my scene.mp4",
        n=12,
        size=(240, 180),
        picture=lambda index: place(portrait, (240, 180), index, 0, 180),
    )
    arguments = ("--out", tmp_path / "out", "--model", model, "--every", 4, "--method", "gaussian")
    said = explain(clip, *arguments)
    folder = tmp_path / "out" / "my scene"
    with np.load(folder / "masks.npz") as found:
        assert found["masks"].shape == (3, 7, 32, 32)
        assert found["frame"].tolist() == [0, 4, 8] and set(found["track"]) == {0}
        np.testing.assert_allclose(found["time"], [0, 0.16, 0.32], atol=1e-3)
    assert (folder / "face-1-frame-000004.png").is_file()
    assert "Face 1 at 0.16 s: " in said


def test_masks_wait_on_the_disk_and_come_out_as_they_went_in(tmp_path: Path) -> None:
    masks = np.random.default_rng(0).random((5, 7, 6, 6), np.float32)
    face = np.zeros((6, 6, 3), np.uint8)
    with open_writer(tmp_path, "rise", still=False) as writer:
        for start in (0, 2, 4):
            part = Attribution(masks[start : start + 2], EMOTIONS, "rise")
            faces = [
                FoundFace(face, face, np.zeros(4, np.float32), 0, start + k)
                for k in range(len(part))
            ]
            writer.add(faces, part, np.full((len(part), 7), 1 / 7, np.float32))
    with np.load(tmp_path / "masks.npz") as found:
        np.testing.assert_array_equal(found["masks"], masks)
    assert not (tmp_path / ".masks").exists()


def test_only_emotions_above_chance_are_drawn() -> None:
    face, masks = np.zeros((32, 32, 3), np.uint8), np.zeros((7, 8, 8), np.float32)
    widths = [
        draw_explanation(face, masks, np.array(shares, np.float32)).shape[1]
        for shares in ([1 / 7] * 7, [1, 0, 0, 0, 0, 0, 0], [0.4, 0.4, 0.1, 0.1, 0, 0, 0])
    ]
    assert np.diff(widths).tolist() == [40, 40], "the face alone, with one mask, with two"


def test_a_mask_is_drawn_in_coolwarm_at_two_fifths() -> None:
    face = np.full((2, 2, 3), 100, np.uint8)
    drawn = overlay(face, np.array([[0, 1], [0, 1]], np.float32))
    ends = matplotlib.colormaps["coolwarm"]([0.0, 1.0])[:, :3]
    np.testing.assert_allclose(drawn[0], 60 + 0.4 * 255 * ends, atol=1)


def test_pictures_of_an_earlier_run_go_and_files_of_a_user_stay(
    tmp_path: Path, photo: Path, model: Path
) -> None:
    folder = tmp_path / "out" / "two faces"
    folder.mkdir(parents=True)
    for name in ("face-7.png", "face-1-frame-000025.png", "face-off.png", "faces.csv"):
        (folder / name).touch()
    explain(photo, "--out", tmp_path / "out", "--model", model)
    names = {path.name for path in folder.iterdir()}
    assert names == {"masks.npz", "face-1.png", "face-2.png", "face-off.png", "faces.csv"}


@pytest.mark.parametrize(
    "kind", ["missing", "folder", "empty", "text", "no index", "no frames", "only sound"]
)
def test_what_is_no_clip_is_refused_and_leaves_nothing(
    tmp_path: Path, model: Path, kind: str
) -> None:
    (tmp_path / "files").mkdir()
    with pytest.raises(MediaError, match=r"\.$"):
        explain(bad_files(tmp_path / "files")[kind], "--out", tmp_path / "out", "--model", model)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"To be, or not to be", b"\xff\xd8\xff\xe0 cut off"])
def test_what_is_no_picture_is_refused_and_leaves_nothing(
    tmp_path: Path, model: Path, content: bytes
) -> None:
    path = tmp_path / "face.jpg"
    path.write_bytes(content)
    for source in (path, tmp_path / "missing.png", tmp_path):
        with pytest.raises(MediaError, match=r"\.$"):
            explain(source, "--out", tmp_path / "out", "--model", model)
    assert not (tmp_path / "out").exists()


def test_a_picture_and_a_clip_without_a_face_are_refused_and_leave_nothing(
    tmp_path: Path, model: Path
) -> None:
    grey = tmp_path / "grey.png"
    cv2.imwrite(str(grey), np.full((100, 100, 3), 90, np.uint8))
    for source in (grey, make_clip(tmp_path / "numbers.mp4", n=5)):
        with pytest.raises(MediaError, match="No face was found in"):
            explain(source, "--out", tmp_path / "out", "--model", model)
    assert not (tmp_path / "out").exists()


def test_an_unknown_method_or_model_and_a_place_in_the_way_are_refused(
    tmp_path: Path, photo: Path, model: Path
) -> None:
    for wrong in (("--method", "tarot"), ("--model", "no-such-model")):
        with pytest.raises(ModelError, match=r"\.$"):
            explain(photo, "--out", tmp_path / "out", "--model", model, *wrong)
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(EmotionCoreError, match="cannot be written"):
        explain(photo, "--out", tmp_path / "taken", "--model", model)
    assert (tmp_path / "taken").read_text() == "mine" and not (tmp_path / "out").exists()


def test_a_user_sees_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    result = run("explain", tmp_path / "no-such.png")
    assert result.returncode == 2 and "Traceback" not in result.stderr
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1


def test_help_names_every_method() -> None:
    said = " ".join(CliRunner().invoke(app, ["explain", "--help"]).output.replace("│", "").split())
    for name in ALL_METHODS:
        assert name in said


def method_of(folder: Path) -> str:
    with np.load(folder / "masks.npz", allow_pickle=False) as found:
        return str(found["method"])


def test_without_a_method_the_explainer_of_the_model_is_taken_and_else_occlusion(
    tmp_path: Path, photo: Path, model: Path, classifier: EmotionClassifier, data_dir: Path
) -> None:
    arguments = (photo, "--out", tmp_path / "out", "--model", model)
    assert "using occlusion" in explain(*arguments)
    assert method_of(tmp_path / "out" / "two faces") == "occlusion"
    make_explainer(classifier, data_dir / "runs" / "mine" / "model")
    assert "Explained by the explainer trained for" in explain(*arguments)
    assert method_of(tmp_path / "out" / "two faces") == "explainer"


def test_an_explainer_of_ones_own_is_taken_from_its_folder(
    tmp_path: Path, photo: Path, model: Path, classifier: EmotionClassifier
) -> None:
    own = make_explainer(classifier, tmp_path / "own")
    explain(photo, "--out", tmp_path / "out", "--model", model, "--explainer", own)
    assert method_of(tmp_path / "out" / "two faces") == "explainer"


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("other classifier", "was trained for .* and cannot explain"),
        ("other architecture", "does not contain the weights of an explainer with the backbone"),
        ("damaged", "is damaged or truncated"),
        ("empty", "has no explainer"),
        ("other method", "not both"),
    ],
)
def test_an_explainer_that_does_not_fit_is_refused_in_one_sentence_and_leaves_nothing(
    tmp_path: Path, photo: Path, model: Path, classifier: EmotionClassifier, harm: str, said: str
) -> None:
    own = make_explainer(classifier, tmp_path / "own")
    config, weights = own / "config.json", own / "model.safetensors"
    if harm == "other classifier":
        config.write_text(config.read_text().replace(classifier.identity.fingerprint, "0" * 12))
    elif harm == "other architecture":
        config.write_text(config.read_text().replace("mobilenet_v3_large", "resnet50"))
    elif harm == "damaged":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif harm == "empty":
        config.unlink()
    method = ("--method", "rise") if harm == "other method" else ()
    arguments = ("--out", tmp_path / "out", "--model", model, "--explainer", own)
    with pytest.raises(ModelError, match=rf"{said}.*\.$"):
        explain(photo, *arguments, *method)
    assert not (tmp_path / "out").exists()


def test_the_explainer_is_shown_more_pixels_than_the_classifier(
    tmp_path: Path, classifier: EmotionClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    explainer = MaskExplainer(classifier, *make_network(classifier))
    small, large = (np.zeros((side, side, 3), np.uint8) for side in (32, 224))
    seen: list[int] = []
    real = explainer.task

    def note(images: list[ImageArray]) -> Task[Attribution]:
        seen.extend(len(image) for image in images)
        return real(images)

    monkeypatch.setattr(explainer, "task", note)
    batch = [FoundFace(small, large, np.zeros(4, np.float32), 0)]
    with open_writer(tmp_path, explainer.name, still=True) as writer:
        finish(write_explanations([(batch, 1.0)], classifier, explainer, writer))
    assert seen == [224]
