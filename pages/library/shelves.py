"""A film with its scenes as cards, and what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import suppress

import streamlit as st

from emotion_core.errors import EmotionCoreError, JobError
from emotion_core.jobs.kinds.drawing import MakeThumbnails
from emotion_core.jobs.kinds.hearing import FindWhoSpeaks
from emotion_core.library.archive.copying import Chosen
from emotion_core.library.database.tables import Film, Scene
from emotion_core.library.queries.browsing import Shelf, get_scene
from emotion_core.library.queries.lines import FoundLines
from emotion_core.library.scenes import clip_of
from emotion_core.library.thumbnails import thumbnails_path
from emotion_core.scene.analysis import ClipId
from emotion_core.text import format_time
from pages.library.cards import film_head, line_text, scene_text
from pages.library.dialogs import (
    add_clip_dialog,
    delete_film_dialog,
    delete_scene_dialog,
    edit_film_dialog,
    edit_scene_dialog,
)
from pages.library.sharing import copy_button
from pages.shared import services
from pages.shared.intake import begin_reading
from pages.shared.scene_picker import go_to_scene, lines_key
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor

FILM = "library_film"  # the one film that is shown alone
SEARCH = "library-search"  # key of the field for words
CARD_WIDTH = 354
_TRIED = "library_strips"
_ASKED = "library_speakers"
_NO_LINES = FoundLines((), 0)


def draw_shelf(shelf: Shelf, takes: Set[int]) -> None:
    """A film, or the scenes without one.

    Args:
        shelf: what to show.
        takes: the scenes that are not shared.
    """
    with st.container(border=True):
        if shelf.film is None:
            st.html('<h2 class="eme-shelf">Scenes without a film</h2>')
            if visitor().may_edit:
                st.caption("To add a scene to a film, edit the scene.")
        else:
            own = {scene.id for scene in shelf.scenes}
            _film(shelf.film, private=bool(own) and own <= takes)
        if shelf.scenes:
            with st.container(horizontal=True, gap="small"):
                for scene in shelf.scenes:
                    names = shelf.names.get(scene.id, ())
                    lines = shelf.lines.get(scene.id, _NO_LINES)
                    _card(scene, names, lines, private=scene.id in takes)
        elif shelf.film is not None:
            _waiting(shelf.film)
        number = 0 if shelf.film is None else shelf.film.id
        rest = shelf.count - len(shelf.scenes)
        if rest > 0 and st.session_state.get(FILM) is None:
            label = f"Show all {shelf.count} scenes"
            if st.button(label, key=f"all-{number}", icon=":material/grid_view:"):
                st.session_state[FILM] = number
                st.rerun()


def request_thumbnails(shelves: tuple[Shelf, ...]) -> None:
    """Queue the pictures of cards that have none, once; they were read before there were cards."""
    if not visitor().may_edit:
        return
    folder, tried = services.settings().thumbnails_dir, st.session_state.setdefault(_TRIED, set())
    missing = [
        scene.id
        for shelf in shelves
        for scene in shelf.scenes
        if scene.address and scene.id not in tried
        if not thumbnails_path(folder, scene.clip_sha256).is_file()
    ]
    if missing:
        tried.update(missing)
        with suppress(JobError):  # too many jobs: cards stand without pictures until later
            services.submit(MakeThumbnails(tuple(missing)))


def _film(film: Film, *, private: bool) -> None:
    """The head of a film; one whose scenes are all takes is not shared."""
    with st.container(horizontal=True, gap="small"):
        st.html(film_head(film))
        if not private:
            copy_button(f"film-{film.id}", film.title, Chosen(film_id=film.id))
        if visitor().may_edit:
            _film_buttons(film)
    if film.looking_for:
        lines = as_text(film.looking_for).replace("\n", "  \n")
        st.markdown(f"**What to look for.** {lines}")


def _film_buttons(film: Film) -> None:
    if st.button("", icon=":material/add:", key=f"clip-{film.id}", help="Add a clip of this film"):
        add_clip_dialog(film.id)
    if st.button("", icon=":material/edit:", key=f"edit-film-{film.id}", help="Edit film"):
        edit_film_dialog(film)
    help_text = "Delete film"
    if st.button("", icon=":material/delete:", key=f"delete-film-{film.id}", help=help_text):
        delete_film_dialog(film)


def _waiting(film: Film) -> None:
    if not visitor().may_edit:
        st.caption("No clip yet.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("No clip yet. Add a scene from your own copy of the film.", width="content")
        if st.button("Add your clip", icon=":material/upload:", key=f"wait-{film.id}"):
            add_clip_dialog(film.id)


def request_speakers(shelves: tuple[Shelf, ...]) -> None:
    """Have it found who speaks lines that nobody has looked at for that, once."""
    asked = st.session_state.setdefault(_ASKED, set())
    unseen = {scene for shelf in shelves for scene, own in shelf.lines.items() if not own.seen}
    if missing := sorted(unseen - asked):
        asked.update(missing)
        with suppress(JobError):  # too many jobs: lines stand without a name until later
            services.submit(FindWhoSpeaks(tuple(missing)))


def _card(scene: Scene, names: Sequence[str], found: FoundLines, *, private: bool) -> None:
    with st.container(border=True, width=CARD_WIDTH, key=f"card-{scene.id}"):
        strip = thumbnails_path(services.settings().thumbnails_dir, scene.clip_sha256)
        if strip.is_file():
            st.image(str(strip), width="stretch", alt=f"Stills of {scene.title}")
        else:
            st.html('<div class="eme-blank">no preview</div>')
        st.html(scene_text(scene, names))
        if found.count:
            _lines(scene, found)
        with st.container(horizontal=True, gap="small"):
            if scene.address:
                if st.button("Open", icon=":material/movie:", key=f"open-{scene.id}"):
                    go_to_scene(scene.address)
            elif visitor().may_edit and st.button(
                "Analyze", icon=":material/refresh:", key=f"read-{scene.id}"
            ):
                _read(scene.id)
            if not private:
                copy_button(f"{scene.id}", scene.title, Chosen(scene_id=scene.id))
            if visitor().may_edit:
                _scene_buttons(scene)


def _lines(scene: Scene, found: FoundLines) -> None:
    """The lines that hold the words that are looked for, to go to."""
    with st.container(gap="xxsmall", key=f"said-{scene.id}"):
        for place, line in enumerate(found.lines):
            with st.container(horizontal=True, gap="small", key=f"said-{scene.id}-{place}"):
                if st.button(
                    format_time(line.start),
                    key=f"go-{scene.id}-{place}",
                    help="Open the scene at this line",
                    icon=":material/play_arrow:",
                    type="tertiary",
                    disabled=not scene.address,
                ):
                    go_to_scene(scene.address, line.start)
                st.html(line_text(line))
        if found.count > len(found.lines) and scene.address:
            label, key = f"Show all {found.count} lines in the scene", f"lines-of-{scene.id}"
            if st.button(label, key=key, icon=":material/subtitles:", type="tertiary"):
                st.session_state[lines_key(scene.clip_sha256)] = found.words
                go_to_scene(scene.address, found.lines[0].start)


def _scene_buttons(scene: Scene) -> None:
    help_text = "Title, quote, notes, film, tags and bookmarks"
    if st.button("Edit", icon=":material/edit:", key=f"edit-{scene.id}", help=help_text):
        edit_scene_dialog(scene.id)
    if st.button("", icon=":material/delete:", key=f"delete-{scene.id}", help="Delete"):
        delete_scene_dialog(scene)


def _read(scene_id: int) -> None:
    """Read the clip of a scene that has no analysis any more."""
    scene = get_scene(services.library(), scene_id)
    try:
        clip = None if scene is None else clip_of(scene, services.settings())
        if scene is None or clip is None:
            st.error("The clip has been moved or deleted, so it cannot be analyzed.")
            return
        begin_reading(clip, ClipId(scene.clip_sha256, scene.clip_name))
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
