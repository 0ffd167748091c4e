"""Scenes for the tests of exports, with names that are hard to write down."""

from __future__ import annotations

from emotion_core.scene.analysis import SceneAnalysis
from tests.scene.scenes import make_scene

NASTY = 'Ana <b>"&\x07</b> --> | *x* \N{SLIGHTLY SMILING FACE}'
RIGHT_TO_LEFT = "שרה \u202eabc"
NASTY_CLIP = 'a <script>alert(1)</script> & "b" \x01.mp4'


def nasty_scene() -> SceneAnalysis:
    """Two characters, two shots, a gap; the second character is too small to be read surely."""
    scene = make_scene(name=NASTY_CLIP)
    names = {0: NASTY, 1: RIGHT_TO_LEFT}
    scene.faces["character"] = scene.faces["track"].map(names).astype("string")
    scene.faces.loc[scene.faces["track"] == 1, "x2"] = 20
    return scene


def empty_scene() -> SceneAnalysis:
    """A scene in which no face was found."""
    return make_scene({})
