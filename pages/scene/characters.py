"""The characters of a scene: their faces, their names, and what to do where one is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

import cv2
import numpy as np
import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.library.characters.editing import (
    TogetherError,
    hide_character,
    merge_characters,
    move_tracks,
    plan_merge,
    rename_character,
    undo_merge,
)
from emotion_core.library.characters.hiding import counted_again
from emotion_core.library.characters.listing import (
    FilmCharacter,
    SceneCharacter,
    characters_of_film,
    first_faces,
)
from emotion_core.library.database.tables import Appearance
from emotion_core.text import format_time
from pages.shared import services
from pages.shared.text import as_text

_ERROR, _MERGED = "cast_error", "merged-characters"
_TOGETHER = "characters_together"
# A change was made from a part of the page, and all of it is to show it.
_CHANGED = "characters_changed"
_SHOWN, _SHOWN_TRACKS = 8, 10
# Further faces of a character that are shown at a time.
_MORE_AT_ONCE = 12
# Characters of the film that are offered in place of one.
_OFFERED = 60
# Width in pixels of the card of someone with one face.
_CARD = 364


def character_panel(scene_id: int, characters: Sequence[SceneCharacter], still: Set[int]) -> None:
    """Show who is in a scene, and let the user name, merge, split, move and hide.

    Args:
        scene_id: the scene in the library.
        characters: who is in it.
        still: tracks that never move, see :func:`~emotion_core.scene.still_faces.still_tracks`.
    """
    st.caption(
        "Faces that look like the same person are grouped into one character, across all scenes "
        "of the film. Type a name to rename a character. If a face belongs to someone else, open "
        "the time below it and move it. Hide a character to leave it out of figures, comparisons "
        "and exports. Your changes stay when the clip is analyzed again."
    )
    st.session_state.pop(_CHANGED, None)
    if error := st.session_state.pop(_ERROR, None):
        st.error(as_text(error), icon=":material/error:")
    _offer_merge()
    _offer_undo(characters)
    film = characters_of_film(services.library(), scene_id, _OFFERED)
    shown = len(characters) if st.session_state.get(f"all-cast-{scene_id}") else _SHOWN
    for member in (one for one in characters[:shown] if len(one.appearances) > 1):
        with st.container(border=True):
            _member(member, film, [1, 3], still)
    # of whom there is one face: as many in a row as there is room for
    with st.container(horizontal=True):
        for member in (one for one in characters[:shown] if len(one.appearances) == 1):
            with st.container(border=True, width=_CARD):
                _member(member, film, [2, 1], still)
    if len(characters) > _SHOWN:
        st.toggle(f"All {len(characters)} characters", key=f"all-cast-{scene_id}")


def character_row(characters: Sequence[SceneCharacter]) -> None:
    """Show who is in a scene to somebody who may not change that."""
    with st.container(horizontal=True, gap="medium"):
        for member in (one for one in characters[:_SHOWN] if not one.hidden):
            with st.container(width=120):
                _portrait(member.appearances[0], 96)
                st.markdown(as_text(member.label))
                st.caption(f"{member.seconds:.1f} s in view")


def _offer_merge() -> None:
    """Merge two who are on screen together after all, where the user has just tried."""
    pending = st.session_state.get(_TOGETHER)
    if pending is None:
        return
    message, kept, joined = pending
    st.warning(as_text(message), icon=":material/warning:")

    def merge() -> None:
        _merge_now(kept, joined, even_together=True)

    def keep() -> None:
        del st.session_state[_TOGETHER]

    with st.container(horizontal=True):
        st.button("Merge anyway", key="merge-anyway", on_click=_try, args=(merge,))
        st.button("Keep both", key="merge-not", on_click=keep)


def _member(
    member: SceneCharacter,
    film: Sequence[FilmCharacter],
    widths: list[int],
    still: Set[int],
) -> None:
    who, faces = st.columns(widths, gap="medium")
    with who:
        _name(member, film)
        seconds = f"{member.seconds:.1f} s in view"
        others = _elsewhere(member, film)
        st.caption(f"{seconds}, also in {others}" if others else f"{seconds} in this scene")
        if not member.hidden and all(one.track in still for one in member.appearances):
            st.caption(":material/image: A picture? This face never moves.")
        with st.container(horizontal=True, gap="small"):
            _merge(member, film)
            _hide(member)
    with faces:
        _faces(member, film)


@st.fragment
def _faces(member: SceneCharacter, film: Sequence[FilmCharacter]) -> None:
    """The faces of a character; what can be done with one is drawn once it is opened."""
    if st.session_state.get(_CHANGED):
        st.rerun()
    with st.container(horizontal=True, gap="small"):
        for appearance in member.appearances[:_SHOWN_TRACKS]:
            _track(appearance, member, film)
        if len(member.appearances) > _SHOWN_TRACKS:
            _more_tracks(member, film)


def _name(member: SceneCharacter, film: Sequence[FilmCharacter]) -> None:
    key = f"name-{member.id}-{member.name}"

    def changed() -> None:
        _try(lambda: _rename(member, st.session_state[key], film))

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


def _merge(member: SceneCharacter, film: Sequence[FilmCharacter]) -> None:
    others = [other for other in film if other.id != member.id]
    if not others:
        return
    with st.popover("Merge with …", icon=":material/merge:", key=f"merge-{member.id}"):
        labels = {other.id: other.label for other in others}
        chosen = st.selectbox(
            "Another character",
            list(labels),
            None,
            format_func=labels.__getitem__,
            key=f"merge-with-{member.id}",
            placeholder="Choose a character",
            label_visibility="collapsed",
        )
        if chosen is None:
            st.caption("The two become one character, in all scenes of the film.")
            return
        with st.container(horizontal=True, gap="small"):
            for one in (member.appearances[0], *first_faces(services.library(), chosen)):
                _portrait(one, 64)
        st.caption(
            as_text(f"{member.label} and {labels[chosen]} become one character, in all scenes.")
        )
        st.button(
            "Merge",
            key=f"merge-now-{member.id}",
            icon=":material/merge:",
            on_click=_try,
            args=(lambda: _merge_now(chosen, member.id),),
        )


def _merge_now(kept: int, joined: int, *, even_together: bool = False) -> None:
    merge = plan_merge(services.library(), kept, joined)
    merge_characters(services.library(), kept, joined, even_together=even_together)
    st.session_state[_MERGED] = merge


def _rename(member: SceneCharacter, name: str, film: Sequence[FilmCharacter]) -> None:
    """A name that someone else of the film has already makes the two one; that can be undone."""
    plans = {
        other.id: plan_merge(services.library(), other.id, member.id)
        for other in film
        if other.id != member.id and other.label.casefold() == name.strip().casefold()
    }
    now = rename_character(services.library(), member.id, name)
    if now in plans:
        st.session_state[_MERGED] = plans[now]


def _offer_undo(characters: Sequence[SceneCharacter]) -> None:
    """After a merge: one button that parts the two again, each with the name it had."""
    merge = st.session_state.get(_MERGED)
    kept = next((one for one in characters if merge and one.id == merge.kept), None)
    if merge is None or kept is None:
        return

    def undo() -> None:
        del st.session_state[_MERGED]
        _try(lambda: undo_merge(services.library(), merge))

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(as_text(f"{merge.joined_label} was merged into {kept.label}."))
        st.button("Undo", key="undo-merge", icon=":material/undo:", on_click=undo)


def _hide(member: SceneCharacter) -> None:
    def change() -> None:
        hide_character(services.library(), member.id, not member.hidden)

    icon = ":material/visibility:" if member.hidden else ":material/visibility_off:"
    label = "Show again" if member.hidden else "Hide"
    st.button(label, icon=icon, key=f"hide-{member.id}", on_click=_try, args=(change,))


def _track(appearance: Appearance, member: SceneCharacter, film: Sequence[FilmCharacter]) -> None:
    with st.container(width=96):
        _portrait(appearance, 96)
        label = format_time(appearance.start)
        key = f"track-{appearance.id}"
        with st.popover(label, key=key, help="Whose face is this?", on_change="rerun") as opened:
            if opened.open:
                _whose(appearance, member, film)


def _more_tracks(member: SceneCharacter, film: Sequence[FilmCharacter]) -> None:
    others = member.appearances[_SHOWN_TRACKS:]
    key = f"more-{member.id}"
    with st.popover(f"{len(others)} more", key=key, on_change="rerun") as opened:
        if not opened.open:
            return
        first = 0
        if len(others) > _MORE_AT_ONCE:
            first = st.selectbox(
                "From",
                range(0, len(others), _MORE_AT_ONCE),
                format_func=lambda index: format_time(others[index].start),
                key=f"more-from-{member.id}",
            )
        for appearance in others[first : first + _MORE_AT_ONCE]:
            _portrait(appearance, 64)
            _whose(appearance, member, film)


def _whose(appearance: Appearance, member: SceneCharacter, film: Sequence[FilmCharacter]) -> None:
    """Say that a face is not this character's."""

    def move(target: int | None) -> None:
        move_tracks(services.library(), [appearance.id], target)

    span = f"{format_time(appearance.start)} to {format_time(appearance.end)}"
    st.caption(f"Move this face ({span}) to")
    st.button(
        "a new character",
        key=f"move-{appearance.id}",
        icon=":material/person_add:",
        on_click=_try,
        args=(lambda: move(None),),
        width="stretch",
    )
    if others := [other for other in film if other.id != member.id]:
        _choose_other(f"move-to-{appearance.id}", others, move)


def _choose_other(
    key: str, others: Sequence[FilmCharacter], change: Callable[[int], object]
) -> None:
    """A field for another character; choosing one makes the change."""
    labels = {other.id: other.label for other in others}

    def chosen() -> None:
        other = st.session_state[key]
        st.session_state[key] = None  # to be chosen anew, where it could not be done
        _try(lambda: change(other))

    st.selectbox(
        "Another character",
        list(labels),
        None,
        format_func=labels.__getitem__,
        key=key,
        placeholder="Choose a character",
        label_visibility="collapsed",
        on_change=chosen,
    )


def _portrait(appearance: Appearance, width: int) -> None:
    """The face, where there is a picture of it that can be shown."""
    encoded = np.frombuffer(appearance.portrait, np.uint8)
    # as it was stored: nothing is encoded anew
    if len(encoded) and cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB) is not None:
        st.image(appearance.portrait, width=width, alt="A face of this character")


def _elsewhere(member: SceneCharacter, film: Sequence[FilmCharacter]) -> str:
    """In how many other scenes of the film a character is."""
    whole = next((other for other in film if other.id == member.id), None)
    if whole is None:
        return ""
    count = whole.scenes - 1
    return f"{count} other scene{'s' * (count != 1)}" if count else ""


def _try(change: Callable[[], object]) -> None:
    """Make a change; what stands against it is reported above the characters."""
    st.session_state.pop(_TOGETHER, None)
    st.session_state[_CHANGED] = True
    try:
        with counted_again(services.library(), services.analyses()):
            change()
    except TogetherError as error:
        st.session_state[_TOGETHER] = (str(error), error.kept, error.joined)
    except EmotionCoreError as error:
        st.session_state[_ERROR] = str(error)
