from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from emotion_core.errors import LibraryError
from emotion_core.library.characters.editing import (
    hide_character,
    merge_characters,
    move_tracks,
    rename_character,
)
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.characters.hiding import counted_again
from emotion_core.library.characters.listing import characters_of_film, characters_of_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance, Character, Scene
from emotion_core.library.editing import add_film
from emotion_core.library.queries.browsing import browse, get_scene
from emotion_core.library.queries.filters import Filters
from emotion_core.library.queries.performances import performance_entries
from emotion_core.library.removal import delete_film, delete_scenes
from emotion_core.library.scenes import _completed, open_library, recluster_scene
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.library.characters.casts import ANA, BEN, CARLA, enter, played


@pytest.fixture
def store(settings: Settings) -> AnalysisStore:
    return AnalysisStore(settings.analyses_dir)


def names(library: Database, analysis: SceneAnalysis) -> dict[int, str]:
    return with_characters(library, analysis).face_names()


def card(library: Database, scene: int) -> tuple[int, float, int]:
    """Faces, share of the clip with a face, and scenes found by the name Ben."""
    row = get_scene(library, scene)
    assert row is not None
    return row.faces, round(row.face_share, 2), browse(library, Filters(text="Ben")).scenes


def tracks(library: Database, scene: int) -> dict[str, list[int | None]]:
    return {c.label: [a.track for a in c.appearances] for c in characters_of_scene(library, scene)}


def test_two_clips_of_one_person_and_two_of_another_are_two_characters_without_a_click(
    library: Database, store: AnalysisStore
) -> None:
    clips = [
        played({0: (who, 0, 50, 0)}, sha) for who, sha in zip((0, 5, 90, 85), "abcd", strict=True)
    ]
    scenes = [enter(library, store, clip) for clip in clips]
    assert [names(library, clip)[0] for clip in clips] == ["Person 1"] * 2 + ["Person 2"] * 2
    assert [one.scenes for one in characters_of_film(library, scenes[0])] == [2, 2]
    assert [one.label for one in characters_of_film(library, scenes[2], 1)] == ["Person 2"]


def test_tracks_that_are_on_screen_together_are_two_people_even_if_they_look_alike(
    library: Database, store: AnalysisStore
) -> None:
    twins = played({0: (ANA, 0, 50, 0), 1: (ANA, 40, 90, 3)})
    enter(library, store, twins)
    assert len(set(names(library, twins).values())) == 2


def test_a_face_that_was_hardly_seen_is_joined_with_nobody(
    library: Database, store: AnalysisStore
) -> None:
    enter(library, store, played({0: (ANA, 0, 50, 0)}, "a"))
    blurred = played({0: (ANA, 0, 20, 0), 1: (ANA, 30, 50, 0)}, "b", weight=0.3)
    enter(library, store, blurred)
    assert names(library, blurred) == {0: "Person 2", 1: "Person 3"}


def test_characters_of_another_film_are_not_the_same(
    library: Database, store: AnalysisStore
) -> None:
    film = add_film(library, {"title": "Another"}).id
    one, other = played({0: (ANA, 0, 50, 0)}, "a"), played({0: (ANA, 0, 50, 0)}, "b")
    enter(library, store, one)
    second = enter(library, store, other, film)
    assert [one.scenes for one in characters_of_film(library, second)] == [1]
    assert characters_of_film(library, second)[0].id == characters_of_scene(library, second)[0].id


def test_a_name_stays_when_the_clip_is_read_anew_with_other_tracks_and_another_model(
    library: Database, store: AnalysisStore
) -> None:
    scene = enter(library, store, played({0: (ANA, 0, 40, 0), 1: (BEN, 0, 90, 3)}))
    ana = next(c for c in characters_of_scene(library, scene) if c.appearances[0].track == 0)
    rename_character(library, ana.id, "  Ana \n Cruz ")
    again = played({5: (BEN, 0, 88, 3), 6: (ANA, 2, 42, 0)}, model="another", every=2)
    enter(library, store, again)
    assert names(library, again) == {5: "Person 2", 6: "Ana Cruz"}
    assert tracks(library, scene) == {"Person 2": [5], "Ana Cruz": [6]}


def test_a_wrong_merge_is_undone_by_moving_a_track_and_stays_undone(
    library: Database, store: AnalysisStore
) -> None:
    alike = {0: (ANA, 0, 20, 0), 1: (ANA, 30, 50, 0), 2: (ANA + 3, 60, 90, 0)}
    scene = enter(library, store, played(alike))
    (everybody,) = characters_of_scene(library, scene)
    wrong = everybody.appearances[1]
    move_tracks(library, [wrong.id])
    assert tracks(library, scene) == {"Person 1": [0, 2], "Person 2": [1]}
    enter(library, store, played(alike, model="another", embedder="faces-2"))
    assert tracks(library, scene) == {"Person 1": [0, 2], "Person 2": [1]}


def test_a_hidden_character_is_left_out_until_shown_again(
    library: Database, store: AnalysisStore
) -> None:
    parts = {0: (ANA, 0, 50, 0), 1: (BEN, 40, 90, 3)}
    clip = played(parts)
    scene = enter(library, store, clip)
    ben = next(one for one in characters_of_scene(library, scene) if one.label == "Person 2")
    rename_character(library, ben.id, "Ben")
    assert card(library, scene) == (2, 0.91, 1)
    with counted_again(library, store):
        hide_character(library, ben.id, True)
    assert card(library, scene) == (1, 0.51, 0)  # as the figures of the scene, and not found
    assert names(library, clip) == {0: "Person 1"}
    shown = with_characters(library, clip)
    assert shown.frames["faces"].tolist() == [1] * 51 + [0] * 49
    assert [one.character for one in performance_entries(library)] == ["Person 1"]
    assert [one.hidden for one in characters_of_scene(library, scene)] == [False, True]
    again = played(parts, model="another")
    enter(library, store, again)
    assert names(library, again) == {0: "Person 1"}
    assert card(library, scene) == (1, 0.51, 0)
    with counted_again(library, store):
        hide_character(library, ben.id, False)
    assert names(library, again) == {0: "Person 1", 1: "Ben"}
    assert card(library, scene) == (2, 0.91, 1)
    assert len(performance_entries(library)) == 2


def test_a_hidden_face_that_is_given_to_someone_who_is_shown_counts_again(
    library: Database, store: AnalysisStore
) -> None:
    scene = enter(library, store, played({0: (ANA, 0, 40, 0), 1: (BEN, 50, 90, 3)}))
    ana, ben = characters_of_scene(library, scene)
    with counted_again(library, store):
        hide_character(library, ben.id, True)
    assert card(library, scene)[:2] == (1, 0.41)
    with counted_again(library, store):
        merge_characters(library, ana.id, ben.id)
    assert card(library, scene)[:2] == (2, 0.82)


def test_two_characters_are_merged_unless_they_are_on_screen_together(
    library: Database, store: AnalysisStore
) -> None:
    parts = {0: (ANA, 0, 20, 0), 1: (BEN, 30, 50, 0), 2: (CARLA, 40, 60, 3)}
    scene = enter(library, store, played(parts))
    by_track = {c.appearances[0].track: c.id for c in characters_of_scene(library, scene)}
    rename_character(library, by_track[1], "Ana")
    merge_characters(library, by_track[0], by_track[1])
    assert tracks(library, scene) == {"Ana": [0, 1], "Person 3": [2]}
    with pytest.raises(LibraryError, match="Person 3 and Ana are on screen together"):
        merge_characters(library, by_track[2], by_track[0])
    enter(library, store, played(parts, model="another"))
    assert tracks(library, scene) == {"Ana": [0, 1], "Person 3": [2]}


def test_giving_a_character_the_name_of_another_of_the_film_makes_them_one(
    library: Database, store: AnalysisStore
) -> None:
    first = enter(library, store, played({0: (ANA, 0, 50, 0)}, "a"))
    second = enter(library, store, played({0: (BEN, 0, 50, 0)}, "b"))
    ana, older = (characters_of_scene(library, scene)[0].id for scene in (first, second))
    rename_character(library, ana, "Ana")
    assert rename_character(library, older, "ANA") == ana
    assert len(characters_of_film(library, first)) == 1


def test_a_track_is_not_given_to_somebody_who_is_on_screen_with_it(
    library: Database, store: AnalysisStore
) -> None:
    scene = enter(library, store, played({0: (ANA, 0, 50, 0), 1: (BEN, 40, 90, 3)}))
    one, other = characters_of_scene(library, scene)
    with pytest.raises(LibraryError, match="on screen together"):
        move_tracks(library, [one.appearances[0].id], other.id)


def test_what_two_have_changed_at_once_is_reported_to_the_second(
    library: Database, store: AnalysisStore
) -> None:
    scene = enter(library, store, played({0: (ANA, 0, 20, 0), 1: (ANA, 30, 50, 0)}))
    (both,) = characters_of_scene(library, scene)
    other = move_tracks(library, [both.appearances[0].id])
    merge_characters(library, both.id, other)
    with pytest.raises(LibraryError, match="Someone else has changed these characters"):
        rename_character(library, other, "Ana")
    with pytest.raises(LibraryError, match="Someone else has changed"):
        move_tracks(library, [999])


def test_a_track_that_a_new_reading_misses_is_known_again_when_it_is_back(
    library: Database, store: AnalysisStore
) -> None:
    parts = {0: (ANA, 0, 40, 0), 1: (BEN, 50, 90, 3)}
    scene = enter(library, store, played(parts))
    ben = next(c for c in characters_of_scene(library, scene) if c.appearances[0].track == 1)
    rename_character(library, ben.id, "Ben")
    enter(library, store, played({0: parts[0]}, model="short-sighted"))
    assert tracks(library, scene) == {"Person 1": [0]}
    enter(library, store, played(parts, model="third"))
    assert tracks(library, scene) == {"Person 1": [0], "Ben": [1]}


def test_an_older_analysis_of_the_scene_bears_the_same_names(
    library: Database, store: AnalysisStore
) -> None:
    older = played({0: (ANA, 0, 40, 0), 1: (BEN, 0, 90, 3)}, every=3)
    scene = enter(library, store, older)
    enter(library, store, played({7: (ANA, 0, 40, 0), 8: (BEN, 0, 90, 3)}, model="another"))
    for character in characters_of_scene(library, scene):
        rename_character(library, character.id, f"Somebody in {character.appearances[0].track}")
    assert names(library, older) == {0: "Somebody in 7", 1: "Somebody in 8"}


def test_gathering_again_keeps_what_the_user_has_said(
    library: Database, store: AnalysisStore
) -> None:
    film = add_film(library, {"title": "A film"}).id
    enter(library, store, played({0: (ANA, 0, 50, 0)}, "a"), film)
    parts = {0: (ANA, 0, 20, 0), 1: (ANA, 30, 50, 0)}
    moved = enter(library, store, played(parts, "b"))
    (both,) = characters_of_scene(library, moved)
    other = move_tracks(library, [both.appearances[1].id])
    rename_character(library, other, "Not Ana")
    with library.writing() as session:
        session.get_one(Scene, moved).film_id = film
    recluster_scene(library, store, moved)
    assert tracks(library, moved) == {"Person 1": [0], "Not Ana": [1]}


def test_what_is_unknown_joins_the_film_when_its_scene_does(
    library: Database, store: AnalysisStore
) -> None:
    film = add_film(library, {"title": "A film"}).id
    first = enter(library, store, played({0: (ANA, 0, 50, 0)}, "a"), film)
    second = enter(library, store, played({0: (ANA, 0, 50, 0)}, "b"))
    enter(library, store, played({0: (ANA, 0, 50, 0)}, "b"), film)
    assert characters_of_scene(library, second)[0].id == characters_of_scene(library, first)[0].id


def test_scenes_whose_film_is_deleted_meet_the_scenes_without_a_film(
    library: Database, store: AnalysisStore, settings: Settings
) -> None:
    film = add_film(library, {"title": "A film"}).id
    loose = enter(library, store, played({0: (ANA, 0, 50, 0)}, "a"))
    # nearer to each other than to her of the first scene
    clips = [played({0: (ANA + 20, 0, 50, 0), 1: (CARLA, 0, 50, 3)}, sha) for sha in "bc"]
    left = [enter(library, store, clip, film) for clip in clips]
    ben = next(c for c in characters_of_scene(library, left[0]) if c.appearances[0].track == 1)
    rename_character(library, ben.id, "Ben")
    delete_film(library, settings, film, False, lambda sha: False)
    assert [tracks(library, scene) for scene in left] == [{"Person 1": [0], "Ben": [1]}] * 2
    assert characters_of_film(library, loose)[0].scenes == 3


def test_characters_go_with_the_last_scene_that_they_are_in(
    library: Database, store: AnalysisStore, settings: Settings
) -> None:
    first = enter(library, store, played({0: (ANA, 0, 50, 0), 1: (BEN, 0, 50, 3)}, "a"))
    second = enter(library, store, played({0: (ANA, 0, 50, 0)}, "b"))
    delete_scenes(library, settings, [first], lambda sha: False)
    assert [one.scenes for one in characters_of_film(library, second)] == [1]
    with library.reading() as session:
        assert session.scalar(select(func.count(Character.id))) == 1
        assert session.scalar(select(func.count(Appearance.id))) == 1


def test_a_scene_without_faces_has_no_characters(library: Database, store: AnalysisStore) -> None:
    scene = enter(library, store, played({}))
    assert characters_of_scene(library, scene) == ()


def test_a_portrait_comes_with_each_track(library: Database, store: AnalysisStore) -> None:
    scene = enter(library, store, played({0: (BEN, 0, 50, 0)}))
    (ben,) = characters_of_scene(library, scene)
    assert ben.appearances[0].portrait == b"portrait of 90"
    assert Path(ben.appearances[0].address).name.startswith("some-model")


def test_scenes_in_which_nobody_was_looked_for_are_clustered_when_the_library_is_opened(
    settings: Settings, store: AnalysisStore, library: Database
) -> None:
    scene = enter(library, store, played({0: (ANA, 0, 50, 0)}))
    with library.writing() as session:
        session.execute(delete(Appearance))
        session.execute(delete(Character))
    assert characters_of_scene(library, scene) == ()
    _completed.discard(library)
    assert tracks(open_library(settings), scene) == {"Person 1": [0]}
