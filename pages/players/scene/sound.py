"""The sound of a scene as the browser takes it: what it says at once, its outline fetched apart."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emotion_core.performance.delivery.delivery import Delivery
from emotion_core.performance.delivery.lanes import pitch_from_usual, shown_turns
from emotion_core.performance.wording.delivery import (
    KIND_COLORS,
    KIND_NAMES,
    SOUND_CAVEAT,
    describe_contrast,
)
from emotion_core.sound.analysis import SoundAnalysis, describe_tracks
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.sound.waveform import WAVEFORM_RATE
from emotion_core.text import count_of
from pages.players.scene.encoding import pack

PITCH_STEPS = 4  # of a byte, in a semitone
UNVOICED = -128
_PLACES = {kind: place for place, kind in enumerate(KIND_COLORS)}
_RAISED = {"raised": 1, "lowered": -1}


@dataclass(frozen=True, slots=True)
class EncodedSound:
    """The sound of a scene for the browser.

    Attributes:
        head: what is sent at once, as JSON.
        body: the outline: ``low`` and ``high`` (127 is full scale) and ``pitch``
            (:data:`PITCH_STEPS` a semitone from what is usual), a byte each.
    """

    head: dict[str, Any]
    body: bytes


def encode_sound(sound: SoundAnalysis, delivery: Delivery) -> EncodedSound:
    """Pack the sound of a scene.

    Args:
        sound: of the clip.
        delivery: what is known of it beside the faces.
    """
    pitch = _steps(pitch_from_usual(sound, delivery.utterances))
    body = pack(
        {},
        {
            "low": np.rint(sound.waveform["low"].to_numpy() * 127).astype(np.int8),
            "high": np.rint(sound.waveform["high"].to_numpy() * 127).astype(np.int8),
            "pitch": pitch,
        },
    )
    heard = set(sound.segments["kind"])
    head = {
        "rate": WAVEFORM_RATE,
        "pitchSteps": PITCH_STEPS,
        "unvoiced": UNVOICED,
        "kinds": [
            {
                "name": str(kind),
                "color": color,
                "sentence": KIND_NAMES[kind],
                "heard": kind in heard,
            }
            for kind, color in KIND_COLORS.items()
        ],
        "segments": [
            [start, end, _PLACES[SoundKind(kind)]]
            for start, end, kind in _rows(sound.segments, "start", "end", "kind")
        ],
        "voiced": bool((pitch != UNVOICED).any()),
        "turns": [list(turn) for turn in shown_turns(delivery.turns)],
        "utterances": _utterances(delivery.utterances),
        "lines": [list(row) for row in _rows(delivery.lines, "start", "end", "speaker", "text")],
        "chords": [
            list(row)
            for row in _rows(sound.music.chords, "start", "end", "chord", "sure")
            if row[2] != "N"
        ],
        "sections": _sections(sound.music.keys),
        "changes": sound.music.changes["time"].tolist(),
        "contrasts": [[one.start, one.end, describe_contrast(one)] for one in delivery.contrasts],
        "words": describe_tracks(sound),
        "caveat": SOUND_CAVEAT,
    }
    digest = hashlib.blake2b(body, digest_size=16)
    digest.update(repr(head).encode())
    return EncodedSound({**head, "digest": digest.hexdigest()}, body)


def _steps(pitch: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    steps = np.rint(pitch * PITCH_STEPS)
    return np.where(np.isfinite(steps), steps.clip(-127, 127), UNVOICED).astype(np.int8)


def _utterances(utterances: pd.DataFrame) -> list[list[Any]]:
    """Start, end, 1 for raised and -1 for lowered, what is said of the voice, and whose it is."""
    names = ("start", "end", "character", "delivery", "compared", "sounds", "rate")
    return [
        [start, end, _RAISED.get(delivery, 0), _of_voice(delivery, compared, sounds, rate), name]
        for start, end, name, delivery, compared, sounds, rate in _rows(utterances, *names)
    ]


def _of_voice(delivery: str, compared: int, sounds: str, rate: float) -> str:
    words = []
    if delivery in _RAISED:
        words.append(f"{delivery} against {count_of(compared - 1, 'other line')}")
    if sounds != "can't tell":
        words.append(f"sounds {sounds}, as a voice plays it")
    if np.isfinite(rate):
        words.append(f"{rate:.1f} syllables a second")
    return ", ".join(words)


def _sections(keys: pd.DataFrame) -> list[list[Any]]:
    return [
        [start, end, key if sure else "key cannot be told"]
        for start, end, key, sure in _rows(keys, "start", "end", "key", "sure")
    ]


def _rows(table: pd.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table[name].tolist() for name in names), strict=True))
