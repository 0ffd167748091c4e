"""Training the network of face meshes: a small one that learns from a larger one.

The teacher sees each face a few times, clean and upright; the student sees it again and again as
film may show it, turned and covered, and is to say the same. What covers hide is known, since they
are painted by ourselves: visibility is learned from that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from torch import Tensor

from emotion_core.errors import ModelError
from emotion_core.faces.mesh.network import (
    MeshCard,
    MeshNetwork,
    load_mesh_network,
    save_mesh_network,
)
from emotion_core.files import whole_file
from emotion_core.training.common.averaging import RunningAverage
from emotion_core.training.common.callbacks import TrackedEarlyStopping
from emotion_core.training.common.covers.bank import KINDS, Covers, paint_covers
from emotion_core.training.common.networks import take_weights
from emotion_core.training.common.schedule import configure_adamw
from emotion_core.training.common.trainer import begin_run, fit, make_trainer, take_best
from emotion_core.training.mesh.data import MeshBatches
from emotion_core.training.mesh.losses import (
    MeasureLoss,
    MeshLoss,
    eye_distances,
    visibility_loss,
)
from emotion_core.training.mesh.measures import (
    TURNS,
    MeshMeasures,
    balanced_visibility,
    measure_batch,
)
from emotion_core.training.mesh.views import ViewMaker, Views
from emotion_core.training.runs.status import tracked_run

FIGURES_FILE = "figures.json"


@dataclass(frozen=True, slots=True)
class MeshConfig:
    """Settings of a mesh network's training.

    Attributes:
        backbone: name of a timm architecture.
        level: which of its features are taken, see :class:`MeshCard`.
        weights: pretrained weights of the backbone, the folder of a mesh network to continue from,
            or ``None``.
        size: side of its input in pixels.
        epochs: passes over the faces.
        batch: faces a step, each in two views.
        learning_rate, weight_decay: of AdamW, the rate at its peak.
        augment: strength of what is done to pictures.
        covers: how many are painted, see :func:`paint_covers`.
        covered: share of the views that are covered.
        gaps: see :class:`MeshLoss`.
        measures: weight of :class:`MeasureLoss`.
        visibility: weight of the loss of visibility.
        consistency: weight of how far the points of two views of a face lie apart.
        average: decay of the running average of the weights, a step.
        minutes: time after which the run ends, its rates having run their course.
        validate_every: epochs from one validation to the next.
        patience: validations without a lower ``val/error`` before it stops.
        seed: of everything random.
    """

    backbone: str = MeshCard().architecture
    level: int = MeshCard().level
    weights: Path | None = None
    size: int = MeshCard().size
    epochs: int = 150
    batch: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    augment: float = 1.0
    covers: int = 1024
    covered: float = 0.5
    gaps: float = 0.5
    measures: float = 0.1
    visibility: float = 0.1
    consistency: float = 0.3
    average: float = 0.998
    minutes: float | None = None
    validate_every: int = 1
    patience: int = 25
    seed: int = 0

    def card(self) -> MeshCard:
        """What has to be known of the network."""
        return MeshCard(self.backbone, self.level, self.size)


class MeshModule(lightning.LightningModule):
    """A network that learns a teacher's meshes.

    Args:
        config: settings.
        covers: laid over faces.
    """

    def __init__(self, config: MeshConfig, covers: Covers) -> None:
        super().__init__()
        self.config = config
        card = config.card()
        self.network = _network(card, config.weights)
        self.maker = ViewMaker(card.size, card.margin, covers, config.covered, config.augment)
        self.loss, self.measure_loss = MeshLoss(config.gaps), MeasureLoss()
        self.measures = MeshMeasures()

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        """The loss of one batch: (n, 4, P, P) uint8 pictures and their (n, 468, 3) points."""
        pictures, target = batch
        with torch.autocast(self.device.type, enabled=False):
            one, other = self.maker(pictures, target), self.maker(pictures, target)
            pixels = torch.cat([one.pixels, other.pixels])
        points, logits = self.network(pixels)
        with torch.autocast(self.device.type, enabled=False):
            losses = self._losses(points.float(), logits.float(), one, other, target)
        loss = torch.stack(list(losses.values())).sum()
        for name, value in (("loss", loss), *losses.items()):
            self.log(f"train/{name}", value, on_step=False, on_epoch=True, batch_size=len(pictures))
        return loss

    def _losses(
        self, points: Tensor, logits: Tensor, one: Views, other: Views, target: Tensor
    ) -> dict[str, Tensor]:
        wanted = torch.cat([one.points, other.points])
        visibility = torch.cat([one.visibility, other.visibility])
        first, second = points.chunk(2)
        apart = one.frames.to_picture(first) - other.frames.to_picture(second)
        apart = apart[..., :2].norm(dim=-1) / eye_distances(target)[:, None]
        # where much is hidden the two views need not agree
        seen = torch.minimum(one.visibility.mean(dim=1), other.visibility.mean(dim=1))
        config = self.config
        return {
            "points": self.loss(points, wanted).mean(),
            "measures": config.measures * self.measure_loss(points, wanted).mean(),
            "visibility": config.visibility * visibility_loss(logits, visibility),
            "consistency": config.consistency * (apart.mean(dim=1) * seen).mean(),
        }

    def validation_step(self, batch: tuple[Tensor, Tensor], number: int) -> None:
        """Measure one batch, on the same views in every epoch."""
        pictures, points = batch
        with torch.autocast(self.device.type, enabled=False):
            measure_batch(self.network, self.maker, pictures, points, self.measures, number)

    def on_validation_epoch_end(self) -> None:
        """Log the figures of all faces."""
        means = self.measures.means()
        self.measures = MeshMeasures()
        if self.trainer.sanity_checking:
            return
        # up to 45 degrees is what it must read; what is beyond is only watched
        turned = [means[f"turn {turn}"] for turn in TURNS if turn <= 45]
        covered = [means[f"cover {kind}"] for kind in KINDS]
        self.log("val/error", sum(turned) / len(turned), prog_bar=True)
        self.log("val/covered", sum(covered) / len(covered))
        self.log("val/visibility", balanced_visibility(means, "cover"))
        self.log("val/moved", means["moved square"])
        for turn in TURNS:
            self.log(f"val/turn_{turn}", means[f"turn {turn}"])

    def configure_optimizers(self) -> Any:
        """AdamW with a decaying rate."""
        return configure_adamw(
            self, self.network, self.config.learning_rate, self.config.weight_decay
        )


def _network(card: MeshCard, weights: Path | None) -> MeshNetwork:
    """A network to train: anew, from a pretrained backbone, or from a mesh network.

    Raises:
        ModelError: the weights do not fit.
    """
    if weights is not None and weights.is_dir():
        network, own = load_mesh_network(weights)
        if own != card:
            raise ModelError(f"{weights} is a mesh network of another architecture or size.")
        return network.train().requires_grad_(True)
    network = MeshNetwork(card)
    if weights is not None:
        take_weights(network.backbone, weights, card.architecture)
    return network


def train_mesh(
    config: MeshConfig,
    batches: MeshBatches,
    run: Path,
    *,
    resume: bool = False,
    trainer_options: dict[str, Any] | None = None,
) -> Path:
    """Train, keep the best epoch by ``val/error``, and write it with its figures.

    Args:
        config: settings.
        batches: faces with a teacher's meshes; people of ``val`` are not in ``train``.
        run: folder of the run, as for a classifier; gets ``figures.json`` too.
        resume: continue from the last checkpoint of the folder.
        trainer_options: passed to Lightning's Trainer.

    Returns:
        The folder of the network.
    """
    begin_run(config, config.seed, run)
    with tracked_run(run):
        module = MeshModule(config, Covers(paint_covers(config.covers, config.seed)))
        checkpoint = ModelCheckpoint(
            run / "checkpoints", "best", monitor="val/error", mode="min", save_last=True
        )
        trainer = make_trainer(
            run,
            [
                RunningAverage(config.average),
                checkpoint,
                TrackedEarlyStopping(run, "val/error", mode="min", patience=config.patience),
            ],
            epochs=config.epochs,
            minutes=config.minutes,
            validate_every=config.validate_every,
            options=trainer_options,
        )
        fit(trainer, module, batches, run, resume=resume)
        take_best(module, checkpoint.best_model_path)
        save_mesh_network(module.network, config.card(), run / "model")
        _write_figures(module, batches, run)
    return run / "model"


def _write_figures(module: MeshModule, batches: MeshBatches, run: Path) -> None:
    """Measure the weights that are kept, and write all figures by name."""
    module.network.eval()
    measures = MeshMeasures()
    device = batches.trainer.strategy.root_device if batches.trainer else module.device
    module.to(device)
    for number, (pictures, points) in enumerate(batches.val_dataloader()):
        measure_batch(
            module.network,
            module.maker,
            pictures.to(device),
            points.to(device),
            measures,
            number,
        )
    found = measures.means() | {
        f"correlation {name}": value for name, value in measures.correlations().items()
    }
    figures = {name: round(value, 5) for name, value in found.items()}
    with whole_file(run / FIGURES_FILE) as part:
        part.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
