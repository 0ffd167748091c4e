"""What a run is started with beside its settings, kept so that anyone can continue with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from emotion_core.files import whole_file

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Command = Literal["explainer", "classifier"]
CONFIG_FILE = "config.json"


@dataclass(frozen=True, slots=True)
class RunOrigin:
    """What ``config.json`` holds under ``origin``.

    Attributes:
        command: what follows ``train`` on the command line.
        data: paths of the data sets.
        model: the classifier that is explained, where one is: a name or a path.
        limit: pictures used of each split; ``None`` for all.
        test: whether the split ``test`` is measured on at the end.
        devices, strategy: Lightning's.
        upright: whether faces are turned upright first; runs of earlier versions did not.
    """

    command: Command
    data: tuple[str, ...]
    model: str | None = None
    limit: int | None = None
    test: bool = False
    devices: str = "auto"
    strategy: str = "auto"
    upright: bool = False

    @classmethod
    def of(
        cls,
        command: Command,
        data: Sequence[Path],
        model: str | None,
        limit: int | None,
        test: bool,
        devices: str = "auto",
        strategy: str = "auto",
        *,
        upright: bool = True,
    ) -> RunOrigin:
        """With whole paths, so that it holds wherever a run is resumed."""
        paths = tuple(str(path.expanduser().resolve()) for path in data)
        if model is not None and Path(model).expanduser().is_dir():
            model = str(Path(model).expanduser().resolve())
        return cls(command, paths, model, limit, test, devices, strategy, upright)


def write_config(run: Path, config: DataclassInstance, origin: RunOrigin | None) -> None:
    """Put ``config.json`` in place, whole.

    Args:
        run: folder of the run.
        config: its settings.
        origin: what it is started with, where that is known.
    """
    content = asdict(config)
    if origin is not None:
        content["origin"] = asdict(origin)
    with whole_file(run / CONFIG_FILE) as part:
        part.write_text(json.dumps(content, indent=2, default=str), encoding="utf-8")
