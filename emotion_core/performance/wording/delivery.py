"""What is heard and how lines are delivered, in the same words on pages and in exports."""

from __future__ import annotations

import math

from emotion_core.emotions.labels import percent
from emotion_core.performance.delivery.contrast import Contrast
from emotion_core.performance.delivery.reactions import Reaction
from emotion_core.sound.kinds.segments import SoundKind

ESTIMATES = "Speech, music and who speaks are estimates."
SOUND_CAVEAT = (
    f"{ESTIMATES} A voice is raised or lowered against the other lines of the same character in "
    "this scene. That is how a line is performed, not what anyone feels."
)
SPEAKERS_CAVEAT = (
    "By the mouths in view beside the sound. Where no mouth follows it for sure, Eme says so."
)
REACTIONS_CAVEAT = "Faces that change while another speaks. A change may have another cause."
# What is heard, as a sentence says it.
KIND_NAMES = {
    SoundKind.SPEECH: "Speech",
    SoundKind.MUSIC: "Music",
    SoundKind.SPEECH_OVER_MUSIC: "Speech over music",
    SoundKind.OTHER: "Neither speech nor music",
    SoundKind.SILENCE: "Silence",
}
# Clear of the colours of the emotions.
KIND_COLORS = {
    SoundKind.SPEECH: "#E8A06A",
    SoundKind.MUSIC: "#8FA6C9",
    SoundKind.SPEECH_OVER_MUSIC: "#C79BB0",
    SoundKind.OTHER: "#8C8279",
    SoundKind.SILENCE: "#4A413B",
}


def describe_speaker(character: str, verdict: str) -> str:
    """Who speaks: a name, with "?" where that is only likely, "off screen" or "can't tell".

    Args:
        character, verdict: of :func:`~emotion_core.performance.delivery.turns.turns_of`.
    """
    if character:
        return character if verdict == "speaks" else f"{character}?"
    return "off screen" if verdict == "off screen" else "can't tell"


def describe_contrast(contrast: Contrast) -> str:
    """Face and voice part, in a sentence without its full stop."""
    who = f"{contrast.character} shows" if contrast.sure else f"{contrast.character} perhaps shows"
    text = f"{who} {contrast.words}"
    if math.isnan(contrast.chance):
        return f"{text}; there are too few lines to say how unusual that is"
    return f"{text}; {contrast.chance:.0%} of the other lines would part as much by chance"


def describe_reaction(reaction: Reaction) -> str:
    """How the face of a listener changes, in a sentence without its full stop."""
    speaker = f"while {reaction.speaker} speaks" if reaction.speaker else "at a voice off screen"
    change = f"{reaction.emotion} {percent(reaction.before)} to {percent(reaction.after)}"
    return f"{reaction.character}, {speaker}: {change}"
