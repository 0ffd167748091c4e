"""Two students of a class sign in; one shares a scene with the other."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from emotion_core.settings import Settings, User
from emotion_core.types import ImageArray
from tests.e2e.harness.page import NewPage, Page
from tests.e2e.harness.provider import Provider, providing, write_secrets
from tests.e2e.harness.read_scene import enter_read_scene
from tests.e2e.harness.servers import APP, free_port, running

pytestmark = pytest.mark.e2e

USERS = {
    "ada": {"name": "Ada", "email": "ada@school.org", "email_verified": True},
    "ben": {"name": "Ben", "email": "ben@school.org", "email_verified": True},
}


def sign_in(page: Page, provider: Provider, subject: str) -> None:
    page.click_button("Sign in")
    page.wait_until(lambda: page.driver.current_url.startswith(provider.url), "the provider")
    page.driver.find_element("id", subject).click()
    page.wait_for_text(str(USERS[subject]["name"]))
    page.wait_idle()


def status_of(address: str) -> int:
    """What the server answers to somebody who has not signed in."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_students_have_their_own_libraries_and_see_what_one_shares_with_the_class(
    new_page: NewPage, tmp_path: Path, portrait: ImageArray
) -> None:
    pytest.importorskip("authlib", reason="Authlib is not installed")
    port = free_port()
    with providing(USERS) as provider:
        settings, secrets = Settings(data_dir=tmp_path / "data"), tmp_path / "secrets.toml"
        for name in USERS:
            own = settings.library_of(User(provider.url, name).library)
            enter_read_scene(tmp_path / f"scene of {name}.mp4", own, portrait)
        write_secrets(secrets, provider, f"http://127.0.0.1:{port}")
        variables = {
            "EME_DATA_DIR": str(settings.data_dir),
            "EME_SIGN_IN": "true",
            "STREAMLIT_SECRETS_FILES": str(secrets),
        }
        with running(APP, variables, port) as url:
            page = new_page(url)
            page.open("library?tag=rain%20%26%20sun")
            assert "Add a clip" not in page.text() and "scene of" not in page.text()
            page.photograph("sign-in")
            sign_in(page, provider, "ada")
            assert page.driver.current_url == f"{url}/library?tag=rain%20%26%20sun"
            page.open("library")
            _share(page)
            page.click_button("Ada")
            page.click_button("Sign out")
            sign_in(page, provider, "ben")
            clip = _look_at_what_is_shared(page)
            page.click_button("Report")
            report = tmp_path / "downloads" / "scene of ada.html"
            page.wait_until(report.is_file, "the report")
            assert status_of(clip) == 403
            assert page.driver.execute_async_script(
                "fetch(arguments[0]).then((a) => arguments[1](a.status))", clip
            ) in (200, 206)


def _share(page: Page) -> None:
    page.go("Library")
    page.wait_for_text("scene of ada")
    assert "scene of ben" not in page.text()
    page.click_for('[class*="st-key-copy-"] button', "Takes are never shared")
    page.photograph("share")
    page.click_for(".st-key-really-copy button", "New there: 1 scene")
    page.photograph("shared")


def _look_at_what_is_shared(page: Page) -> str:
    """What another one of the class sees of it; gives the address of its clip."""
    page.go("Library")
    page.wait_for_text("scene of ben")
    assert "scene of ada" not in page.text()
    page.click_button("Class library")
    page.wait_for_text("scene of ada")
    page.photograph("class-library")
    said = page.text()
    assert "Only teachers can change the class library" in said
    assert "scene of ben" not in said and "Edit" not in said and "Add a clip" not in said
    page.click_button("Open")
    page.wait_for_text("Strongest moments")
    assert "library=class" in page.driver.current_url
    page.photograph("class-scene")
    return str(page.wait_until(lambda: page.video("video.currentSrc"), "the clip"))
