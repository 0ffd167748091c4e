"""The neutral face of a character, as the user says it in the scene player."""

from __future__ import annotations

import streamlit as st

from emotion_core.errors import LibraryError
from emotion_core.faces.movements.neutral import neutral_at
from emotion_core.library.characters.entering import track_characters
from emotion_core.library.characters.neutral_faces import (
    estimate_neutral_face,
    name_neutral_face,
)
from emotion_core.performance.movements import reliable
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.text import format_time
from pages.players.scene.player import NeutralWish
from pages.shared import services
from pages.shared.text import as_text
from pages.shared.users.visitor import ONLY_TEACHERS, visitor


def name_neutral(scene_id: int, analysis: SceneAnalysis, wish: NeutralWish) -> None:
    """Measure the movements of a character from another neutral face.

    Args:
        scene_id: of the scene in the library.
        analysis: its readings.
        wish: from which.
    """
    if not visitor().may_edit:
        st.toast(ONLY_TEACHERS, icon=":material/lock:")
        return
    library = services.library()
    try:
        character = track_characters(library, analysis).get(wish.track)
        if character is None:
            raise LibraryError("This face belongs to no character of the library.")
        if wish.back:
            estimate_neutral_face(library, scene_id, character.id)
            st.toast(as_text(f"{character.label}: the neutral face is estimated again."))
            return
        own = analysis.faces[analysis.faces["track"] == wish.track]
        time = format_time(wish.time)
        near = neutral_at(reliable(own), wish.time)
        if near.rows and not near.known:
            raise LibraryError(
                f"The face of {character.label} cannot be seen well enough at {time}. Go to a "
                "moment where it is large, sharp and turned to the camera."
            )
        name_neutral_face(library, scene_id, character.id, wish.time)
    except LibraryError as error:
        st.toast(as_text(str(error)), icon=":material/error:")
    else:
        st.toast(as_text(f"{character.label}: movements are measured from {time}."))
