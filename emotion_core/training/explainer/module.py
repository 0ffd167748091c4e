"""Training an explainer: a network that learns to show what a frozen classifier reads by.

Stalder et al. 2022, "What You See is What You Classify: Black Box Attributions" (NeurIPS), with
the settings of the study that this product follows, where they are not said to differ.
"""

from __future__ import annotations

from typing import Any

import lightning
import torch
from torch import Tensor, nn
from torchmetrics import Metric, MetricCollection
from torchmetrics.classification import (
    MulticlassAccuracy,
    MultilabelAccuracy,
    MultilabelF1Score,
    MultilabelPrecision,
    MultilabelRecall,
)

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.backgrounds import blur, vary_background
from emotion_core.explanation.explainers import ExplainerCard
from emotion_core.explanation.mask_network import MaskNetwork
from emotion_core.training.common.augmentation import FaceAugmentation
from emotion_core.training.common.batches import FaceBatch
from emotion_core.training.common.schedule import configure_adamw, current_rate
from emotion_core.training.explainer.config import ExplainerConfig
from emotion_core.training.explainer.frozen_classifier import FrozenClassifier
from emotion_core.training.explainer.losses import (
    ExplainerLoss,
    Looks,
    aggregate_masks,
    leading_shares,
)


class ExplainerModule(lightning.LightningModule):
    """An explainer, the classifier that it learns to explain, and what is measured of both.

    Args:
        config: settings.
        classifier: what is explained; no part of the module's weights.
        mean, std: of the training set by RGB channel, on pixel values in [0, 1].
    """

    def __init__(
        self,
        config: ExplainerConfig,
        classifier: FrozenClassifier,
        mean: tuple[float, float, float],
        std: tuple[float, float, float],
    ) -> None:
        super().__init__()
        self.config = config
        self.classifier = classifier
        self.card = ExplainerCard(
            config.backbone, config.size, mean, std, classifier.identity, EMOTIONS
        )
        self.network = MaskNetwork(config.backbone, mean, std).to(memory_format=torch.channels_last)
        self.augmentation = FaceAugmentation(config.augment)
        self.loss = ExplainerLoss(config.loss)
        for stage in ("train", "val", "test"):
            setattr(self, f"{stage}_metrics", ExplainerMetrics(stage))

    def setup(self, stage: str) -> None:  # noqa: ARG002 - Lightning passes it by name
        """Move the classifier to where the explainer will be trained."""
        self.classifier.to(self.trainer.strategy.root_device)

    def training_step(self, batch: FaceBatch, _: int) -> Tensor:
        """The loss of one batch."""
        with torch.autocast(self.device.type, enabled=False):
            pixels = self.augmentation(batch.pictures)
        return self._shared_step(pixels, batch.targets, "train")

    def on_train_epoch_end(self) -> None:
        """Log the learning rate."""
        self.log("train/learning_rate", current_rate(self))

    def validation_step(self, batch: FaceBatch, _: int) -> None:
        """Log loss and metrics of one batch."""
        self._shared_step(batch.pictures[:, :3].float() / 255, batch.targets, "val")

    def test_step(self, batch: FaceBatch, _: int) -> None:
        """Log loss and metrics of one batch of the test."""
        self._shared_step(batch.pictures[:, :3].float() / 255, batch.targets, "test")

    def _shared_step(self, pixels: Tensor, votes: Tensor, stage: str) -> Tensor:
        """(n, 3, S, S) RGB in [0, 1] and (n, 7) votes to the loss; logs every term and metric."""
        normalised = self.classifier.normalise(pixels)
        with torch.no_grad():
            whole = self.classifier.read(normalised)
        target, absent = self._choose(whole, votes, stage)
        targets, chosen = one_hot(target), one_hot(_each_in_turn(absent))
        maps = self.network(pixels)
        target_mask, chosen_mask, other_mask = (
            aggregate_masks(maps, classes) for classes in (targets, chosen, absent)
        )
        own = maps.take_along_dim(target[:, None, None, None], dim=1).squeeze(1)
        first = leading_shares(own, self._shares(len(own), stage))[:, None]
        # measured as the paper defines it, whatever it was trained with
        varied = stage == "train" and self.config.background == "varied"
        background = vary_background(normalised) if varied else torch.zeros_like(normalised)
        covers = torch.stack([target_mask, 1 - target_mask, chosen_mask])[:, :, None]
        looks = torch.lerp(background, normalised, covers).flatten(0, 1)
        inserted = torch.lerp(blur(normalised), normalised, first)
        views = torch.cat([looks, inserted, (1 - first) * normalised])
        shown, left, drawn, gained, lost = self.classifier.read(views).chunk(5)
        with torch.no_grad():
            bare = self.classifier.read(background)
        said = Looks(whole, shown, left, drawn, bare, gained, lost, targets, chosen)
        terms = self.loss(said, target_mask, other_mask)
        for name, term in terms.items():
            self._log(f"{stage}/{name}", term.detach(), len(pixels))
        probability = (shown.detach().softmax(dim=1) * targets).sum(dim=1).mean()
        self._log(f"{stage}/target_probability", probability, len(pixels))
        self._measure(shown.detach(), left.detach(), whole, target, stage)
        loss: Tensor = terms["loss"]
        return loss

    def _choose(self, whole: Tensor, votes: Tensor, stage: str) -> tuple[Tensor, Tensor]:
        """Whose mask m is, an index a picture, and which classes n is of, (n, 7) of 0 and 1."""
        if self.config.targets == "labels":
            target, absent = votes.argmax(dim=1), torch.ones_like(whole)
        else:
            read = whole.softmax(dim=1)
            absent = (read <= 1 / len(EMOTIONS)).float()
            # shares over exponential noise: the largest is a draw by shares
            noise = torch.empty_like(read).exponential_() if stage == "train" else 1.0
            target = (read * (1 - absent) / noise).argmax(dim=1)
        return target, absent * (1 - one_hot(target))

    def _shares(self, count: int, stage: str) -> Tensor:
        """Of the pixels of each picture; at random in training, else evenly spread."""
        if stage == "train":
            return torch.rand(count, device=self.device)
        return (torch.arange(count, device=self.device) + 0.5) / count

    def _measure(
        self, shown: Tensor, left: Tensor, whole: Tensor, target: Tensor, stage: str
    ) -> None:
        """Count a batch of (n, 7) logits; all counts stay on the device until the epoch's end."""
        metrics: ExplainerMetrics = getattr(self, f"{stage}_metrics")
        metrics.update(shown, left, whole, target)
        for metric in (metrics.one_hot, metrics.top1, metrics.agreement, metrics.inverse):
            self.log_dict(metric, on_step=False, on_epoch=True)

    def _log(self, name: str, value: Tensor, count: int) -> None:
        self.log(name, value, on_step=False, on_epoch=True, sync_dist=True, batch_size=count)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Put the explainer's card beside the weights."""
        checkpoint["explainer"] = self.card.to_dict()

    def configure_optimizers(self) -> Any:
        """AdamW with a decaying rate."""
        return configure_adamw(
            self, self.network, self.config.learning_rate, self.config.weight_decay
        )


class ExplainerMetrics(nn.Module):
    """What the classifier says of masked pictures, counted over an epoch.

    ``accuracy``, ``f1``, ``precision`` and ``recall`` are counted as the study did: each picture
    gives seven outputs, one for each emotion, of which six are 0 in the target and, mostly, in
    the answer, and the mean over the emotions is taken. A classifier that is wrong in a share e of
    the pictures has an accuracy of 1 - 2e/7 by this. ``top1`` is 1 - e.

    Args:
        stage: ``train``, ``val`` or ``test``, before the names of the metrics.
    """

    def __init__(self, stage: str) -> None:
        super().__init__()
        # checks of the arguments would wait for the device in every step
        options: dict[str, Any] = {"num_labels": len(EMOTIONS), "validate_args": False}
        parts: dict[str, Metric | MetricCollection] = {
            "accuracy": MultilabelAccuracy(**options),
            "f1": MultilabelF1Score(**options),
            "precision": MultilabelPrecision(**options),
            "recall": MultilabelRecall(**options),
        }
        # told what shares its counts: to find out, the values would be compared
        self.one_hot = MetricCollection(parts, prefix=f"{stage}/", compute_groups=[list(parts)])
        self.top1 = _share_equal(f"{stage}/top1")
        self.agreement = _share_equal(f"{stage}/agreement")
        self.inverse = _share_equal(f"{stage}/inverse_agreement")

    def update(self, shown: Tensor, left: Tensor, whole: Tensor, target: Tensor) -> None:
        """Count a batch.

        Args:
            shown, left, whole: (n, 7) logits for the masked picture, its inverse, and all of it.
            target: (n,) index of the target.
        """
        said = shown.argmax(dim=1)
        self.one_hot.update(one_hot(said).int(), one_hot(target).int())
        self.top1.update(said, target)
        self.agreement.update(said, whole.argmax(dim=1))
        self.inverse.update(left.argmax(dim=1), whole.argmax(dim=1))


def _share_equal(name: str) -> MetricCollection:
    """The share of pictures in which two answers are the same, under a name."""
    metric = MulticlassAccuracy(len(EMOTIONS), average="micro", validate_args=False)
    return MetricCollection({name: metric})


def _each_in_turn(classes: Tensor) -> Tensor:
    """(n,) one class of each row of (n, 7), another one from row to row."""
    count, rows = classes.shape[1], torch.arange(len(classes), device=classes.device)
    ahead = (torch.arange(count, device=classes.device) - rows[:, None]) % count
    return torch.where(classes > 0, ahead, count).argmin(dim=1)


def one_hot(index: Tensor) -> Tensor:
    """(n,) indices of emotions to (n, 7) float32; unlike torch's own, never asks the device."""
    return (index[:, None] == torch.arange(len(EMOTIONS), device=index.device)).float()
