"""The server's end of a WebRTC connection: streamlit-webrtc's, which ends with the session."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCIceServer
from aiortc.contrib.media import MediaRelay
from streamlit_webrtc import AudioSinkTrack, VideoSinkTrack, WebRtcMode, WebRtcWorker


class ServerPeer(WebRtcWorker[Any, Any]):
    """Takes in the camera and the microphone of one browser.

    It stops by itself when the user leaves the page, or the session ends.

    Args:
        ice_servers: as in :class:`~emotion_core.settings.Settings`.
        on_picture: is given every picture, on the loop.
        on_sound: the same for sound.

    Attributes:
        loop: on which everything of the connection happens.
    """

    def __init__(
        self,
        ice_servers: Sequence[Mapping[str, Any]],
        on_picture: Callable[[av.VideoFrame], None],
        on_sound: Callable[[av.AudioFrame], None],
    ) -> None:
        self.loop = _loop()
        self._stopping = threading.Lock()
        super().__init__(
            mode=WebRtcMode.SENDONLY,
            rtc_configuration=RTCConfiguration([RTCIceServer(**one) for one in ice_servers]),
            source_video_track=None,
            source_audio_track=None,
            sink_video_track=VideoSinkTrack(on_picture),
            sink_audio_track=AudioSinkTrack(on_sound),
            player_factory=None,
            in_recorder_factory=None,
            out_recorder_factory=None,
            video_frame_callback=None,
            audio_frame_callback=None,
            queued_video_frames_callback=None,
            queued_audio_frames_callback=None,
            on_video_ended=None,
            on_audio_ended=None,
            video_processor_factory=None,
            audio_processor_factory=None,
            async_processing=False,
            video_receiver_size=1,
            audio_receiver_size=1,
            sendback_video=False,
            sendback_audio=False,
            loop=self.loop,
            relay=_NoRelay(),
        )

    def stop(self, timeout: float | None = 1.0) -> None:
        """End it, once, in a thread of its own.

        The stop of streamlit-webrtc waits for the loop and for threads. Called on the loop, as
        streamlit-webrtc itself does when a connection fails, it would hold up all other sessions.
        """
        if self._stopping.acquire(blocking=False):
            stop = super().stop
            threading.Thread(target=stop, args=(timeout,), name="eme-hang-up", daemon=True).start()


class _NoRelay(MediaRelay):
    """Gives a track to its only consumer as it is.

    A relay would put a queue without a limit between the two, and its task would wait for ever for
    a track on which nothing ever comes.
    """

    def subscribe(
        self,
        track: MediaStreamTrack,
        buffered: bool = True,  # noqa: ARG002
    ) -> MediaStreamTrack:
        return track


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The loop of the connections of all sessions, in a thread of its own.

    That of Streamlit, which streamlit-webrtc would take, serves the pages meanwhile.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="eme-connections", daemon=True).start()
    return loop
