"""The camera of the browser: its pictures come in, what the live session has drawn goes out."""

from __future__ import annotations

import threading
import time as clock
from typing import Any

import av
import numpy as np
import streamlit as st
from streamlit_webrtc import (
    AudioSinkTrack,
    VideoProcessorBase,
    WebRtcMode,
    WebRtcStreamerContext,
    WebRtcStreamerState,
    webrtc_streamer,
)

from emotion_core.practice.live.painter import HEIGHT, WIDTH
from emotion_core.practice.live.pipeline import Live
from emotion_core.practice.live.session import LiveSession
from pages.players.camera.check import camera_check
from pages.shared import services
from pages.shared.text import as_text

_CAMERA = "practice-camera"
_PLACE, _BEGUN, _PROBLEM = "camera-place", "camera-begun", "camera-problem"
_WORDS = {
    "start": "Start the camera",
    "stop": "Stop the camera",
    "select_device": "Choose a camera",
    "select_camera": "Camera",
    "select_microphone": "Microphone",
    "device_ask_permission": "Your browser asks whether Eme may use the camera. Choose Allow.",
    "device_not_available": "No camera was found.",
    "device_access_denied": "The browser blocks the camera for Eme.",
    "media_api_not_available": "This page cannot use the camera in this browser.",
}
_BROKE_OFF = "The connection to the camera was lost. Start it again."
_FAILED = (
    "The browser cannot connect to Eme. Start the camera again. If Eme runs on another machine, "
    "the network may block video: set a STUN or TURN server in EME_ICE_SERVERS, or practise with "
    "a photo or a clip."
)
# Seconds without a picture before the end, after which it was no end that someone wanted.
_SILENT = 2.0
# What the face is read in is smaller; more only costs the browser and the network time.
_VIDEO = {
    "width": {"ideal": 640},
    "height": {"ideal": 480},
    "frameRate": {"ideal": 24, "max": 24},
    "facingMode": "user",
}
# the voice as it is: a microphone that turns itself up and down flattens how a line is spoken
_SOUND = {"echoCancellation": False, "noiseSuppression": False, "autoGainControl": False}


class StreamClock:
    """Puts the pictures and the sound of a camera on one clock.

    Each stream counts from its own first packet. What they share is when things arrive; of all
    pieces, the one that took the shortest way says best how the two clocks stand.
    """

    def __init__(self) -> None:
        self._offset = {"video": float("inf"), "audio": float("inf")}

    def arrived(self, kind: str, time: float) -> None:
        """A piece of a stream has come, whose own clock says ``time`` in seconds."""
        self._offset[kind] = min(self._offset[kind], clock.perf_counter() - time)

    def on_video(self, time: float) -> float:
        """A time of the sound on the clock of the pictures."""
        return time + self._offset["audio"] - self._offset["video"]


class CameraVideo(VideoProcessorBase):
    """One connection of a camera with the live session."""

    def __init__(self, session: LiveSession, stream: StreamClock) -> None:
        self._session, self._stream = session, stream
        self._live: Live | None = None
        self._ended = False

    async def recv_queued(self, frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        """All pictures go into a take; the newest one is shown."""
        if self._ended:
            return frames[-1:]
        if self._live is None:
            # not before: a connection that fails has nothing to be ended
            self._live = self._session.camera_on()
        for frame in frames:
            self._stream.arrived("video", _time(frame))
            self._session.record_picture(frame, _time(frame))
        newest = frames[-1]
        picture = np.asarray(newest.to_ndarray(format="rgb24"), np.uint8)
        sheet = self._session.show(picture, _time(newest))
        return [av.VideoFrame.from_ndarray(sheet, format="rgb24")]

    def on_ended(self) -> None:
        """The connection is over; its threads end beside the loop that serves all sessions."""
        self._ended = True
        live, self._live = self._live, None
        if live is not None:
            threading.Thread(target=self._session.camera_off, args=(live,), name="eme-off").start()


def camera_panel(session: LiveSession, *, sound: bool, shown: bool) -> WebRtcStreamerState:
    """The picture of the camera with all that is drawn into it, and what stands in its way.

    Args:
        session: what is played on.
        sound: whether the microphone is asked for, too.
        shown: ``False`` where the user practises without a camera: it is switched off then. It
            has to stay on the page for that, out of sight.

    Returns:
        Whether it is connected, or about to be.
    """
    place = st.container(key=_PLACE)
    if not shown:
        st.html(f"<style>.st-key-{_PLACE} {{display: none;}}</style>")
    with place:
        state = _stream(session, sound=sound, shown=shown).state
        status = camera_check(f".st-key-{_PLACE} iframe")
        problem = st.session_state.get(_PROBLEM, "")
        if status is not None and not state.playing:
            problem = status.obstacle or problem
        if problem:
            st.warning(as_text(problem), icon=":material/videocam_off:")
    return state


def _stream(session: LiveSession, *, sound: bool, shown: bool) -> WebRtcStreamerContext[Any, Any]:
    stream = StreamClock()

    def hear(frame: av.AudioFrame) -> None:
        stream.arrived("audio", _time(frame))
        session.record_sound(frame, stream.on_video(_time(frame)))

    context: WebRtcStreamerContext[Any, Any] = webrtc_streamer(  # type: ignore[call-overload]
        key=_CAMERA,
        mode=WebRtcMode.SENDRECV,
        rtc_configuration={"iceServers": services.settings().ice_servers},
        media_stream_constraints={"video": _VIDEO, "audio": _SOUND if sound else False},
        # never True: streamlit-webrtc 0.79 then begins several times at once, and fails
        desired_playing_state=None if shown else False,
        video_processor_factory=lambda: CameraVideo(session, stream),
        sink_audio_track=AudioSinkTrack(hear) if sound else None,
        sendback_audio=False,
        media_toggle_controls=False,
        on_change=lambda: _watch(session),
        translations=_WORDS,
        video_html_attrs={
            "autoPlay": True,
            "controls": False,
            "muted": True,
            # the frame is as high as the very first picture, which is not drawn into yet
            "style": {"width": "100%", "aspectRatio": f"{WIDTH} / {HEIGHT}"},
        },
    )
    return context


def _time(frame: av.VideoFrame | av.AudioFrame) -> float:
    """Seconds on the clock of its stream; aiortc gives each frame its time."""
    assert frame.time is not None
    return frame.time


def _watch(session: LiveSession) -> None:
    """The connection was begun, stands, or is over: say what went wrong if it did."""
    state, own = st.session_state[_CAMERA].state, session.state()
    problem = ""
    if not state.playing and not state.signalling:
        if st.session_state.get(_BEGUN) and not own.on:
            problem = _FAILED
        elif own.on and own.silent > _SILENT:
            problem = _BROKE_OFF
    st.session_state[_BEGUN] = state.signalling
    st.session_state[_PROBLEM] = problem
