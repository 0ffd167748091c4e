"""What might be known of the sound of a scene, made up for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.export.report_data import ReportData, build_report_data
from emotion_core.performance.delivery.contrast import Contrast
from emotion_core.performance.delivery.delivery import Delivery
from emotion_core.performance.delivery.line_list import line_list
from emotion_core.performance.delivery.reactions import Reaction
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.delivery.turns import speakers_of, speech_shares
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.sound.analysis import FEATURE_COLUMNS
from emotion_core.sound.words.lines import Line, Lines
from tests.scene.scenes import make_scene
from tests.sound.heard import make_sound

# Ana speaks; Ben perhaps answers, a voice off screen speaks, and then it cannot be told.
TURNS = (
    (1.0, 2.5, "Ana", "speaks"),
    (2.5, 4.0, "Ana", "speaks"),
    (6.0, 7.0, "Ben", "likely"),
    (7.0, 8.0, "", "off screen"),
    (8.0, 9.0, "", "can't tell"),
)
SPOKEN = ((1.0, 4.0), (6.0, 7.0), (7.0, 8.0), (8.0, 9.0))
LINES = (
    Line(1.0, 2.5, "Where were you?"),
    Line(2.0, 4.0, "I waited all night.", confidence=0.75),
    Line(6.0, 7.0, "At the station."),
    Line(7.0, 8.0, "=Stand back!", speaker="GUARD"),
    Line(8.0, 9.0, "Nobody knows <who> & why."),
)


def scene_of_two() -> SceneAnalysis:
    """Ana and Ben for twelve seconds, in view all the time."""
    runs = {0: [(0, 299, "angry", 0.8)], 1: [(0, 299, "neutral", 0.9)]}
    scene = make_scene(runs, frames=300, cuts=())
    names = scene.faces["track"].map({0: "Ana", 1: "Ben"}).astype("string")
    return replace(scene, faces=scene.faces.assign(character=names))


def make_scene_sound(
    analysis: SceneAnalysis | None = None, lines: Sequence[Line] = LINES
) -> SceneSound:
    """Speech, from the sixth second on over music; Ana raises her voice with a still face."""
    faces = (scene_of_two() if analysis is None else analysis).faces
    sound = make_sound("a" * 64, 12.0, SPOKEN)
    turns = pd.DataFrame(list(TURNS), columns=["start", "end", "character", "verdict"])
    turns = turns.assign(track=0, likeness=np.nan, chance=np.nan, lag=np.nan)
    utterances = sound.utterances.drop(columns=list(FEATURE_COLUMNS))
    utterances = pd.concat([utterances, speakers_of(utterances, turns)], axis=1).assign(
        compared=4,
        raised=[0.95, np.nan, np.nan, np.nan],
        delivery=["raised", "can't tell", "can't tell", "can't tell"],
        sounds="can't tell",
        **dict.fromkeys(EMOTIONS, np.nan),
        pitch_difference=2.0,
        loudness_difference=0.0,
        range_difference=0.0,
        rate_ratio=[np.inf, 1.0, 1.0, 1.0],
    )
    said = Lines.of(lines, (), ["One line was left out."])
    delivery = Delivery(
        turns=turns,
        shares=speech_shares(turns),
        utterances=utterances,
        contrasts=(Contrast(1.0, 4.0, "Ana", "a still face on a raised voice", np.nan, True),),
        reactions=(Reaction(1.0, 4.0, 2.2, "Ben", "Ana", "sad", 0.05, 0.7),),
        lines=line_list(said, faces, utterances, turns, sound.waveform),
    )
    return SceneSound(sound, said, delivery)


def silent_scene_sound() -> SceneSound:
    """The same of a clip that has no sound and no lines."""
    sound = make_scene_sound(lines=())
    own = sound.delivery
    nothing = replace(
        own,
        **{name: getattr(own, name)[:0] for name in ("turns", "shares", "utterances")},
        contrasts=(),
        reactions=(),
    )
    heard = make_sound("a" * 64, 0.0, (), ())
    return SceneSound(replace(heard, loudness=np.nan), Lines.of(()), nothing)


def heard_data(character: str | None = None) -> ReportData:
    """The scene of two with its sound, as exports read it."""
    return build_report_data(scene_of_two(), character=character, sound=make_scene_sound())
