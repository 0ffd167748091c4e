"""A masked autoencoder, and the classifier that continues from it."""

from __future__ import annotations

from pathlib import Path

import torch

from emotion_core.training.classifier.autoencoder import (
    AutoencoderConfig,
    AutoencoderModule,
    encoder_as_classifier,
    train_autoencoder,
)
from emotion_core.training.common.batches import FaceTensors
from emotion_core.training.common.networks import build_network
from tests.training.sets import OPTIONS, random_faces

TINY = AutoencoderConfig(
    size=16,
    patch=8,
    width=8,
    depth=1,
    heads=2,
    decoder_width=32,
    decoder_depth=1,
    epochs=1,
    batch=7,
)


def test_every_patch_knows_its_place() -> None:
    network = AutoencoderModule(TINY).network
    for positions in (
        network.vit.embeddings.position_embeddings,
        network.decoder.decoder_pos_embed,
    ):
        assert len(torch.unique(positions[0], dim=0)) == 5
    assert network.decoder.mask_token.abs().sum() > 0


def test_the_encoder_becomes_a_classifier_with_the_same_weights() -> None:
    network = AutoencoderModule(TINY).network
    classifier = encoder_as_classifier(network, TINY)
    for name, tensor in network.vit.state_dict().items():
        torch.testing.assert_close(classifier.vit.state_dict()[name], tensor)


def test_a_run_leaves_a_model_that_a_classifier_goes_on_from(tmp_path: Path) -> None:
    faces = random_faces(14)
    model = train_autoencoder(TINY, faces, faces, tmp_path, trainer_options=OPTIONS)
    assert (tmp_path / "metrics.csv").exists()
    pictures, *_ = FaceTensors(faces, 16, torch.device("cpu")).__getitems__(range(14))
    pixels = pictures[:, :3].float() / 255
    assert build_network("", model, 16)(pixel_values=pixels).logits.shape == (14, 7)
