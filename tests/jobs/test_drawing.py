"""The video of a scene shows what is heard, and is another one once the lines are others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from emotion_core.jobs.kinds import drawing
from emotion_core.jobs.kinds.drawing import DrawVideo, video_path
from emotion_core.jobs.registry import load_work
from emotion_core.library.characters.editing import hide_character, rename_character
from emotion_core.library.characters.entering import with_characters
from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Appearance
from emotion_core.library.scenes import open_library
from emotion_core.media.probe import probe
from emotion_core.progress import finish
from emotion_core.render.video.panel import Layout
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.clips.store import identify
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Line, Lines
from tests.media.clips import make_clip
from tests.scene.scenes import make_scene
from tests.sound.heard import make_sound

PLAIN = Layout.for_clip(64, 36)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url="")


@pytest.fixture
def scene(settings: Settings, tmp_path: Path) -> SceneAnalysis:
    clip = make_clip(tmp_path / "clip.mp4", n=5, size=(64, 36), audio="mono")
    scene = make_scene({0: [(0, 4, "sad", 0.8)]}, frames=5, cuts=())
    scene = replace(scene, clip=identify(clip))
    AnalysisStore(settings.analyses_dir).save(scene, clip)
    return scene


def hear(settings: Settings, scene: SceneAnalysis) -> None:
    sound = make_sound(scene.clip.sha256, 0.2, ())
    SoundStore(settings.analyses_dir).save(sound)


def draw(settings: Settings, scene: SceneAnalysis, *, heard: bool = True) -> Path:
    for phase in DrawVideo(scene.id, heard=heard).phases(settings):
        finish(phase.begin())
    path = video_path(settings, scene.id, None, heard=heard)
    assert path.is_file()
    return path


def test_a_scene_that_was_not_heard_has_the_video_that_it_always_had(
    settings: Settings, scene: SceneAnalysis
) -> None:
    video = draw(settings, scene)
    assert video.name == "annotated.mp4" and probe(video).height == PLAIN.height


def test_what_is_heard_is_shown_unless_it_is_not_wanted(
    settings: Settings, scene: SceneAnalysis
) -> None:
    hear(settings, scene)
    shown, hidden = draw(settings, scene), draw(settings, scene, heard=False)
    assert shown.is_file() and shown != hidden
    assert probe(shown).height > probe(hidden).height == PLAIN.height


def test_other_lines_ask_for_another_video_which_takes_the_place_of_the_older(
    settings: Settings, scene: SceneAnalysis
) -> None:
    hear(settings, scene)
    before, plain = draw(settings, scene), draw(settings, scene, heard=False)
    lines = Lines.of([Line(0.0, 0.1, "Where were you?", speaker="ANA")])
    WordStore(settings.analyses_dir).save(scene.clip.sha256, lines)
    assert not video_path(settings, scene.id, None, heard=True).exists()
    height = probe(before).height
    after = draw(settings, scene)
    assert probe(after).height > height
    assert not before.exists() and plain.is_file()


def test_a_job_asked_for_before_the_video_could_show_sound_shows_it() -> None:
    work = load_work("draw", '{"address": "a/b", "explainer": ""}')
    assert isinstance(work, DrawVideo) and work.heard


@pytest.mark.parametrize("heard", [True, False])
def test_another_name_or_a_hidden_character_asks_for_another_video(
    settings: Settings, scene: SceneAnalysis, heard: bool
) -> None:
    hear(settings, scene)
    library = open_library(settings)
    with library.reading() as session:
        who = session.scalars(select(Appearance.character_id)).one()
    paths = [video_path(settings, scene.id, None, heard=heard)]
    rename_character(library, who, "Zoe")
    paths.append(video_path(settings, scene.id, None, heard=heard))
    hide_character(library, who, True)
    paths.append(video_path(settings, scene.id, None, heard=heard))
    assert len(set(paths)) == 3
    hide_character(library, who, False)
    assert video_path(settings, scene.id, None, heard=heard) == paths[1]


def test_a_video_with_other_names_takes_the_place_of_the_older_and_of_no_other(
    settings: Settings, scene: SceneAnalysis
) -> None:
    hear(settings, scene)
    library = open_library(settings)
    with library.reading() as session:
        who = session.scalars(select(Appearance.character_id)).one()
    with_sound, before = draw(settings, scene), draw(settings, scene, heard=False)
    early, masked = before.with_name("annotated.mp4"), before.with_name("annotated-abc.mp4")
    for path in (early, masked):  # of an earlier version
        path.write_bytes(before.read_bytes())
    rename_character(library, who, "Zoe")
    after = draw(settings, scene, heard=False)
    assert after != before and not before.exists() and not early.exists()
    assert with_sound.is_file() and masked.is_file()


def test_a_video_whose_characters_are_renamed_while_it_is_drawn_is_not_that_with_the_new_names(
    settings: Settings, scene: SceneAnalysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library(settings)
    with library.reading() as session:
        who = session.scalars(select(Appearance.character_id)).one()

    def renamed_meanwhile(database: Database, analysis: SceneAnalysis) -> SceneAnalysis:
        named = with_characters(database, analysis)
        rename_character(library, who, "Zoe")
        return named

    monkeypatch.setattr(drawing, "with_characters", renamed_meanwhile)
    before = video_path(settings, scene.id, None, heard=False)
    (phase,) = DrawVideo(scene.id, heard=False).phases(settings)
    finish(phase.begin())
    assert before.is_file() and not video_path(settings, scene.id, None, heard=False).exists()
