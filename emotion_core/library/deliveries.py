"""The sound of a scene beside its faces, put together from what is stored."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import pandas as pd

from emotion_core.library.speakers import load_speakers
from emotion_core.performance.delivery.delivery import read_delivery
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.settings import Settings
from emotion_core.sound.store import SoundStore
from emotion_core.sound.voice.delivery import DEFAULT_VOICE, DeliveryReader, load_delivery_reader
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Lines

_LOADING = threading.Lock()


def scene_sound(
    settings: Settings, analysis: SceneAnalysis, speakers: pd.DataFrame | None = None
) -> SceneSound | None:
    """All that is known of the sound of a scene; ``None`` where it was not read.

    Args:
        settings: where models, sounds and lines are kept.
        analysis: the scene, its tracks named as its characters are.
        speakers: of :func:`~emotion_core.library.speakers.load_speakers`, which finds them if
            ``None``.

    Raises:
        ModelError: what reads voices cannot be loaded.
    """
    clip = analysis.clip.sha256
    sound = SoundStore(settings.analyses_dir).load(clip)
    if speakers is None:
        speakers = load_speakers(settings, analysis)
    if sound is None or speakers is None:
        return None
    lines = WordStore(settings.analyses_dir).load(clip)
    lines = Lines.of(()) if lines is None else lines
    voices = delivery_reader(settings.models_dir)
    return SceneSound(sound, lines, read_delivery(analysis, sound, speakers, lines, voices))


def delivery_reader(models_dir: Path) -> DeliveryReader:
    """What knows voices, loaded once.

    Raises:
        ModelError: it cannot be loaded.
    """
    with _LOADING:  # or two that ask at the same time would both load it
        return _load_voices(models_dir)


@lru_cache(maxsize=1)
def _load_voices(models_dir: Path) -> DeliveryReader:
    return load_delivery_reader(DEFAULT_VOICE, models_dir)
