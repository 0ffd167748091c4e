from __future__ import annotations

from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from emotion_core.errors import ModelError
from emotion_core.inference.exported import open_network
from emotion_core.sound import speech


def test_what_is_no_network_is_named(tmp_path: Path) -> None:
    path = tmp_path / "network.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"network\.onnx cannot be loaded"):
        open_network(path, {"input": np.zeros((1, 1), np.float32)})
    with pytest.raises(ModelError, match=r"absent\.onnx cannot be loaded"):
        open_network(tmp_path / "absent.onnx", {})


def test_a_network_of_other_inputs_is_named() -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_network(speech.weights(), {"something": np.zeros((1, 1), np.float32)})


@pytest.mark.parametrize("found", [None, ModuleSpec("silero_vad", None)])
def test_without_its_package_speech_is_not_heard(
    found: ModuleSpec | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "find_spec", lambda _: found)
    with pytest.raises(ModelError, match="silero-vad"):
        speech.weights()
