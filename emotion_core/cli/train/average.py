"""The command ``train average``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion_core.optional import need_packages


def average_models_command(
    models: Annotated[list[Path], typer.Argument(help="Folders of models trained from one.")],
    out: Annotated[Path, typer.Option(help="Folder of the model that is their mean.")],
    size: Annotated[int, typer.Option(help="Input side in pixels.")] = 112,
) -> None:
    """Write the mean of the weights of several models that were trained from the same one."""
    need_packages("timm")
    from emotion_core.training.common.networks import average_models

    average_models(models, size, out)
    print(f"Mean of {len(models)} models written to {out}")
