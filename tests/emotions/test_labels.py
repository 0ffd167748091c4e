"""Names, derived numbers and words of the seven emotions."""

from __future__ import annotations

import numpy as np
import pytest

from emotion_core.emotions.labels import (
    EMOTION_COLORS,
    EMOTIONS,
    VALENCE_AROUSAL,
    describe,
    emotion_from_name,
    valence_arousal,
)
from emotion_core.stats import entropy


def test_labels_of_data_sets_and_models_map_to_the_seven() -> None:
    names = ["Anger", "disgust", "FEAR", "happiness", " neutral ", "Sadness", "surprised"]
    assert [emotion_from_name(name) for name in names] == list(EMOTIONS)
    assert emotion_from_name("contempt") is None


def test_every_emotion_has_one_colour_of_its_own() -> None:
    assert set(EMOTION_COLORS) == set(EMOTIONS)
    assert len(set(EMOTION_COLORS.values())) == 7


def test_entropy_is_zero_when_certain_and_log2_of_seven_when_not() -> None:
    certain, lost = np.eye(7, dtype=np.float32)[:1], np.full((1, 7), 1 / 7, np.float32)
    assert entropy(certain)[0] == 0 and not np.signbit(entropy(certain)[0])
    assert entropy(lost)[0] == pytest.approx(np.log2(7), abs=1e-5)


def test_valence_and_arousal_are_the_expected_coordinates() -> None:
    half = np.zeros((1, 7), np.float32)
    half[0, EMOTIONS.index("happy")] = half[0, EMOTIONS.index("sad")] = 0.5
    valence, arousal = valence_arousal(half)
    assert valence[0] == pytest.approx((0.81 - 0.63) / 2)
    assert arousal[0] == pytest.approx((0.51 - 0.27) / 2)
    assert VALENCE_AROUSAL["neutral"] == (0, 0)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ({"sad": 0.62, "fear": 0.21, "neutral": 0.1}, "sad 62%, with fear 21%"),
        ({"happy": 0.97, "sad": 0.03}, "happy 97%"),
        ({"sad": 0.35, "fear": 0.3, "angry": 0.1}, "mixed: sad 35%, fear 30%"),
        (dict.fromkeys(EMOTIONS, 1 / 7), "mixed: angry 14%"),
    ],
)
def test_a_reading_is_described_in_words(shares: dict[str, float], words: str) -> None:
    assert describe(shares) == words


def test_valence_and_arousal_of_a_reading_do_not_depend_on_what_is_computed_beside_it() -> None:
    """A clip that is read in parts has the same tables, to the last bit, as one read whole."""
    shares = np.random.default_rng(0).dirichlet(np.ones(7), 101).astype(np.float32)
    whole = np.stack(valence_arousal(shares))
    for cut in range(1, len(shares)):
        parts = [np.stack(valence_arousal(part)) for part in (shares[:cut], shares[cut:])]
        np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)
