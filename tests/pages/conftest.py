"""A data directory of its own for each test of a page, and what all tests of pages look up once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import local_script_runner

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import EmotionCoreError
from emotion_core.explanation import mask_network
from emotion_core.explanation.explainers import ExplainerCard
from emotion_core.explanation.mask_network import MaskNetwork
from emotion_core.progress import Progress, Task
from emotion_core.scene.clips import store
from emotion_core.scene.reader import Reader
from emotion_core.settings import SHIPPED, Settings
from pages.shared import services
from tests.scene.clips.filesystems import Bucket


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("EME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("EME_DATABASE_URL", raising=False)
    services.server_settings.cache_clear()
    services.dispatcher.cache_clear()
    services.computations.cache_clear()
    services._models.cache_clear()
    yield tmp_path
    services.dispatcher().close()
    services.server_settings.cache_clear()


@pytest.fixture
def bucket(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Bucket]]:
    """Clips are kept on object storage, on a machine that has fetched none yet."""
    (own_data / "kept").mkdir()
    monkeypatch.setenv("EME_MEDIA_URL", f"bucket://{own_data / 'kept'}")
    monkeypatch.setattr(store, "_cache_root", lambda: own_data / "cache")
    Bucket.calls.clear()
    yield Bucket
    Bucket.failing.clear()


@pytest.fixture(autouse=True)
def no_sample(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The sample scene, which an empty library begins with, is read until the test is over."""
    over = threading.Event()

    def open_sample(_: Reader) -> Task[NoReturn]:
        while not over.wait(0.1):
            yield Progress(0, 1, "frames")
        raise EmotionCoreError("The test is over.")

    monkeypatch.setattr("emotion_core.jobs.kinds.reading.open_sample", open_sample)
    yield
    over.set()


@pytest.fixture(autouse=True)
def _main_module_stays() -> Iterator[None]:
    """Streamlit puts the script of a page in its place, which a new process would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session", autouse=True)
def _installed_packages_read_once() -> Iterator[None]:
    """Each AppTest looks for components in the metadata of all packages: half a second."""
    with pytest.MonkeyPatch.context() as patch:
        found = manifest_scanner.scan_component_manifests()
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        yield


@pytest.fixture(scope="session", autouse=True)
def _scripts_compiled_once() -> Iterator[None]:
    """Each AppTest would compile the scripts of the app and its pages anew."""
    compiled, kept = ScriptCache.get_bytecode, {}

    def compile_once(cache: ScriptCache, path: str) -> object:
        state = Path(path).stat()
        key = path, state.st_mtime_ns, state.st_size
        if key not in kept:
            kept[key] = compiled(cache, path)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptCache, "get_bytecode", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _scripts_waited_for() -> Iterator[None]:
    """An AppTest would look a thousand times a second whether its script has ended."""
    look = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        runner._script_thread.join(timeout)
        look(runner, 0 if runner._script_thread.is_alive() else timeout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


_classifiers: dict[tuple[object, ...], EmotionClassifier] = {}
_explainers: dict[Path, tuple[MaskNetwork, ExplainerCard]] = {}


@pytest.fixture(autouse=True)
def _shipped_models_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a server does; a server of its own for each test would load them for half a second."""
    classifier, explainer = EmotionClassifier.load, mask_network.load_explainer

    def load(name: str, models_dir: Path, device: str = "auto", **options: bool) -> object:
        if not (SHIPPED.models / name).is_dir() or models_dir != SHIPPED.models:
            return classifier(name, models_dir, device, **options)
        key = name, device, *sorted(options.items())
        if key not in _classifiers:
            _classifiers[key] = classifier(name, models_dir, device, **options)
        return _classifiers[key]

    def load_explainer(folder: Path) -> tuple[MaskNetwork, ExplainerCard]:
        if not folder.is_relative_to(SHIPPED.models):
            return explainer(folder)
        if folder not in _explainers:
            _explainers[folder] = explainer(folder)
        return _explainers[folder]

    monkeypatch.setattr(EmotionClassifier, "load", load)
    monkeypatch.setattr(mask_network, "load_explainer", load_explainer)


@pytest.fixture
def no_explainers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a model for which nobody has trained one."""
    monkeypatch.setattr(Settings, "explainer_folders", lambda _: [])
