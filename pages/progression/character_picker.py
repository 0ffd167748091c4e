"""Which character of which scene a page is about."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emotion_core.performance.performance import Performance, performances_of
from emotion_core.performance.resting import RestingReading, relative_performance
from emotion_core.scene.store import StoredScene
from pages.shared import services
from pages.shared.scene_picker import choose_scene

_CHARACTER = "last-character"
_IN_ADDRESS = "character"


@dataclass(frozen=True, slots=True)
class ChosenPerformance:
    """A performance, and where it comes from.

    Attributes:
        scene: its scene.
        performance: the readings.
        address: what it is distinguished by, also after it was read or named anew.
    """

    scene: StoredScene
    performance: Performance
    address: str

    def relative_to(self, resting: RestingReading) -> ChosenPerformance:
        """The same with readings relative to the face at rest, where that is known."""
        one = relative_performance(self.performance, resting)
        if one is None:
            return self
        return replace(self, performance=one, address=f"{self.address}:relative:{one.neutral_time}")

    def file(self, what: str) -> str:
        """Name of a file that is taken home from it, without its ending."""
        return f"{self.scene.clip.name.rsplit('.', 1)[0]} {self.performance.name} {what}"


def choose_performance(
    scene_place: DeltaGenerator, character_place: DeltaGenerator
) -> ChosenPerformance | None:
    """Fields for a scene and a character; ``None`` where there is nothing to look at.

    Args:
        scene_place, character_place: where the fields stand.
    """
    with scene_place:
        scene = choose_scene()
    if scene is None:
        st.info("No scene analyzed yet. Add one on the page Scene analysis.")
        return None
    created = scene.created.isoformat()
    analysis = services.load_scene(scene.id, created)
    if analysis is None:
        st.error(
            "The stored analysis of this scene is damaged. Analyze it again on the page "
            "Scene analysis."
        )
        return None
    found = {one.name: one for one in performances_of(analysis)}
    if not found:
        st.info("This scene has no usable face, so there is no performance to show.")
        return None
    with character_place:
        performance = found[_choose_character(scene, found)]
    tracks = sorted(map(int, performance.faces["track"].unique()))
    return ChosenPerformance(
        scene, performance, f"{scene.id}:{created}:{performance.name}:{tracks}"
    )


def _choose_character(scene: StoredScene, found: dict[str, Performance]) -> str:
    """A field for the character; the one that was looked at last is there on the way back."""
    key = f"character-of-{scene.id}"
    last: dict[str, str] = st.session_state.setdefault(_CHARACTER, {})
    if st.session_state.get(key) not in found:
        wanted = (st.query_params.get(_IN_ADDRESS), last.get(scene.id))
        st.session_state[key] = next((name for name in wanted if name in found), next(iter(found)))

    def label(name: str) -> str:
        return f"{name} · {found[name].seconds:.1f} s in view"

    chosen = last[scene.id] = st.selectbox("Character", list(found), format_func=label, key=key)
    if st.query_params.get(_IN_ADDRESS) != chosen:
        st.query_params[_IN_ADDRESS] = chosen
    return chosen
