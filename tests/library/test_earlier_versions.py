"""What an earlier version has written opens without loss.

``earlier/data-directory-0.1.0.zip`` was made by that version: a data directory (``data/``), an
archive of its library (``library.zip``) and what the command ``analyze`` wrote (``results/``).
``earlier/expected.json`` says what is in it, and was read from the files without the product.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
import pytest
from sqlalchemy import select

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.registry import ModelId
from emotion_core.library.archive.importing import import_library
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Film, Scene
from emotion_core.library.queries.browsing import get_scene, scene_at, scene_entries
from emotion_core.library.scenes import clip_of, open_library, read_scene
from emotion_core.library.takes import TakeEntry, take_entries
from emotion_core.library.thumbnails import thumbnails_path
from emotion_core.performance.performance import Performance, performances_of
from emotion_core.practice.exercises.exercise import Hold, Mirror, Move
from emotion_core.practice.exercises.play_along import PlayAlong
from emotion_core.practice.exercises.serialization import from_json
from emotion_core.progress import finish
from emotion_core.scene import analyzer
from emotion_core.scene import reader as reader_module
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.scene.store import AnalysisStore, load_analysis
from emotion_core.settings import Settings
from emotion_core.training.runs.folders import list_runs, read_run
from emotion_core.training.runs.masks import read_faces, read_masks

EARLIER = Path(__file__).parent / "earlier"
MADE = EARLIER / "data-directory-0.1.0.zip"
EXPECTED: dict[str, Any] = json.loads((EARLIER / "expected.json").read_text(encoding="utf-8"))
SCENES = {scene["clip_sha256"]: scene for scene in EXPECTED["scenes"]}
# The model that ships has other weights now, and reads anew when it is asked to.
THEN = ModelId("eme-lite2", "eb033746650e")
WRITTEN = ("clip_name", "title", "quote", "notes", "duration", "address", "model", "faces")


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """Where the files of the earlier version lie, which is not where it wrote them."""
    folder = tmp_path / "earlier"
    with zipfile.ZipFile(MADE) as made:
        made.extractall(folder)
    return folder


@pytest.fixture
def earlier(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of someone who has gone on from the earlier version."""
    for name in ("DATABASE_URL", "MODEL", "EMBEDDER"):
        monkeypatch.delenv(f"EME_{name}", raising=False)
    monkeypatch.setenv("EME_DATA_DIR", str(unpacked / "data"))
    return Settings()


@pytest.fixture
def opened(earlier: Settings) -> Iterator[Database]:
    """The library of the earlier version, opened by this one."""
    found = open_library(earlier)
    yield found
    found.close()


def scenes_of(library: Database) -> dict[str, Scene]:
    """All scenes by their clip, with film, tags, bookmarks and analyses."""
    with library.reading() as session:
        numbers = session.scalars(select(Scene.id)).all()
    found = [scene for scene in (get_scene(library, number) for number in numbers) if scene]
    return {scene.clip_sha256: scene for scene in found}


def check_films(library: Database) -> None:
    with library.reading() as session:
        films = {film.uuid: film for film in session.scalars(select(Film))}
    assert set(films) == {film["uuid"] for film in EXPECTED["films"]}
    for expected in EXPECTED["films"]:
        assert {name: getattr(films[expected["uuid"]], name) for name in expected} == expected


def check_scenes(library: Database) -> None:
    scenes = scenes_of(library)
    assert set(scenes) == set(SCENES)
    for sha, expected in SCENES.items():
        scene = scenes[sha]
        assert {name: getattr(scene, name) for name in WRITTEN} == {n: expected[n] for n in WRITTEN}
        assert (None if scene.film is None else scene.film.uuid) == expected["film"]
        assert scene.created == utc(expected["created"])
        assert sorted(tag.name for tag in scene.tags) == expected["tags"]
        assert [[mark.time, mark.comment] for mark in scene.bookmarks] == expected["bookmarks"]
        assert {one.address for one in scene.analyses} == {
            one["address"] for one in expected["analyses"]
        }


def check_cards(library: Database, settings: Settings) -> None:
    """What a card shows without a file: shares, bars and time in view; and the strip and clip."""
    for sha, scene in scenes_of(library).items():
        expected = SCENES[sha]
        assert scene.shares == pytest.approx(expected["shares"], abs=1e-5)
        assert scene.face_share == pytest.approx(expected["face_share"], abs=1e-5)
        assert scene.barcode.hex() == expected["barcode"]
        clip, strip = clip_of(scene, settings), thumbnails_path(settings.thumbnails_dir, sha)
        assert clip is not None and clip.is_relative_to(settings.media_dir)
        assert identify(clip).sha256 == sha
        assert (strip.stat().st_size if strip.is_file() else None) == expected["strip_bytes"]


def check_characters(library: Database) -> None:
    for sha, scene in scenes_of(library).items():
        cast = {
            one.label: (len(one.appearances), one) for one in characters_of_scene(library, scene.id)
        }
        expected = {name or f"Person {number}": rest for _, name, number, *rest in people(sha)}
        assert set(cast) == set(expected)
        for label, (tracks, seconds) in expected.items():
            count, one = cast[label]
            assert count == tracks and one.seconds == pytest.approx(seconds)
            assert all(track.portrait and track.vector for track in one.appearances)


def check_takes(library: Database) -> None:
    """The takes, and what was played in each, also along with whom."""
    takes, scenes = take_entries(library), scenes_of(library)
    by_clip = {sha: take for sha, s in scenes.items() for take in takes if take.scene_id == s.id}
    assert set(by_clip) == {sha for sha, expected in SCENES.items() if expected["take"]}
    for sha, take in by_clip.items():
        scene, expected = SCENES[sha], SCENES[sha]["take"]
        assert (take.number, take.played) == (expected["number"], expected["title"])
        assert (take.title, take.address) == (scene["title"], scene["address"])
        assert (take.exercise, take.recorded) == (expected["exercise"], utc(expected["recorded"]))
        assert (take.performance is None) == (not scene["characters"])
        if expected["model_clip"] is None:
            assert take.model_scene_id is None and take.model_character_id is None
        else:
            assert take.model_scene_id == scenes[expected["model_clip"]].id
            cast = characters_of_scene(library, take.model_scene_id)
            (model,) = (one for one in cast if one.id == take.model_character_id)
            assert model.name == expected["model_name"]


def check_readings(library: Database, settings: Settings) -> None:
    """Each analysis by its address, with its tables whole."""
    store = AnalysisStore(settings.analyses_dir)
    for sha, expected in SCENES.items():
        for one in expected["analyses"]:
            analysis, stored = store.load(one["address"]), store.read(one["address"])
            assert analysis is not None and stored is not None
            assert analysis.id == stored.id == one["address"]
            assert analysis.clip.sha256 == sha and analysis.clip.name == expected["clip_name"]
            check_analysis(analysis, one)
            assert analysis.parameters.every == one["every"]
            assert analysis.parameters.embedder == one["embedder"]
            assert [analysis.info.width, analysis.info.height] == one["size"]
            assert [len(jpeg) for jpeg in analysis.identity.portraits] == one["portrait_bytes"]
            vectors = (len(one["portrait_bytes"]), one["vector_length"])
            assert analysis.identity.vectors.shape == vectors
            number = scene_at(library, one["address"])
            scene = None if number is None else get_scene(library, number)
            assert scene is not None and scene.clip_sha256 == sha


def check_analysis(analysis: SceneAnalysis, expected: dict[str, Any]) -> None:
    faces = analysis.faces
    assert (len(faces), len(analysis.frames)) == (expected["faces"], expected["frames"])
    assert faces["track"].nunique() == expected["tracks"]
    assert sorted(set(faces["character"].dropna())) == expected["characters"]
    means = {name: faces[name].astype("float64").mean() for name in expected["means"]}
    assert means == pytest.approx(expected["means"], abs=1e-4)
    shares = faces[list(EMOTIONS)].astype("float64")
    assert shares.mean().to_dict() == pytest.approx(expected["probabilities"], abs=1e-3)
    emotion, probability = expected["leading"]
    assert shares.mean().idxmax() == emotion
    assert shares.mean().max() == pytest.approx(probability, abs=1e-3)
    for track, (emotion, probability) in expected["leading_by_track"].items():
        own = shares[faces["track"] == int(track)].mean()
        assert own.idxmax() == emotion and own.max() == pytest.approx(probability, abs=1e-3)
    assert {"name": analysis.model.name, "fingerprint": analysis.model.fingerprint} == expected[
        "model"
    ]
    assert analysis.info.duration == pytest.approx(expected["duration"])
    assert [list(shot) for shot in analysis.shots] == expected["shots"]


def people(sha: str) -> list[list[Any]]:
    """Of each character of a scene: uuid, name, number, tracks and seconds."""
    found: list[list[Any]] = SCENES[sha]["characters"]
    return found


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fingerprints(folder: Path) -> dict[str, str]:
    """All files of a data directory but for the database."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not path.name.startswith("catalogue")
    }


def played(library: Database, settings: Settings, take: TakeEntry) -> Performance | None:
    """The performance that was played along in a take."""
    scene = None if take.model_scene_id is None else get_scene(library, take.model_scene_id)
    analysis = None if scene is None else AnalysisStore(settings.analyses_dir).load(scene.address)
    if scene is None or analysis is None:
        return None
    cast = {one.id: one.label for one in characters_of_scene(library, scene.id)}
    label = cast[take.model_character_id or 0]
    own = performances_of(with_characters(library, analysis), scene.title)
    return next(one for one in own if one.name == label)


def test_films_of_an_earlier_version_are_found_with_all_that_was_written_of_them(
    opened: Database,
) -> None:
    check_films(opened)
    titles = {film["title"] for film in EXPECTED["films"]}
    assert {"Portrait of a flight", "Himala", "Takes"} <= titles


def test_scenes_are_found_with_film_title_quote_notes_tags_and_bookmarks(opened: Database) -> None:
    check_scenes(opened)
    numbers = {sha: scene.id for sha, scene in scenes_of(opened).items()}
    assert numbers == {sha: expected["number"] for sha, expected in SCENES.items()}
    (scene,) = (one for one in scenes_of(opened).values() if one.title == "Before the start")
    assert scene.quote == "“Tayo na.” – let us go" and len(scene.tags) == 3
    assert scene.notes == "The smile stays.\nThe eyes do not: 👀 ñ ש"
    assert [mark.time for mark in scene.bookmarks] == [0.5, 1.96]


def test_cards_show_what_they_showed_and_clips_and_strips_are_found_by_their_hash(
    opened: Database, earlier: Settings
) -> None:
    check_cards(opened, earlier)


def test_characters_keep_their_names_their_tracks_and_who_has_no_name_yet_their_number(
    opened: Database,
) -> None:
    check_characters(opened)
    for sha, scene in scenes_of(opened).items():
        cast = characters_of_scene(opened, scene.id)
        assert {one.appearances[0].character.uuid for one in cast} == {
            who for who, *_ in people(sha)
        }
    labels = [one.label for one in characters_of_scene(opened, 1)]
    assert labels == ["Eileen Collins", "Person 2"]


def test_each_reading_is_loaded_by_its_address_with_all_that_was_read(
    opened: Database, earlier: Settings
) -> None:
    check_readings(opened, earlier)
    addresses = {one["address"] for expected in SCENES.values() for one in expected["analyses"]}
    assert {entry.address for entry in scene_entries(opened)} == addresses
    assert set(AnalysisStore(earlier.analyses_dir).addresses()) == addresses


def test_what_an_earlier_version_has_read_with_the_same_weights_is_not_read_again(
    opened: Database, earlier: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("it is read again")

    monkeypatch.setattr(analyzer, "analyze_video", refuse)
    monkeypatch.setattr(EmotionClassifier, "load", refuse)
    monkeypatch.setattr(reader_module, "identify_model", lambda *_: THEN)
    for sha, scene in scenes_of(opened).items():
        clip = clip_of(scene, earlier)
        assert clip is not None
        for known in SCENES[sha]["analyses"]:
            own = Reader(earlier, every=known["every"])
            assert finish(read_scene(own, clip, identify(clip))).id == known["address"]
    check_scenes(opened)
    check_characters(opened)


def test_opening_leaves_every_file_as_it_was(earlier: Settings) -> None:
    before = fingerprints(earlier.data_dir)
    open_library(earlier).close()
    assert fingerprints(earlier.data_dir) == before


def test_takes_keep_what_was_played_and_each_exercise_can_be_played_again(
    opened: Database, earlier: Settings
) -> None:
    check_takes(opened)
    takes = sorted(take_entries(opened), key=lambda take: take.number)
    exercises = [from_json(one.exercise, lambda *_: None) for one in takes if one.number != 2]
    assert exercises == [
        Hold("happy", 0.75, 8.0),
        Move("sad", "surprise", 0.6, 3.0, 1.5),
        Mirror((0.05, 0.0, 0.1, 0.5, 0.25, 0.1, 0.0), "Mirror of a still", 6.0),
    ]
    along = from_json(takes[1].exercise, lambda *_: played(opened, earlier, takes[1]))
    assert isinstance(along, PlayAlong) and (along.start, along.end) == (0.4, 1.5)
    assert (along.scene_id, along.character_id) == (
        takes[1].model_scene_id,
        takes[1].model_character_id,
    )
    assert along.title == takes[1].played
    assert along.target_at(0.5)[EMOTIONS.index("happy")] > 0.9


def test_runs_are_listed_with_their_state_and_read_with_their_curves(earlier: Settings) -> None:
    runs = {run.name: run for run in list_runs(earlier.runs_dir)}
    assert set(runs) == {expected["name"] for expected in EXPECTED["runs"]}
    for expected in EXPECTED["runs"]:
        run = read_run(runs[expected["name"]].folder)
        assert (run.state, run.message) == (expected["state"], expected["message"])
        assert run.config == expected["config"] and run.epochs == expected["config"]["epochs"]
        assert run.problems == () and run.status is not None and run.origin is not None
        assert (run.status.epoch, run.status.started) == (expected["epoch"], expected["started"])
        assert run.status.early_stopping == expected["early_stopping"]
        assert list(run.origin.data) == expected["config"]["origin"]["data"]
        assert run.metrics["epoch"].tolist() == expected["epochs"]
        assert set(run.metrics) == {"epoch", *expected["metrics"]}
        for name, values in expected["metrics"].items():
            assert run.metrics[name].tolist() == pytest.approx(values, abs=1e-5)
        assert run.test == expected["test"] and list(run.mask_epochs) == expected["mask_epochs"]
        assert (run.checkpoint is not None) == expected["checkpoint"]


def test_masks_of_a_run_are_read_with_their_faces(earlier: Settings) -> None:
    folder = earlier.runs_dir / "explainer-1"
    faces = read_faces(folder)
    assert faces.images.shape == (3, 64, 64, 3) and faces.names == ("0.png", "1.png", "2.png")
    masks = read_masks(folder, 1, len(faces.images))
    assert masks.shape == (3, len(EMOTIONS), 56, 56) and masks.max() == 1


def test_an_archive_of_an_earlier_version_comes_into_an_empty_library_without_loss(
    unpacked: Path, library: Database, settings: Settings
) -> None:
    summary = finish(import_library(library, settings, unpacked / "library.zip"))
    assert summary.scenes == len(SCENES)
    check_films(library)
    check_scenes(library)
    check_cards(library, settings)
    check_characters(library)
    check_takes(library)
    check_readings(library, settings)
    earlier_files, files = fingerprints(unpacked / "data"), fingerprints(settings.data_dir)
    kept = {name for name in earlier_files if not name.startswith("runs/")}
    assert set(files) == kept
    # where a clip lies is said again in analysis.json; all else is the same to the byte
    same = {name for name in kept if not name.endswith("analysis.json")}
    assert {name: files[name] for name in same} == {name: earlier_files[name] for name in same}


def test_an_archive_comes_into_the_library_that_it_is_of_and_changes_nothing(
    unpacked: Path, opened: Database, earlier: Settings
) -> None:
    summary = finish(import_library(opened, earlier, unpacked / "library.zip"))
    assert summary.scenes == summary.films == 0 and summary.differences == ()
    check_films(opened)
    check_scenes(opened)
    check_characters(opened)
    check_takes(opened)


def test_the_folder_of_an_analysis_reads_back_with_the_names_of_its_characters(
    unpacked: Path,
) -> None:
    expected = EXPECTED["results"]
    folder = unpacked / "results" / expected["folder"]
    analysis, _ = load_analysis(folder)
    check_analysis(analysis, expected)
    assert {"sha256": analysis.clip.sha256, "name": analysis.clip.name} == expected["clip"]
    assert sorted(analysis.face_names().values()) == ["Eileen Collins", "Person 2"]
    assert len(pd.read_csv(folder / "faces.csv")) == expected["csv_rows"]
