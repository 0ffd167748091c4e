"""Learning faces without labels: a masked autoencoder whose encoder becomes a classifier.

He et al. 2022, "Masked Autoencoders Are Scalable Vision Learners". A vision transformer that
starts from random weights does not learn from as few faces as there are; one that has first
learned to fill in what is hidden in them does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from timm.layers.pos_embed_sincos import build_sincos2d_pos_embed
from torch import Tensor
from transformers import (
    ViTConfig,
    ViTForImageClassification,
    ViTMAEConfig,
    ViTMAEForPreTraining,
)

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.training.common.augmentation import FaceAugmentation
from emotion_core.training.common.batches import FaceBatch, FaceBatches
from emotion_core.training.common.data import FaceSet
from emotion_core.training.common.networks import export_network, normalise, preprocessing_for
from emotion_core.training.common.schedule import configure_adamw
from emotion_core.training.common.trainer import begin_run, fit, make_trainer


@dataclass(frozen=True, slots=True)
class AutoencoderConfig:
    """Settings of a masked autoencoder; the encoder is ViT-Tiny (Touvron et al. 2021).

    Attributes:
        size: side of the input in pixels.
        patch: side of a patch in pixels.
        width, depth, heads: of the encoder; its hidden layers are four times as wide.
        decoder_width, decoder_depth: of the decoder, which is thrown away.
        masked: share of the patches that is hidden.
        epochs: passes over the pictures.
        batch: pictures a step.
        learning_rate: peak, for this batch.
        weight_decay: of AdamW.
        augment: strength of the augmentation, without occlusion.
        minutes: time after which the run ends, as for a classifier.
        seed: of everything random.
    """

    size: int = 96
    patch: int = 8
    width: int = 192
    depth: int = 12
    heads: int = 3
    decoder_width: int = 128
    decoder_depth: int = 4
    masked: float = 0.75
    epochs: int = 100
    batch: int = 512
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    augment: float = 0.5
    minutes: float | None = None
    seed: int = 0

    @property
    def encoder(self) -> dict[str, Any]:
        """What the autoencoder and the classifier have in common."""
        return {
            "image_size": self.size,
            "patch_size": self.patch,
            "hidden_size": self.width,
            "num_hidden_layers": self.depth,
            "num_attention_heads": self.heads,
            "intermediate_size": 4 * self.width,
        }


class AutoencoderModule(lightning.LightningModule):
    """Hides most of a face and learns to paint it again."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        self.network = ViTMAEForPreTraining(
            ViTMAEConfig(
                **config.encoder,
                decoder_hidden_size=config.decoder_width,
                decoder_num_hidden_layers=config.decoder_depth,
                decoder_num_attention_heads=config.decoder_width // 32,
                decoder_intermediate_size=4 * config.decoder_width,
                mask_ratio=config.masked,
                norm_pix_loss=False,
            )
        )
        _place_patches(self.network)
        self.augmentation = FaceAugmentation(config.augment, occlusion=False)

    def training_step(self, batch: FaceBatch, _: int) -> Tensor:
        """The loss of one batch, changed at random."""
        with torch.autocast(self.device.type, enabled=False):
            pixels = self.augmentation(batch.pictures)
        return self._shared_step(pixels, "train")

    def validation_step(self, batch: FaceBatch, _: int) -> None:
        """Log the loss of one batch, unchanged."""
        self._shared_step(batch.pictures[:, :3].float() / 255, "val")

    def _shared_step(self, pixels: Tensor, stage: str) -> Tensor:
        """(n, 3, S, S) RGB in [0, 1] to the mean squared error of the hidden patches."""
        shown = normalise(pixels, preprocessing_for(self.config.size))
        loss: Tensor = self.network(pixel_values=shown).loss
        self.log(f"{stage}/loss", loss, on_step=False, on_epoch=True, batch_size=len(pixels))
        return loss

    def configure_optimizers(self) -> Any:
        """AdamW with a decaying rate, and the betas of the paper."""
        config = self.config
        return configure_adamw(
            self, self.network, config.learning_rate, config.weight_decay, betas=(0.9, 0.95)
        )


def _place_patches(network: ViTMAEForPreTraining) -> None:
    """Fixed sine-cosine positions and a small mask token, as in the paper.

    A network that transformers makes from a configuration has zeros there: it would not know
    where a patch belongs, and could paint no more than the mean of all.
    """
    encoder, decoder = network.vit.embeddings.position_embeddings, network.decoder.decoder_pos_embed
    side = math.isqrt(encoder.shape[1] - 1)
    with torch.no_grad():
        for positions in (encoder, decoder):
            places = build_sincos2d_pos_embed([side, side], positions.shape[-1])
            positions.copy_(torch.cat([torch.zeros_like(places[:1]), places]))
        torch.nn.init.normal_(network.decoder.mask_token, std=0.02)


def train_autoencoder(
    config: AutoencoderConfig,
    train: FaceSet,
    val: FaceSet,
    run: Path,
    *,
    resume: bool = False,
    trainer_options: dict[str, Any] | None = None,
) -> Path:
    """Train, and export the encoder as a classifier that knows faces but no emotions yet.

    Args:
        config: settings.
        train, val: pictures; their labels are not looked at.
        run: folder of the run, as :func:`train_classifier` fills it.
        resume: continue from the last checkpoint of the folder.
        trainer_options: passed to Lightning's Trainer.

    Returns:
        The folder of the model, to be named as the weights of a classifier's training.
    """
    begin_run(config, config.seed, run)
    module = AutoencoderModule(config)
    checkpoint = ModelCheckpoint(
        run / "checkpoints", save_last=True, save_top_k=0, every_n_epochs=5
    )
    trainer = make_trainer(
        run,
        [checkpoint],
        epochs=config.epochs,
        minutes=config.minutes,
        options=trainer_options,
    )
    batches = FaceBatches(train, val, config.size, config.batch)
    fit(trainer, module, batches, run, resume=resume)
    export_network(encoder_as_classifier(module.network, config), config.size, run / "model")
    return run / "model"


def encoder_as_classifier(
    network: ViTMAEForPreTraining, config: AutoencoderConfig
) -> ViTForImageClassification:
    """The encoder with a new last layer, as a classifier of the seven emotions."""
    classifier = ViTForImageClassification(
        ViTConfig(
            **config.encoder,
            id2label=dict(enumerate(EMOTIONS)),
            label2id={emotion: i for i, emotion in enumerate(EMOTIONS)},
        )
    )
    classifier.vit.load_state_dict(network.vit.state_dict())
    return classifier
