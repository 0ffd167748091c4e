"""The connection with one browser, by WebRTC: its camera comes in, what is read goes back.

Nothing waits in a queue on either way. A picture that comes while the one before is still being
looked at takes the place of any that waits; a view that cannot be sent at once is left out, and
one that is lost on the way is not sent again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time as clock
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import Future
from functools import cache
from typing import Any, TypeVar

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from emotion_core.errors import CameraError
from emotion_core.practice.live.adaptation import Adaptation, ScreenReport
from emotion_core.practice.live.capture_clock import CaptureClock
from emotion_core.practice.live.newest import Newest
from emotion_core.practice.live.run import Run
from emotion_core.practice.live.sender_reports import on_sender_report
from emotion_core.practice.live.session import LiveSession
from emotion_core.practice.live.view import (
    STILLS_AHEAD,
    LiveView,
    Message,
    schedule_message,
    still_message,
    view_message,
)
from emotion_core.types import ImageArray

log = logging.getLogger(__name__)
T = TypeVar("T")

# Names of the two channels, which the browser opens: one on which only the newest counts, and one
# on which everything arrives.
VIEWS, CONTROL = "views", "control"
# Seconds for an answer; a STUN server that is not there costs some.
_ANSWER = 20.0
_REPORT = ("now", "age", "oldest", "camera", "pictures", "reading")


class CameraConnection:
    """One camera of one browser, from its offer until either side ends it.

    Args:
        session: takes in what comes; its camera is on from the first picture on.
        ice_servers: as in :class:`~emotion_core.settings.Settings`.
    """

    def __init__(self, session: LiveSession, ice_servers: Sequence[Mapping[str, Any]] = ()) -> None:
        self._session = session
        self._servers = [RTCIceServer(**server) for server in ice_servers]
        self._peer: RTCPeerConnection | None = None
        self._pictures: Newest[av.VideoFrame] = Newest()
        self._video, self._audio = CaptureClock(), CaptureClock()
        self._channels: dict[str, RTCDataChannel] = {}
        self._adaptation = Adaptation()
        self._run: Run | None = None
        self._still: ImageArray | None = None
        self._time = np.nan
        self._tasks: set[asyncio.Task[None]] = set()

    def answer(self, offer: str) -> str:
        """Accept what a browser offers.

        Args:
            offer: SDP.

        Returns:
            The SDP to be given to the browser.

        Raises:
            CameraError: it is no offer, or there is no way to answer it.
        """
        try:
            answer = _on_loop(self._answer(offer)).result(_ANSWER)
        except Exception as error:
            log.exception("an offer could not be answered")
            self.close()
            raise CameraError(
                "The browser cannot connect to Eme. Start the camera again."
            ) from error
        threading.Thread(target=self._look, name="eme-camera", daemon=True).start()
        return answer

    def close(self) -> None:
        """End it; its camera goes off in a thread of its own."""
        self._pictures.close()
        _on_loop(self._hang_up())

    async def _answer(self, offer: str) -> str:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=self._servers))
        self._peer = peer
        peer.on("track", self._on_track)
        peer.on("datachannel", self._on_channel)
        peer.on("connectionstatechange", self._on_state)
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        return str(peer.localDescription.sdp)

    async def _hang_up(self) -> None:
        if self._peer is not None:
            await self._peer.close()
        for task in self._tasks:
            task.cancel()  # where nothing ever came, a track does not end by itself

    def _on_state(self) -> None:
        if self._peer is not None and self._peer.connectionState in ("failed", "closed"):
            self.close()

    def _on_track(self, track: MediaStreamTrack) -> None:
        assert self._peer is not None
        video = track.kind == "video"
        times = self._video if video else self._audio
        for receiver in self._peer.getReceivers():
            if receiver.track is track:
                on_sender_report(receiver, track.kind, times.reported)
        receive = self._receive_pictures if video else self._receive_sound
        task = asyncio.ensure_future(receive(track))
        self._tasks.add(task)  # a loop keeps no hold of its tasks
        task.add_done_callback(self._tasks.discard)

    async def _receive_pictures(self, track: MediaStreamTrack) -> None:
        """All pictures go into a take; the newest is looked at."""
        try:
            while True:
                frame = await track.recv()
                assert isinstance(frame, av.VideoFrame) and frame.time is not None
                self._video.picture_came(frame.time, clock.perf_counter())
                self._time = frame.time
                self._session.record_picture(frame, frame.time)
                self._pictures.put(frame)
        except MediaStreamError:
            self.close()

    async def _receive_sound(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                assert isinstance(frame, av.AudioFrame) and frame.time is not None
                self._audio.picture_came(frame.time, clock.perf_counter())
                heard = self._video.of(self._audio.at(frame.time))
                if np.isfinite(heard):
                    self._session.record_sound(frame, heard)
        except MediaStreamError:
            pass

    def _on_channel(self, channel: RTCDataChannel) -> None:
        self._channels[channel.label] = channel
        if channel.label == CONTROL:
            channel.on("message", self._on_report)

    def _on_report(self, text: str | bytes) -> None:
        report, now = to_report(text), clock.perf_counter()
        if report is None:
            return
        for times in (self._video, self._audio):
            times.browser_said(report.now, now)
        before = self._adaptation.quality
        quality = self._adaptation.update(report, self._video.age(self._time, now))
        if quality is not before:
            self._session.read_every(quality.read_every)
            message = {"fps": quality.fps, "scale": quality.scale}
            self._send(CONTROL, {"quality": message | {"lowered": self._adaptation.lowered}})

    def _look(self) -> None:
        """Look at the newest picture, again and again, until the connection is over."""
        live = None
        try:
            while (frame := self._pictures.take()) is not None:
                if live is None:
                    # not before: a connection that fails has nothing to be ended
                    live = self._session.camera_on()
                assert frame.time is not None
                image = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                view = self._session.see(image, frame.time)
                if view is not None:
                    self._tell(view)
        except Exception:
            log.exception("the pictures of a camera cannot be looked at")
            self.close()
        finally:
            if live is not None:
                self._session.camera_off(live)

    def _tell(self, view: LiveView) -> None:
        """Give the browser what is known now, and what it needs ahead of time."""
        if not self._video.known:
            return  # for some tenths of a second; its times would mean nothing there
        at = self._video.at
        if view.run is not self._run:
            self._run, self._still = view.run, None
            schedule = None if view.run is None else schedule_message(view.run, at)
            self._post(CONTROL, {"schedule": schedule})
        if view.run is not None:
            first = view.time < view.run.begins - STILLS_AHEAD
            then = 0.0 if first else view.time - view.run.begins + STILLS_AHEAD
            still = view.run.plan.still_at(then)
            if still is not self._still:
                self._still = still
                self._post(CONTROL, {"still": still_message(still, then)})
        self._post(VIEWS, view_message(view, at))

    def _post(self, channel: str, message: Message) -> None:
        """Send something from another thread than that of the loop."""
        _loop().call_soon_threadsafe(self._send, channel, message)

    def _send(self, name: str, message: Message) -> None:
        channel = self._channels.get(name)
        if channel is None or channel.readyState != "open":
            return
        if name == VIEWS and channel.bufferedAmount:
            return  # the one before has not left yet; the next one will be newer
        channel.send(json.dumps(message, separators=(",", ":")))


def to_report(text: str | bytes) -> ScreenReport | None:
    """What a browser sent about its screen, checked; ``None`` if it is nothing of the kind."""
    try:
        values = json.loads(text)
        figures = {name: float("nan" if values[name] is None else values[name]) for name in _REPORT}
    except (ValueError, TypeError, KeyError):
        return None
    return ScreenReport(**figures) if np.isfinite(figures["now"]) else None


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The loop that serves the connections of all sessions, in a thread of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="eme-connections", daemon=True).start()
    return loop


def _on_loop(work: Coroutine[Any, Any, T]) -> Future[T]:
    return asyncio.run_coroutine_threadsafe(work, _loop())
