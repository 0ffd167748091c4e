"""Who speaks in a scene, by what is stored of its faces and its sound."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from emotion_core.performance.delivery.turns import speaking_with_sound
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.sound.analysis import SoundAnalysis
from emotion_core.sound.speakers import find_speakers
from emotion_core.sound.store import SoundStore


def find_clip_speakers(analysis: SceneAnalysis, sound: SoundAnalysis | None) -> pd.DataFrame | None:
    """Which tracks of a scene speak when; ``None`` where its sound was not read.

    Args:
        analysis: as it was read.
        sound: of the same clip.
    """
    if sound is None:
        return None
    return find_speakers(analysis.faces, analysis.shots, sound.waveform, sound.spoken())


def with_sound(analysis: SceneAnalysis, speakers: pd.DataFrame | None) -> SceneAnalysis:
    """An analysis in which those speak whose mouths follow the sound.

    Args:
        analysis: as it was read, by moving mouths alone.
        speakers: of :func:`find_clip_speakers`; without them it stays as it is.
    """
    if speakers is None:
        return analysis
    speaking = speaking_with_sound(analysis.faces, speakers)
    return replace(analysis, faces=analysis.faces.assign(speaking=speaking))


def load_speakers(settings: Settings, analysis: SceneAnalysis) -> pd.DataFrame | None:
    """Which tracks of a scene speak when; ``None`` where its sound was not read.

    Args:
        settings: where analyses and sounds are kept.
        analysis: the scene. Speakers are found in it as it was read, if it is kept so: what a user
            has hidden may speak, and who speaks by the sound is no evidence for itself.
    """
    sound = SoundStore(settings.analyses_dir).load(analysis.clip.sha256)
    if sound is None:
        return None
    read = AnalysisStore(settings.analyses_dir).load(analysis.id)
    return find_clip_speakers(analysis if read is None else read, sound)
