"""How scenes come into the library and leave it."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import ModelId
from emotion_core.errors import LibraryError
from emotion_core.library.database.engine import Database, open_database
from emotion_core.library.database.tables import Analysis, Scene
from emotion_core.library.editing import add_film, edit_scene, scene_fields
from emotion_core.library.queries.browsing import get_film, get_scene, scene_entries
from emotion_core.library.removal import delete_film, delete_scenes, what_leaves
from emotion_core.library.scenes import (
    clip_of,
    enter_scene,
    forget_analysis,
    open_library,
    read_scene,
    write_missing_thumbnails,
)
from emotion_core.library.statistics import BARS, NO_FACE, statistics_of
from emotion_core.library.thumbnails import thumbnail_times, thumbnails_path, write_thumbnails
from emotion_core.progress import finish
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from tests.media.clips import make_clip
from tests.scene.scenes import make_scene


@pytest.fixture
def store(settings: Settings) -> AnalysisStore:
    return AnalysisStore(settings.analyses_dir)


def enter(library: Database, store: AnalysisStore, analysis: SceneAnalysis, source: Path) -> Scene:
    """Store an analysis and enter it."""
    store.save(analysis, source)
    number = enter_scene(library, store, analysis.id, analysis=analysis)
    assert number is not None
    return known(library, number)


def known(library: Database, number: int) -> Scene:
    scene = get_scene(library, number)
    assert scene is not None
    return scene


def nobody(_: str) -> bool:
    return False


def test_facts_are_shares_of_face_time_and_a_bar_without_a_face_is_not_neutral() -> None:
    # 25 of 90 face frames are neutral, 25 sad, 40 happy; frames 50 to 59 have no face
    facts = statistics_of(make_scene())
    assert facts.shares["neutral"] == pytest.approx(25 / 90)
    assert facts.shares["sad"] == pytest.approx(25 / 90)
    assert facts.shares["happy"] == pytest.approx(40 / 90)
    assert sum(facts.shares.values()) == pytest.approx(1)
    assert facts.face_share == pytest.approx(0.9) and facts.faces == 2 and facts.duration == 4.0
    runs = {EMOTIONS.index("neutral"): 40, EMOTIONS.index("sad"): 40, NO_FACE: 16}
    assert list(facts.barcode) == [n for n, k in runs.items() for _ in range(k)] + [3] * 64


def test_facts_of_a_scene_without_faces_or_frames_are_empty() -> None:
    for scene in (make_scene({}), make_scene({}, frames=0, cuts=())):
        facts = statistics_of(scene)
        assert set(facts.shares.values()) == {0.0} and facts.face_share == 0.0
        assert facts.barcode == bytes([NO_FACE] * BARS)


def test_a_clip_of_one_frame_has_one_emotion_in_its_barcode() -> None:
    scene = make_scene({0: [(0, 0, "fear", 0.9)]}, frames=1, cuts=())
    assert set(statistics_of(scene).barcode) == {EMOTIONS.index("fear")}


def test_an_analysis_is_entered_once_and_what_the_user_wrote_stays(
    library: Database, store: AnalysisStore, tmp_path: Path
) -> None:
    scene = enter(library, store, make_scene(name="My take.mp4"), tmp_path / "My take.mp4")
    assert scene.title == "My take" and scene.address == make_scene().id
    film = add_film(library, {"title": "Film"})
    shown = scene_fields(scene)
    wanted = {"film_id": film.id, "title": "Own title", "quote": "q", "notes": "n"}
    edit_scene(library, scene.id, shown, wanted)
    again = enter(library, store, make_scene(), tmp_path / "moved.mp4")
    assert again.id == scene.id and scene_fields(again) == wanted
    assert len(again.analyses) == 1


def test_another_model_is_another_analysis_and_the_latest_gives_the_facts(
    library: Database, store: AnalysisStore, tmp_path: Path
) -> None:
    first = make_scene({0: [(0, 99, "sad", 0.9)]}, cuts=())
    second = replace(
        make_scene({0: [(0, 99, "happy", 0.9)]}, cuts=()), model=ModelId("other", "f" * 12)
    )
    enter(library, store, first, tmp_path / "c.mp4")
    scene = enter(library, store, second, tmp_path / "c.mp4")
    assert len(scene.analyses) == 2 and scene.model == "other" and scene.happy == 1.0
    # what is entered again and is older does not count as the latest
    enter_scene(library, store, first.id, analysis=first)
    scene = known(library, scene.id)
    assert scene.model == "other" and scene.happy == 1.0 and scene.sad == 0.0
    forget_analysis(library, second.id)
    assert known(library, scene.id).address == first.id


def test_a_clip_is_put_into_the_film_that_the_user_chose_and_otherwise_stays(
    library: Database, store: AnalysisStore, tmp_path: Path
) -> None:
    film, analysis = add_film(library, {"title": "Film"}), make_scene()
    scene = enter(library, store, analysis, tmp_path / "c.mp4")
    assert scene.film_id is None
    enter_scene(library, store, analysis.id, film_id=film.id)
    enter_scene(library, store, analysis.id)
    enter_scene(library, store, analysis.id, film_id=999_999)
    assert known(library, scene.id).film_id == film.id


def test_what_was_read_before_there_was_a_library_is_entered_at_its_first_use(
    settings: Settings, store: AnalysisStore, tmp_path: Path
) -> None:
    store.save(make_scene(), tmp_path / "c.mp4")
    library = open_library(settings)
    (entry,) = scene_entries(library)
    assert entry.address == make_scene().id and entry.title == "scene"
    store.save(make_scene(sha="b" * 64), tmp_path / "c.mp4")
    assert len(scene_entries(open_library(settings))) == 1  # not looked for again


@pytest.mark.parametrize("name", ["analysis.json", "faces.parquet"])
def test_a_damaged_analysis_breaks_nothing_and_can_be_chosen_where_its_clip_is_known(
    settings: Settings, store: AnalysisStore, tmp_path: Path, name: str
) -> None:
    store.save(make_scene(), tmp_path / "c.mp4")
    (store.folder / make_scene().id / name).write_bytes(b"{")
    assert len(scene_entries(open_library(settings))) == (name == "faces.parquet")


def test_what_a_later_version_has_read_anew_is_one_analysis(
    settings: Settings, store: AnalysisStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr("emotion_core.scene.analysis.ANALYSIS_VERSION", 0)
        store.save(make_scene(), tmp_path / "c.mp4")
        old = make_scene().id
    library = open_library(settings)
    assert [entry.address for entry in scene_entries(library)] == [old]
    enter(library, store, make_scene(), tmp_path / "c.mp4")
    assert [entry.address for entry in scene_entries(library)] == [make_scene().id]
    library.close()
    reopened = open_library(settings.model_copy(update={"model": "x"}))
    assert [entry.address for entry in scene_entries(reopened)] == [make_scene().id]


def test_reading_a_clip_enters_it_and_makes_its_strip(
    settings: Settings, library: Database, store: AnalysisStore, tmp_path: Path
) -> None:
    path = make_clip(tmp_path / "a [b] <c>.mp4", n=100, size=(640, 360))
    clip = identify(path)
    model = ModelId("eme-lite2", "0")
    from emotion_core.emotions.registry import identify_model

    model = identify_model("eme-lite2", settings.models_dir) or model
    analysis = replace(make_scene(sha=clip.sha256, name=path.name), model=model)
    store.save(analysis, path)  # so that nothing has to be read
    assert finish(read_scene(Reader(settings, "eme-lite2"), path, clip)).id == analysis.id
    (entry,) = scene_entries(library)
    scene = known(library, entry.scene_id)
    assert scene.title == "a [b] <c>" and clip_of(scene, settings) == path.resolve()
    with Image.open(thumbnails_path(settings.thumbnails_dir, clip.sha256)) as strip:
        assert strip.size == (600, 160) and np.asarray(strip).std() > 10


def test_the_strip_has_the_strongest_moment_in_its_order(tmp_path: Path) -> None:
    runs = [(0, 59, "neutral", 0.8), (60, 72, "sad", 0.9), (73, 99, "neutral", 0.8)]
    times = thumbnail_times(make_scene({0: runs}, cuts=()))
    assert times == sorted(times) and len(times) == 5
    assert any(2.4 <= time <= 2.9 for time in times) and times[0] == pytest.approx(0.4)


@pytest.mark.parametrize("size", [(640, 120), (64, 360), (16, 16)])
def test_a_strip_is_made_of_a_clip_of_any_shape(tmp_path: Path, size: tuple[int, int]) -> None:
    write_thumbnails(
        make_clip(tmp_path / "c.mp4", n=10, size=size), make_scene(), tmp_path / "s.webp"
    )
    with Image.open(tmp_path / "s.webp") as strip:
        assert strip.size == (600, 160)


def test_scenes_that_were_read_before_there_were_strips_get_them_where_the_clip_is_there(
    settings: Settings, library: Database, store: AnalysisStore, tmp_path: Path
) -> None:
    own = make_clip(tmp_path / "own.mp4", n=50, size=(64, 36))
    there = enter(library, store, make_scene(sha=identify(own).sha256), own)
    gone = enter(library, store, make_scene(sha="b" * 64), tmp_path / "gone.mp4")
    steps = list(write_missing_thumbnails(library, settings, [there.id, gone.id, 999_999]))
    assert [step.share for step in steps] == [0.5, 1.0]
    assert thumbnails_path(settings.thumbnails_dir, there.clip_sha256).is_file()
    assert not thumbnails_path(settings.thumbnails_dir, gone.clip_sha256).exists()


def test_a_library_that_cannot_be_reached_is_reported_before_anything_is_read(
    tmp_path: Path,
) -> None:
    url = "postgresql+psycopg://eme@127.0.0.1:1/eme"
    settings = Settings(data_dir=tmp_path, database_url=url)
    path = make_clip(tmp_path / "c.mp4", n=5)
    with pytest.raises(LibraryError, match="cannot be used"):
        next(read_scene(Reader(settings, "eme-lite2"), path, identify(path)))


def kept_scene(library: Database, settings: Settings, store: AnalysisStore) -> Scene:
    """A scene of an uploaded clip with all files that it can have."""
    data = b"not really a film"
    sha = hashlib.sha256(data).hexdigest()
    for path in (
        settings.media_dir / f"{sha}.mp4",
        settings.previews_dir / f"{sha}.mp4",
        thumbnails_path(settings.thumbnails_dir, sha),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return enter(library, store, make_scene(sha=sha), settings.media_dir / f"{sha}.mp4")


def files(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("catalogue")]


def test_a_deleted_scene_leaves_nothing_behind_and_touches_nothing_else(
    library: Database, settings: Settings, store: AnalysisStore, tmp_path: Path
) -> None:
    own = make_clip(tmp_path / "own.mp4", n=5)
    stays = enter(library, store, make_scene(sha=identify(own).sha256), own)
    before = set(files(settings.data_dir))
    scene = kept_scene(library, settings, store)
    leaving = what_leaves(library, settings, [scene.id])
    assert (leaving.clip_bytes, len(leaving.models), leaving.kept) == (17, 1, ())
    delete_scenes(library, settings, [scene.id], nobody)
    assert set(files(settings.data_dir)) == before
    assert get_scene(library, scene.id) is None and get_scene(library, stays.id) is not None
    with library.reading() as session:
        assert session.scalar(select(func.count()).select_from(Analysis)) == 1
    # and it does not come back
    library.close()
    assert len(scene_entries(open_library(settings))) == 1


def test_a_clip_of_the_users_own_folder_is_never_deleted(
    library: Database, settings: Settings, store: AnalysisStore, tmp_path: Path
) -> None:
    own = make_clip(tmp_path / "own.mp4", n=5)
    scene = enter(library, store, make_scene(sha=identify(own).sha256), own)
    linked = settings.media_dir / f"{scene.clip_sha256}.mp4"
    linked.parent.mkdir(parents=True)
    linked.symlink_to(own)
    assert what_leaves(library, settings, [scene.id]).scenes == (scene.title,)
    delete_scenes(library, settings, [scene.id], nobody)
    assert own.is_file() and not linked.is_symlink() and files(settings.data_dir) == []


def test_a_clip_that_is_being_read_is_not_deleted(
    library: Database, settings: Settings, store: AnalysisStore
) -> None:
    scene = kept_scene(library, settings, store)
    film = add_film(library, {"title": "Film"})
    shown = scene_fields(scene)
    edit_scene(library, scene.id, shown, {**shown, "film_id": film.id})
    before = files(settings.data_dir)
    with pytest.raises(LibraryError, match="is being analyzed"):
        delete_film(library, settings, film.id, True, lambda sha: sha == scene.clip_sha256)
    assert files(settings.data_dir) == before and get_film(library, film.id) is not None
    assert known(library, scene.id).film_id == film.id


@pytest.mark.parametrize("with_scenes", [True, False])
def test_a_film_is_deleted_with_its_scenes_or_without(
    library: Database, settings: Settings, store: AnalysisStore, with_scenes: bool
) -> None:
    film = add_film(library, {"title": "Film"})
    scene = kept_scene(library, settings, store)
    enter_scene(library, store, scene.address, film_id=film.id)
    delete_film(library, settings, film.id, with_scenes, nobody)
    assert get_film(library, film.id) is None
    left = get_scene(library, scene.id)
    assert (left is None) == with_scenes
    assert bool(files(settings.data_dir)) != with_scenes
    if left is not None:
        assert left.film_id is None


def test_the_source_of_an_analysis_says_where_a_clip_lies_until_it_changes(
    library: Database, settings: Settings, store: AnalysisStore, tmp_path: Path
) -> None:
    own = make_clip(tmp_path / "own.mp4", n=5)
    scene = enter(library, store, make_scene(sha=identify(own).sha256), own)
    assert json.loads((store.folder / scene.address / "analysis.json").read_text())["source"]
    assert clip_of(scene, settings) == own.resolve()
    own.unlink()
    assert clip_of(scene, settings) is None
    assert open_database(settings) is not None


def test_a_clip_that_many_enter_at_once_is_one_scene_with_all_its_analyses(
    library: Database, store: AnalysisStore, tmp_path: Path
) -> None:
    analyses = [replace(make_scene(), model=ModelId(f"model-{n}", "f" * 12)) for n in range(6)]
    for analysis in analyses:
        store.save(analysis, tmp_path / "c.mp4")
    with ThreadPoolExecutor(6) as pool:
        entered = list(
            pool.map(lambda one: enter_scene(library, store, one.id, analysis=one), analyses)
        )
    assert len(set(entered)) == 1 and entered[0] is not None
    scene = known(library, entered[0])
    assert {one.address for one in scene.analyses} == {analysis.id for analysis in analyses}
