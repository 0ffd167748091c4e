"""Clients that speak the protocol of the app's pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.clients import students
from benchmarks.clients.protocol import Client
from tests.e2e.harness.servers import APP, running

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(APP, {"EME_DATA_DIR": str(tmp_path_factory.mktemp("eme"))}) as url:
        yield url


def test_a_client_goes_from_page_to_page_and_sees_what_went_wrong(app_url: str) -> None:
    client = Client(app_url)
    try:
        assert client.open("library") > 0
        assert client.open("models") > 0
        assert not client.shown.errors and client.fetch()[1] == []
        client.open("no-such-page")
        assert client.shown.errors == ["The page was not found."]
    finally:
        client.close()


def test_what_a_page_says_of_errors_is_noted_and_parts_do_not_end_a_visit(app_url: str) -> None:
    client = Client(app_url)
    client.close()
    for status in (
        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
        ForwardMsg.FINISHED_EARLY_FOR_RERUN,
    ):
        client.take(ForwardMsg(script_finished=status))
    assert client._finished == 0
    message = ForwardMsg()
    message.delta.new_element.exception.type = "KeyError"
    message.delta.new_element.exception.message = "'face'"
    client.take(message)
    message = ForwardMsg(hash="kept")
    message.metadata.cacheable = True
    message.delta.new_element.alert.body = "The clip is damaged."
    message.delta.new_element.alert.format = Alert.ERROR
    client.take(message)
    client.take(ForwardMsg(ref_hash="kept"))
    assert client.shown.errors == ["KeyError: 'face'", *2 * ["The clip is damaged."]]


def test_a_student_writes_down_what_was_seen_and_what_does_not_come(
    app_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "fetch", lambda _: (0, ["/faces/1: 404"]))
    student = students.Student(app_url, tmp_path / "take.mp4", seed=0)
    student._visit(client := Client(app_url), "library")
    client.close()
    assert student.diary.errors == ["student 0, library: /faces/1: 404"]
    assert [page for page, _ in student.diary.finished] == ["library"]
    lost = students.Student("http://127.0.0.1:9", tmp_path, seed=1)
    lost.study(time.monotonic() + 1)
    assert len(lost.diary.errors) == 1 and lost.diary.errors[0].startswith("student 1: ")
