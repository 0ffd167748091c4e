"""A GPU's thread computes what PyTorch does; a CPU stands in for the GPU."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from emotion_core.inference import accelerated
from emotion_core.inference.accelerated import AcceleratedNetwork
from emotion_core.inference.task import InferenceTask
from emotion_core.types import FloatArray

MEAN, SCALE = [127.5, 120.0, 110.0], [128.0, 64.0, 60.0]


class Watched(nn.Module):
    """Two outputs; remembers in which threads and for how many pictures it was called."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Conv2d(3, 4, 3)
        self.calls: list[tuple[str, int, torch.dtype]] = []

    def forward(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        self.calls.append((threading.current_thread().name, len(batch), batch.dtype))
        found = self.layer(batch).relu()
        return found, found.mean(dim=(2, 3))


def _pictures(count: int, kind: Any = np.uint8) -> Any:
    return np.random.default_rng(count).integers(0, 256, (count, 12, 12, 3)).astype(kind)


def _task(network: nn.Module, **changes: Any) -> InferenceTask:
    return InferenceTask(network, _pictures(3), MEAN, SCALE, **changes)


def _expected(network: nn.Module, pictures: Any) -> tuple[FloatArray, ...]:
    return InferenceTask(network, pictures, MEAN, SCALE).in_pytorch()


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_it_computes_what_pytorch_does_whatever_the_number(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accelerated, "_LARGEST_BATCH", 8)
    network = Watched()
    found = AcceleratedNetwork(_task(network), torch.device("cpu"))
    assert found.precision == "float32"
    for count in (1, 5, 8, 21):
        pictures = _pictures(count, kind)
        for mine, other in zip(found(pictures), _expected(network, pictures), strict=True):
            assert mine.dtype == np.float32 and len(mine) == count
            np.testing.assert_allclose(mine, other, atol=1e-5)


def test_one_thread_computes_for_all_in_batches_of_few_sizes() -> None:
    network = Watched()
    found = AcceleratedNetwork(_task(network), torch.device("cpu"))
    with ThreadPoolExecutor(4) as threads:
        sizes = [len(one[0]) for one in threads.map(found, map(_pictures, range(1, 30)))]
    assert sizes == list(range(1, 30))
    names, counts, _ = map(set, zip(*network.calls, strict=True))
    assert len(names) == 1
    assert counts == {1, 2, 4, 8, 16, 32}


@pytest.mark.parametrize("good", [True, False])
def test_half_precision_is_taken_only_where_it_is_as_good(good: bool) -> None:
    asked: list[float] = []

    def is_as_good(exact: FloatArray, other: FloatArray) -> bool:
        asked.append(float(np.abs(exact - other).max()))
        return good

    network = Watched()
    found = AcceleratedNetwork(_task(network, is_as_good=is_as_good), torch.device("cpu"))
    assert len(asked) == 1 and 0 < asked[0] < 0.1
    assert found.precision == ("float16" if good else "float32")
    assert next(network.parameters()).dtype == torch.float32
    pictures = _pictures(2)
    np.testing.assert_allclose(
        found(pictures)[1], _expected(network, pictures)[1], atol=1e-2 if good else 1e-5
    )


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU of NVIDIA")
def test_what_is_recorded_on_a_gpu_computes_the_same() -> None:
    found = AcceleratedNetwork(_task(Watched()), torch.device("cuda"))
    calls = found._network.calls
    for turn in range(4):
        for count in (3, 7):
            pictures = _pictures(count) - turn
            expected = _expected(Watched(), pictures)
            for mine, other in zip(found(pictures), expected, strict=True):
                np.testing.assert_allclose(mine, other, atol=1e-2)
    assert len(calls) == 4  # each shape once as it is, and once to record it


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU of NVIDIA")
def test_a_network_that_waits_for_the_gpu_is_computed_as_it_is() -> None:
    class Waiting(Watched):
        def forward(self, batch: Tensor) -> tuple[Tensor, Tensor]:
            self.level = float(batch.max())
            return super().forward(batch)

    found = AcceleratedNetwork(_task(Waiting()), torch.device("cuda"))
    for _ in range(4):
        expected = _expected(Watched(), _pictures(3))
        np.testing.assert_allclose(found(_pictures(3))[1], expected[1], atol=1e-2)
