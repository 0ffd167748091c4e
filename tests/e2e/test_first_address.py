"""Each page as the first address that a fresh server is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.page import NewPage
from tests.e2e.servers import APP, running

pytestmark = pytest.mark.e2e

SAYS = {
    "library": "Himala",
    "practice": "What happens with your video",
    "training": "explainer",
}


@pytest.mark.parametrize("address", SAYS)
def test_a_fresh_server_answers_with_the_page_itself_below_the_navigation(
    address: str, new_page: NewPage, data_with_sample: Path
) -> None:
    with running(APP, {"EME_DATA_DIR": str(data_with_sample)}) as url:
        page = new_page(url)
        page.open(f"/{address}")
        page.wait_for_text(SAYS[address], seconds=60)
        shown = page.text()
        assert "Scene analysis" in shown and "Page not found" not in shown
        assert page.find("[data-testid='stSidebarNav']") is None
        main = page.find("[data-testid='stMainBlockContainer']")
        assert main.size["width"] > 1000
