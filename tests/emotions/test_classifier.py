"""Reading face crops with whatever the Auto classes load."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from emotion_core.emotions.classifier import EmotionClassifier, choose_device
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import crop_face
from emotion_core.emotions.registry import REFERENCE_MODEL, identify_model, list_models
from emotion_core.errors import ModelError
from emotion_core.settings import load_settings
from tests.emotions.model_folders import make_vit

EXPECTED = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear")


def _crops(count: int) -> list[np.ndarray]:  # type: ignore[type-arg]
    return list(np.random.default_rng(1).integers(0, 255, (count, 40, 40, 3), np.uint8))


def test_labels_are_mapped_by_name_to_the_projects_order(tmp_path: Path) -> None:
    classifier = EmotionClassifier.load(
        str(make_vit(tmp_path / "vit")), tmp_path, "cpu", exact=True
    )
    crops = _crops(3)
    scores = classifier.classify(crops)
    with torch.inference_mode():
        raw = classifier.model(pixel_values=classifier.preprocessing.to_batch(crops)).logits
    for column, emotion in enumerate(EMOTIONS):
        theirs = raw[:, EXPECTED.index(emotion)].numpy()
        np.testing.assert_allclose(scores.logits[:, column], theirs, atol=1e-5)


def test_a_reading_does_not_depend_on_the_batch(tmp_path: Path) -> None:
    classifier = EmotionClassifier.load(
        str(make_vit(tmp_path / "vit")), tmp_path, "cpu", exact=True
    )
    crops = _crops(70)
    together = classifier.classify(crops).logits
    alone = np.concatenate([classifier.classify([crop]).logits for crop in crops])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_no_crops_give_no_scores(tmp_path: Path) -> None:
    classifier = EmotionClassifier.load(str(make_vit(tmp_path / "vit")), tmp_path, "cpu")
    assert classifier.classify([]).probabilities.shape == (0, 7)


def test_the_fingerprint_changes_with_the_weights_only(tmp_path: Path) -> None:
    first = identify_model(str(make_vit(tmp_path / "a")), tmp_path)
    again = identify_model(str(make_vit(tmp_path / "b")), tmp_path)
    torch.manual_seed(5)
    other = make_vit(tmp_path / "c", size=40)
    assert first is not None and again is not None
    assert first.fingerprint == again.fingerprint
    changed = identify_model(str(other), tmp_path)
    assert changed is not None and changed.fingerprint != first.fingerprint


def test_a_model_without_the_seven_emotions_is_refused(tmp_path: Path) -> None:
    folder = make_vit(tmp_path / "vit", labels=("cat", "dog", "angry"))
    with pytest.raises(ModelError, match="does not read the seven emotions"):
        EmotionClassifier.load(str(folder), tmp_path, "cpu")


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    folder = make_vit(tmp_path / "vit")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="safetensors"):
        EmotionClassifier.load(str(folder), tmp_path, "cpu")


def test_code_that_a_model_brings_is_never_run_and_nobody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_vit(tmp_path / "vit")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.OwnConfig"}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    ran = tmp_path / "ran"
    (folder / "own.py").write_text(f"open({str(ran)!r}, 'w')", encoding="utf-8")
    monkeypatch.setattr("builtins.input", lambda _="": "y")
    with pytest.raises(ModelError, match="cannot be loaded"):
        EmotionClassifier.load(str(folder), tmp_path, "cpu")
    assert not ran.exists()


def test_damaged_weights_are_reported_in_one_line(tmp_path: Path) -> None:
    folder = make_vit(tmp_path / "vit")
    (folder / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        EmotionClassifier.load(str(folder), tmp_path, "cpu")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["no-such-model", "/no/such/folder", "a/b/c"])
def test_an_unknown_model_is_reported_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="There is no model"):
        EmotionClassifier.load(name, tmp_path, "cpu")


def test_the_reference_is_on_the_list_and_says_when_the_hub_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert REFERENCE_MODEL in list_models(tmp_path)
    with pytest.raises(ModelError, match="hub cannot be reached"):
        EmotionClassifier.load(REFERENCE_MODEL, tmp_path, "cpu")


def test_an_unknown_device_is_reported_in_one_line() -> None:
    with pytest.raises(ModelError, match="not available"):
        choose_device("quantum")


def test_the_built_in_model_loads_and_reads_a_smile(portrait: np.ndarray) -> None:  # type: ignore[type-arg]
    settings = load_settings()
    classifier = EmotionClassifier.load(settings.model, settings.models_dir, "cpu")
    crop = crop_face(portrait, (175, 65, 270, 180), classifier.preprocessing.size)
    assert classifier.classify([crop]).top() == ["happy"]


def test_faster_numbers_are_taken_only_where_the_reading_stays(
    portrait: np.ndarray,  # type: ignore[type-arg]
) -> None:
    settings = load_settings()
    fast = EmotionClassifier.load(settings.model, settings.models_dir, "cpu")
    exact = EmotionClassifier.load(settings.model, settings.models_dir, "cpu", exact=True)
    assert exact.dtype == torch.float32
    crops = [
        crop_face(portrait, (175 + d, 65, 270 + d, 180), fast.preprocessing.size)
        for d in range(-20, 21, 5)
    ]
    change = np.abs(fast.classify(crops).probabilities - exact.classify(crops).probabilities)
    assert change.max() < 0.05


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        ({"architecture": "x86_64", "avx512_f": True, "avx512_bf16": False}, torch.float32),
        ({"architecture": "x86_64", "avx512_bf16": True}, torch.bfloat16),
        ({"architecture": "x86_64", "amx_bf16": True}, torch.bfloat16),
    ],
)
def test_bfloat16_is_taken_only_where_the_processor_computes_in_it(
    has: dict[str, object], expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emotion_core.emotions.classifier.fastest", lambda *_: None)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: True)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has)
    settings = load_settings()
    loaded = EmotionClassifier.load(settings.model, settings.models_dir, "cpu")
    assert loaded.dtype == expected and f"torch.{loaded.precision}" == str(expected)
