"""Training the network that hears speech, music and other sound."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from torch import Tensor
from torch.nn import functional

from emotion_core.errors import ModelError
from emotion_core.files import whole_file
from emotion_core.sound.kinds.network import (
    SoundCard,
    SoundNetwork,
    load_sound_network,
    save_sound_network,
)
from emotion_core.training.common.averaging import RunningAverage
from emotion_core.training.common.callbacks import TrackedEarlyStopping
from emotion_core.training.common.schedule import configure_adamw
from emotion_core.training.common.trainer import begin_run, fit, make_trainer, take_best
from emotion_core.training.runs.status import tracked_run
from emotion_core.training.sound.data import SoundBatches
from emotion_core.training.sound.measures import SoundMeasures
from emotion_core.training.sound.mixing import MixMaker
from emotion_core.training.sound.truth import Truth, truth_of

FIGURES_FILE = "figures.json"
# dB of an error of the level of music up to which it counts by its square.
_SOFTNESS = 5.0


@dataclass(frozen=True, slots=True)
class SoundConfig:
    """Settings of the training of a network of sounds.

    Attributes:
        width: see :class:`SoundCard`.
        weights: the folder of a network to continue from, or ``None``.
        epochs: passes over the stems.
        batch: mixes a step.
        learning_rate, weight_decay: of AdamW, the rate at its peak.
        above: weight of the error of the level of music, in units of 10 dB.
        average: decay of the running average of the weights, a step.
        minutes: time after which the run ends, its rates having run their course.
        validate_every: epochs from one validation to the next.
        patience: validations without a lower ``val/error`` before it stops.
        seed: of everything random.
    """

    width: int = SoundCard().width
    weights: Path | None = None
    epochs: int = 60
    batch: int = 32
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    above: float = 0.3
    average: float = 0.99
    minutes: float | None = None
    validate_every: int = 1
    patience: int = 20
    seed: int = 0

    def card(self) -> SoundCard:
        """What has to be known of the network."""
        return SoundCard(width=self.width)


class SoundModule(lightning.LightningModule):
    """A network that learns from mixes whose parts are known.

    Args:
        config: settings.
    """

    def __init__(self, config: SoundConfig) -> None:
        super().__init__()
        self.config = config
        card = config.card()
        self.network = _network(card, config.weights)
        self.maker = MixMaker(card.widest, config.seed)
        self.measures = SoundMeasures()

    def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
        """The loss of one batch: (n, 3, 64, 5 t) dB of stems and (n, 3, t) where they are heard."""
        bands, truth = self.maker(*batch)
        logits, above = self.network(bands)
        losses = {
            "sounds": sounds_loss(logits, truth),
            "above": self.config.above * above_loss(above, truth),
        }
        loss = torch.stack(list(losses.values())).sum()
        for name, value in (("loss", loss), *losses.items()):
            self.log(f"train/{name}", value, on_step=False, on_epoch=True, batch_size=len(bands))
        return loss

    def validation_step(self, batch: tuple[Tensor, ...], _: int) -> None:
        """Measure one batch of mixes."""
        measure_batch(self.network, batch, self.measures)

    def on_validation_epoch_end(self) -> None:
        """Log the figures of all mixes."""
        figures = self.measures.figures()
        self.measures = SoundMeasures()
        if self.trainer.sanity_checking:
            return
        for name, value in figures.items():
            self.log(f"val/{name}", value, prog_bar=name == "error")

    def configure_optimizers(self) -> Any:
        """AdamW with a decaying rate."""
        return configure_adamw(
            self, self.network, self.config.learning_rate, self.config.weight_decay
        )


def _network(card: SoundCard, weights: Path | None) -> SoundNetwork:
    """A network to train, anew or from one that is there.

    Raises:
        ModelError: that one is of another size.
    """
    if weights is None:
        return SoundNetwork(card)
    network, own = load_sound_network(weights)
    if own != card:
        raise ModelError(f"{weights} is a network of sounds of another size.")
    return network.train().requires_grad_(True)


def sounds_loss(logits: Tensor, truth: Truth) -> Tensor:
    """Cross-entropy of (n, 3, t) logits, where the truth is known."""
    each = functional.binary_cross_entropy_with_logits(logits, truth.present, reduction="none")
    return (each * truth.known).sum() / truth.known.sum().clamp(min=1)


def above_loss(above: Tensor, truth: Truth) -> Tensor:
    """Huber's loss of (n, t) dB of speech over music, in units of 10 dB, where there is speech."""
    each = functional.huber_loss(
        above / 10, truth.above / 10, reduction="none", delta=_SOFTNESS / 10
    )
    return (each * truth.spoken).sum() / truth.spoken.sum().clamp(min=1)


def measure_batch(
    network: SoundNetwork, batch: tuple[Tensor, ...], measures: SoundMeasures
) -> None:
    """Hear a batch of mixes and count what is right.

    Args:
        network: in evaluation mode.
        batch: dB, powers, activity and floor, see
            :class:`~emotion_core.training.sound.prepared.Prepared`.
        measures: gets the counts.
    """
    bands, powers, active, floor = batch
    logits, above = network(bands.float())
    measures.add(logits, above, truth_of(powers, active, floor, network.widest))


def train_sounds(
    config: SoundConfig,
    batches: SoundBatches,
    run: Path,
    *,
    resume: bool = False,
    trainer_options: dict[str, Any] | None = None,
) -> Path:
    """Train, keep the best epoch by ``val/error``, and write it with its figures.

    Args:
        config: settings.
        batches: prepared sounds.
        run: folder of the run, as for a classifier; gets ``figures.json`` too.
        resume: continue from the last checkpoint of the folder.
        trainer_options: passed to Lightning's Trainer.

    Returns:
        The folder of the network.
    """
    begin_run(config, config.seed, run)
    with tracked_run(run):
        module = SoundModule(config)
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
        save_sound_network(module.network, config.card(), run / "model")
        _write_figures(module.network.cpu().eval(), batches, run)
    return run / "model"


@torch.no_grad()
def _write_figures(network: SoundNetwork, batches: SoundBatches, run: Path) -> None:
    """Measure the weights that are kept, and write all figures by name."""
    measures = SoundMeasures()
    for batch in batches.val_dataloader():
        measure_batch(network, batch, measures)
    figures = {name: round(value, 5) for name, value in measures.figures().items()}
    with whole_file(run / FIGURES_FILE) as part:
        part.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
