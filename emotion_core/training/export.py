"""Trained networks as folders that transformers' Auto classes load."""

from __future__ import annotations

from pathlib import Path

from torch import nn
from transformers import TimmWrapperConfig, TimmWrapperForImageClassification

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.preprocessing import FacePreprocessing


def export_timm(
    network: nn.Module, backbone: str, preprocessing: FacePreprocessing, folder: Path
) -> None:
    """Write a timm network in Hugging Face layout, half precision, safetensors.

    Args:
        network: a network that ``timm.create_model(backbone, num_classes=7)`` made.
        backbone: name of the architecture.
        preprocessing: what the network expects.
        folder: gets ``config.json`` and ``model.safetensors``.
    """
    config = TimmWrapperConfig.from_dict(
        {
            "architecture": backbone,
            "num_classes": len(EMOTIONS),
            "label_names": list(EMOTIONS),
            "pretrained_cfg": {
                "input_size": [3, preprocessing.size, preprocessing.size],
                "mean": list(preprocessing.mean),
                "std": list(preprocessing.std),
                "interpolation": "bilinear",
                "crop_pct": 1.0,
                "crop_mode": "center",
            },
        }
    )
    wrapped = TimmWrapperForImageClassification(config)
    wrapped.timm_model.load_state_dict(network.state_dict())
    wrapped.half().save_pretrained(folder)  # type: ignore[no-untyped-call]
