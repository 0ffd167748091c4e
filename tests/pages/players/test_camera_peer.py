"""The server's end of the connection of a camera: when it ends, and what that holds up."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, VideoStreamTrack
from streamlit.runtime.app_session import AppSessionState
from streamlit_webrtc import WebRtcWorker, shutdown

from pages.players.camera.peer import ServerPeer
from tests.practice.doubles import PATIENCE, threads_named, wait_until


class Session:
    """As much of a session of Streamlit as is watched."""

    def __init__(self) -> None:
        self.id = "one"
        self._state = AppSessionState.APP_IS_RUNNING
        self._client_state = SimpleNamespace(page_script_hash="practice")


def ignore(_: object) -> None:
    """What takes in pictures and sound here."""


async def an_offer() -> str:
    """Of a browser that has a camera and never comes back."""
    browser = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    browser.addTrack(VideoStreamTrack())
    await browser.setLocalDescription(await browser.createOffer())
    sdp = str(browser.localDescription.sdp)
    await browser.close()
    return sdp


def connecting() -> ServerPeer:
    """One that has answered, and waits."""
    peer = ServerPeer((), ignore, ignore)
    peer.process_offer(asyncio.run(an_offer()), "offer", PATIENCE)
    assert peer.pc.connectionState != "closed"
    return peer


def closed(peer: ServerPeer) -> bool:
    return peer.pc.connectionState == "closed" and not threads_named("eme-hang-up")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    """That on whose page all connections are made."""
    session = Session()
    info = SimpleNamespace(session=session)
    monkeypatch.setattr(shutdown, "get_this_session_info", lambda: info)
    return session


def test_it_ends_when_the_page_is_left(session: Session) -> None:
    peer = connecting()
    session._client_state.page_script_hash = "models"
    wait_until(lambda: closed(peer) and not threads_named("ShutdownPolling_one"))


def test_it_ends_with_the_session(session: Session) -> None:
    peer = connecting()
    session._state = AppSessionState.SHUTDOWN_REQUESTED
    wait_until(lambda: closed(peer) and not threads_named("ShutdownPolling_one"))


def test_one_that_ends_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end, stop = threading.Event(), WebRtcWorker.stop
    ends: list[object] = []

    def slowly(worker: ServerPeer, timeout: float | None = 1.0) -> None:
        ends.append(worker)
        may_end.wait(PATIENCE)
        stop(worker, timeout)

    monkeypatch.setattr(WebRtcWorker, "stop", slowly)
    peer, passed = connecting(), threading.Event()
    peer.loop.call_soon_threadsafe(peer.stop)  # as streamlit-webrtc does when it fails
    peer.loop.call_soon_threadsafe(peer.stop)
    peer.loop.call_soon_threadsafe(passed.set)
    try:
        assert passed.wait(PATIENCE / 2)
    finally:
        may_end.set()
    wait_until(lambda: closed(peer))
    assert ends == [peer]


def test_nothing_waits_for_a_camera_that_never_came() -> None:
    peer = connecting()
    peer.stop()
    wait_until(lambda: closed(peer))
    wait_until(lambda: not asyncio.all_tasks(peer.loop))
