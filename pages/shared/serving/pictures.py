"""Pictures that are cut out of clips, once the browser asks for them.

To find a moment in a clip, everything from the last key frame on is decoded: for the faces of a
page that is a second or more. So the page gives their addresses, and stands before they do.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from emotion_core.errors import MediaError
from pages.shared.serving.address import route_url
from pages.shared.serving.gate import may_fetch
from pages.shared.users.visitor import visitor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from emotion_core.types import ImageArray

ROUTE = "faces"
# Across of what is sent, in pixels: enough for screens of twice as many, and for two faces side by
# side.
_PIXELS, _QUALITY = 480, 88
_MOST = 2048  # rows of pictures that can be asked for; the oldest are forgotten
_LOCK = threading.Lock()

Key = tuple[object, ...]
Cut = Callable[[], "Sequence[ImageArray]"]
# By a name that nobody can guess: nothing else is served. A key begins with the library.
_cuts: OrderedDict[str, tuple[Key, Cut]] = OrderedDict()
_names: dict[Key, str] = {}


def pictures_of(key: Key, count: int, cut_out: Cut) -> Sequence[str | bytes]:
    """What ``st.image`` shows for some pictures of clips: their addresses.

    Args:
        key: what they show: analyses, clips, times and faces.
        count: how many.
        cut_out: gives them when they are first asked for. It may be kept for long, so it should
            hold no table.

    Returns:
        JPEGs where no address is served, as in a test of a page.
    """
    key = (visitor().settings.library, *key)
    url = route_url(f"/{ROUTE}/")
    if url is None:
        return _encoded(key, cut_out)
    with _LOCK:
        name = _names.setdefault(key, secrets.token_urlsafe(16))
        _cuts[name] = key, cut_out
        _cuts.move_to_end(name)
        while len(_cuts) > _MOST:
            forgotten, _ = _cuts.popitem(last=False)[1]
            del _names[forgotten]
    return [f"{url}{name}/{number}" for number in range(count)]


def answer(request: Request) -> Response:
    """One picture; those of its row are cut out with it, and who asks meanwhile waits for them."""
    from starlette.exceptions import HTTPException
    from starlette.responses import Response

    found = _cuts.get(request.path_params["name"])
    number = request.path_params["number"]
    if found is None or not number.isdecimal() or not may_fetch(request.cookies, str(found[0][0])):
        raise HTTPException(404)
    try:
        picture = _encoded(*found)[int(number)]
    except (MediaError, IndexError):
        raise HTTPException(404) from None
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(picture, media_type="image/jpeg", headers=headers)


@st.cache_data(show_spinner=False, max_entries=200)
def _encoded(key: Key, _cut_out: Cut) -> list[bytes]:
    """JPEGs, made once for all sessions."""
    return [_encode(picture) for picture in _cut_out()]


def _encode(picture: ImageArray) -> bytes:
    import cv2  # not before the server has started, which imports this

    scale = min(_PIXELS / picture.shape[1], 1.0)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    done, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    )
    assert done
    return encoded.tobytes()
