"""What the documents say exists: files, commands, options, settings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from typer.core import TyperGroup

from emotion_core.cli.main import app
from emotion_core.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted((ROOT / "docs").glob("*.md"))
TEXTS = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")), *DOCS]
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The addresses that GitHub gives the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


def commands_in(text: str) -> Iterator[list[str]]:
    """The words of each ``eme ...`` in code blocks and in backticks."""
    prose, blocks = BLOCK.sub("", text), "".join(BLOCK.findall(text))
    lines = blocks.replace("\\\n", " ").splitlines()
    for line in (*lines, *re.findall(r"`([^`]+)`", prose)):
        if line.startswith("eme "):
            yield shlex.split(line, comments=True)[1:]


def command_line() -> TyperGroup:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def check_command(words: list[str]) -> None:
    """Follow the words to their command, and look for their options in it."""
    command: Any = command_line()
    while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, f"there is no command {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    known = {"--help"}
    for parameter in command.params:
        known.update(parameter.opts, parameter.secondary_opts)
    if command.context_settings.get("ignore_unknown_options"):
        return
    unknown = {word for word in words if word.startswith("--")} - known
    assert not unknown, f"{command.name} has no {unknown}"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", BLOCK.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{path.name} links to {link}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_command_and_option_exists(path: Path) -> None:
    for words in commands_in(path.read_text(encoding="utf-8")):
        check_command(words)


def test_the_page_on_the_command_line_names_every_command() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    for name, command in command_line().commands.items():
        below = command.commands if isinstance(command, TyperGroup) else {"": None}
        for inner in below:
            assert f"`eme {name} {inner}".rstrip() + "`" in text


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_module_that_is_run_exists_and_does_something(path: Path) -> None:
    for name in re.findall(r"python -m ((?:benchmarks|pages|docs)[\w.]*)", path.read_text("utf-8")):
        place = ROOT.joinpath(*name.rstrip(".").split("."))
        module = place / "__main__.py" if place.is_dir() else place.with_suffix(".py")
        assert module.is_file(), name
        assert place.is_dir() or '__name__ == "__main__"' in module.read_text("utf-8"), name


def test_the_page_on_deployment_names_every_setting() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(EME_\w+)`", text, re.MULTILINE))
    assert told == {f"EME_{name.upper()}" for name in Settings.model_fields}


def test_the_compose_file_asks_for_what_exists() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    whole, docs = yaml.safe_load(text), (ROOT / "docs" / "deployment.md").read_text("utf-8")
    settings = {f"EME_{name.upper()}" for name in Settings.model_fields}
    for service in whole["services"].values():
        command = service.get("command", "")
        if command.startswith("eme "):
            check_command(command.split()[1:])
        if service.get("image") == "eme":
            assert {name for name in service["environment"] if name.startswith("EME_")} <= settings
        mounts = {mount.split(":")[0] for mount in service.get("volumes", ())}
        assert mounts <= set(whole["volumes"])
        given = {
            one if isinstance(one, str) else one["source"] for one in service.get("secrets", ())
        }
        assert given <= set(whole["secrets"])
    # what is to be written in .env, and the files that hold secrets, are told of
    for name in set(re.findall(r"\$\{(\w+)", text)):
        assert re.search(rf"^{name}=", docs, re.MULTILINE), name
    for secret in whole["secrets"].values():
        assert secret["file"] in docs
