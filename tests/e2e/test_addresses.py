"""A student sends a link, or reloads: what was open is there again."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e.harness.page import Page

pytestmark = pytest.mark.e2e


def _query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.driver.current_url).query)


def _asked(page: Page, name: str) -> list[str]:
    return page.wait_until(lambda: _query(page).get(name), f"{name} in the address")


def _reload(page: Page) -> None:
    page.driver.refresh()
    page.wait_until(lambda: page.find('[data-testid="stApp"]'), "the app to appear")
    page.wait_idle()


def test_a_reload_and_a_link_lead_to_the_scene_the_moment_and_the_character(browser: Page) -> None:
    # a moment that she looks at
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=90)
    [scene] = _asked(browser, "scene")
    browser.wait_until(lambda: browser.video("video.readyState >= 2"), "the clip to load")
    time.sleep(1)
    browser.video("video.currentTime = 6.5")
    time.sleep(0.5)
    browser.click_button("Show this moment in detail")
    browser.wait_for_text("At 0:06.5")
    [moment] = _asked(browser, "t")
    assert float(moment) == pytest.approx(6.5, abs=0.1) and _query(browser)["scene"] == [scene]

    # is there after a reload, with its face and the clip at it
    _reload(browser)
    browser.wait_for_text("At 0:06.5")
    browser.wait_until(
        lambda: abs((browser.video("video.currentTime") or 0) - float(moment)) < 0.1,
        "the clip to stand at the moment",
    )

    # the character of another page, by a link
    browser.open(f"progression?scene={scene}&character=Person%202")
    browser.wait_for_text("Person 2 is in view")
    assert _query(browser) == {"scene": [scene], "character": ["Person 2"]}

    # the comparison, the other way round
    browser.open("compare")
    first, second = _asked(browser, "performance")
    browser.open(f"compare?performance={second}&performance={first}")
    browser.wait_for_text("Person 1 · Sample scene compared with Person 2 · Sample scene")
    assert _query(browser)["performance"] == [second, first]

    # and a link to what is no longer there says so
    browser.open("?scene=nowhere")
    browser.wait_for_text("The scene of this link is not in your library")
    browser.wait_for_text("Strongest moments")
    assert browser.console_errors() == []
