"""Training a classifier of the seven emotions: one Lightning module, one function that runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from torch import Tensor, nn
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score, MulticlassRecall
from transformers import ViTForImageClassification

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import DatasetError, ModelError
from emotion_core.training.classifier.feature_distillation import FeatureDistillationLoss
from emotion_core.training.common.augmentation import FaceAugmentation
from emotion_core.training.common.averaging import RunningAverage
from emotion_core.training.common.batches import FaceBatch, FaceBatches, even_priors, source_priors
from emotion_core.training.common.callbacks import TrackedEarlyStopping
from emotion_core.training.common.covers.bank import Covers, paint_covers
from emotion_core.training.common.data import FaceSet, join_sets
from emotion_core.training.common.losses import PriorShift, SoftCrossEntropyLoss
from emotion_core.training.common.morphs import make_morphs
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
from emotion_core.types import FloatArray

_COVERS = 1024  # painted anew for each run
_ANOTHER = -1  # truth of pictures from another data set than the one that is counted


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
        covered: share of the faces over which something is painted, such as a hand or glasses.
        balance: how far rare emotions are drawn more often, from 0 to 1.
        adjustment: how far the loss allows for what is rare in each data set (tau of Menon et al.
            2021); see :class:`PriorShift`. With 1 the readings are of a world in which all
            emotions are equally common, with 0 of one like the data sets.
        teachers: models to learn from, as folders.
        distill: share of each target that the teachers give, on the very picture that the
            student sees (Hinton et al. 2015; Beyer et al. 2022); all of it where there is no
            label.
        morphs: weaker expressions made of the faces that have no label, of which teachers read
            both ends; see :func:`~emotion_core.training.common.morphs.make_morphs`.
        hints: weight of what a vision transformer learns from the first teacher's feature map;
            see :class:`FeatureDistillationLoss`.
        average: decay of the running average of the weights, a step; what is validated and kept.
        minutes: time after which the run ends, its rates having run their course; ``None`` for
            as long as the epochs take.
        validate_every: epochs from one validation and checkpoint to the next.
        patience: validations without a better ``val/macro_recall`` before it stops.
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
    covered: float = 0.0
    balance: float = 0.0
    adjustment: float = 0.0
    teachers: tuple[Path, ...] = ()
    distill: float = 0.7
    morphs: int = 0
    hints: float = 0.0
    average: float = 0.998
    minutes: float | None = None
    validate_every: int = 1
    patience: int = 15
    seed: int = 0


class EmotionModule(lightning.LightningModule):
    """A network that learns distributions over the seven emotions.

    Args:
        config: settings.
        priors: (sources, 7) how common emotions are in each data set that is trained on; those of
            the batches are numbered by it. If ``None``, all are equally common.
        sources: numbers of the data sets of the validation, on each of which recall is measured.
    """

    def __init__(
        self,
        config: ClassifierConfig,
        priors: FloatArray | None = None,
        sources: Sequence[int] = (0,),
    ) -> None:
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
        covers = None
        if config.covered:
            covers = Covers(paint_covers(_COVERS, config.seed))
        self.augmentation = FaceAugmentation(config.augment, covers=covers, covered=config.covered)
        given = even_priors() if priors is None else priors
        self.prior_shift = PriorShift(given, config.adjustment)
        self.loss = SoftCrossEntropyLoss()
        self.hints = self._make_hints() if config.hints else None
        self.accuracy = MulticlassAccuracy(len(EMOTIONS), average="micro")
        self.macro_f1 = MulticlassF1Score(len(EMOTIONS), average="macro")
        self._recalls = {
            number: MulticlassRecall(
                len(EMOTIONS), average="macro", ignore_index=_ANOTHER, validate_args=False
            )
            for number in sources
        }
        self.recalls = nn.ModuleList(self._recalls.values())  # so that they move to the device

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

    def training_step(self, batch: FaceBatch, _: int) -> Tensor:
        """The loss of one batch."""
        with torch.autocast(self.device.type, enabled=False):
            pixels = self.augmentation(batch.pictures, batch.points)
            mixed = self._mix(pixels, batch.targets, self.prior_shift(batch.sources))
        pixels, votes, shifts = mixed
        taught = None if self.teachers is None else self.teachers(pixels)
        logits, tokens = self._read(pixels)
        loss = self._loss(logits, votes, shifts, taught)
        self._log("train/loss", loss, len(pixels))
        if self.hints is not None and taught is not None:
            hint = self.hints(tokens, taught.features)
            self._log("train/hints", hint, len(pixels))
            loss = loss + self.config.hints * hint
        return loss

    def on_train_epoch_end(self) -> None:
        """Log the learning rate."""
        self.log("train/learning_rate", current_rate(self))

    def validation_step(self, batch: FaceBatch, _: int) -> None:
        """Log the loss, the accuracy and the macro F1 of one batch, and count recalls."""
        logits, _tokens = self._read(batch.pictures[:, :3].float() / 255)
        truth = batch.targets.argmax(dim=1)
        self._log("val/loss", self.loss(logits, batch.targets), len(truth))
        for name, metric in (("accuracy", self.accuracy), ("macro_f1", self.macro_f1)):
            metric(logits, truth)
            self.log(f"val/{name}", metric, on_step=False, on_epoch=True, prog_bar=True)
        said = logits.argmax(dim=1)
        for number, recall in self._recalls.items():
            recall.update(said, torch.where(batch.sources == number, truth, _ANOTHER))

    def on_validation_epoch_end(self) -> None:
        """Log the macro recall of each source, and the mean of them: what the best epoch is by."""
        values = {number: recall.compute() for number, recall in self._recalls.items()}
        for number, value in values.items():
            self.log(f"val/macro_recall_{number}", value)
            self._recalls[number].reset()
        self.log("val/macro_recall", torch.stack(list(values.values())).mean(), prog_bar=True)

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

    def _mix(self, pixels: Tensor, *others: Tensor) -> tuple[Tensor, ...]:
        """Mixup of pictures, and of everything that goes with them."""
        if torch.rand(()) >= self.config.mix:
            return pixels, *others
        share = float(np.random.beta(0.4, 0.4))
        order = torch.randperm(len(pixels), device=pixels.device)
        return tuple(share * part + (1 - share) * part[order] for part in (pixels, *others))

    def _loss(self, logits: Tensor, votes: Tensor, shifts: Tensor, taught: Taught | None) -> Tensor:
        """By the votes, and by the teachers; what the votes leave open is the teachers'."""
        smoothing = self.config.smoothing
        known = votes.sum(dim=1, keepdim=True)
        votes = votes * (1 - smoothing) + known * smoothing / len(EMOTIONS)
        if taught is None:
            loss: Tensor = self.loss(logits + shifts, votes)
            return loss
        votes = votes * (1 - self.config.distill)
        left = (1 - votes.sum(dim=1, keepdim=True)) * taught.probabilities
        loss = self.loss(logits + shifts, votes) + self.loss(logits, left)
        return loss

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
    """Train, keep the best epoch by ``val/macro_recall``, and export it.

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

    Raises:
        DatasetError: morphs are wanted, and none can be made.
    """
    begin_run(config, config.seed, run, origin)
    target = run / "model"
    with tracked_run(run):
        priors = source_priors(train, config.balance)
        if config.morphs:  # one more data set; teachers allow for what is rare
            priors = np.concatenate([priors, even_priors()])
        module = EmotionModule(config, priors, np.unique(val.numbered_sources).tolist())
        checkpoint = ModelCheckpoint(
            run / "checkpoints", "best", monitor="val/macro_recall", mode="max", save_last=True
        )
        trainer = make_trainer(
            run,
            [
                RunningAverage(config.average),
                checkpoint,
                TrackedEarlyStopping(run, "val/macro_recall", mode="max", patience=config.patience),
            ],
            epochs=config.epochs,
            minutes=config.minutes,
            validate_every=config.validate_every,
            options=trainer_options,
        )
        train = _with_morphs(train, module, config, trainer.strategy.root_device)
        batches = FaceBatches(train, val, config.size, config.batch, config.balance)
        fit(trainer, module, batches, run, resume=resume)
        take_best(module, checkpoint.best_model_path)
        export_network(module.network, config.size, target)
    return target


def _with_morphs(
    train: FaceSet, module: EmotionModule, config: ClassifierConfig, device: torch.device
) -> FaceSet:
    """The training set with morphs between its faces that have no label."""
    if not config.morphs:
        return train
    if module.teachers is None:
        raise ModelError("Morphs need a teacher, which reads both ends.")
    bare = train.chosen(np.flatnonzero(train.targets.sum(axis=1) == 0))
    readings = module.teachers.read(bare, config.size, device)
    morphs = make_morphs(bare, readings, config.morphs, config.size, config.seed)
    if not len(morphs):
        raise DatasetError(
            "There are no morphs to make: among the faces without labels, no person has a face at "
            "rest and an expression, in one folder and turned upright."
        )
    return join_sets([train, morphs])
