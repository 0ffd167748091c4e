"""Each page as the first address that a server is asked for.

Three of them of one that has imported nothing yet, see :mod:`tests.e2e.harness.forking`: what shows
stored scenes only, what computes, and what leads to another address.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.harness.page import NewPage, Page
from tests.e2e.harness.servers import APP, running

pytestmark = pytest.mark.e2e

HEADERS = {
    "library": "Library",
    "scene_analysis": "Scene analysis",
    "attributions": "Attributions",
    "progression": "Progression",
    "compare": "Compare",
    "practice": "Practice",
    "models": "Models",
    "training": "Training",
}
AFRESH = ("library", "attributions", "scene_analysis")


def _headers(page: Page) -> list[str]:
    return [one.text for one in page.driver.find_elements("css selector", "h1")]


@pytest.mark.parametrize("address", HEADERS)
def test_a_fresh_server_answers_with_the_page_itself_below_the_navigation(
    address: str, new_page: NewPage, data_with_sample: Path
) -> None:
    variables = {"EME_DATA_DIR": str(data_with_sample)}
    with running(APP, variables, afresh=address in AFRESH) as url:
        page = new_page(url)
        page.open(f"/{address}")
        page.wait_until(
            lambda: HEADERS[address] in _headers(page),
            "the header of the page",
            seconds=60,
        )
        shown = page.text()
        assert all(title in shown for title in HEADERS.values()) and "Page not found" not in shown
        assert page.find("[data-testid='stSidebarNav']") is None
        main = page.find("[data-testid='stMainBlockContainer']")
        assert main.size["width"] > 1000
