"""Moments that a user names as neutral: kept with their track, whatever happens to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotion_core.errors import LibraryError
from emotion_core.library.characters.editing import (
    merge_characters,
    plan_merge,
    rename_character,
    undo_merge,
)
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.characters.neutral_faces import (
    estimate_neutral_face,
    name_neutral_face,
)
from emotion_core.library.database.engine import Database
from emotion_core.performance.performance import performances_of
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from tests.library.characters.casts import ANA, BEN, enter, played

# Ana is seen twice, Ben beside her
PARTS = {0: (ANA, 0, 40, 0), 1: (ANA, 60, 99, 0), 2: (BEN, 0, 99, 3)}


def neutral(library: Database, analysis: SceneAnalysis) -> dict[str, float | None]:
    found = performances_of(with_characters(library, analysis))
    return {one.name: one.neutral_time for one in found}


def ids(library: Database, scene: int) -> dict[str, int]:
    return {one.label: one.id for one in characters_of_scene(library, scene)}


@pytest.fixture
def store(tmp_path: Path) -> AnalysisStore:
    return AnalysisStore(tmp_path / "analyses")


@pytest.fixture
def analysis() -> SceneAnalysis:
    return played(PARTS)


@pytest.fixture
def scene(library: Database, store: AnalysisStore, analysis: SceneAnalysis) -> int:
    return enter(library, store, analysis)


def test_a_moment_is_named_replaced_and_forgotten(
    library: Database, analysis: SceneAnalysis, scene: int
) -> None:
    ana = ids(library, scene)["Person 1"]
    assert neutral(library, analysis) == {"Person 1": None, "Person 2": None}
    name_neutral_face(library, scene, ana, 1.0)
    name_neutral_face(library, scene, ana, 3.0)  # in her other track
    assert neutral(library, analysis) == {"Person 1": 3.0, "Person 2": None}
    estimate_neutral_face(library, scene, ana)
    assert neutral(library, analysis) == {"Person 1": None, "Person 2": None}


def test_who_is_not_in_view_has_no_neutral_face_then(library: Database, scene: int) -> None:
    ana = ids(library, scene)["Person 1"]
    with pytest.raises(LibraryError, match=r"Person 1 is not in view at 0:02\.0"):
        name_neutral_face(library, scene, ana, 2.0)
    with pytest.raises(LibraryError, match="changed these characters"):
        name_neutral_face(library, scene, 999, 1.0)


def test_it_stays_with_the_face_when_characters_change(
    library: Database, analysis: SceneAnalysis, scene: int
) -> None:
    people = ids(library, scene)
    name_neutral_face(library, scene, people["Person 2"], 1.5)
    rename_character(library, people["Person 2"], "Ben")
    plan = plan_merge(library, people["Person 1"], people["Person 2"])
    merge_characters(library, people["Person 1"], people["Person 2"], even_together=True)
    assert neutral(library, analysis) == {"Ben": 1.5}
    undo_merge(library, plan)
    assert neutral(library, analysis) == {"Person 1": None, "Ben": 1.5}


def test_it_stays_when_the_clip_is_read_again(
    library: Database, store: AnalysisStore, scene: int
) -> None:
    name_neutral_face(library, scene, ids(library, scene)["Person 1"], 1.0)
    # numbered anew, by another embedder, every second frame
    again = played(
        {5: PARTS[2], 6: PARTS[0], 7: PARTS[1]}, model="other", every=2, embedder="faces-2"
    )
    assert neutral(library, again)["Person 1"] == 1.0  # also before it is entered
    enter(library, store, again)
    assert neutral(library, again) == {"Person 1": 1.0, "Person 2": None}


def test_an_analysis_is_stored_without_what_its_user_says(
    store: AnalysisStore, library: Database, analysis: SceneAnalysis, scene: int
) -> None:
    name_neutral_face(library, scene, ids(library, scene)["Person 1"], 1.0)
    shown = with_characters(library, analysis)
    assert dict(shown.neutral_times) == {0: 1.0}
    stored = store.load(analysis.id)
    assert stored is not None and not stored.neutral_times
