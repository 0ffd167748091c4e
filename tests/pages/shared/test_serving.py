"""What the server of the app serves beside its pages."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from emotion_core.errors import MediaError
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import load_settings
from pages.shared.serving import address, clips, pictures
from pages.shared.serving.readings import serve
from pages.shared.serving.uploads import keep_upload_addresses
from tests.scene.clips.filesystems import Bucket


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Asks a server that has the routes; a page asks for it at another host, through a proxy."""
    context = SimpleNamespace(url="https://films.example/compare")
    monkeypatch.setattr(address, "st", SimpleNamespace(context=context, get_option=lambda _: ""))
    monkeypatch.setattr(address, "_added", SimpleNamespace(is_set=lambda: True))
    routes = [
        Route("/clips/{name}", clips.answer),
        Route("/faces/{name}/{number}", pictures.answer),
    ]
    return TestClient(Starlette(routes=routes))


def test_a_clip_is_played_from_where_it_lies_and_a_part_of_it_is_a_part(
    browser: TestClient, tmp_path: Path
) -> None:
    clip = tmp_path / "A film.mp4"
    clip.write_bytes(bytes(range(256)) * 100)
    url = clips.playable_from(clip)
    assert isinstance(url, str) and url.startswith("https://films.example/clips/")
    assert clips.playable_from(clip) == url, "a page that runs again does not load it again"
    path = url.removeprefix("https://films.example")
    answer = browser.get(path, headers={"Range": "bytes=256-265"})
    assert answer.status_code == 206 and answer.content == bytes(range(10))
    assert answer.headers["content-type"] == "video/mp4"
    clip.unlink()
    assert browser.get(path).status_code == 404


def test_a_clip_that_has_left_this_machine_since_its_page_was_shown_is_fetched_again(
    browser: TestClient, own_data: Path, bucket: type[Bucket]
) -> None:
    store = clips_of(load_settings())
    place, _ = store.add(BytesIO(b"a film"), "a.mp4")
    clip = store.local(place)
    path = str(clips.playable_from(clip)).removeprefix("https://films.example")
    assert browser.get(path).content == b"a film" and bucket.calls["open"] == 0
    clip.unlink()
    assert browser.get(path).content == b"a film" and bucket.calls["open"] == 1
    store.discard(place)
    assert browser.get(path).status_code == 404


def test_a_clip_that_took_the_place_of_another_has_another_address(
    browser: TestClient, tmp_path: Path
) -> None:
    clip = tmp_path / "cut.mp4"
    clip.write_bytes(b"first")
    first = clips.playable_from(clip)
    clip.write_bytes(b"and second")
    second = clips.playable_from(clip)
    assert first != second, "a browser that remembers the first would play it"
    assert browser.get(str(second).removeprefix("https://films.example")).content == b"and second"


@pytest.mark.parametrize(
    "name", ["Take 100%", "a.b#1", "a.b?c=d", "Szene.ä ö", "evil.html", "a.ts"]
)
def test_a_clip_is_served_as_a_video_whatever_it_is_called(
    browser: TestClient, tmp_path: Path, name: str
) -> None:
    clip = tmp_path / name
    clip.write_bytes(b"<script>")
    answer = browser.get(str(clips.playable_from(clip)).removeprefix("https://films.example"))
    assert answer.content == b"<script>"
    assert answer.headers["content-type"].startswith("video/")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["A film.mp4", "..%2F..%2Fetc%2Fpasswd", "x.mp4"])
def test_what_no_page_has_shown_is_not_served(browser: TestClient, name: str) -> None:
    assert browser.get(f"/clips/{name}").status_code == 404


def test_where_no_server_serves_it_the_file_itself_is_played(tmp_path: Path) -> None:
    assert clips.playable_from(tmp_path / "clip.mp4") == tmp_path / "clip.mp4"
    assert serve(b"readings", "player") == ""


def test_addresses_lie_below_the_base_path(monkeypatch: pytest.MonkeyPatch) -> None:
    context = SimpleNamespace(url="http://localhost:8501/eme/compare")
    stub = SimpleNamespace(context=context, get_option=lambda _: "eme")
    monkeypatch.setattr(address, "st", stub)
    assert address.app_url("/media/a.bin") == "http://localhost:8501/eme/media/a.bin"


def face(shade: int) -> np.ndarray:
    return np.full((90, 90, 3), shade, np.uint8)


def test_faces_are_cut_out_once_when_the_browser_asks_for_one(browser: TestClient) -> None:
    asked: list[int] = []

    def cut_out() -> list[np.ndarray]:
        asked.append(1)
        return [face(20), face(200)]

    key = ("two faces", "clip.mp4")
    found = pictures.pictures_of(key, 2, cut_out)
    assert pictures.pictures_of(key, 2, cut_out) == found and not asked
    paths = [str(one).removeprefix("https://films.example") for one in found]
    answers = [browser.get(path) for path in paths]
    shades = [Image.open(BytesIO(one.content)).getpixel((5, 5))[0] for one in answers]
    assert shades == pytest.approx([20, 200], abs=3) and asked == [1]
    assert answers[0].headers["content-type"] == "image/jpeg"


def test_a_face_that_is_not_there_is_not_found(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> list[np.ndarray]:
        raise MediaError("The file has no image.")

    (url,) = pictures.pictures_of(("a clip that is gone",), 1, gone)
    path = str(url).removeprefix("https://films.example")
    (other,) = pictures.pictures_of(("another clip",), 1, lambda: [face(9)])
    there = str(other).removeprefix("https://films.example")
    assert browser.get(there).status_code == 200
    for wrong in (path, there[:-1] + "7", there[:-1] + "x", "/faces/guessed/0"):
        assert browser.get(wrong).status_code == 404
    monkeypatch.setattr(pictures, "_MOST", 1)
    pictures.pictures_of(("one more clip",), 1, lambda: [face(9)])
    assert browser.get(there).status_code == 404 and len(pictures._names) == 1


def test_where_no_server_serves_them_faces_are_in_the_page_itself() -> None:
    (picture,) = pictures.pictures_of(("in the page",), 1, lambda: [face(90)])
    assert isinstance(picture, bytes) and picture.startswith(b"\xff\xd8")


def test_a_script_that_begins_does_not_take_away_where_a_browser_may_upload_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)  # is put back
    keep_upload_addresses()
    queue, answer, drawn = ForwardMsgQueue(), ForwardMsg(), ForwardMsg()
    answer.file_urls_response.response_id = "upload"
    drawn.delta.new_element.text.body = "of the last run"
    drawn.metadata.delta_path[:] = [0, 0]
    queue.enqueue(answer)
    queue.enqueue(drawn)
    for fragments in (None, ["part"]):
        queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=fragments)
        kinds = [one.WhichOneof("type") for one in queue._queue]
        assert kinds == ["file_urls_response"]
