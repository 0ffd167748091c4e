"""The camera of the browser, shown by the browser itself, with what Eme reads drawn over it."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import streamlit as st

from emotion_core.emotions.labels import EMOTION_COLORS, EMOTIONS
from emotion_core.errors import CameraError
from emotion_core.practice.live.adaptation import OLDEST
from emotion_core.practice.live.connection import CameraConnection
from emotion_core.practice.live.session import LiveSession
from emotion_core.practice.live.view import data_url, reading_message
from emotion_core.types import FloatArray, ImageArray
from pages.players.camera.check import to_status
from pages.players.camera.peer import ServerPeer
from pages.shared import services
from pages.shared.text import as_text

ASSETS = Path(__file__).parent
_CONNECTION = "camera-connection"
# Radar and words are those of the scene player; all scripts share a scope and import nothing.
_SHARED = ("../scene/reading.js", "../scene/radar.js", "schedule.js", "strip.js", "sheet.js")
_OWN = ("age.js", "status.js", "link.js", "camera.js")
# What the face is read in is smaller; more only costs the browser and the network time.
_VIDEO = {
    "width": {"ideal": 640},
    "height": {"ideal": 480},
    "frameRate": {"ideal": 24, "max": 24},
    "facingMode": "user",
}
# the voice as it is: a microphone that turns itself up and down flattens how a line is spoken
_SOUND = {"echoCancellation": False, "noiseSuppression": False, "autoGainControl": False}


def camera_panel(session: LiveSession, *, sound: bool) -> bool:
    """The picture of the camera with all that is drawn over it, and what stands in its way.

    Args:
        session: what is played on.
        sound: whether the microphone is asked for, too.

    Returns:
        Whether it is connected, or about to be.
    """
    data = {
        **_legend(),
        "servers": services.settings().ice_servers,
        "oldest": 1000 * OLDEST,
        "video": _VIDEO,
        "sound": _SOUND if sound else None,
        "answer": _answer(session, st.session_state.get("camera")),
    }
    result = _camera()(
        key="camera", data=data, on_offer_change=lambda: None, on_status_change=lambda: None
    )
    status = to_status(result.get("status"))
    on = result.get("offer") is not None
    if status is not None and not on and (obstacle := status.obstacle):
        st.warning(as_text(obstacle), icon=":material/videocam_off:")
    return on


def end_camera() -> None:
    """The user does not practise with a camera any more."""
    _, connection, _ = st.session_state.pop(_CONNECTION, (None, None, None))
    if connection is not None:
        connection.close()


def photo_sheet(
    photo: ImageArray, probabilities: FloatArray, target: FloatArray, still: ImageArray | None
) -> None:
    """A photo with its reading, as the camera's picture is shown."""
    data = {
        **_legend(),
        "picture": data_url(photo),
        "reading": reading_message(probabilities),
        "target": [round(float(share), 3) for share in target],
        "still": None if still is None else data_url(still),
    }
    _photo()(key="photo-sheet", data=data)


def script(names: tuple[str, ...]) -> str:
    """Modules as one."""
    return "\n".join(_asset(name) for name in names)


def _answer(session: LiveSession, state: Any) -> dict[str, str] | None:
    """The answer to the browser's offer, made once for each."""
    offer = None if state is None else state.get("offer")
    if not (isinstance(offer, dict) and {"id", "sdp"} <= offer.keys()):
        end_camera()
        return None
    number, _, answer = st.session_state.get(_CONNECTION, (None, None, None))
    if number != offer["id"]:
        end_camera()
        servers = services.settings().ice_servers
        connection = CameraConnection(session, functools.partial(ServerPeer, servers))
        try:
            answer = {"id": offer["id"], "sdp": connection.answer(str(offer["sdp"]))}
        except CameraError as error:
            answer = {"id": offer["id"], "error": str(error)}
        st.session_state[_CONNECTION] = (offer["id"], connection, answer)
    return answer  # type: ignore[no-any-return]


def _legend() -> dict[str, list[str]]:
    return {"labels": list(EMOTIONS), "colors": [EMOTION_COLORS[name] for name in EMOTIONS]}


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _sheet(picture: str) -> str:
    return _asset("sheet.html").replace("PICTURE", picture)


@functools.cache
def _camera() -> Any:
    picture = '<video data-part="video" autoplay muted playsinline></video>'
    return st.components.v2.component(
        "eme_camera",
        html=_asset("camera.html").replace("SHEET", _sheet(picture)),
        css=_asset("../shared.css") + _asset("sheet.css") + _asset("camera.css"),
        js=script((*_SHARED, *_OWN)),
    )


@functools.cache
def _photo() -> Any:
    picture = '<img class="photo" data-part="photo" alt="The face of the photo with its reading" />'
    return st.components.v2.component(
        "eme_photo_sheet",
        html=f'<div class="eme">{_sheet(picture)}</div>',
        css=_asset("../shared.css") + _asset("sheet.css"),
        js=script((*_SHARED, "photo.js")),
    )
