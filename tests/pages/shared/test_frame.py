"""The words of the app, explained on each page."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages.shared.frame import TERMS
from tests.pages.opening import at_page

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_app_shows_the_glossary_of_the_documentation() -> None:
    assert TERMS.read_text(encoding="utf-8") == (DOCS / "glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("address", ["library", "training"])
def test_a_page_opens_the_terms_over_itself(address: str) -> None:
    app = at_page(address).run()
    (button,) = [one for one in app.button if one.label == "What the words mean"]
    button.click().run()
    assert not app.exception
    table = next(one.value for one in app.markdown if one.value.startswith("| term |"))
    assert "how sure the model is, not how strong the emotion is" in table
