"""Eme as a package: what is in the wheel, and that it works far from the checkout."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from emotion_core import __version__
from emotion_core.settings import Shipped
from emotion_core.types import ImageArray
from tests.conftest import place
from tests.media.clips import make_clip

ROOT = Path(__file__).resolve().parents[1]
# Where things of the checkout lie in the wheel.
HOMES = {
    "emotion_core": "emotion_core",
    "pages": "emotion_core/_app/pages",
    ".streamlit": "emotion_core/_app/.streamlit",
    "models": "emotion_core/_models",
}
START_SECONDS = 60.0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as for a release: from the source distribution, so that this is tested as well."""
    for package in ("build", "hatchling"):
        if find_spec(package) is None:
            pytest.skip(f"{package} of requirements-dev.txt is not installed")
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, folder=out)
    assert (out / f"eme-{__version__}.tar.gz").is_file()
    return out / f"eme-{__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Eme alone; what it needs is that of the environment."""
    target = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
    _run(*pip, "--no-compile", "--target", target, wheel, folder=target)
    return target


def test_the_wheel_holds_the_package_the_app_and_the_models_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {"emotion_core/_app/streamlit_app.py"}
    for folder, home in HOMES.items():
        files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        expected |= {
            f"{home}/{path.relative_to(ROOT / folder).as_posix()}"
            for path in files
            if "__pycache__" not in path.parts
        }
    assert held == expected
    assert "emotion_core/py.typed" in held


@pytest.mark.long
def test_the_installed_package_reads_a_clip_from_any_folder(
    installed: Path, tmp_path: Path, portrait: ImageArray
) -> None:
    assert _eme(installed, tmp_path, "--version") == f"Eme {__version__}\n"
    make_clip(
        tmp_path / "clip.mp4",
        n=5,
        size=(240, 180),
        picture=lambda index: place(portrait, (240, 180), index, 0, 180),
    )
    said = _eme(installed, tmp_path, "analyze", "clip.mp4")
    assert "Model: eme-lite2." in said
    assert (tmp_path / "results" / "clip" / "faces.parquet").is_file()


def test_the_installed_app_answers(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ("--port", port, "--host", "127.0.0.1", "--server.headless", "true")
    with _running(installed, tmp_path, "app", *options) as process:
        assert _ask(f"http://127.0.0.1:{port}/_stcore/health", process) == "ok"


def test_what_travels_with_the_code_is_found_in_both_places(tmp_path: Path) -> None:
    package = tmp_path / "emotion_core"
    assert Shipped.beside(package) == Shipped(tmp_path, tmp_path, tmp_path / "models")
    (package / "_models").mkdir(parents=True)
    assert Shipped.beside(package) == Shipped(tmp_path, package / "_app", package / "_models")


@pytest.mark.parametrize(
    ("pins", "extras"),
    [("requirements.txt", ["postgres", "sign-in"]), ("requirements-train.txt", ["train"])],
)
def test_pins_and_dependencies_are_of_the_same_packages_and_agree(
    pins: str, extras: list[str]
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] if pins == "requirements.txt" else []
    for extra in extras:
        wanted = [*wanted, *project["optional-dependencies"][extra]]
    needed = {canonicalize_name(one.name): one for one in map(Requirement, wanted)}
    pinned = _pins(ROOT / pins)
    assert pinned.keys() == needed.keys()
    assert [name for name in pinned if pinned[name] not in needed[name].specifier] == []


def _pins(path: Path) -> dict[str, str]:
    lines = re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)$", path.read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in lines}


def _environment(installed: Path, data: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(installed), "EME_DATA_DIR": str(data / "data")}


def _eme(installed: Path, folder: Path, *arguments: object) -> str:
    environment = _environment(installed, folder)
    return _run(installed / "bin" / "eme", *arguments, folder=folder, environment=environment)


def _run(*command: object, folder: Path, environment: dict[str, str] | None = None) -> str:
    words = [str(word) for word in command]
    result = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@contextmanager
def _running(installed: Path, folder: Path, *arguments: object) -> Iterator[subprocess.Popen[Any]]:
    command = [str(installed / "bin" / "eme"), *map(str, arguments)]
    process = subprocess.Popen(
        command, cwd=folder, env=_environment(installed, folder), stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _ask(url: str, process: subprocess.Popen[Any]) -> str:
    # a proxy of the environment has no say about this machine itself
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(url, timeout=2) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    pytest.fail("the app did not answer")
