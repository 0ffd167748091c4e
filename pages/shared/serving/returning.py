"""Back to the page that somebody wanted to see before they signed in.

Streamlit leads everybody to its first page. The browser says from which page it comes when it goes
to sign in; a cookie of a few minutes keeps that until the provider has sent it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from pages.shared.serving.address import with_base

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE = "eme_page"
_SECONDS = 600
_LONGEST = 2_000  # characters; browsers keep cookies of 4 kB


class Returning:
    """Has the answer to who signed in lead back to the page that they came from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["path"] == with_base("/auth/login"):
            send = _keeping(scope, send)
        elif scope["type"] == "http" and scope["path"] == with_base("/oauth2callback"):
            send = _leading_back(scope, send)
        await self._app(scope, receive, send)


def _keeping(scope: Scope, send: Send) -> Send:
    from starlette.datastructures import Headers, MutableHeaders

    came = urlsplit(Headers(scope=scope).get("referer", ""))
    page = f"{came.path}?{came.query}" if came.query else came.path
    secure = "; Secure" if came.scheme == "https" else ""

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(page):
            value = f"{_COOKIE}={quote(page, safe='')}; Path=/; Max-Age={_SECONDS}"
            value += f"; HttpOnly; SameSite=Lax{secure}"
            MutableHeaders(scope=message).append("set-cookie", value)
        await send(message)

    return keep


def _leading_back(scope: Scope, send: Send) -> Send:
    from starlette.datastructures import MutableHeaders
    from starlette.requests import Request

    page = unquote(Request(scope).cookies.get(_COOKIE, ""))

    async def lead(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(page):
            headers = MutableHeaders(scope=message)
            if headers.get("location") == with_base("/"):
                headers["location"] = quote(page, safe="/?&=%+:@,;~!$'()*")
                headers.append("set-cookie", f"{_COOKIE}=; Path=/; Max-Age=0")
        await send(message)

    return lead


def _is_page(page: str) -> bool:
    """Whether it is an address of this app, and nothing that leads elsewhere."""
    inside = page.startswith(with_base("/")) and not page.startswith("//")
    return inside and "\\" not in page and page.isprintable() and len(page) <= _LONGEST
