"""A student keeps her films and scenes, in a real browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emotion_core.library.queries.browsing import film_titles, get_scene, scene_entries
from emotion_core.library.scenes import open_library
from emotion_core.library.thumbnails import thumbnails_path
from emotion_core.library.words import add_words
from emotion_core.scene.clips.store import identify
from emotion_core.settings import Settings
from emotion_core.types import ImageArray
from pages.shared.jobs.panel import REFRESH_SECONDS
from tests.conftest import place
from tests.e2e.harness.page import NewPage, Page
from tests.e2e.harness.read_scene import enter_read_scene
from tests.e2e.harness.servers import APP, running
from tests.media.clips import make_clip

pytestmark = pytest.mark.e2e

SUBTITLES = b"1\n00:00:01,500 --> 00:00:02,500\nMa'am, walang himala!\n"
ODD = "<b>*Ang*</b> \U0001f3ac [x](y) $a$ שלום"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def browser(
    new_page: NewPage, tmp_path: Path, settings: Settings, portrait: ImageArray
) -> Iterator[Page]:
    """Before an app of its own whose library has one scene, in no film."""
    enter_read_scene(tmp_path / "my take.mp4", settings, portrait)
    with running(APP, {"EME_DATA_DIR": str(settings.data_dir)}) as url:
        yield new_page(url)


def field(page: Page, label: str) -> Any:
    """The field of text or number whose label begins so."""
    kinds = ("stTextInput", "stTextArea", "stNumberInput")
    selector = ", ".join(f'[data-testid="{kind}"]' for kind in kinds)

    def look() -> Any:
        found = page.driver.find_elements("css selector", selector)
        return next((one for one in found if one.text.startswith(label)), None)

    box = page.wait_until(look, f"the field {label!r}")
    return box.find_element("css selector", "input, textarea")


def write(page: Page, label: str, text: str) -> None:
    """Put text in place of what a field holds; by script, since the driver types no emoji."""
    from selenium.webdriver import Keys

    box = field(page, label)
    box.click()
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys(Keys.BACKSPACE)
    page.driver.execute_cdp_cmd("Input.insertText", {"text": text})


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a select box."""
    from selenium.webdriver import Keys

    def look() -> Any:
        boxes = page.driver.find_elements("css selector", '[data-testid="stSelectbox"]')
        return next((one for one in boxes if one.text.startswith(label)), None)

    box = page.wait_until(look, f"the field {label!r}")
    entry = box.find_element("css selector", "input")
    entry.click()
    page.driver.execute_cdp_cmd("Input.insertText", {"text": option})
    time.sleep(0.5)
    entry.send_keys(Keys.ENTER)
    time.sleep(0.3)
    page.wait_idle()


def test_a_student_keeps_a_film_with_its_scene_finds_it_again_and_deletes_it(
    browser: Page, settings: Settings
) -> None:
    browser.open()
    browser.wait_for_text("Strongest moments", seconds=120)
    browser.go("Library")
    for title in ("Himala", "Feng Shui", "Four Sisters and a Wedding", "That Thing Called Tadhana"):
        browser.wait_for_text(title)
    assert browser.text().count("Add a scene from your own copy") == 4
    browser.photograph("library")

    # a film of hers
    browser.click_button("Add a film")
    write(browser, "Title", ODD)
    write(browser, "Country", "Brunei")
    write(browser, "What to look for", "# hands, and *who* looks away")
    browser.screenshot("library-film-1400")
    browser.click_button("Save")
    browser.wait_for_text("5 films, 1 scene")
    browser.wait_for_text(ODD)
    browser.wait_for_text("# hands, and *who* looks away")

    # her scene in it, in her own words
    browser.click_button("Edit")
    write(browser, "Title", "The <i>look</i>")
    write(browser, "Quote", "You & I")
    choose(browser, "Film", "Ang")
    browser.click_button("Save")
    browser.wait_for_text("The <i>look</i>")
    browser.wait_for_text("“You & I”")
    assert "Scenes without a film" not in browser.text()

    # a moment to find again
    browser.click_button("Edit")
    write(browser, "Time (seconds)", "2.5")
    write(browser, "Comment", "she *knows*")
    browser.click_button("Add a bookmark")
    comment = '[aria-label="What you see at 0:02.5"]'
    browser.wait_until(lambda: browser.find(comment), "the bookmark")
    assert browser.find(comment).get_attribute("value") == "she *knows*"
    browser.photograph("library-scene")
    browser.click_button("0:02.5")
    browser.wait_until(
        lambda: abs((browser.video("video.currentTime") or 0) - 2.5) < 0.1, "the clip to be there"
    )

    # found by its words, and not by others
    browser.go("Library")
    browser.wait_for_text("1 bookmark")
    write(browser, "Search", "BRUNEI look")
    field(browser, "Search").send_keys("\n")
    browser.wait_for_text("1 film, 1 scene")
    choose(browser, "Country", "Philippines")
    browser.wait_for_text("Nothing matches")
    write(browser, "Search", "himala")
    field(browser, "Search").send_keys("\n")
    browser.wait_for_text("1 film, 0 scenes")
    choose(browser, "Country", "any")
    write(browser, "Search", "brunei")
    field(browser, "Search").send_keys("\n")
    browser.wait_for_text("1 film, 1 scene")

    # and by what is said in it, which leads to its moment
    sha = identify(next(settings.data_dir.parent.glob("my take.mp4"))).sha256
    add_words(settings, sha, "take.srt", SUBTITLES)
    write(browser, "Search", "HIMALA walang")
    field(browser, "Search").send_keys("\n")
    browser.wait_for_text("walang himala!")
    browser.photograph("library-line")
    browser.click_button("0:01.5")
    browser.wait_until(
        lambda: abs((browser.video("video.currentTime") or 0) - 1.5) < 0.1, "the clip to be there"
    )
    browser.go("Library")
    browser.wait_for_text("5 films, 1 scene")
    write(browser, "Search", "brunei")
    field(browser, "Search").send_keys("\n")
    browser.wait_for_text("1 film, 1 scene")

    # it goes when she says so, and her own file stays
    button = browser.wait_until(
        lambda: browser.find(".st-key-delete-1 button"), "the button that deletes"
    )
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    browser.wait_for_text("Your own file is not touched")
    browser.photograph("library-delete")
    assert (settings.analyses_dir / sha).exists()
    browser.find(".st-key-really-delete button").click()
    browser.wait_for_text("1 film, 0 scenes")
    assert not (settings.analyses_dir / sha).exists()
    assert not thumbnails_path(settings.thumbnails_dir, sha).exists()
    assert (settings.data_dir.parent / "my take.mp4").is_file()
    # a video that was still loading when its page was left is no longer served
    left = [error for error in browser.console_errors() if ".mp4 - " not in error]
    assert left == []


@pytest.mark.long
def test_two_browsers_read_and_edit_at_once_and_nothing_is_lost(
    browser: Page,
    new_page: NewPage,
    settings: Settings,
    tmp_path: Path,
    portrait: ImageArray,
) -> None:
    clip = make_clip(
        tmp_path / "read meanwhile.mp4",
        n=150,
        size=(640, 360),
        picture=lambda index: place(portrait, (640, 360), 100 + index, 0, 360),
    )
    other = new_page(browser.url)
    for page in (browser, other):
        page.open()
        page.wait_for_text("Strongest moments", seconds=120)
    browser.click_button("Add a clip")
    browser.upload(clip)  # it is read while the other writes
    other.go("Library")
    for title in ("First", "Second"):
        other.click_button("Add a film")
        write(other, "Title", title)
        other.click_button("Save")
        other.wait_for_text(title)
    other.click_button("Add a film")
    write(other, "Title", "Third")
    library = open_library(settings)
    browser.wait_until(
        lambda: {entry.title for entry in scene_entries(library)} == {"my take", "read meanwhile"},
        "the clip to be read",
        seconds=120,
    )
    browser.wait_idle()
    # the page would run again now, which would close what is being written
    time.sleep(4 * REFRESH_SECONDS)
    other.click_button("Save")
    other.wait_for_text("Third")
    other.wait_for_text("read meanwhile.mp4 is ready.")

    # both have the same scene open before either saves
    browser.go("Library")
    for page in (browser, other):
        page.click_button("Edit")
    write(browser, "Title", "Renamed by one")
    write(other, "Quote", "Quoted by the other")
    for page in (browser, other):
        page.click_button("Save")
        page.wait_for_text("Renamed by one" if page is browser else "Quoted by the other")
    found = {entry.title: get_scene(library, entry.scene_id) for entry in scene_entries(library)}
    edited = found["Renamed by one"]
    assert edited is not None and edited.quote == "Quoted by the other"
    assert {"First", "Second", "Third"} < set(film_titles(library).values())
    for page in (browser, other):
        assert "locked" not in page.text()
