"""What many tests use: real faces that ship inside installed packages, and where extra data is."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pytest
import typer.main
import typer.testing
from skimage import data
from sqlalchemy import URL

from emotion_core.faces.identity import embedder
from emotion_core.faces.mesh import mesh
from emotion_core.inference import compiled, fastest
from emotion_core.inference.task import InferenceTask
from emotion_core.library.database import engine
from emotion_core.settings import SHIPPED
from emotion_core.types import ImageArray

gc.disable()  # while all tests are imported, which took a quarter longer


def pytest_collection_finish() -> None:
    """Leave what all tests import out of garbage collection, which took a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    gc.enable()


def pytest_sessionfinish() -> None:
    """Leave what is left out of five more collections, in each of which pytest looks at all."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--all-cases"):
        return
    for item in items:
        if item.get_closest_marker("long") is not None:
            item.add_marker(pytest.mark.skip(reason="only with --all-cases"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-cases",
        action="store_true",
        help="tests that take long, and all of the hostile input and crashes, for many minutes",
    )


SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def portrait() -> ImageArray:
    """Eileen Collins, NASA, public domain: (512, 512, 3) with one face near (220, 115)."""
    return np.ascontiguousarray(data.astronaut(), dtype=np.uint8)


_MOST_COMPILED = 10  # of one process; a large one takes 50 MB


@pytest.fixture(scope="session", autouse=True)
def _networks_compiled_once() -> Iterator[None]:
    """Each test loads its models anew; what OpenVINO made of the same weights is used again."""
    kept: dict[str, compiled.CompiledNetwork | None] = {}

    def compile_once(task: InferenceTask) -> compiled.CompiledNetwork | None:
        import openvino

        key = compiled._key(task, openvino.__version__, openvino.Core())
        found = kept.pop(key) if key in kept else compiled.compile_network(task)
        kept[key] = found
        if len(kept) > _MOST_COMPILED:
            del kept[next(iter(kept))]
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fastest, "compile_network", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _shipped_models_loaded_once() -> Iterator[None]:
    """What reads the shape of faces and tells them apart, as a server loads it: once."""
    loaded: dict[tuple[object, ...], object] = {}

    def once(load: Callable[..., object]) -> Callable[..., object]:
        def given(name: str, models_dir: Path, device: object = "cpu") -> object:
            if models_dir != SHIPPED.models or not any(models_dir.glob(f"*/{name}")):
                return load(name, models_dir, device)
            key = load, name, str(device)
            if key not in loaded:
                loaded[key] = load(name, models_dir, device)
            return loaded[key]

        return given

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mesh, "load_mesh_reader", once(mesh.load_mesh_reader))
        patch.setattr(embedder, "load_embedder", once(embedder.load_embedder))
        yield


@pytest.fixture(scope="session", autouse=True)
def _commands_made_once() -> Iterator[None]:
    """Each call of the command line would put all commands together, for a tenth of a second."""
    made = cache(typer.main.get_command)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", made)
        patch.setattr(typer.testing, "_get_command", made)
        yield


@pytest.fixture(scope="session", autouse=True)
def _tables_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new library in a file begins with a copy of one that the changes of all versions made.

    They would take a tenth of a second in each of a thousand tests.
    """
    migrate, first = engine._migrate, tmp_path_factory.mktemp("tables") / "catalogue.sqlite"

    def copy(url: URL, schema: str) -> None:
        path = Path(str(url.database))
        if url.get_backend_name() != "sqlite" or path.exists():
            migrate(url, schema)
            return
        if not first.exists():
            migrate(URL.create("sqlite", database=str(first)), schema)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=path.parent) as folder:
                whole = shutil.copy(first, folder)
                path.hardlink_to(whole)  # unless another process has made one meanwhile
        except OSError:
            migrate(url, schema)  # which says what is wrong

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_migrate", copy)
        yield


@pytest.fixture(scope="session")
def clips() -> Path:
    """The clips beside the project; tests that need them are skipped where they are absent."""
    folder = SHARED / "clips"
    if not folder.is_dir():
        pytest.skip("the clips in ../shared are not on this machine")
    return folder


@pytest.fixture(scope="session")
def cases() -> Path:
    """Inputs that once failed; tests that need them are skipped where they are absent."""
    folder = SHARED / "cases"
    if not folder.is_dir():
        pytest.skip("the cases in ../shared are not on this machine")
    return folder


def place(portrait: ImageArray, size: tuple[int, int], x: int, y: int, side: int) -> ImageArray:
    """A grey (height, width) picture with the portrait, ``side`` px, at a position."""
    width, height = size
    picture = np.full((height, width, 3), 60, np.uint8)
    small = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
    part = small[: height - y, : width - x]
    picture[y : y + part.shape[0], x : x + part.shape[1]] = part
    return picture
