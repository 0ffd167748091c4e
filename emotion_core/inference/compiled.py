"""Networks on the processor, compiled by OpenVINO where that is faster than PyTorch.

OpenVINO (Intel, Apache 2.0) fuses the layers of a network for the processor at hand: it computes
the shipped classifiers 1.6 to 4.7 times as fast, on processors of other makers too. What it made of
a network is kept in the cache of the user, so that it is converted once on a machine.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from emotion_core.inference.task import InferenceTask, Pictures
from emotion_core.types import FloatArray
from emotion_core.workers import worker_count, workers

# Bytes of the networks that are kept; those that were not used for longest go first. All that ship
# have room several times.
_MOST_BYTES = 1 << 30
_ROUNDS = 5  # of the trial, whose fastest counts
_HINTS = {"float32": "f32", "bfloat16": "bf16"}  # precisions, as OpenVINO calls them
# Who sets up OpenVINO: its binding does so at its first use, and two threads that come to that at
# the same time wait for each other for ever.
ONE_BY_ONE = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CompiledNetwork:
    """A network that any thread may call, each on one core.

    Attributes:
        precision: ``float32`` or ``bfloat16``.
    """

    precision: str
    _compiled: Any
    _own: threading.local = field(default_factory=threading.local)

    def __call__(self, pictures: Pictures) -> tuple[FloatArray, ...]:
        """What the network gives for n pictures, each output of it float32."""
        if not hasattr(self._own, "request"):
            self._own.request = self._compiled.create_infer_request()
        results = self._own.request.infer([pictures])
        return tuple(np.array(results[k]) for k in range(len(self._compiled.outputs)))


def compile_network(task: InferenceTask) -> CompiledNetwork | None:
    """Compile a network, where that is possible and faster than PyTorch.

    What was found is kept, so that it is tried once on a machine.

    Returns:
        The network; ``None`` where OpenVINO is not installed, cannot convert it, computes something
        else, or is slower.
    """
    try:
        import openvino
    except ImportError:
        return None
    try:
        with ONE_BY_ONE:
            core = openvino.Core()
            kept = _folder() / _key(task, openvino.__version__, core)
            choice = _load(kept / "choice.json")
            if choice.get("engine") == "PyTorch":
                _use(kept)
                return None
            model = _converted(task, kept, core)
            if choice:
                return _compiled(core, model, choice["precision"], task.example)
            found = _try_out(task, core, model)
    except (RuntimeError, KeyError) as error:
        _log.warning("OpenVINO cannot compile %s: %s", type(task.network).__name__, error)
        return None
    choice = {"engine": "PyTorch"}
    if found is not None:
        choice = {"engine": "OpenVINO", "precision": found.precision}
    with suppress(OSError):
        (kept / "choice.json").write_text(json.dumps(choice), encoding="utf-8")
    return found


def _try_out(task: InferenceTask, core: Any, model: Any) -> CompiledNetwork | None:
    """The fastest that is good enough; ``None`` for PyTorch."""
    exact = _compiled(core, model, "float32", task.example)
    outputs, expected = exact(task.example), task.in_pytorch(own=True)
    if len(outputs) != len(expected) or not all(
        np.allclose(one, other, rtol=1e-3, atol=1e-3)
        for one, other in zip(outputs, expected, strict=True)
    ):
        _log.warning("OpenVINO computes %s differently.", type(task.network).__name__)
        return None
    found = exact
    if task.is_as_good and "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        reduced = _compiled(core, model, "bfloat16", task.example)
        if task.is_as_good(outputs[0], reduced(task.example)[0]):
            found = reduced
    return found if _is_faster(found, task) else None


def _folder() -> Path:
    return user_cache_path("eme", appauthor=False) / "networks"


def _key(task: InferenceTask, version: str, core: Any) -> str:
    """Changes with the network, its weights, what converts it, and the processor."""
    import torch

    found = hashlib.sha256()
    processor = core.get_property("CPU", "FULL_DEVICE_NAME")
    processor += str(sorted(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")))
    facts = (version, torch.__version__, processor, task.example.shape, task.example.dtype)
    found.update(repr((*facts, task.any_size, task.mean, task.scale, task.network)).encode())
    for name, tensor in task.network.state_dict().items():
        found.update(name.encode())
        found.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()[:24]


def _converted(task: InferenceTask, kept: Path, core: Any) -> Any:
    """The network as OpenVINO keeps it, from the cache if it is there."""
    with suppress(RuntimeError):
        if (kept / "network.xml").exists():
            model = core.read_model(kept / "network.xml")
            _use(kept)
            return model
    # by the front end itself: convert_model would send its maker word of each use
    import torch
    from openvino import Layout, Type
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
    from openvino.preprocess import PrePostProcessor

    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # of what a trace takes for constant
        decoder = TorchScriptPythonDecoder(task.network, example_input=task.prepared())
        front = FrontEndManager().load_by_framework("pytorch")
        model = front.convert(front.load(decoder))
    height, width = (-1, -1) if task.any_size else task.example.shape[1:3]
    model.reshape([-1, 3, height, width])
    prepared = PrePostProcessor(model)
    pixels = prepared.input()
    pixels.tensor().set_element_type(Type(task.example.dtype)).set_layout(Layout("NHWC"))
    pixels.model().set_layout(Layout("NCHW"))
    steps = pixels.preprocess().convert_element_type(Type.f32)
    steps.mean(list(task.mean)).scale(list(task.scale))
    model = prepared.build()
    _keep(model, kept)
    return model


def _keep(model: Any, kept: Path) -> None:
    """Write a network into the cache, whole or not at all, where that can be written."""
    import openvino

    with suppress(OSError, RuntimeError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            part = Path(folder) / "part"
            part.mkdir()
            openvino.save_model(model, part / "network.xml", compress_to_fp16=False)
            part.rename(kept)  # fails where another process was faster
        _make_room(kept.parent)


def _make_room(folder: Path) -> None:
    """Delete the networks that go beyond the limit, but never the one that was used last."""
    known = [path.parent for path in folder.glob("*/network.xml")]
    total = 0
    for place, kept in enumerate(sorted(known, key=_last_use, reverse=True)):
        total += sum(file.stat().st_size for file in kept.iterdir())
        if place and total > _MOST_BYTES:
            shutil.rmtree(kept, ignore_errors=True)


def _last_use(kept: Path) -> float:
    return kept.stat().st_mtime


def _use(kept: Path) -> None:
    """Note that a network is used now."""
    with suppress(OSError):
        kept.touch()


def _load(path: Path) -> dict[str, Any]:
    """What was chosen before; empty where that is not known, or cannot be understood."""
    with suppress(OSError, ValueError):
        choice = json.loads(path.read_text(encoding="utf-8"))
        chosen = {"engine": "PyTorch"}, *({"engine": "OpenVINO", "precision": k} for k in _HINTS)
        return choice if choice in chosen else {}
    return {}


def _compiled(core: Any, model: Any, precision: str, example: Pictures) -> CompiledNetwork:
    hint = _HINTS[precision]
    many = {"NUM_STREAMS": worker_count(), "INFERENCE_NUM_THREADS": worker_count()}
    # a thread that is bound to a core waits for whatever else runs there
    options = {**many, "INFERENCE_PRECISION_HINT": hint, "ENABLE_CPU_PINNING": False}
    found = CompiledNetwork(precision, core.compile_model(model, "CPU", options))
    # both sizes of batches are set up while ONE_BY_ONE is held
    for pictures in (example, example[:1]):
        found(pictures)
    return found


def _is_faster(found: CompiledNetwork, task: InferenceTask) -> bool:
    """Whether it is, on one core, taking turns with PyTorch."""

    def seconds(run: Callable[[], object]) -> float:
        started = time.perf_counter()
        run()
        return time.perf_counter() - started

    def take_turns() -> bool:
        pairs = [
            (seconds(lambda: found(task.example)), seconds(task.in_pytorch)) for _ in range(_ROUNDS)
        ]
        return min(one for one, _ in pairs) < min(other for _, other in pairs)

    return workers().submit(take_turns).result()
