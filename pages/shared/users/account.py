"""Signing in and out, and the switch between one's own library and that of the class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import NoReturn

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section
from streamlit.errors import StreamlitAuthError, StreamlitMissingAuthlibError

from emotion_core.errors import LibraryError
from emotion_core.files import cannot_write, whole_file
from emotion_core.settings import Settings, User
from pages.shared.text import as_text
from pages.shared.users.visitor import (
    CLASS,
    OWN,
    NotAdmitted,
    NotSignedIn,
    follow_link,
    open_library,
    visitor,
)

_NAMES = {OWN: "My library", CLASS: "Class library"}
_SWITCH = "library-switch"
_KNOWN = "practice-known-user"  # outlives a switch: once a session is enough
_DEFAULT = "default"


def admit() -> None:
    """Let nobody past who has to sign in and has not; the page ends here for them."""
    try:
        found = visitor()
    except NotSignedIn:
        _ask()
    except NotAdmitted as error:
        _refuse(error)
    if found.user is not None:
        follow_link()
        _remember(found.own, found.user)


def account_menu() -> None:
    """Which library is open, and who is signed in; nothing where nobody has to."""
    found = visitor()
    if found.user is None:
        return
    st.session_state[_SWITCH] = CLASS if found.in_class else OWN
    st.segmented_control(
        "Library",
        list(_NAMES),
        format_func=_NAMES.__getitem__,
        key=_SWITCH,
        on_change=_switch,
        label_visibility="collapsed",
        width="content",
        required=True,
    )
    label = as_text(found.user.name)
    with st.popover(label, icon=":material/account_circle:", width="content"):
        if found.user.email:
            st.markdown(as_text(found.user.email))
        if found.is_teacher:
            st.caption("You are a teacher: you can change the class library and train explainers.")
        st.button("Sign out", icon=":material/logout:", key="sign-out", on_click=st.logout)


def _switch() -> None:
    chosen = st.session_state[_SWITCH]
    st.query_params.clear()  # what it names is in the other library
    open_library(chosen)


def _ask() -> NoReturn:
    st.markdown("Sign in to see your own library and what your class shares.")
    auth = get_secrets_auth_section()
    providers = _providers(auth)
    if not providers:
        st.error(
            "Sign-in is on, but nobody can sign in yet: .streamlit/secrets.toml has no section "
            "[auth] that names a provider.",
            icon=":material/error:",
        )
    for name in providers:
        label = "Sign in" if name == _DEFAULT else f"Sign in with {as_text(name.title())}"
        if st.button(label, icon=":material/login:", type="primary", key=f"sign-in-{name}"):
            try:
                st.login(None if name == _DEFAULT else name)
            except StreamlitMissingAuthlibError:
                st.error("Sign-in needs Authlib: install Eme with its extra sign-in.")
            except StreamlitAuthError as error:
                st.error(as_text(f"The settings of sign-in cannot be used: {error}"))
    st.stop()


def _providers(auth: Mapping[str, object]) -> list[str]:
    """Those that ``secrets.toml`` names; one without a name is the default."""
    named = [name for name, value in auth.items() if isinstance(value, Mapping)]
    named = [name for name in named if name != "client_kwargs"]
    return [_DEFAULT] * ("client_id" in auth) + named


def _refuse(error: NotAdmitted) -> NoReturn:
    st.error(as_text(str(error)), icon=":material/lock:")
    st.button("Sign out", icon=":material/logout:", key="sign-out", on_click=st.logout)
    st.stop()


def _remember(own: Settings, user: User) -> None:
    """Write down whose library it is, for whoever runs the server; once a session."""
    if st.session_state.get(_KNOWN) == user:
        return
    path, said = own.home / "user.json", json.dumps(asdict(user), indent=1)
    try:
        if not path.is_file() or path.read_text(encoding="utf-8") != said:
            with whole_file(path) as part:
                part.write_text(said, encoding="utf-8")
    except OSError as error:
        raise LibraryError(str(cannot_write(path, error))) from error
    st.session_state[_KNOWN] = user
