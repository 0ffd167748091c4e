"""Who may fetch what the server serves beside the pages.

The browser sends the cookie that Streamlit signs when somebody signs in. What is served by an
address that nobody can guess is served only to those who have one, and what belongs to a user's
own library only to them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pages.shared.serving.address import with_base
from pages.shared.users.visitor import server_settings, sign_in_is_on, user_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from emotion_core.settings import User

# Streamlit's own: pictures, readings and downloads of pages, and uploads.
_OF_STREAMLIT = ("/media/", "/_stcore/upload_file/")


class Gate:
    """Answers nobody below some paths who has to sign in and has not."""

    def __init__(self, app: ASGIApp, paths: tuple[str, ...]) -> None:
        self._app = app
        self._paths = tuple(with_base(path) for path in (*paths, *_OF_STREAMLIT))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        from starlette.requests import Request
        from starlette.responses import PlainTextResponse

        if scope["type"] == "http" and scope["path"].startswith(self._paths):
            cookies = Request(scope).cookies
            if scope["method"] != "OPTIONS" and not may_fetch(cookies, ""):
                await PlainTextResponse("Sign in first.", 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def may_fetch(cookies: Mapping[str, str], library: str) -> bool:
    """Whether a browser with these cookies may have what belongs to a library.

    Args:
        cookies: of its request.
        library: its name; everybody who has signed in may see that of everybody.
    """
    if not sign_in_is_on():
        return True
    user = _signed_in(cookies)
    if user is None or not server_settings().admits(user):
        return False
    return library in ("", user.library)


def _signed_in(cookies: Mapping[str, str]) -> User | None:
    """Whom the cookie names, if Streamlit has signed it."""
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
    from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

    try:
        signed = _get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
        said = json.loads(signed) if signed else {}
    except ValueError:
        return None
    return user_of(said) if said.get("is_logged_in") is True else None
