"""The connection with a browser, whose part is played by another peer in this process."""

from __future__ import annotations

import asyncio
import json
import threading
import time as clock
from collections.abc import Callable, Coroutine, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from aiortc import (
    RTCConfiguration,
    RTCIceGatherer,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)

from emotion_core.errors import CameraError
from emotion_core.practice.exercises.exercise import Hold
from emotion_core.practice.live import connection as room
from emotion_core.practice.live import reader
from emotion_core.practice.live.connection import CONTROL, VIEWS, CameraConnection, to_report
from emotion_core.practice.live.run import COUNTDOWN, Plan
from emotion_core.practice.live.session import LiveSession
from pages.players.camera.peer import ServerPeer
from tests.practice.doubles import BOX, PATIENCE, Finds, Reads, threads_named, wait_until
from tests.practice.theatre import Shelf

FPS = 25


class Pictures(VideoStreamTrack):
    """A grey camera that notes when it took each of its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[float] = []

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(1 / FPS)
        self.taken.append(clock.time())
        frame = av.VideoFrame.from_ndarray(np.full((240, 320, 3), 90, np.uint8), format="rgb24")
        frame.pts = round(90_000 * (self.taken[-1] - self.taken[0]))
        frame.time_base = Fraction(1, 90_000)
        return frame


class Browser:
    """The other end: sends pictures, and keeps what comes back."""

    def __init__(self) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.pictures = Pictures()
        self.views: list[dict[str, Any]] = []
        self.control: list[dict[str, Any]] = []

    async def offer(self) -> str:
        self.peer.addTrack(self.pictures)
        channel = self.peer.createDataChannel(VIEWS, ordered=False, maxRetransmits=0)
        channel.on("message", lambda text: self.views.append(json.loads(text)))
        self.reliable = self.peer.createDataChannel(CONTROL)
        self.reliable.on("message", lambda text: self.control.append(json.loads(text)))
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return str(self.peer.localDescription.sdp)

    async def accept(self, sdp: str) -> None:
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def report(self, oldest: float) -> None:
        figures = {"now": clock.time(), "age": 0.05, "oldest": oldest, "camera": 24.0}
        self.reliable.send(json.dumps(figures | {"pictures": 24.0, "reading": None}))


@pytest.fixture
def on_loop() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Runs coroutines in a loop of their own, beside that of the connections."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield lambda work: asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(PATIENCE)


class Call:
    """A browser that is connected with a session."""

    def __init__(self, on_loop: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self.on_loop, self.browser = on_loop, Browser()
        self.reads = Reads(sad=0.8)
        self.session = LiveSession(self.reads, Finds(BOX), None, Shelf(), smoothing=0.0)  # type: ignore[arg-type]
        self.connection = CameraConnection(self.session, partial(ServerPeer, ()))
        on_loop(self.browser.accept(self.connection.answer(on_loop(self.browser.offer()))))
        wait_until(lambda: self.browser.reliable.readyState == "open")

    def hang_up(self) -> None:
        self.reads.open.set()
        self.on_loop(self.browser.peer.close())
        self.connection.close()
        wait_until(lambda: not threads_named("eme-camera"))


@pytest.fixture
def call(
    monkeypatch: pytest.MonkeyPatch, on_loop: Callable[[Coroutine[Any, Any, Any]], Any]
) -> Iterator[Call]:
    monkeypatch.setattr(reader, "READ_EVERY", 0.0)
    call = Call(on_loop)
    yield call
    call.hang_up()


def test_what_is_read_in_the_pictures_comes_back_with_when_they_were_taken(call: Call) -> None:
    taken, views = call.browser.pictures.taken, call.browser.views
    for _ in range(4):
        call.on_loop(call.browser.report(0.05))
    # after a sender report, which comes within some seconds
    wait_until(lambda: call.connection._video._reported is not None)
    count = len(views)
    wait_until(lambda: len(views) > count + 10 and views[-1]["reading"] is not None)
    view = views[-1]
    assert view["reading"]["shares"][5] == pytest.approx(0.8)
    # aiortc reports when it sent a picture, which on a busy machine is a while after it took it
    assert call.connection._video.at(0.0) == pytest.approx(taken[0], abs=1.0)
    assert taken[0] - 1 < view["time"] / 1000 < clock.time() + 1


def test_who_looks_slowly_is_given_the_newest_picture_and_no_other(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []
    see = call.session.see

    def slowly(image: np.ndarray, time: float) -> object:
        seen.append(clock.time() - call.browser.pictures.taken[0] - time)
        clock.sleep(0.3)
        return see(image, time)

    monkeypatch.setattr(call.session, "see", slowly)
    wait_until(lambda: len(seen) >= 8)
    # the pictures of a queue would be older by a quarter of a second each time
    assert min(seen[-3:]) - min(seen) < 0.8
    assert call.connection._pictures.dropped > len(seen)


def test_a_browser_whose_picture_grows_old_is_asked_to_send_less(call: Call) -> None:
    def reported() -> bool:
        call.on_loop(call.browser.report(0.28))
        return any("quality" in message for message in call.browser.control)

    wait_until(reported)
    quality = next(one["quality"] for one in call.browser.control if "quality" in one)
    assert quality == {"fps": 15, "scale": 1.0, "lowered": True}


def test_an_exercise_is_sent_whole_before_it_begins_and_taken_back_after_it(call: Call) -> None:
    control = call.browser.control
    call.on_loop(call.browser.report(0.05))
    wait_until(lambda: len(call.browser.views) > 0)
    still = np.full((132, 132, 3), 50, np.uint8)
    call.session.begin(Plan(Hold("sad", 0.8, seconds=0.4), False, lambda _: still))
    wait_until(lambda: any("schedule" in message for message in control))
    schedule = next(one["schedule"] for one in control if "schedule" in one)
    assert schedule["begins"] / 1000 - clock.time() > COUNTDOWN / 2
    wait_until(lambda: control[-1] == {"schedule": None})
    stills = [one["still"] for one in control if "still" in one]
    assert len(stills) == 1 and stills[0]["since"] == 0.0  # the same face is not sent again


def test_a_browser_that_goes_switches_the_camera_off_and_leaves_no_thread(call: Call) -> None:
    wait_until(lambda: call.session.state().on)
    call.on_loop(call.browser.peer.close())
    wait_until(lambda: not call.session.state().on)
    names = ("eme-camera", "eme-reader", "video-decoder")
    wait_until(lambda: not any(threads_named(name) for name in names))


def test_no_server_outside_is_asked_unless_one_is_named(
    monkeypatch: pytest.MonkeyPatch, on_loop: Callable[[Coroutine[Any, Any, Any]], Any]
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(RTCIceGatherer, "getDefaultIceServers", lambda: asked.append(1) or [])
    call = Call(on_loop)
    call.hang_up()
    assert asked == []


def test_what_is_no_offer_is_refused_in_a_sentence() -> None:
    session = LiveSession(Reads(), Finds(BOX), None, Shelf())  # type: ignore[arg-type]
    with pytest.raises(CameraError, match="cannot connect"):
        CameraConnection(session, partial(ServerPeer, ())).answer("v=0\r\nm=video")
    assert not session.state().on


@pytest.mark.parametrize(
    "text",
    [
        *("", "no", "[]", "{}", '{"now": 1}', b"\xff", '{"now":null,"age":1}', "NaN"),
        pytest.param(f'{{"now": 1{400 * "0"}}}', id="more than a float holds"),
        pytest.param(100_000 * "[", id="deeper than can be read"),
    ],
)
def test_what_no_browser_would_report_is_not_believed(text: str | bytes) -> None:
    assert to_report(text) is None


def test_the_names_of_the_channels_are_those_that_the_browser_opens() -> None:
    script = Path(room.__file__).parents[3] / "pages" / "players" / "camera" / "link.js"
    opened = script.read_text(encoding="utf-8")
    for name in (VIEWS, CONTROL):
        assert f'createDataChannel("{name}"' in opened
