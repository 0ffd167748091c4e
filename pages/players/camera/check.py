"""What the browser says of its camera, and what that means for the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Words in what Chrome, Firefox and Safari say, in small letters.
_DENIED = ("permission", "not allowed", "notallowed", "denied")
_MISSING = ("not found", "notfound", "no camera")
_LINKS = {
    "": "",
    "lost": "The connection to the camera was lost. Start it again.",
    "unplugged": "The camera was unplugged or switched off. Start it again.",
    "failed": (
        "The browser cannot connect to Eme. Start the camera again. If Eme runs on another "
        "machine, the network may block video: set a STUN or TURN server in EME_ICE_SERVERS, or "
        "practise with a photo or a clip."
    ),
}
_BUSY = ("could not start", "notreadable", "in use", "failed to allocate", "aborted")


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """What the browser says.

    Attributes:
        secure: whether the page came over HTTPS, or from this machine.
        able: whether the browser can send a camera at all.
        cameras: how many are connected.
        permission: ``granted``, ``denied``, ``prompt``, or ``unknown``.
        error: what the browser said when the camera was asked for; empty if all was well.
        link: how the last connection came to its end, ``lost``, ``unplugged`` or ``failed``; empty
            if that was wanted.
    """

    secure: bool = True
    able: bool = True
    cameras: int = 1
    permission: str = "unknown"
    error: str = ""
    link: str = ""

    @property
    def obstacle(self) -> str:
        """Why there can be no camera, in a sentence on what to do; empty if there may be one."""
        error = self.error.casefold()
        if not self.secure:
            return (
                "Browsers allow a camera only on HTTPS pages or on the same machine. Open Eme as "
                "http://localhost on this machine, or over HTTPS."
            )
        if not self.able:
            return (
                "This browser cannot send camera video. Use a current Chrome, Edge, Firefox or "
                "Safari."
            )
        if self.permission == "denied" or any(word in error for word in _DENIED):
            return (
                "The browser blocks the camera for Eme. Allow it with the camera icon in the "
                "address bar or in your system's privacy settings, then start again."
            )
        if self.cameras == 0 or any(word in error for word in _MISSING):
            return "No camera found. Connect one, or practise with a photo or a clip."
        if any(word in error for word in _BUSY):
            return (
                "The camera is connected but cannot be used. Close other programs that may be "
                "using it, then start again."
            )
        if error:
            return "The camera could not be started. Start it again."
        return _LINKS[self.link]


def to_status(value: object) -> CameraStatus | None:
    """What the browser sent, checked; ``None`` if it is nothing of the kind."""
    if not isinstance(value, Mapping):
        return None
    cameras, permission, error = (value.get(k) for k in ("cameras", "permission", "error"))
    if not (isinstance(cameras, int) and isinstance(permission, str) and isinstance(error, str)):
        return None
    secure, able = bool(value.get("secure")), bool(value.get("able"))
    link = value.get("link", "")
    if not isinstance(link, str) or link not in _LINKS:
        return None
    return CameraStatus(secure, able, cameras, permission, error[:200], link)
