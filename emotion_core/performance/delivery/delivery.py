"""The sound of a scene beside its faces: all that is known of how its lines are delivered."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from emotion_core.performance.delivery.contrast import Contrast, contrasts_of
from emotion_core.performance.delivery.line_list import line_list
from emotion_core.performance.delivery.reactions import Reaction, reactions_of
from emotion_core.performance.delivery.turns import speakers_of, speech_shares, turns_of
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.sound.analysis import FEATURE_COLUMNS, SoundAnalysis
from emotion_core.sound.voice.delivery import DeliveryReader
from emotion_core.sound.voice.utterances import relative_to
from emotion_core.sound.words.lines import Lines

# Decibels by which music lies below speech where there is none, as far as that is estimated, and
# by how much the estimate must be better than what is needed: of what is less than 20 dB below, it
# says 20 or more in a fifth of the time, and 25 or more in 9% (`python -m benchmarks.sound.kinds`).
_NO_MUSIC = 30.0
_ERROR = 5.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """Who speaks, how, and what faces do meanwhile.

    Attributes:
        turns: who speaks, see :func:`~emotion_core.performance.delivery.turns.turns_of`.
        shares: of the speech, see :func:`~emotion_core.performance.delivery.turns.speech_shares`.
        utterances: those of the sound, with ``character`` and ``verdict`` of who speaks, what
            :func:`~emotion_core.sound.voice.utterances.relative_to` says against all of the same
            speaker, and what :class:`~emotion_core.sound.voice.delivery.DeliveryReader` reads.
        contrasts: where face and voice part.
        reactions: faces of listeners that change.
        lines: what is said, see :func:`~emotion_core.performance.delivery.line_list.line_list`.
    """

    turns: pd.DataFrame
    shares: pd.DataFrame
    utterances: pd.DataFrame
    contrasts: tuple[Contrast, ...]
    reactions: tuple[Reaction, ...]
    lines: pd.DataFrame

    def only(self, name: str) -> Delivery:
        """The same with what one character says and does.

        A line is theirs that they are seen to speak, or that a file says is theirs.
        """
        seen = speakers_of(self.lines, self.turns)["character"].eq(name)
        written = self.lines["speaker"].str.casefold().eq(name.casefold())
        return replace(
            self,
            turns=self.turns[self.turns["character"].eq(name)].reset_index(drop=True),
            shares=self.shares[self.shares["character"].eq(name)].reset_index(drop=True),
            utterances=self.utterances[self.utterances["character"].eq(name)].reset_index(
                drop=True
            ),
            contrasts=tuple(one for one in self.contrasts if one.character == name),
            reactions=tuple(one for one in self.reactions if one.character == name),
            lines=self.lines[seen | written].reset_index(drop=True),
        )


def read_delivery(
    analysis: SceneAnalysis,
    sound: SoundAnalysis,
    speakers: pd.DataFrame,
    lines: Lines,
    reader: DeliveryReader,
) -> Delivery:
    """Put the sound of a scene beside its faces.

    Args:
        analysis: the scene, its tracks named as its characters are.
        sound: of the same clip.
        speakers: which tracks speak, see :func:`~emotion_core.sound.speakers.find_speakers`.
        lines: of the clip; none where nobody has added any.
        reader: knows voices.
    """
    turns = turns_of(speakers, analysis.face_names())
    utterances = read_voices(sound, speakers_of(sound.utterances, turns), reader)
    return Delivery(
        turns,
        speech_shares(turns),
        utterances,
        tuple(contrasts_of(utterances, analysis.faces)),
        tuple(reactions_of(utterances, analysis.faces)),
        line_list(lines, analysis.faces, utterances, turns, sound.waveform),
    )


def read_voices(
    sound: SoundAnalysis, speakers: pd.DataFrame, reader: DeliveryReader
) -> pd.DataFrame:
    """How all utterances of a sound are spoken, see :attr:`Delivery.utterances`.

    Args:
        sound: what was heard.
        speakers: ``character`` and ``verdict`` of each utterance.
        reader: knows voices.
    """
    utterances = sound.utterances.drop(columns=list(FEATURE_COLUMNS))
    utterances = pd.concat([utterances, speakers], axis=1)
    below = utterances["music_below"].to_numpy(np.float64)
    # nothing is usual for voices of which nobody knows whose they are
    voices = [name or place for place, name in enumerate(utterances["character"])]
    read = reader.read(
        sound.utterances[list(FEATURE_COLUMNS)].to_numpy(np.float64),
        voices,
        np.where(below >= _NO_MUSIC, -np.inf, _ERROR - below),
    )
    relative = [
        relative_to(own, own if name else own[:0])
        for name, own in utterances.groupby("character", sort=False)
    ] or [relative_to(utterances, utterances)]
    return pd.concat([utterances, read, pd.concat(relative).sort_index()], axis=1)
