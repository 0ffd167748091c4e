"""The house: rooms that a newcomer can take in at a glance."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("emotion_core", "pages", "tests", "benchmarks", "docs")


def test_no_folder_holds_more_than_15_python_files() -> None:
    counts = Counter(path.parent for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    assert {str(folder): count for folder, count in counts.items() if count > 15} == {}


def test_no_script_lies_directly_in_pages() -> None:
    # Streamlit would take it for a page of its old convention, and run it without the navigation
    assert [path.name for path in (ROOT / "pages").glob("*.py")] == ["__init__.py"]


def test_the_main_script_stays_under_40_lines() -> None:
    assert len((ROOT / "streamlit_app.py").read_text(encoding="utf-8").splitlines()) < 40
