"""A training run: fit, read voices that were not learned from, and learn doubt from that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from emotion_core.files import whole_file
from emotion_core.sound.voice.frames import Values
from emotion_core.sound.voice.network import VoiceCard, VoiceNetwork, save_voice_network
from emotion_core.training.runs.origin import write_config
from emotion_core.training.runs.status import tracked_run
from emotion_core.training.voice.data import VoiceExamples
from emotion_core.training.voice.fitting import (
    ComparedExamples,
    best_temperature,
    compare_examples,
    emotion_numbers,
    fit_network,
    fold_temperature,
)
from emotion_core.training.voice.measures import ReadingScore, score_readings

FIGURES_FILE = "figures.json"
Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class VoiceConfig:
    """Settings of a run.

    Attributes:
        strength: weight of the squared coefficients in the loss.
        draws: how often the usual of each speaker is drawn.
        folds: parts of the speakers, each read by a network that has learned from the others.
        seed: of everything random.
    """

    strength: float = 0.01
    draws: int = 5
    folds: int = 6
    seed: int = 0


def train_voice(config: VoiceConfig, examples: VoiceExamples, run: Path) -> Path:
    """Fit a network, calibrate it on voices it has not learned from, and write it with figures.

    Doubt is learned from sets that were left out where there are two or more: so it is that of a
    language and a microphone which the network does not know. With one set it is learned from
    speakers that were left out.

    Args:
        config: settings.
        examples: of the speakers to learn from.
        run: folder of the run; gets ``figures.json`` and ``model``.

    Returns:
        The folder of the network.
    """
    card = VoiceCard()
    run.mkdir(parents=True, exist_ok=True)
    write_config(run, config, None)
    with tracked_run(run):
        random = np.random.default_rng(config.seed)
        compared = compare_examples(examples, config.draws, card.fewest, random)
        network = fit_network(examples, compared, card, config.strength)
        ways = {"speakers": _left_out(examples.speaker, config.folds)}
        sets = np.array([name.split("/")[0] for name in examples.speaker])
        if len(np.unique(sets)) > 1:
            ways["sets"] = [sets == name for name in np.unique(sets)]
        read = {
            name: _read_others(examples, compared, card, config.strength, parts)
            for name, parts in ways.items()
        }
        temperatures = _temperatures(examples, compared, read[list(ways)[-1]])
        fold_temperature(network, *temperatures)
        save_voice_network(network, card, run / "model")
        _write_figures(examples, compared, read, temperatures, card, run)
    return run / "model"


def _left_out(speakers: npt.NDArray[np.str_], folds: int) -> list[Chosen]:
    """Which examples belong to each part of the speakers; of each set as many."""
    names = np.unique(speakers)  # sorted: those of a set follow each other
    return [np.isin(speakers, names[start::folds]) for start in range(min(folds, len(names)))]


@dataclass(frozen=True, slots=True)
class Readings:
    """Logits of networks that have not learned from what they read, as (n,) and (n, 7)."""

    raised: Values
    emotions: Values


def _read_others(
    examples: VoiceExamples,
    compared: ComparedExamples,
    card: VoiceCard,
    strength: float,
    parts: Sequence[Chosen],
) -> Readings:
    """Read each part by a network that has learned from the others."""
    n = len(compared.example)
    raised, emotions = np.full(n, np.nan), np.full((n, len(card.emotions)), np.nan)
    for part in parts:
        inside = part[compared.example]
        others = ComparedExamples(compared.relative[~inside], compared.example[~inside])
        network = fit_network(examples, others, card, strength)
        raised[inside], emotions[inside] = read_logits(network, compared.relative[inside])
        # a name that it never heard is none of its mistakes
        known = np.unique(emotion_numbers(examples)[others.example])
        unheard = np.setdiff1d(np.arange(len(card.emotions)), known)
        emotions[np.ix_(inside, unheard)] = -np.inf
    return Readings(raised, emotions)


def read_logits(network: VoiceNetwork, relative: Values) -> tuple[Values, Values]:
    """(n,) and (n, 7) logits of (n, k) relative features."""
    with torch.inference_mode():
        rows = torch.from_numpy(relative).to(network.raised.weight.dtype)
        raised, emotions = network(rows)
    return raised.double().numpy(), emotions.double().numpy()


def _answerable(
    examples: VoiceExamples, compared: ComparedExamples, readings: Readings
) -> Iterator[tuple[str, Values, npt.NDArray[np.int64], Chosen]]:
    """For each of the two regressions its logits by class, the truth, and which rows have one."""
    raised = examples.raised[compared.example]
    known = np.isfinite(raised)
    logits = np.stack([np.zeros(len(raised)), readings.raised], axis=1)
    yield "raised", logits[known], raised[known].astype(np.int64), known
    emotion = emotion_numbers(examples)[compared.example]
    named = emotion >= 0
    named[named] = np.isfinite(readings.emotions[named, emotion[named]])
    yield "emotions", readings.emotions[named], emotion[named], named


def _temperatures(
    examples: VoiceExamples, compared: ComparedExamples, readings: Readings
) -> tuple[float, float]:
    first, second = (
        best_temperature(logits, truth)
        for _, logits, truth, _ in _answerable(examples, compared, readings)
    )
    return first, second


def _write_figures(
    examples: VoiceExamples,
    compared: ComparedExamples,
    read: dict[str, Readings],
    temperatures: tuple[float, float],
    card: VoiceCard,
    run: Path,
) -> None:
    """Write how voices are read that were not learned from: in all scenes, clean, and by set."""
    from scipy import special

    figures: dict[str, object] = {"temperatures": [round(one, 3) for one in temperatures]}
    speakers = examples.speaker[compared.example]
    clean = examples.scene[compared.example] == 0
    sets = np.array([name.split("/")[0] for name in speakers])
    parts = {"all": np.ones_like(clean), "clean": clean}
    parts |= {f"clean, {name}": clean & (sets == name) for name in np.unique(sets)}
    for way, readings in read.items():
        answers = _answerable(examples, compared, readings)
        for (kind, logits, truth, rows), temperature in zip(answers, temperatures, strict=True):
            shares = np.asarray(special.softmax(logits / temperature, axis=1))
            sure = card.sure if kind == "raised" else card.sure_name
            for part, inside in parts.items():
                chosen = inside[rows]
                if chosen.any():
                    score = score_readings(
                        shares[chosen], truth[chosen], speakers[rows][chosen], sure
                    )
                    figures[f"{kind}, other {way}, {part}"] = _rounded(score)
    with whole_file(run / FIGURES_FILE) as file:
        file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _rounded(score: ReadingScore) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(score).items()}
