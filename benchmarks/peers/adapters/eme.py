"""Ours, by the same way as the peers: a shipped classifier as the app runs it."""

from __future__ import annotations

import sys

from benchmarks.peers.adapters.contract import serve
from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.settings import load_settings


def main() -> None:
    """Read with the shipped model that the command line names."""
    models, name = load_settings().models_dir, sys.argv[2]
    classifier = EmotionClassifier.load(name, models, "cpu")
    weights = (models / name).glob("*.safetensors")
    serve(EMOTIONS, lambda images: classifier.classify(images).probabilities, weights)
