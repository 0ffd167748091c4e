"""The command ``train mesh``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotion_core.errors import DatasetError
from emotion_core.optional import need_packages

_Weight = Annotated[float, typer.Option(min=0, help="Weight of this term of the loss.")]


def train_mesh_command(
    data: Annotated[
        list[Path], typer.Option(help="Faces, one a picture: folder or zip. Can be repeated.")
    ],
    meshes: Annotated[
        list[Path], typer.Option(help="File from `dataset meshes` for each set, in their order.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the run.")],
    backbone: Annotated[
        str, typer.Option(help="Backbone, a timm architecture.")
    ] = "tf_efficientnet_lite0",
    level: Annotated[
        int,
        typer.Option(min=1, max=4, help="Which of its features: 3 at a sixteenth of the input."),
    ] = 3,
    weights: Annotated[
        Path | None,
        typer.Option(
            help="Pretrained backbone weights from a package, or the folder of a mesh network to "
            "continue from."
        ),
    ] = None,
    size: Annotated[int, typer.Option(min=32, help="Input side in pixels.")] = 96,
    epochs: Annotated[int, typer.Option(min=1)] = 150,
    batch: Annotated[int, typer.Option(min=2, help="Faces a step, each in two views.")] = 256,
    learning_rate: float = 2e-3,
    augment: Annotated[float, typer.Option(min=0, help="Strength of the augmentation.")] = 1.0,
    covers: Annotated[int, typer.Option(min=9, help="Covers that are painted.")] = 1024,
    covered: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the views that are covered.")
    ] = 0.5,
    gaps: _Weight = 0.5,
    measures: _Weight = 0.1,
    visibility: _Weight = 0.1,
    consistency: _Weight = 0.3,
    most_spread: Annotated[
        float,
        typer.Option(
            min=0,
            help="Leave out faces on which the teacher's answers lie further apart, in units of "
            "the distance between the eyes.",
        ),
    ] = 0.04,
    average: Annotated[float, typer.Option(help="Decay of the weight average.")] = 0.998,
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="Time limit; training ends within it, in small steps."),
    ] = None,
    validate_every: Annotated[int, typer.Option(min=1, help="Epochs between validations.")] = 1,
    patience: int = 25,
    seed: int = 0,
    limit: Annotated[int, typer.Option(min=0, help="Maximum of each set; 0 for all.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Resume from the last epoch.")] = False,
) -> None:
    """Train the network that reads 468 points of a face, from a teacher; writes OUT/model.

    OUT/figures.json holds its errors on people for validation, by turn and by cover.
    """
    need_packages("lightning")
    from emotion_core.training.mesh.data import MeshBatches, join_mesh_faces, load_mesh_faces
    from emotion_core.training.mesh.module import MeshConfig, train_mesh

    if len(meshes) != len(data):
        raise DatasetError("Each set needs its file of meshes, in the same order.")
    config = MeshConfig(
        backbone=backbone,
        level=level,
        weights=weights,
        size=size,
        epochs=epochs,
        batch=batch,
        learning_rate=learning_rate,
        augment=augment,
        covers=covers,
        covered=covered,
        gaps=gaps,
        measures=measures,
        visibility=visibility,
        consistency=consistency,
        average=average,
        minutes=minutes,
        validate_every=validate_every,
        patience=patience,
        seed=seed,
    )
    train, val = (
        join_mesh_faces(
            [
                load_mesh_faces(source, labels, split, most_spread=most_spread, limit=limit)
                for source, labels in zip(data, meshes, strict=True)
            ]
        )
        for split in ("train", "val")
    )
    print(f"{len(train)} faces for training, {len(val)} for validation")
    batches = MeshBatches(train, val, batch)
    print(f"Mesh network written to {train_mesh(config, batches, out, resume=resume)}")
