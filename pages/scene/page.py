"""Scene analysis: who plays what in a clip, moment by moment."""

from __future__ import annotations

import streamlit as st

from emotion_core.errors import LibraryError, MediaError, ModelError
from emotion_core.library.queries.browsing import get_scene, scene_at
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import StoredScene
from pages.scene.downloads import downloads
from pages.scene.model_line import model_line, unreadable
from pages.scene.parts import (
    show_characters,
    show_moments,
    show_player,
    show_sentence,
    show_table,
)
from pages.scene.sound import HeardScene, heard_scene, offer_hearing, show_sound
from pages.scene.unfinished import (
    UnfinishedScene,
    load_beginning,
    say_unfinished,
    unfinished_scenes,
)
from pages.shared import services
from pages.shared.bookmarks import bookmark_list
from pages.shared.intake import begin_with_sample, follow_readings, intake
from pages.shared.scene_picker import (
    choose_address,
    stored_scene,
)
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor


def main() -> None:
    """Take in clips, and show the analysis of the scene that is open."""
    st.caption(
        "See what each face in a scene plays, moment by moment. Eme reads the performed "
        "expression. It cannot know what anyone feels, and it never grades."
    )
    chooser, adder = st.columns([4, 1], vertical_alignment="bottom")
    # a new key closes it once a clip was taken in
    number = st.session_state.get("intake_number", 0)
    label, icon = "Add a clip", ":material/add:"
    if visitor().may_edit:
        with adder.popover(label, icon=icon, width="stretch", key=f"add-{number}"):
            intake()
    follow_readings(open_own=True)
    unfinished = unfinished_scenes()
    with chooser:
        address = choose_address({one.address: one.label for one in unfinished.values()})
    if address is None:
        begin_with_sample()
    elif address in unfinished:
        _show_beginning(unfinished[address])
    else:
        _show_whole(stored_scene(address))


def _show_beginning(unfinished: UnfinishedScene) -> None:
    try:
        found = load_beginning(unfinished)
    except MediaError:
        st.info(f"{services.no_clip()}, so its beginning cannot be shown.")
        return
    if found is None:  # it has just been read to its end, or its files were removed
        st.rerun()
    scene, analysis = found
    say_unfinished(unfinished, analysis)
    summary = services.summary_of(scene, analysis)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        show_sentence(summary, "face")
    show_player(scene, analysis, None)
    show_moments(scene, analysis, summary)
    show_characters(None, scene, analysis, summary)
    show_table(analysis)


def _show_whole(scene: StoredScene) -> None:
    analysis = services.load_scene(scene.id, scene.created.isoformat())
    if analysis is None:
        unreadable(scene, services.locate_clip(scene))
        return
    _show(scene, analysis)


def _show(scene: StoredScene, analysis: SceneAnalysis) -> None:
    summary = services.summary_of(scene, analysis)
    for warning in analysis.warnings:
        st.warning(as_text(warning), icon=":material/warning:")
    # on one line where there is room, so that the player stands higher
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        show_sentence(summary)
        model_line(scene, services.locate_clip(scene), analysis.parameters.version)
    number = scene_at(services.library(), scene.id)
    entry = None if number is None else get_scene(services.library(), number)
    heard = _heard(scene, analysis)
    show_player(scene, analysis, entry, None if heard is None else heard.encoded)
    if heard is None and services.load_speakers(scene.id, scene.created.isoformat()) is None:
        offer_hearing(scene)
    if entry is not None and entry.bookmarks:
        with st.expander("Bookmarks", icon=":material/bookmark:"):
            bookmark_list(entry)
    show_moments(scene, analysis, summary)
    if heard is not None:
        show_sound(scene, heard, entry)
    show_characters(number, scene, analysis, summary)
    show_table(analysis)
    downloads(scene, analysis, heard=heard is not None and heard.anything)


def _heard(scene: StoredScene, analysis: SceneAnalysis) -> HeardScene | None:
    """What is heard; said in a sentence where what reads voices cannot be loaded."""
    try:
        return heard_scene(scene, analysis)
    except ModelError as error:
        st.warning(as_text(str(error)), icon=":material/warning:")
        return None


try:
    main()
except LibraryError as error:
    st.error(as_text(str(error)), icon=":material/error:")
