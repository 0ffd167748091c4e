"""Pages as the first address that a server is asked for which has imported nothing yet.

One shows stored scenes only, one computes, and one leads to another address. All pages are opened
by their addresses in :mod:`tests.e2e.test_accessibility`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.harness.page import NewPage, Page
from tests.e2e.harness.servers import APP, running

pytestmark = pytest.mark.e2e

HEADERS = {
    "library": "Library",
    "attributions": "Attributions",
    "scene_analysis": "Scene analysis",
}
TITLES = (*HEADERS.values(), "Progression", "Compare", "Practice", "Models", "Training")


def _headers(page: Page) -> list[str]:
    return [one.text for one in page.driver.find_elements("css selector", "h1")]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("library", marks=pytest.mark.long),
        pytest.param("attributions", marks=pytest.mark.long),
        "scene_analysis",
    ],
)
def test_a_fresh_server_answers_with_the_page_itself_below_the_navigation(
    address: str, new_page: NewPage, data_with_sample: Path
) -> None:
    with running(APP, {"EME_DATA_DIR": str(data_with_sample)}, afresh=True) as url:
        page = new_page(url)
        page.open(f"/{address}")
        page.wait_until(
            lambda: HEADERS[address] in _headers(page),
            "the header of the page",
            seconds=60,
        )
        shown = page.text()
        assert all(title in shown for title in TITLES) and "Page not found" not in shown
        assert page.find("[data-testid='stSidebarNav']") is None
        main = page.find("[data-testid='stMainBlockContainer']")
        assert main.size["width"] > 1000
