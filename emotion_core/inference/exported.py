"""Networks that their makers exported as ONNX, run by OpenVINO on one core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emotion_core.errors import ModelError
from emotion_core.inference.compiled import ONE_BY_ONE
from emotion_core.types import FloatArray

# A thread that is bound to a core waits for whatever else runs there.
_OPTIONS = {
    "INFERENCE_NUM_THREADS": 1,
    "INFERENCE_PRECISION_HINT": "f32",
    "ENABLE_CPU_PINNING": False,
}


@dataclass(frozen=True, slots=True)
class ExportedNetwork:
    """A network that any thread may call, in full precision."""

    _compiled: Any

    def __call__(self, inputs: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """What the network gives, each output by its name.

        Args:
            inputs: float32, by the names and of the shapes that the network was exported with.
        """
        results = self._compiled.create_infer_request().infer(dict(inputs))
        return {port.any_name: np.array(results[port]) for port in self._compiled.outputs}


def open_network(path: Path, example: Mapping[str, FloatArray]) -> ExportedNetwork:
    """Load a network.

    Args:
        path: the ONNX file.
        example: inputs that it can be run with.

    Raises:
        ModelError: it cannot be loaded.
    """
    try:
        import openvino

        # its first use too, for two threads that come to that at once wait for each other for ever
        with ONE_BY_ONE:
            core = openvino.Core()
            network = ExportedNetwork(core.compile_model(core.read_model(path), "CPU", _OPTIONS))
            network(example)
    except (ImportError, RuntimeError) as error:
        raise ModelError(f"The network {path.name} cannot be loaded: {error}") from error
    return network
