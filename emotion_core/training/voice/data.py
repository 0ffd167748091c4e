"""Acted speech for training: read, put into scenes, and measured as the app measures it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.datasets.sources import Files
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import DatasetError
from emotion_core.progress import Progress, Task
from emotion_core.sound.blocks import SAMPLE_RATE
from emotion_core.sound.voice.features import FEATURES, features_of
from emotion_core.sound.voice.frames import HOP, STEP, Values
from emotion_core.sound.voice.reader import read_voice
from emotion_core.training.voice.conditions import (
    Condition,
    apply_condition,
    decode_sound,
    draw_condition,
)
from emotion_core.types import FloatArray

Labels = npt.NDArray[np.str_]

SOUNDS = {".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"}
# Folders that stand for an emotion of ours, or for none.
_OTHER_NAMES = {"calm": "neutral", "boredom": ""}
# Folders whose voices are raised, 1, or lowered, 0; of disgust neither is said.
_RAISED = {"angry": 1, "fear": 1, "happy": 1, "surprise": 1}
_RAISED |= {"sad": 0, "neutral": 0, "calm": 0, "boredom": 0}
# dB below the loudest at which speech begins and ends, seconds left around it, and seconds by which
# a reader of speech errs there.
_BELOW, _AROUND, _ERROR = 30.0, 0.2, 0.1
# Share of the utterances of a scene that were recorded in another way than the rest.
_ELSEWHERE = 0.25
_TEST = 0.2


@dataclass(frozen=True, slots=True)
class ActedUtterance:
    """One utterance of a set.

    Attributes:
        samples: (n,) float32 at 16 kHz, with :data:`_AROUND` seconds before and after the speech.
        speaker: with the name of the set before it.
        emotion: one of :data:`~emotion_core.emotions.labels.EMOTIONS`, or "" for another.
        raised: 1 where the voice is raised, 0 where it is lowered, NaN where neither is said.
    """

    samples: FloatArray
    speaker: str
    emotion: str
    raised: float


@dataclass(frozen=True, slots=True)
class VoiceExamples:
    """What was measured in n utterances.

    Attributes:
        features: (n, k) of :func:`~emotion_core.sound.voice.features.features_of`, not yet relative
            to anything; never NaN.
        speaker: (n,) names.
        scene: (n,) numbers; a speaker was recorded in some scenes.
        emotion: (n,) names, "" for another.
        raised: (n,) 1, 0 or NaN.
    """

    features: Values
    speaker: Labels
    scene: npt.NDArray[np.int64]
    emotion: Labels
    raised: Values

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> VoiceExamples:
        """Some of them."""
        return VoiceExamples(
            *(
                getattr(self, name)[chosen]
                for name in ("features", "speaker", "scene", "emotion", "raised")
            )
        )


def load_utterances(source: Path, limit: int = 0) -> list[ActedUtterance]:
    """The utterances of a folder or zip with files ``<emotion>/<speaker>_<anything>``.

    Args:
        source: the set.
        limit: at most so many, evenly from all of them; 0 for all.

    Raises:
        DatasetError: it cannot be read, or has no such files.
    """
    found: list[ActedUtterance] = []
    with Files(source) as files:
        names = [name for name in files.names if PurePosixPath(name).suffix.lower() in SOUNDS]
        if limit:
            names = names[:: max(len(names) // limit, 1)][:limit]
        for name in names:
            path = PurePosixPath(name)
            folder = path.parent.name
            emotion = _OTHER_NAMES.get(folder, folder)
            if (emotion and emotion not in EMOTIONS) or "_" not in path.stem:
                continue
            samples = _trimmed(_decode(files.read(name), name, source))
            raised = float(_RAISED.get(folder, np.nan))
            speaker = f"{source.stem}/{path.stem.split('_')[0]}"
            found.append(ActedUtterance(samples, speaker, emotion, raised))
    if not found:
        raise DatasetError(f"{source} has no sound in folders by emotion, named SPEAKER_....")
    return found


def _decode(data: bytes, name: str, source: Path) -> FloatArray:
    from av.error import FFmpegError

    try:
        return decode_sound(data)
    except FFmpegError as error:
        raise DatasetError(f"{name} in {source} is not a sound that can be read.") from error


def _trimmed(samples: FloatArray) -> FloatArray:
    """From a little before the speech to a little after it."""
    windows = max(len(samples) // HOP, 1)
    power = (np.resize(samples, windows * HOP).reshape(windows, HOP) ** 2).mean(axis=1)
    loud = np.flatnonzero(power >= power.max() * 10 ** (-_BELOW / 10))
    around = int(_AROUND * SAMPLE_RATE)
    first = loud[0] * HOP - around
    padded = np.pad(samples, (max(-first, 0), around))
    start = max(int(first), 0)
    return np.asarray(padded[start : start + (loud[-1] + 1 - loud[0]) * HOP + 2 * around])


def measure_scenes(
    utterances: Sequence[ActedUtterance], conditions: int, seed: int
) -> Task[VoiceExamples]:
    """Every utterance as recorded, and in some scenes that are made up.

    Args:
        utterances: of any speakers.
        conditions: scenes a speaker beside the clean one.
        seed: of what is drawn.
    """
    random = np.random.default_rng(seed)
    rows: list[tuple[Values, ActedUtterance, int]] = []
    total = len(utterances) * (conditions + 1)
    for scene in range(conditions + 1):
        shared = {one.speaker: draw_condition(random) for one in utterances}
        for one in utterances:
            condition = Condition()
            if scene:
                other = draw_condition(random)
                condition = other if random.random() < _ELSEWHERE else shared[one.speaker]
            rows.append((measure_utterance(one.samples, condition, random), one, scene))
            yield Progress(len(rows), total)
    return to_examples(rows)


def to_examples(rows: Sequence[tuple[Values, ActedUtterance, int]]) -> VoiceExamples:
    """Utterances as examples, but for those in which too little voice is heard.

    Args:
        rows: features, what they were measured in, and the number of the scene.
    """
    kept = [row for row in rows if np.isfinite(row[0]).all()]
    return VoiceExamples(
        np.array([row for row, _, _ in kept]).reshape(-1, len(FEATURES)),
        np.array([one.speaker for _, one, _ in kept], np.str_),
        np.array([scene for _, _, scene in kept], np.int64),
        np.array([one.emotion for _, one, _ in kept], np.str_),
        np.array([one.raised for _, one, _ in kept], np.float64),
    )


def measure_utterance(
    samples: FloatArray, condition: Condition, random: np.random.Generator
) -> Values:
    """(k,) features of an utterance that is heard under a condition."""
    heard = apply_condition(samples, condition, random)
    start, end = _AROUND, len(heard) / SAMPLE_RATE - _AROUND
    errors = random.uniform(-_ERROR, _ERROR, 2)
    start, end = max(start + errors[0], 0), max(end + errors[1], start + STEP)
    spans = pd.DataFrame({"start": [start], "end": [end]})
    return np.asarray(features_of(read_voice(heard), spans)[0])


def held_out_speakers(speakers: Sequence[str]) -> set[str]:
    """A fifth of the speakers of each set, for the test, the same on every run."""
    chosen: set[str] = set()
    for group in sorted({name.split("/")[0] for name in speakers}):
        members = {name for name in speakers if name.split("/")[0] == group}
        order = sorted(members, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        chosen |= set(order[: round(_TEST * len(order))])
    return chosen
