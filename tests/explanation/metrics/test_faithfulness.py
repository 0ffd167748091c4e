"""Whether a mask says more of its own face than chance, and how that is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.explanation.methods.reading_network import ReadingNetwork
from emotion_core.explanation.metrics.faithfulness import (
    SEEDS,
    Faithfulness,
    measure_faithfulness,
)
from emotion_core.explanation.metrics.perturbation import deletion_auc
from emotion_core.explanation.wording import describe_changes, describe_shares
from emotion_core.progress import Progress, finish
from tests.explanation.classifiers import PixelModel, patch_of, quarters, white, wrap

HAPPY = EMOTIONS.index("happy")


def _classifier():  # type: ignore[no-untyped-def]
    weights = torch.zeros_like(quarters())
    weights[HAPPY] = quarters(10.0)[HAPPY]
    return wrap(PixelModel(weights))


def test_a_mask_of_what_is_seen_beats_chance_and_its_inverse_does_not() -> None:
    classifier, crop, patch = _classifier(), white()[0], patch_of(HAPPY)
    steps: list[Progress] = []
    right = finish(measure_faithfulness(classifier, crop, patch, HAPPY), steps.append)
    wrong = finish(measure_faithfulness(classifier, crop, 1 - patch, HAPPY))
    assert right.beaten()[0] == SEEDS and wrong.beaten()[0] == 0
    shares = [step.share for step in steps]
    assert shares == sorted(shares) and shares[-1] == 1
    assert "falls to half after 14% of the face" in right.sentences()[0]
    assert "do not rely on it" in wrong.sentences()[-1]


def test_curves_and_areas_are_the_same_measurement() -> None:
    classifier, crop, patch = _classifier(), white()[0], patch_of(HAPPY)
    table = finish(measure_faithfulness(classifier, crop, patch, HAPPY)).curves()
    own = table[(table["test"] == "taken away") & (table["mask"] == "this mask")]
    area = np.trapezoid(own["probability"], own["share"])
    network = ReadingNetwork(classifier)
    assert area == pytest.approx(deletion_auc(network, [crop], patch[None], [HAPPY])[0], abs=1e-5)
    chance = table[table["mask"] == "random masks"]
    assert (chance["low"] <= chance["probability"] + 1e-6).all()
    assert (chance["probability"] <= chance["high"] + 1e-6).all()


def test_a_reading_that_never_falls_is_said_to() -> None:
    flat = np.full((6, 29), 0.8, np.float32)
    first, *same, verdict = Faithfulness("neutral", flat, flat).sentences()
    assert "never falls to half; with random masks it never falls to half" in first
    assert len(same) == 2 and "all masks do equally well" in same[0]
    assert "no better than chance" in verdict


def test_a_test_in_which_all_masks_do_the_same_does_not_count() -> None:
    down = np.linspace(0.9, 0, 29, dtype=np.float32)
    deletion = np.stack([down**2, *[down] * 5])
    flat = np.full((6, 29), 0.9, np.float32)
    text = " ".join(Faithfulness("happy", deletion, flat).sentences())
    assert "beats 5 of 5 random masks as the face is taken away." in text
    assert "As the face is brought back, all masks do equally well." in text
    assert "the mask marks what the reading depends on" in text


def test_shares_are_reported_largest_first_and_small_ones_are_not() -> None:
    shares = {"mouth": 0.3, "brows": 0.41, "eyes": 0.05, "outside": 0.2, "nose": 0.04}
    rows = [("sad", region, share, 0.1) for region, share in shares.items()]
    table = pd.DataFrame(rows, columns=["emotion", "region", "share", "area"]).assign(part="")
    assert describe_shares(table, "sad") == "sad: 41% brows, 30% mouth, 20% outside the face"
    assert describe_shares(table, "happy") == "happy: nothing is marked"


def test_no_region_is_named_that_a_random_mask_would_have_as_much_in() -> None:
    rows = [("sad", "cheeks", 0.19, 0.3), ("sad", "nose", 0.15, 0.05), ("sad", "mouth", 0.3, 0.1)]
    table = pd.DataFrame(rows, columns=["emotion", "region", "share", "area"]).assign(part="")
    assert describe_shares(table, "sad") == "sad: 30% mouth, 15% nose"
    large = pd.DataFrame(
        [("sad", "cheeks", 0.35, 0.33, ""), ("sad", "brows", 0.12, 0.03, "")]
        + [("sad", region, 0.2, 0.1, "") for region in ("nose", "mouth")],
        columns=["emotion", "region", "share", "area", "part"],
    )
    assert describe_shares(large, "sad") == "sad: 20% nose, 20% mouth, 12% brows"
    below = describe_shares(table.assign(area=0.5), "sad")
    assert below == "sad: no region has clearly more than a random mask would"


def test_changes_are_described_in_points_with_what_leads_then() -> None:
    before = {"happy": 0.6, "neutral": 0.3, "sad": 0.1}
    assert describe_changes(["mouth"], before, {"happy": -0.31, "neutral": 0.31, "sad": 0.0}) == (
        "Without the mouth, happy falls by 31 points and neutral rises by 31 points. "
        "Neutral leads instead of happy."
    )
    assert describe_changes(["nose"], before, {"happy": -0.01, "neutral": 0.0, "sad": 0.0}) == (
        "Without the nose, happy falls by 1 point. Happy still leads."
    )
    assert "does not change" in describe_changes(["nose"], before, dict.fromkeys(before, 0.0))
