"""The benchmarks of the pages: what they measure with, and that they run."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import av
import pytest

from benchmarks.pages import browser, films, library
from emotion_core.performance.performance import performances_of
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from pages.shared import services

SHORT = films.Length("short", 60, 3)


def test_a_made_up_library_holds_clips_with_their_readings(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    address = films.fill(settings, (SHORT,))["short"]
    analysis = AnalysisStore(settings.analyses_dir).load(address)
    assert analysis is not None and analysis.info.duration == SHORT.seconds
    assert len(analysis.frames) == SHORT.seconds * films.FPS
    leading, *others = performances_of(analysis)
    assert others and 0 < leading.seconds < SHORT.seconds
    (clip,) = settings.media_dir.iterdir()
    with av.open(str(clip)) as container:
        assert (container.duration or 0) / av.time_base == pytest.approx(SHORT.seconds, abs=0.1)
        assert container.streams.video[0].frames == SHORT.seconds * films.FPS


def test_a_visit_adds_up_its_own_runs_and_what_reached_the_browser(tmp_path: Path) -> None:
    log = tmp_path / "runs.jsonl"
    log.write_text(json.dumps({"seconds": 9.0}) + "\n")
    state = {"bytes": 700, "data": 300, "title": 400, "last": 2000, "now": 9000, "busy": False}

    def get(_: str) -> None:
        with log.open("a") as file:
            file.writelines(
                json.dumps({"seconds": one, "worked": one / 2}) + "\n" for one in (0.25, 0.5)
            )

    driver = SimpleNamespace(get=get, execute_script=lambda _: state)
    found = browser.visit(driver, "http://localhost", log)
    assert found == browser.Visit(0.75, 0.375, 2, 1000, 0.4, 2.0)
    assert browser.middle([found, found, browser.Visit(9, 9, 9, 9, 9, 9)]) == found


@pytest.mark.long
def test_each_action_is_timed_in_each_library_and_asks_equally_often(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EME_DATA_DIR", "set so that it is put back")
    monkeypatch.setattr(library, "FILMS", (7, 14))
    monkeypatch.setattr(library, "RUNS", 1)
    monkeypatch.setattr(
        library, "ACTIONS", {name: library.ACTIONS[name] for name in ("open", "search")}
    )
    library.main()
    services.server_settings.cache_clear()
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert [(row[0], row[2]) for row in rows] == [
        ("7", "open"), ("7", "search"), ("14", "open"), ("14", "search"),
    ]  # fmt: skip
    queries = [row[-1] for row in rows]
    assert queries[:2] == queries[2:]
