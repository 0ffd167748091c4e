"""Lines of one's own voice that are kept."""

from __future__ import annotations

from emotion_core.library.voice.takes import VoiceNote, VoiceTake, keep_voice_take
from emotion_core.performance.delivery.line_beside import lay_beside
from emotion_core.settings import Settings
from tests.performance.delivery.test_line_beside import EVEN, own, said

RECORDING = b"RIFF of a voice"


def keep_line(settings: Settings, scene: str = "The kitchen") -> VoiceTake:
    """A line beside that of Ana, of which both say three words."""
    beside = lay_beside(said(EVEN), own(EVEN))
    note = VoiceNote(scene, 4.5, [210.0, 220.0], 2, "It is clipped.")
    return keep_voice_take(settings, beside, RECORDING, ".wav", note)
