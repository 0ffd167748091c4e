"""Back to where somebody wanted to go before they signed in."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import RedirectResponse

from pages.shared.serving.returning import Returning


async def _nothing() -> dict[str, str]:
    return {"type": "http.request"}


def ask(path: str, location: str, **headers: str) -> dict[str, list[str]]:
    """The headers of the answer to a request, behind which there is an app that leads on."""
    told: dict[str, list[str]] = {}

    async def send(message: Any) -> None:
        for name, value in message.get("headers", []):
            told.setdefault(name.decode(), []).append(value.decode())

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    app = Returning(RedirectResponse(location, status_code=302))
    asyncio.run(app(scope, _nothing, send))
    return told


def after_signing_in(came_from: str) -> dict[str, list[str]]:
    """Sign in, coming from an address; the answer to the provider's."""
    left = ask("/auth/login", "https://provider/", referer=came_from)
    assert left["location"] == ["https://provider/"]
    cookie = left.get("set-cookie", [""])[0].partition(";")[0]
    return ask("/oauth2callback", "/", cookie=f"other=1; {cookie}")


@pytest.mark.parametrize(
    "place",
    [
        "/scene?library=class&scene=1f/eme-lite2&t=3.5",
        "/compare?face=a&face=b%20%C3%A9%26",
        "/library",
        "/",
    ],
)
def test_who_signs_in_comes_back_to_the_page_they_wanted(place: str) -> None:
    told = after_signing_in(f"https://eme.school.org{place}")
    assert told["location"] == [place]
    assert told["set-cookie"] == ["eme_page=; Path=/; Max-Age=0"]


@pytest.mark.parametrize(
    "came_from",
    [
        "",
        "https://eme.school.org",
        "https://eme.school.org//elsewhere.org/",
        "https://eme.school.org/\\elsewhere.org",
        "https://eme.school.org/" + 2_000 * "a",
    ],
)
def test_no_address_leads_out_of_the_app(came_from: str) -> None:
    assert after_signing_in(came_from)["location"] == ["/"]


def test_only_the_way_to_the_first_page_is_changed() -> None:
    cookie = "eme_page=%2Flibrary"
    assert ask("/oauth2callback", "https://provider/out", cookie=cookie)["location"] == [
        "https://provider/out"
    ]
    assert ask("/other", "/", cookie=cookie)["location"] == ["/"]


def test_the_cookie_stays_with_the_server_and_on_https() -> None:
    said = ask("/auth/login", "https://provider/", referer="https://x.org/library")["set-cookie"]
    assert said == ["eme_page=%2Flibrary; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"]
