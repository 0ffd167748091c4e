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
from collections.abc import Callable
from typing import Protocol

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCDataChannel, RTCPeerConnection, RTCSessionDescription

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

# Names of the two channels, which the browser opens: one on which only the newest counts, and one
# on which everything arrives.
VIEWS, CONTROL = "views", "control"
# Seconds for an answer; a STUN server that is not there costs some.
_ANSWER = 20.0
_REPORT = ("now", "age", "oldest", "camera", "pictures", "reading")


class Peer(Protocol):
    """The server's end of a connection, as streamlit-webrtc has it in ``WebRtcWorker``.

    Attributes:
        pc: the connection itself.
        loop: on which everything of the connection happens.
    """

    pc: RTCPeerConnection
    loop: asyncio.AbstractEventLoop

    def process_offer(
        self, sdp: str, type_: str, timeout: float | None = None
    ) -> RTCSessionDescription:
        """Answer an offer, within some seconds."""

    def stop(self) -> None:
        """End it, without waiting for the end."""


# Makes the end of a connection from what is to be called, on the loop, with each picture and with
# each piece of sound.
MakePeer = Callable[[Callable[[av.VideoFrame], None], Callable[[av.AudioFrame], None]], Peer]


class CameraConnection:
    """One camera of one browser, from its offer until either side ends it.

    Args:
        session: takes in what comes; its camera is on from the first picture on.
        make_peer: see above.
    """

    def __init__(self, session: LiveSession, make_peer: MakePeer) -> None:
        self._session = session
        self._pictures: Newest[av.VideoFrame] = Newest()
        self._video, self._audio = CaptureClock(), CaptureClock()
        self._channels: dict[str, RTCDataChannel] = {}
        self._adaptation = Adaptation()
        self._run: Run | None = None
        self._still: ImageArray | None = None
        self._time = np.nan
        self._peer = make_peer(self._on_picture, self._on_sound)
        self._peer.pc.on("track", self._on_track)
        self._peer.pc.on("datachannel", self._on_channel)
        self._peer.pc.on("connectionstatechange", self._on_state)

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
            answer = self._peer.process_offer(offer, "offer", _ANSWER)
        except Exception as error:
            log.exception("an offer could not be answered")
            self.close()
            raise CameraError(
                "The browser cannot connect to Eme. Start the camera again."
            ) from error
        threading.Thread(target=self._look, name="eme-camera", daemon=True).start()
        return str(answer.sdp)

    def close(self) -> None:
        """End it; its camera goes off in a thread of its own."""
        self._pictures.close()
        self._peer.stop()

    def _on_state(self) -> None:
        if self._peer.pc.connectionState in ("failed", "closed"):
            self.close()

    def _on_track(self, track: MediaStreamTrack) -> None:
        times = self._video if track.kind == "video" else self._audio
        for receiver in self._peer.pc.getReceivers():
            if receiver.track is track:
                on_sender_report(receiver, track.kind, times.reported)
        if track.kind == "video":
            track.on("ended", self.close)

    def _on_picture(self, frame: av.VideoFrame) -> None:
        """All pictures go into a take; the newest is looked at."""
        assert frame.time is not None
        self._video.picture_came(frame.time, clock.perf_counter())
        self._time = frame.time
        self._session.record_picture(frame, frame.time)
        self._pictures.put(frame)

    def _on_sound(self, frame: av.AudioFrame) -> None:
        assert frame.time is not None
        self._audio.picture_came(frame.time, clock.perf_counter())
        heard = self._video.of(self._audio.at(frame.time))
        if np.isfinite(heard):
            self._session.record_sound(frame, heard)

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
        self._peer.loop.call_soon_threadsafe(self._send, channel, message)

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
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None  # an error here would end the connection
    return ScreenReport(**figures) if np.isfinite(figures["now"]) else None
