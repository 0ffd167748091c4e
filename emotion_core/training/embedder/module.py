"""Training the embedder of faces: a small network that learns from a larger one.

The teacher sees each face once, clean; the student sees it again and again as film may show it,
and is to answer the same. So it becomes steadier than its teacher where a face is small, grey,
badly lit or covered, and needs no names of people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from torch import Tensor

from emotion_core.faces.identity.alignment import ALIGNED_SIZE
from emotion_core.faces.identity.embedder import AlignedEmbedder
from emotion_core.faces.identity.network import EmbedderCard, EmbeddingNetwork, save_embedder
from emotion_core.training.common.augmentation import FaceAugmentation
from emotion_core.training.common.averaging import RunningAverage
from emotion_core.training.common.callbacks import TrackedEarlyStopping
from emotion_core.training.common.losses import EmbeddingDistillationLoss
from emotion_core.training.common.networks import take_weights
from emotion_core.training.common.schedule import configure_adamw
from emotion_core.training.common.trainer import begin_run, fit, make_trainer, take_best
from emotion_core.training.embedder.data import IdentityBatches, IdentityFaces
from emotion_core.training.embedder.measures import measure_pairs
from emotion_core.training.runs.status import tracked_run


@dataclass(frozen=True, slots=True)
class EmbedderConfig:
    """Settings of an embedder's training.

    Attributes:
        backbone: name of a timm architecture.
        weights: pretrained weights of the backbone, or ``None``.
        epochs: passes over the faces.
        batch: faces a step; pairs within it are what relations are learned from.
        learning_rate, weight_decay: of AdamW, the rate at its peak.
        augment: strength of the augmentation; aligned faces move less than boxes do.
        relations: see :class:`EmbeddingDistillationLoss`.
        average: decay of the running average of the weights, a step.
        false_match: share of pairs of two people that the shipped threshold lets pass.
        minutes: time after which the run ends, its rates having run their course.
        validate_every: epochs from one validation to the next.
        patience: validations without a better ``val/auc`` before it stops.
        seed: of everything random.
    """

    backbone: str = "tf_efficientnet_lite0"
    weights: Path | None = None
    epochs: int = 60
    batch: int = 512
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    augment: float = 0.5
    relations: float = 5.0
    average: float = 0.998
    false_match: float = 1e-3
    minutes: float | None = None
    validate_every: int = 1
    patience: int = 20
    seed: int = 0


class EmbedderModule(lightning.LightningModule):
    """A network that learns a teacher's embeddings.

    Args:
        config: settings.
        dimensions: length of the teacher's embeddings.
    """

    def __init__(self, config: EmbedderConfig, dimensions: int) -> None:
        super().__init__()
        self.config = config
        self.network = EmbeddingNetwork(card_of(config, dimensions))
        if config.weights is not None:
            take_weights(self.network.backbone, config.weights, config.backbone)
        self.augmentation = FaceAugmentation(config.augment)
        self.loss = EmbeddingDistillationLoss(config.relations)
        self.seen: list[tuple[Tensor, Tensor]] = []

    def training_step(self, batch: tuple[Tensor, Tensor, Tensor], _: int) -> Tensor:
        """The loss of one batch: (n, C, S, S) uint8 pictures and their targets."""
        pictures, targets, _people = batch
        with torch.autocast(self.device.type, enabled=False):
            pixels = self.augmentation(pictures)
        loss: Tensor = self.loss(self.network(pixels), targets)
        self.log("train/loss", loss, on_step=False, on_epoch=True, batch_size=len(pixels))
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor, Tensor], _: int) -> None:
        """Log the loss of one batch, and keep its embeddings for the epoch's end."""
        pictures, targets, people = batch
        embeddings = self.network(pictures[:, :3].float() / 255)
        loss = self.loss(embeddings, targets)
        self.log("val/loss", loss, on_step=False, on_epoch=True, batch_size=len(pictures))
        self.seen.append((embeddings.float().cpu(), people.cpu()))

    def on_validation_epoch_end(self) -> None:
        """Log how well pairs of all faces are told apart."""
        embeddings, people = (torch.cat(parts).numpy() for parts in zip(*self.seen, strict=True))
        self.seen.clear()
        if self.trainer.sanity_checking:
            return
        measures = measure_pairs(embeddings, people, self.config.false_match)
        self.log("val/auc", measures.auc, prog_bar=True)
        self.log("val/true_match", measures.true_match)

    def configure_optimizers(self) -> Any:
        """AdamW with a decaying rate."""
        return configure_adamw(
            self, self.network, self.config.learning_rate, self.config.weight_decay
        )


def train_embedder(
    config: EmbedderConfig,
    batches: IdentityBatches,
    run: Path,
    *,
    resume: bool = False,
    trainer_options: dict[str, Any] | None = None,
) -> Path:
    """Train, keep the best epoch by ``val/auc``, take its threshold there, and write it.

    Args:
        config: settings.
        batches: faces with a teacher's embeddings; people of ``val`` are not in ``train``.
        run: folder of the run, as for a classifier.
        resume: continue from the last checkpoint of the folder.
        trainer_options: passed to Lightning's Trainer.

    Returns:
        The folder of the embedder.
    """
    begin_run(config, config.seed, run)
    with tracked_run(run):
        module = EmbedderModule(config, batches.targets[0].shape[1])
        checkpoint = ModelCheckpoint(
            run / "checkpoints", "best", monitor="val/auc", mode="max", save_last=True
        )
        trainer = make_trainer(
            run,
            [
                RunningAverage(config.average),
                checkpoint,
                TrackedEarlyStopping(run, "val/auc", mode="max", patience=config.patience),
            ],
            epochs=config.epochs,
            minutes=config.minutes,
            validate_every=config.validate_every,
            options=trainer_options,
        )
        fit(trainer, module, batches, run, resume=resume)
        take_best(module, checkpoint.best_model_path)
        card = card_of(config, batches.targets[0].shape[1])
        threshold = _threshold(module.network, card, batches.faces[1], config.false_match)
        card = replace(card, threshold=round(threshold, 4))
        save_embedder(module.network, card, run / "model")
    return run / "model"


def card_of(config: EmbedderConfig, dimensions: int) -> EmbedderCard:
    """The card of a network that is still to be trained, without a threshold."""
    return EmbedderCard(config.backbone, dimensions, 1.0, ALIGNED_SIZE)


def _threshold(
    network: EmbeddingNetwork, card: EmbedderCard, val: IdentityFaces, false_match: float
) -> float:
    """The threshold of the weights that are kept, by the people of ``val``.

    Measured as the app embeds: each face together with its mirror image.
    """
    embeddings = AlignedEmbedder(network.eval(), card, "").embed(val.images)
    return measure_pairs(embeddings, val.numbers(), false_match).threshold
