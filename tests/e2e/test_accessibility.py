"""Every page for those who do not see it, or see it on a phone.

The rules are those of axe-core (MPL-2.0), in the copy that axe-playwright-python carries; its
Python part is not used.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness.page import Page

pytestmark = pytest.mark.e2e

PAGES = {
    "library": "Library",
    "": "Scene analysis",
    "attributions": "Attributions",
    "progression": "Progression",
    "compare": "Compare",
    "practice": "Practice",
    "models": "Models",
    "training": "Training",
}
WIDTHS = (1400, 420)
# What every page shows last.
FOOT = "What the words mean"
# What only moderately disturbs, and is ours.
ALSO = ("heading-order",)
# What Streamlit itself does wrong, by selector; nothing so far that is serious.
OF_STREAMLIT: list[str] = []
AXE = """
const [exclude, done] = arguments;
const options = { resultTypes: ["violations"] };
axe.run({ exclude: exclude.map((one) => [one]) }, options).then(({ violations }) =>
  done(violations.map(({ id, impact, nodes }) => ({
    id, impact, places: nodes.map(({ html, any, all, none }) =>
      `${html.slice(0, 160)}: ${[...any, ...all, ...none][0]?.message}`),
  }))));
"""
# Titles of figures that their legend touches.
COVERED = """
const box = (element) => element.getBoundingClientRect();
const touch = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
return [...document.querySelectorAll(".js-plotly-plot")].flatMap((plot) => {
  const [title, legend] = [plot.querySelector(".gtitle"), plot.querySelector(".legend")];
  return title && legend && touch(box(title), box(legend)) ? [title.textContent] : [];
});
"""
SIDEWAYS = """
return [document.scrollingElement, document.querySelector('[data-testid="stMain"]')]
  .map((element) => element.scrollWidth - element.clientWidth);
"""
# What of the player is below the fold: the picture, and the axis of the timeline.
BELOW = """
const axis = [...document.querySelectorAll("*")].map((element) => element.shadowRoot)
  .map((root) => root?.querySelector('[data-part="axis"]')).find(Boolean);
return [document.querySelector("video"), axis]
  .map((element) => element ? Math.round(element.getBoundingClientRect().bottom - innerHeight) : 1);
"""


def _axe() -> str:
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def _found(page: Page) -> list[dict[str, Any]]:
    """What axe finds that keeps someone from using the page."""
    found = page.driver.execute_async_script(AXE, OF_STREAMLIT)
    return [one for one in found if one["impact"] in ("serious", "critical") or one["id"] in ALSO]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_can_be_used_by_everyone_and_on_a_phone(browser: Page, address: str) -> None:
    axe, title = _axe(), PAGES[address]
    browser.driver.set_script_timeout(60)
    browser.open(address)
    browser.wait_for_text(FOOT, seconds=90)
    browser.wait_idle()
    if address == "practice":
        browser.click_button("Let me practise")
    browser.driver.execute_script(axe)
    headings = browser.driver.find_elements("css selector", "h1")
    assert [heading.text for heading in headings] == [title]
    assert browser.driver.title == f"{title} · Eme"
    for width in WIDTHS:
        browser.resize(width, 900)
        assert browser.overflow() == 0
        browser.wait_until(
            lambda: browser.driver.execute_script(SIDEWAYS) == [0, 0], "no sideways scroll", 5
        )
        browser.wait_until(
            lambda: browser.driver.execute_script(COVERED) == [], "titles clear of legends", 5
        )
        assert _found(browser) == []
        browser.screenshot(f"everyone-{title.lower().replace(' ', '-')}-{width}")


def test_the_picture_and_its_timeline_fit_the_window_of_a_laptop(browser: Page) -> None:
    browser.open()
    browser.wait_for_text(FOOT, seconds=90)
    for height in (900, 720):
        browser.resize(1400, height)
        browser.wait_until(
            lambda: max(browser.driver.execute_script(BELOW)) <= 0,
            f"the picture and the axis of time to fit {height} px",
            5,
        )
