"""The dialogs of the library: add, edit, and delete once it was said what goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emotion_core.library.database.tables import Film, Scene, isolated
from emotion_core.library.editing import (
    Conflict,
    add_film,
    edit_film,
    edit_scene,
    film_fields,
    scene_fields,
)
from emotion_core.library.queries.browsing import film_titles, get_scene, scene_numbers
from emotion_core.library.queries.choices import choices
from emotion_core.library.removal import delete_film, delete_scenes, what_leaves
from emotion_core.library.scenes import recluster_scene
from emotion_core.text import count_of
from pages.shared import services
from pages.shared.bookmarks import bookmark_form, bookmark_list
from pages.shared.dialogs import dialog, guarded, in_sentences
from pages.shared.intake import choose_film, intake
from pages.shared.removal import describe_removal
from pages.shared.text import as_text

_SHOWN = "form_shown"  # what the fields of the open form began with
_BASE = "form_base"  # what the user has seen of the library since, so that only changes are written
_CONFLICTS = "form_conflicts"
_NEW_FILM = {"title": "", "color": "#8A7F76"}


@dialog("Add a clip", width="medium")
@in_sentences
def add_clip_dialog(film_id: int | None) -> None:
    """Take in a clip, of a film if one is given."""
    intake(film_id)


def add_film_dialog() -> None:
    """Ask for a new film."""
    _begin({})
    _film_dialog(None)


def edit_film_dialog(film: Film) -> None:
    """Change what is known of a film."""
    _begin(film_fields(film))
    _film_dialog(film.id)


def edit_scene_dialog(scene_id: int) -> None:
    """Change what the user says of a scene."""
    scene = get_scene(services.library(), scene_id)
    if scene is None:
        st.error("This scene has been deleted by someone else.", icon=":material/error:")
        return
    _begin({**scene_fields(scene), "tags": sorted(tag.name for tag in scene.tags)})
    _scene_dialog(scene_id)


def _begin(shown: Mapping[str, Any]) -> None:
    st.session_state[_SHOWN], st.session_state[_BASE] = dict(shown), dict(shown)
    st.session_state[_CONFLICTS] = ()


@dialog("Film", width="medium")
@in_sentences
def _film_dialog(film_id: int | None) -> None:
    shown = st.session_state[_SHOWN]
    place = st.empty()
    _describe_conflicts(place)
    with st.form(f"film-{film_id}", border=False):
        wanted = _film_fields({**_NEW_FILM, **shown})
        if not st.form_submit_button("Save", icon=":material/check:", type="primary"):
            return
    if film_id is None:
        _close(add_film(services.library(), wanted))
    else:
        base = st.session_state[_BASE]
        _save(lambda: edit_film(services.library(), film_id, base, wanted), place)


def _film_fields(shown: Mapping[str, Any]) -> dict[str, Any]:
    def text(place: Any, label: str, name: str, **more: Any) -> str:
        return str(place.text_input(label, shown.get(name, ""), max_chars=300, **more))

    title, color = st.columns([5, 1])
    fields: dict[str, Any] = {"title": text(title, "Title", "title")}
    fields["color"] = color.color_picker("Poster colour", shown["color"])
    other, year = st.columns([3, 1])
    fields["original_title"] = text(other, "Original or other title", "original_title")
    fields["year"] = year.number_input(
        "Year", 1870, 2100, shown.get("year"), 1, format="%d", placeholder="unknown"
    )
    director, genre = st.columns(2)
    fields["director"] = text(director, "Director", "director")
    several = "Separate several names with commas."
    fields["genre"] = text(genre, "Genre", "genre", help=several)
    country, language = st.columns(2)
    fields["country"] = text(country, "Country", "country", help=several)
    fields["language"] = text(language, "Language", "language", help=several)
    fields["looking_for"] = st.text_area(
        "What to look for in the faces", shown.get("looking_for", ""), max_chars=10_000
    )
    return fields


@dialog("Scene", width="medium")
@in_sentences
def _scene_dialog(scene_id: int) -> None:
    scene = get_scene(services.library(), scene_id)
    if scene is None:
        st.info("This scene has been deleted by someone else.")
        return
    shown = st.session_state[_SHOWN]
    place = st.empty()
    _describe_conflicts(place)
    with st.form(f"scene-{scene_id}", border=False):
        wanted = {
            "film_id": choose_film("Film", shown["film_id"], key=f"film-of-{scene_id}"),
            "title": st.text_input("Title", shown["title"], max_chars=300),
            "quote": st.text_area("Quote", shown["quote"], max_chars=10_000, height=70),
            "notes": st.text_area("Notes", shown["notes"], max_chars=50_000),
        }
        known = sorted({*choices(services.library()).tags, *shown["tags"]})
        tags = st.multiselect(
            "Tags",
            known,
            shown["tags"],
            accept_new_options=True,
            placeholder="Choose a tag or type a new one",
            help="Words that scenes share, such as close-up, argument or the name of a class.",
        )
        saved = st.form_submit_button("Save", icon=":material/check:", type="primary")
    if saved:
        _save(lambda: _write_scene(scene_id, wanted, tags), place)
    st.markdown("**Bookmarks**")
    bookmark_list(scene)
    bookmark_form(scene)


def _write_scene(scene_id: int, wanted: Mapping[str, Any], tags: list[str]) -> tuple[Conflict, ...]:
    """Write what was changed; in another film, the scene meets other characters."""
    library, base = services.library(), st.session_state[_BASE]
    conflicts = edit_scene(library, scene_id, base, wanted, base["tags"], tags)
    if wanted["film_id"] != base["film_id"]:
        recluster_scene(library, services.analyses(), scene_id)
    return conflicts


def _save(save: Callable[[], tuple[Conflict, ...]], place: DeltaGenerator) -> None:
    """Save a form; where another has changed the same, show both and keep the form open."""
    conflicts = guarded(save)
    if conflicts is None:
        return
    if not conflicts:
        _close()
    st.session_state[_CONFLICTS] = conflicts
    for conflict in conflicts:
        st.session_state[_BASE][conflict.field] = conflict.theirs
    _describe_conflicts(place)


def _describe_conflicts(slot: DeltaGenerator) -> None:
    place = slot.container()
    for conflict in st.session_state[_CONFLICTS]:
        field = conflict.field.removesuffix("_id").replace("_", " ")
        place.warning(
            f"Someone else changed the {field} while you were editing. Theirs: "
            f"{_in_words(conflict, conflict.theirs)}. Yours: "
            f"{_in_words(conflict, conflict.yours)}. Save again to keep yours, or close the form "
            "to keep theirs. Your other changes are saved.",
            icon=":material/group:",
        )


def _in_words(conflict: Conflict, value: Any) -> str:
    """A value of a field as text; a film by its title."""
    if conflict.field == "film_id":
        value = film_titles(services.library()).get(value, "no film")
    return as_text(isolated(str(value))) or "(nothing)"


@dialog("Delete this scene?")
@in_sentences
def delete_scene_dialog(scene: Scene) -> None:
    """Say what goes with a scene, and delete it if that is wanted."""
    describe_removal(what_leaves(services.library(), services.settings(), [scene.id]))
    if st.button("Delete", icon=":material/delete:", type="primary", key="really-delete"):
        library, settings = services.library(), services.settings()
        delete_scenes(library, settings, [scene.id], services.is_busy_with)
        _close()


@dialog("Delete this film?")
@in_sentences
def delete_film_dialog(film: Film) -> None:
    """Say what goes with a film, and delete it if that is wanted."""
    library, settings = services.library(), services.settings()
    st.markdown(f"This deletes **{as_text(film.title)}** and its description.")
    own = scene_numbers(library, film.id)
    with_scenes = False
    if own:
        with_scenes = (
            st.radio(
                f"It has {count_of(len(own), 'scene')}:",
                [False, True],
                format_func=lambda both: (
                    "delete its scenes too" if both else "keep its scenes, without a film"
                ),
                key="with-scenes",
            )
            is True
        )
    if with_scenes:
        describe_removal(what_leaves(library, settings, own))
    if st.button("Delete", icon=":material/delete:", type="primary", key="really-delete"):
        delete_film(library, settings, film.id, with_scenes, services.is_busy_with)
        _close()


def _close(_: Any = None) -> None:
    """Close the dialog: the page runs again and asks the library anew."""
    st.rerun()
