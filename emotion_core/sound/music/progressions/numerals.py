"""Chords by their place in a key: "vi" for A minor in C major."""

from __future__ import annotations

from emotion_core.sound.music.chords import CHORDS, NO_CHORD
from emotion_core.sound.music.keys import KEYS

# Degrees by semitones over the tonic. In minor those of the natural scale are without a sign.
_DEGREES = {
    "major": ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII"),
    "minor": ("I", "bII", "II", "III", "#III", "IV", "#IV", "V", "VI", "#VI", "VII", "#VII"),
}


def numeral(chord: str, key: str) -> str:
    """A chord in a key as a roman numeral: capitals for major chords, small for minor ones.

    Args:
        chord: of :data:`~emotion_core.sound.music.chords.CHORDS`.
        key: of :data:`~emotion_core.sound.music.keys.KEYS`.

    Returns:
        "V", "vi", "bVII" (flat: not on the scale); "N" for no chord.

    Raises:
        ValueError: no such chord or key.
    """
    if chord not in CHORDS or key not in KEYS:
        raise ValueError(f"expected a chord such as Am and a key such as C major: {chord}, {key}")
    if chord == NO_CHORD:
        return NO_CHORD
    mode = key.split()[1]
    degree = _DEGREES[mode][(CHORDS.index(chord) - KEYS.index(key)) % 12]
    if not chord.endswith("m"):
        return degree
    return degree[: len(degree) - len(degree.lstrip("b#"))] + degree.lstrip("b#").lower()
