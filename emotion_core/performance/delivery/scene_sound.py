"""The sound of a scene, its lines, and both beside the faces: what pages and exports show."""

from __future__ import annotations

from dataclasses import dataclass, replace

from emotion_core.performance.delivery.delivery import Delivery
from emotion_core.sound.analysis import SoundAnalysis
from emotion_core.sound.words.lines import Lines


@dataclass(frozen=True, slots=True)
class SceneSound:
    """What is known of the sound of a scene.

    Attributes:
        heard: the sound of the clip.
        lines: of the clip, as files say them.
        delivery: both beside the faces.
    """

    heard: SoundAnalysis
    lines: Lines
    delivery: Delivery

    def only(self, name: str) -> SceneSound:
        """The same with what one character says and does; what else is heard stays."""
        return replace(self, delivery=self.delivery.only(name))
