"""What ``compose.yaml`` starts in containers, started as processes of this machine.

The commands, the environment, the certificates that the documents have one make, and the command of
the image are those of the files; only addresses and folders are of this machine. Images are not
built. Half a minute, so only with --all-cases.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from emotion_core.files import to_text
from emotion_core.jobs import records
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.jobs.records import JobState
from emotion_core.jobs.registry import result_of
from emotion_core.library.database.engine import open_database
from emotion_core.scene.clips.store import clips_of
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from emotion_core.types import ImageArray
from tests.cli.commands import ROOT
from tests.conftest import place
from tests.e2e.harness.provider import providing, write_secrets
from tests.library.servers import started_server
from tests.media.clips import make_clip

GIVEN = {
    "EME_DATABASE_PASSWORD": "letters",
    "EME_TEACHERS": "ana@school.org",
    "EME_MEMBERS": "@school.org",
    "EME_HOST": "eme.school.org",
}
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _filled(text: str) -> str:
    """A value of the file with the variables of ``.env``."""

    def value(found: re.Match[str]) -> str:
        name, kind, otherwise = found.groups()
        assert kind != "?" or name in GIVEN, f"{name} must be given"
        return GIVEN.get(name, otherwise or "")

    return _VARIABLE.sub(value, text)


class School:
    """The services of the file on this machine.

    Args:
        folder: where all of it lies.
        database: address of a server.
    """

    def __init__(self, folder: Path, database: str) -> None:
        yaml = pytest.importorskip("yaml")
        self.file: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
        self.folder, self._running = folder, ExitStack()
        self.scheduler_port, self.port = _free_port(), _free_port()
        self._here = {
            "/srv/eme": str(folder / "data"),
            "postgresql+psycopg://eme:letters@database/eme": database,
            "scheduler:8786": f"127.0.0.1:{self.scheduler_port}",
            "--port 8786": f"--port {self.scheduler_port} --host 127.0.0.1",
        }
        for name, secret in self.file["secrets"].items():
            self._here[f"/run/secrets/{name}"] = str(folder / secret["file"])

    def here(self, text: str) -> str:
        """A text of the file with the addresses and folders of this machine."""
        text = _filled(text)
        for there, here in self._here.items():
            text = text.replace(there, here)
        return text

    def environment(self, service: str) -> dict[str, str]:
        """What a service finds in its environment."""
        given = self.file["services"][service]["environment"]
        return {name: self.here(str(value)) for name, value in given.items()}

    def start(self, service: str, command: str = "", **more: str) -> subprocess.Popen[str]:
        """Start a service by its own command, or by that of the image."""
        program, *rest = shlex.split(
            self.here(command or self.file["services"][service]["command"])
        )
        module = {"eme": "emotion_core", "dask": "dask"}[program]
        log = (self.folder / f"{service}.log").open("a")
        process = subprocess.Popen(
            [sys.executable, "-m", module, *rest],
            env={**_without_settings(), **self.environment(service), **more},
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._running.callback(log.close)
        self._running.callback(process.wait)
        self._running.callback(process.kill)
        return process

    def said(self, service: str) -> str:
        """What a service has written."""
        return (self.folder / f"{service}.log").read_text()

    def close(self) -> None:
        """End all of it."""
        self._running.close()


def _without_settings() -> Mapping[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("EME_", "DASK_", "STREAMLIT_"))
    }


def _make_certificates(folder: Path) -> None:
    """By the commands of the documents."""
    text = (ROOT / "docs" / "deployment.md").read_text()
    (block,) = (part for part in text.split("```")[1::2] if "openssl" in part)
    lines = [line for line in block.strip().splitlines() if not line.startswith("docker")]
    script = "set -e\n" + "\n".join(lines)
    subprocess.run(["bash", "-c", script], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def school(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[School]:
    if not request.config.getoption("--all-cases"):
        pytest.skip("only with --all-cases")
    _make_certificates(tmp_path)
    with started_server() as database, providing({}) as provider:
        found = School(tmp_path, database.url)
        write_secrets(tmp_path / "secrets.toml", provider, f"http://127.0.0.1:{found.port}")
        try:
            yield found
        finally:
            found.close()


def test_the_services_of_the_file_read_a_clip_together_and_let_nobody_in(
    school: School, portrait: ImageArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.start("scheduler")
    for _ in range(school.file["services"]["worker"]["deploy"]["replicas"]):
        school.start("worker")
    (image,) = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    app = f"{shlex.join(json.loads(image)).replace('0.0.0.0', '127.0.0.1')} --port {school.port}"
    secrets = str(school.folder / "secrets.toml")
    school.start("app", app, STREAMLIT_SECRETS_FILES=secrets)
    _until(lambda: _answers(f"http://127.0.0.1:{school.port}/_stcore/health"), school)
    _until(lambda: school.said("worker").count("Working for") == 2, school)

    clip = make_clip(
        school.folder / "a.mp4",
        n=30,
        size=(320, 180),
        picture=lambda index: place(portrait, (320, 180), index, 0, 160),
    )
    for name, value in school.environment("app").items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    library = open_database(settings)
    with clip.open("rb") as file:
        path, identity = clips_of(settings).add(file, clip.name)
    added = records.add(library, ReadClip(to_text(path), identity, settings.model))

    def ended() -> bool:
        job = records.find(library, added.id)
        return job is not None and not job.active

    _until(ended, school)
    job = records.find(library, added.id)
    assert job is not None and job.state is JobState.DONE, job
    analysis = AnalysisStore(settings.analyses_dir).load(result_of(job))
    assert analysis is not None and len(analysis.faces) == 30
    library.close()

    stranger = {**_without_settings(), "EME_DATA_DIR": str(school.folder / "other")}
    command = [sys.executable, "-m", "emotion_core", "analyze", str(clip)]
    command += ["--out", str(school.folder / "out")]
    command += ["--scheduler", f"tls://127.0.0.1:{school.scheduler_port}"]
    refused = subprocess.run(
        command,
        env=stranger,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2, refused.stderr
    assert "cannot be reached without a certificate" in refused.stderr


def _answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _until(check: Callable[[], bool], school: School, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not check():
        said = "\n".join(path.read_text()[-2000:] for path in school.folder.glob("*.log"))
        assert time.monotonic() < end, said
        time.sleep(0.3)
