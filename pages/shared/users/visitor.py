"""Who looks at a page, which library is open before them, and what they may do there.

Without sign-in there is one library and everybody may do everything. Where people sign in, each
has a library of their own, and what was there before is the class library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section
from streamlit.runtime.scriptrunner import get_script_run_ctx

from emotion_core.errors import LibraryError
from emotion_core.settings import Settings, User, load_settings

ONLY_TEACHERS = (
    "Only teachers can change the class library. Copy what you want to work on to your own library."
)
# The address of a page says which library its scene is in.
LIBRARY, CLASS, OWN = "library", "class", "own"
_OPEN = "open_library"
# What belongs to the person or the browser, not to a library.
_KEPT = ("practice-", "camera", "active_model", "model_folders", "table-format")


_for_itself: ContextVar[bool] = ContextVar("for_itself", default=False)


@cache
def server_settings() -> Settings:
    """The settings of the server, read once for all sessions; its library is that of everybody."""
    return load_settings().library_of("")


def sign_in_is_on() -> bool:
    """Whether everybody has to sign in: it is asked for, or ``secrets.toml`` says by whom."""
    return server_settings().sign_in or bool(get_secrets_auth_section())


def claims() -> Mapping[str, Any] | None:
    """What the provider says of who looks at this page.

    Returns:
        ``None`` where nobody has to sign in; empty before they have, and outside of a page.
    """
    if not sign_in_is_on():
        return None
    inside = get_script_run_ctx(suppress_warning=True) is not None
    return dict(st.user) if inside and st.user.get("is_logged_in") is True else {}


def user_of(said: Mapping[str, Any]) -> User | None:
    """Who it is of whom a provider says something; ``None`` if that does not tell."""
    issuer, subject = said.get("iss"), said.get("sub")
    if not issuer or not subject:
        return None
    email = str(said.get("email") or "")
    # an address that anybody may give themselves makes nobody a teacher
    if str(said.get("email_verified", True)).lower() == "false":
        email = ""
    name = str(said.get("name") or said.get("preferred_username") or email or "Somebody")
    return User(str(issuer), str(subject), email, name)


class NotSignedIn(LibraryError):
    """Nobody has signed in where everybody has to."""


class NotAdmitted(LibraryError):
    """Somebody has signed in for whom this server is not."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody before a page.

    Attributes:
        server: the settings of the server.
        user: who has signed in; ``None`` where nobody has to.
        in_class: whether the class library is open.
    """

    server: Settings
    user: User | None = None
    in_class: bool = False

    @property
    def own(self) -> Settings:
        """Of their own library."""
        return self.server if self.user is None else self.server.library_of(self.user.library)

    @property
    def settings(self) -> Settings:
        """Of the library that is open."""
        return self.server if self.in_class else self.own

    @property
    def is_teacher(self) -> bool:
        """Whether they may change the class library; everybody may where nobody signs in."""
        return self.user is None or self.server.is_teacher(self.user)

    @property
    def may_edit(self) -> bool:
        """Whether they may change the library that is open."""
        return self.is_teacher or not self.in_class

    @property
    def is_local(self) -> bool:
        """Whether the machine is theirs, so that they may open its files by their paths."""
        return self.user is None

    @property
    def job_libraries(self) -> list[str]:
        """Those whose jobs they see."""
        return list(dict.fromkeys([self.own.library, *[""] * self.is_teacher]))


def visitor() -> Visitor:
    """Who looks at this page.

    Raises:
        NotSignedIn: they have not signed in.
        NotAdmitted: they have, and may not use the app.
    """
    said = None if _for_itself.get() else claims()
    if said is None:
        return Visitor(server_settings())
    if not said:
        raise NotSignedIn("Sign in first.")
    user = user_of(said)
    if user is None or not server_settings().admits(user):
        name = f" with {user.email}" if user is not None and user.email else ""
        raise NotAdmitted(
            f"You are signed in{name}, but this server is for others. Ask whoever runs it to add "
            "you."
        )
    return Visitor(server_settings(), user, st.session_state.get(_OPEN) == CLASS)


@contextmanager
def as_the_server() -> Iterator[None]:
    """What the server does for itself before anybody has come, in the library of everybody."""
    token = _for_itself.set(True)
    try:
        yield
    finally:
        _for_itself.reset(token)


def open_library(name: str) -> None:
    """Open the class library or one's own; what a page remembers of the other is forgotten."""
    if st.session_state.get(_OPEN, OWN) == name:
        return
    for key in list(st.session_state):
        if not str(key).startswith(_KEPT):
            del st.session_state[key]
    st.session_state[_OPEN] = name


def follow_link() -> None:
    """Open the library that the address of the page names, where people sign in."""
    name = st.query_params.get(LIBRARY)
    if name in (CLASS, OWN):
        open_library(name)


def link_parts(library: str | None = None) -> dict[str, str]:
    """What a link needs beside what it leads to, so that it opens the right library.

    Args:
        library: name of it; the one that is open if not given.
    """
    found = visitor()
    if found.user is None:
        return {}
    in_class = found.in_class if library is None else not library
    return {LIBRARY: CLASS if in_class else OWN}
