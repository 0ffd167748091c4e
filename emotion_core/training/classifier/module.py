"""Training a classifier of the seven emotions: one Lightning module, one function that runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from torch import Tensor, nn
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score
from transformers import ViTForImageClassification

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import ModelError
from emotion_core.training.classifier.feature_distillation import FeatureDistillationLoss
from emotion_core.training.common.augmentation import FaceAugmentation
from emotion_core.training.common.averaging import RunningAverage
from emotion_core.training.common.batches import FaceBatches
from emotion_core.training.common.callbacks import TrackedEarlyStopping
from emotion_core.training.common.data import FaceSet
from emotion_core.training.common.losses import SoftCrossEntropyLoss
from emotion_core.training.common.networks import (
    Taught,
    Teachers,
    build_network,
    export_network,
    normalise,
    preprocessing_for,
)
from emotion_core.training.common.schedule import configure_adamw, current_rate
from emotion_core.training.common.trainer import begin_run, fit, make_trainer, take_best
from emotion_core.training.runs.origin import RunOrigin
from emotion_core.training.runs.status import tracked_run


@dataclass(frozen=True, slots=True)
class ClassifierConfig:
    """Settings of a training run.

    Attributes:
        backbone: name of a timm architecture.
        weights: file with pretrained weights of the backbone, folder with a model to continue
            from, or ``None`` to start anew.
        size: side of the input in pixels.
        epochs: passes over the training set.
        batch: pictures a step.
        learning_rate: peak of the one-cycle cosine schedule of AdamW.
        layer_decay: factor of the rate from each block to the one before it (Clark et al. 2020);
            1 for the same rate everywhere.
        weight_decay: of AdamW.
        drop, drop_path: dropout before the last layer, and stochastic depth.
        mix: share of batches in which pictures and targets are mixed (mixup, Zhang et al. 2018).
        smoothing: share of each target given to all emotions alike.
        augment: strength of the augmentation.
        balance: how far rare emotions are drawn more often, from 0 to 1.
        teachers: models to learn from, as folders.
        distill: share of each target that the teachers give, on the very picture that the
            student sees (Hinton et al. 2015; Beyer et al. 2022); all of it where there is no
            label.
        hints: weight of what a vision transformer learns from the first teacher's feature map;
            see :class:`FeatureDistillationLoss`.
        average: decay of the running average of the weights, a step; what is validated and kept.
        minutes: time after which the run ends, its rates having run their course; ``None`` for
            as long as the epochs take.
        validate_every: epochs from one validation and checkpoint to the next.
        patience: validations without a better ``val/accuracy`` before it stops.
        seed: of everything random.
    """

    backbone: str = "tf_efficientnet_lite2"
    weights: Path | None = None
    size: int = 112
    epochs: int = 40
    batch: int = 256
    learning_rate: float = 1e-3
    layer_decay: float = 1.0
    weight_decay: float = 0.05
    drop: float = 0.3
    drop_path: float = 0.2
    mix: float = 0.5
    smoothing: float = 0.05
    augment: float = 1.0
    balance: float = 0.0
    teachers: tuple[Path, ...] = ()
    distill: float = 0.7
    hints: float = 0.0
    average: float = 0.998
    minutes: float | None = None
    validate_every: int = 1
    patience: int = 15
    seed: int = 0


class EmotionModule(lightning.LightningModule):
    """A network that learns distributions over the seven emotions."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        self.network = build_network(
            config.backbone,
            config.weights,
            config.size,
            drop=config.drop,
            drop_path=config.drop_path,
        )
        self.teachers = Teachers(config.teachers) if config.teachers else None
        self.augmentation = FaceAugmentation(config.augment)
        self.loss = SoftCrossEntropyLoss()
        self.hints = self._make_hints() if config.hints else None
        self.accuracy = MulticlassAccuracy(len(EMOTIONS), average="micro")
        self.macro_f1 = MulticlassF1Score(len(EMOTIONS), average="macro")

    def on_fit_start(self) -> None:
        """Move the teachers to where the network is."""
        if self.teachers is not None:
            self.teachers.to(self.device)

    def _make_hints(self) -> FeatureDistillationLoss:
        channels = None if self.teachers is None else self.teachers.channels
        if channels is None or not isinstance(self.network, ViTForImageClassification):
            raise ModelError(
                "Feature distillation needs a vision transformer with a timm network as teacher."
            )
        return FeatureDistillationLoss(self.network.config.hidden_size, channels)

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        """The loss of one batch: (n, C, S, S) uint8 pictures and (n, 7) votes."""
        pictures, votes = batch
        with torch.autocast(self.device.type, enabled=False):
            pixels, votes = self._mix(self.augmentation(pictures), votes)
        taught = None if self.teachers is None else self.teachers(pixels)
        logits, tokens = self._read(pixels)
        loss: Tensor = self.loss(logits, self._targets(votes, taught))
        self._log("train/loss", loss, len(pixels))
        if self.hints is not None and taught is not None:
            hint = self.hints(tokens, taught.features)
            self._log("train/hints", hint, len(pixels))
            loss = loss + self.config.hints * hint
        return loss

    def on_train_epoch_end(self) -> None:
        """Log the learning rate."""
        self.log("train/learning_rate", current_rate(self))

    def validation_step(self, batch: tuple[Tensor, Tensor], _: int) -> None:
        """Log the loss, the accuracy and the macro F1 of one batch."""
        pictures, votes = batch
        logits, _tokens = self._read(pictures[:, :3].float() / 255)
        self._log("val/loss", self.loss(logits, votes), len(pictures))
        for name, metric in (("accuracy", self.accuracy), ("macro_f1", self.macro_f1)):
            metric(logits, votes.argmax(dim=1))
            self.log(f"val/{name}", metric, on_step=False, on_epoch=True, prog_bar=True)

    def _read(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        """(n, 3, S, S) RGB in [0, 1] to (n, 7) logits, and the tokens where hints need them."""
        shown = normalise(pixels, preprocessing_for(self.config.size))
        if self.hints is None:
            return self.network(pixel_values=shown).logits.float(), None
        network: Any = self.network
        states = network.vit(pixel_values=shown).last_hidden_state
        return network.classifier(states[:, 0]).float(), states[:, 1:]

    def _log(self, name: str, value: Tensor, count: int) -> None:
        self.log(name, value, on_step=False, on_epoch=True, batch_size=count)

    def _mix(self, pixels: Tensor, votes: Tensor) -> tuple[Tensor, Tensor]:
        if torch.rand(()) >= self.config.mix:
            return pixels, votes
        share = float(np.random.beta(0.4, 0.4))
        order = torch.randperm(len(pixels), device=pixels.device)
        return (
            share * pixels + (1 - share) * pixels[order],
            share * votes + (1 - share) * votes[order],
        )

    def _targets(self, votes: Tensor, taught: Taught | None) -> Tensor:
        """Votes and teachers together; what the votes leave open is the teachers'."""
        smoothing = self.config.smoothing
        known = votes.sum(dim=1, keepdim=True)
        votes = votes * (1 - smoothing) + known * smoothing / len(EMOTIONS)
        if taught is None:
            return votes
        votes = votes * (1 - self.config.distill)
        return votes + (1 - votes.sum(dim=1, keepdim=True)) * taught.probabilities

    def configure_optimizers(self) -> Any:
        """AdamW over the network, and over the hints where there are some."""
        config = self.config
        trained = self.network if self.hints is None else nn.ModuleList([self.network, self.hints])
        return configure_adamw(
            self,
            trained,
            config.learning_rate,
            config.weight_decay,
            layer_decay=config.layer_decay,
        )


def train_classifier(
    config: ClassifierConfig,
    train: FaceSet,
    val: FaceSet,
    run: Path,
    *,
    resume: bool = False,
    trainer_options: dict[str, Any] | None = None,
    origin: RunOrigin | None = None,
) -> Path:
    """Train, keep the best epoch by ``val/accuracy``, and export it.

    Args:
        config: settings.
        train, val: data; ``val`` decides when to stop and which epoch is kept. Rows of
            ``train`` without a label need teachers.
        run: folder of the run: ``config.json``, ``metrics.csv``, ``checkpoints/``,
            ``status.json`` (see :class:`RunStatus`), and the model in ``model/`` in Hugging Face
            layout.
        resume: continue from the last checkpoint of the folder; the metrics so far are kept as
            ``metrics-1.csv`` and so on.
        trainer_options: passed to Lightning's Trainer, such as ``strategy`` or ``devices``.
        origin: what the run is started with, for whoever looks at it.

    Returns:
        The folder of the exported model.
    """
    begin_run(config, config.seed, run, origin)
    target = run / "model"
    with tracked_run(run):
        module = EmotionModule(config)
        checkpoint = ModelCheckpoint(
            run / "checkpoints", "best", monitor="val/accuracy", mode="max", save_last=True
        )
        trainer = make_trainer(
            run,
            [
                RunningAverage(config.average),
                checkpoint,
                TrackedEarlyStopping(run, "val/accuracy", mode="max", patience=config.patience),
            ],
            epochs=config.epochs,
            minutes=config.minutes,
            validate_every=config.validate_every,
            options=trainer_options,
        )
        batches = FaceBatches(train, val, config.size, config.batch, config.balance)
        fit(trainer, module, batches, run, resume=resume)
        take_best(module, checkpoint.best_model_path)
        export_network(module.network, config.size, target)
    return target
