"""Clips that come into the library from its page, and from that of a scene."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emotion_core.jobs import records
from emotion_core.jobs.kinds.reading import ReadClip
from emotion_core.jobs.records import Job
from emotion_core.jobs.work import Work
from emotion_core.library.database.engine import Database
from emotion_core.library.editing import add_film
from tests.library.shelves import keep
from tests.media.clips import make_clip
from tests.pages.library.page import ODD
from tests.pages.opening import APP
from tests.scene.scenes import make_scene


def test_a_clip_is_read_into_the_film_that_was_chosen(
    library: Database, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, asked = add_film(library, {"title": ODD}), list[Work]()
    keep(make_scene(), own_data / "gone.mp4")

    def note(work: Work) -> Job:
        asked.append(work)
        return records.add(library, work)

    monkeypatch.setattr("pages.shared.intake.submit", note)
    clip = make_clip(own_data / "a take.mp4", n=5, size=(64, 36))
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.selectbox(key="intake-film").set_value(film.id)
    app.text_input[0].set_value(str(clip))
    next(button for button in app.button if button.label == "Open").click()
    app.run()
    assert [work.film_id for work in asked if isinstance(work, ReadClip)] == [film.id]


def test_all_clips_of_a_folder_are_read_and_what_is_none_is_named(
    library: Database, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.shared.services.Dispatcher.start", lambda _: None)
    keep(make_scene(), own_data / "gone.mp4")
    folder = own_data / "clips" / "more"
    folder.mkdir(parents=True)
    for name, frames in (("b.mp4", 5), ("a.mov", 6)):
        make_clip(folder.parent / name, n=frames, size=(64, 36))
    (folder / "c.mkv").write_text("no film")
    (folder / "notes.txt").write_text("nor called one")
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.text_input[0].set_value(str(folder.parent))
    next(button for button in app.button if button.label == "Open").click()
    app.run()
    waiting = [job.title for job in records.listed(library, only_open=True)]
    assert waiting == ["a.mov", "b.mp4"]
    (error,) = app.error
    assert f"{folder / 'c.mkv'}: The file cannot be opened" in error.value.replace("\\", "")
    assert [button.key for button in app.button if "menu-stop" in str(button.key)] == [
        "menu-stop-1",
        "menu-stop-2",
    ]


def test_a_folder_without_clips_is_refused_in_a_sentence(library: Database, own_data: Path) -> None:
    keep(make_scene(), own_data / "gone.mp4")
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.text_input[0].set_value(str(own_data))
    next(button for button in app.button if button.label == "Open").click()
    app.run()
    assert "There is no clip in the folder" in app.error[0].value
    assert not app.exception
