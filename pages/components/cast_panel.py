"""The characters of a scene: their faces, their names, and what to do where one is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.library.casting import (
    CastMember,
    cast_of_film,
    cast_of_scene,
    merge_characters,
    move_tracks,
    rename_character,
)
from emotion_core.library.tables import Appearance
from emotion_core.scene.summary import format_time
from pages.components import services
from pages.components.text import as_text

_ERROR = "cast_error"
_SHOWN, _SHOWN_TRACKS = 8, 10
# Width in pixels of the card of somebody with one face.
_CARD = 374


def cast_panel(scene_id: int) -> None:
    """Show who is in a scene, and let the user name, merge, split and move.

    Args:
        scene_id: the scene in the library.
    """
    cast = cast_of_scene(services.library(), scene_id)
    if not cast:
        return
    st.caption(
        "Faces that look like one person are one character, also in the other scenes of the film. "
        "Give them names; press a face that is somebody else's to put it right. What you say "
        "stays when the clip is read again."
    )
    if error := st.session_state.pop(_ERROR, None):
        st.error(as_text(error), icon=":material/error:")
    film = cast_of_film(services.library(), scene_id)
    shown = len(cast) if st.session_state.get(f"all-cast-{scene_id}") else _SHOWN
    for member in (one for one in cast[:shown] if len(one.appearances) > 1):
        with st.container(border=True):
            _member(member, film, [1, 3])
    # of whom there is one face: as many in a row as there is room for
    with st.container(horizontal=True):
        for member in (one for one in cast[:shown] if len(one.appearances) == 1):
            with st.container(border=True, width=_CARD):
                _member(member, film, [2, 1])
    if len(cast) > _SHOWN:
        st.toggle(f"All {len(cast)} characters", key=f"all-cast-{scene_id}")


def _member(member: CastMember, film: Sequence[CastMember], widths: list[int]) -> None:
    who, faces = st.columns(widths, gap="medium")
    with who:
        _name(member)
        seconds = f"{member.seconds:.1f} s in view"
        others = _elsewhere(member, film)
        st.caption(f"{seconds}, also in {others}" if others else f"{seconds} in this scene")
        _merge(member, film)
    with faces, st.container(horizontal=True, gap="small"):
        for appearance in member.appearances[:_SHOWN_TRACKS]:
            _track(appearance, member, film)
        if len(member.appearances) > _SHOWN_TRACKS:
            more = len(member.appearances) - _SHOWN_TRACKS
            _more_tracks(member, more, film)


def _name(member: CastMember) -> None:
    key = f"name-{member.id}-{member.name}"

    def changed() -> None:
        _try(lambda: rename_character(services.library(), member.id, st.session_state[key]))

    st.text_input(
        "Name",
        member.name,
        key=key,
        placeholder=member.label,
        label_visibility="collapsed",
        on_change=changed,
        max_chars=100,
        icon=":material/person:",
    )


def _merge(member: CastMember, film: Sequence[CastMember]) -> None:
    others = {other.id: other.label for other in film if other.id != member.id}
    if not others:
        return
    with st.popover("Same as …", icon=":material/merge:", key=f"merge-{member.id}"):
        st.caption("Both become one character.")
        for number, label in others.items():
            st.button(
                as_text(label),
                key=f"merge-{member.id}-{number}",
                on_click=_try,
                args=(lambda n=number: merge_characters(services.library(), n, member.id),),
                width="stretch",
            )


def _track(appearance: Appearance, member: CastMember, film: Sequence[CastMember]) -> None:
    with st.container(width=96):
        _portrait(appearance, 96)
        label = format_time(appearance.start)
        with st.popover(label, key=f"track-{appearance.id}", help="Whose face is this?"):
            span = f"{format_time(appearance.start)} to {format_time(appearance.end)}"
            st.caption(f"This face, from {span}, is")
            _move(appearance, "somebody else", None, ":material/person_add:")
            for other in film:
                if other.id != member.id:
                    _move(appearance, other.label, other.id, ":material/arrow_forward:")


def _portrait(appearance: Appearance, width: int) -> None:
    """The face, where there is a picture of it that can be shown."""
    encoded = np.frombuffer(appearance.portrait, np.uint8)
    image = cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB) if len(encoded) else None
    if image is not None:
        st.image(image, width=width)


def _move(appearance: Appearance, label: str, target: int | None, icon: str) -> None:
    st.button(
        as_text(label),
        key=f"move-{appearance.id}-{target}",
        icon=icon,
        on_click=_try,
        args=(lambda: move_tracks(services.library(), [appearance.id], target),),
        width="stretch",
    )


def _more_tracks(member: CastMember, more: int, film: Sequence[CastMember]) -> None:
    with st.popover(f"{more} more", key=f"more-{member.id}"):
        for appearance in member.appearances[_SHOWN_TRACKS:]:
            _portrait(appearance, 64)
            span = f"{format_time(appearance.start)} to {format_time(appearance.end)}"
            options: dict[str, int | None] = {"somebody else": None}
            options |= {other.label: other.id for other in film if other.id != member.id}
            _move_by_choice(appearance, span, options)


def _move_by_choice(appearance: Appearance, span: str, options: dict[str, int | None]) -> None:
    key = f"move-by-choice-{appearance.id}"

    def changed() -> None:
        target = options[st.session_state[key]]
        _try(lambda: move_tracks(services.library(), [appearance.id], target))

    st.selectbox(
        span, list(options), None, key=key, placeholder="is somebody else", on_change=changed
    )


def _elsewhere(member: CastMember, film: Sequence[CastMember]) -> str:
    """In how many other scenes of the film a character is."""
    whole = next((other for other in film if other.id == member.id), None)
    if whole is None:
        return ""
    here = {one.scene_id for one in member.appearances}
    count = len({one.scene_id for one in whole.appearances} - here)
    return f"{count} other scene{'s' * (count != 1)}" if count else ""


def _try(change: Callable[[], object]) -> None:
    """Make a change; what stands against it is told above the characters."""
    try:
        change()
    except EmotionCoreError as error:
        st.session_state[_ERROR] = str(error)
