"""Networks are compiled where that is possible and faster, and compute what PyTorch does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from emotion_core.inference import compiled
from emotion_core.inference.compiled import compile_network
from emotion_core.inference.task import InferenceTask

MEAN, SCALE = [127.5, 120.0, 110.0], [128.0, 64.0, 60.0]


class Small(nn.Module):
    """Two outputs, as detectors have."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Conv2d(3, 4, 3)

    def forward(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        found = self.layer(batch).relu()
        return found, found.mean(dim=(2, 3))


class Sorting(nn.Module):
    """Something that nobody compiles: it asks Python for each picture."""

    def forward(self, batch: Tensor) -> Tensor:
        raise RuntimeError("cannot be traced")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and PyTorch always the slower."""
    monkeypatch.setattr(compiled, "_folder", lambda: tmp_path / "networks")
    monkeypatch.setattr(compiled, "_is_faster", lambda *_: True)
    return tmp_path / "networks"


def _pictures(size: int = 12, kind: Any = np.uint8, count: int = 3) -> Any:
    return np.random.default_rng(1).integers(0, 256, (count, size, size, 3)).astype(kind)


def _task(**changes: Any) -> InferenceTask:
    return InferenceTask(Small().eval(), _pictures(), MEAN, SCALE, **changes)


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_it_computes_what_pytorch_does(kind: Any) -> None:
    task = InferenceTask(Small().eval(), _pictures(kind=kind), MEAN, SCALE)
    found = compile_network(task)
    assert found is not None and found.precision == "float32"
    for mine, other in zip(found(task.example), task.in_pytorch(own=True), strict=True):
        assert mine.dtype == np.float32
        np.testing.assert_allclose(mine, other, atol=1e-4)


def test_pictures_of_other_sizes_are_taken_where_they_will_come() -> None:
    found = compile_network(_task(any_size=True))
    assert found is not None
    for size, count in ((20, 1), (31, 2), (9, 5)):
        pictures = _pictures(size, count=count)
        expected = InferenceTask(Small().eval(), pictures, MEAN, SCALE).in_pytorch()
        np.testing.assert_allclose(found(pictures)[0], expected[0], atol=1e-4)


def test_it_is_converted_once_and_a_damaged_cache_is_written_anew(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compile_network(_task()) is not None
    tries: list[object] = []
    monkeypatch.setattr(compiled, "_try_out", lambda *given: tries.append(given))
    assert compile_network(_task()) is not None and not tries
    (kept,) = cache.glob("*")
    (kept / "network.xml").write_text("<net", encoding="utf-8")
    assert compile_network(_task()) is not None


def test_it_was_called_before_threads_may_call_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compile_network(_task()) is not None
    called: list[int] = []
    own = compiled.CompiledNetwork.__call__

    def call(network: compiled.CompiledNetwork, pictures: Any) -> Any:
        called.append(len(pictures))
        return own(network, pictures)

    monkeypatch.setattr(compiled.CompiledNetwork, "__call__", call)
    assert compile_network(_task()) is not None  # out of the cache
    assert called == [3, 1]


def test_other_weights_are_another_network(cache: Path) -> None:
    compile_network(_task())
    other = Small().eval()
    with torch.no_grad():
        other.layer.weight += 1
    compile_network(InferenceTask(other, _pictures(), MEAN, SCALE))
    assert len(list(cache.glob("*/network.xml"))) == 2


def test_the_cache_does_not_grow_without_end(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(size: int) -> None:
        compile_network(InferenceTask(Small().eval(), _pictures(size), MEAN, SCALE))

    keep(8)
    (first,) = cache.glob("*")
    one = sum(path.stat().st_size for path in first.iterdir())
    monkeypatch.setattr(compiled, "_MOST_BYTES", round(2.5 * one))
    for size in (9, 8, 10, 8):  # the first is used again and again
        keep(size)
    assert len(list(cache.glob("*"))) == 2 and first.is_dir()
    monkeypatch.setattr(compiled, "_MOST_BYTES", 1)
    keep(11)
    assert len(list(cache.glob("*"))) == 1 and not first.is_dir()


def test_pytorch_computes_where_it_is_faster_and_that_is_kept(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "_is_faster", lambda *_: False)
    assert compile_network(_task()) is None
    (choice,) = cache.glob("*/choice.json")
    assert json.loads(choice.read_text(encoding="utf-8")) == {"engine": "PyTorch"}
    monkeypatch.setattr(compiled, "_is_faster", lambda *_: True)
    assert compile_network(_task()) is None


def test_less_precision_is_taken_only_where_it_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def refuse(exact: Any, reduced: Any) -> bool:
        asked.append(float(np.abs(exact - reduced).max()))
        return False

    found = compile_network(_task(is_as_good=refuse))
    assert found is not None and found.precision == "float32"
    assert all(change < 0.5 for change in asked)


def test_pytorch_computes_what_cannot_be_compiled() -> None:
    assert compile_network(InferenceTask(Sorting().eval(), _pictures(), MEAN, SCALE)) is None


def test_pytorch_computes_what_comes_out_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(*_: Any, **__: Any) -> Any:
        return np.zeros((3, 4, 10, 10)), np.zeros((3, 4))

    monkeypatch.setattr(InferenceTask, "in_pytorch", other)
    assert compile_network(_task()) is None


def test_pytorch_computes_where_openvino_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert compile_network(_task()) is None


def test_a_cache_that_cannot_be_written_does_not_stop_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setattr(compiled, "_folder", lambda: tmp_path / "file" / "networks")
    assert compile_network(_task()) is not None


def test_turns_are_taken_with_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    waits = {"long": 0.05, "none": 0.0}

    def rival(name: str) -> Any:
        return lambda _: __import__("time").sleep(waits[name])

    def instant(_: Any) -> Any:
        __import__("time").sleep(0.01)

    for name, faster in (("long", True), ("none", False)):
        assert compiled._is_faster(instant, _task(rival=rival(name))) is faster  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "null", "[1]", '{"engine": "OpenVINO", "precision": "int3"}'])
def test_a_choice_that_cannot_be_understood_is_made_anew(cache: Path, text: str) -> None:
    assert compile_network(_task()) is not None
    (choice,) = cache.glob("*/choice.json")
    made = choice.read_text(encoding="utf-8")
    choice.write_text(text, encoding="utf-8")
    assert compile_network(_task()) is not None
    assert choice.read_text(encoding="utf-8") == made
