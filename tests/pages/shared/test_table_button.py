"""The button of a table: its format is chosen once and holds for the session."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from emotion_core.export.formats import TableFormat


def _page() -> None:
    import pandas as pd

    from pages.shared.table_button import table_button

    table_button("Data", lambda: pd.DataFrame({"a": [0.5]}), "one")
    table_button("Means", lambda: pd.DataFrame({"a": [0.5]}), "two")


def labels(app: AppTest) -> list[str]:
    return [button.proto.label for button in app.get("download_button")]


def test_the_format_of_all_tables_is_that_of_the_session() -> None:
    app = AppTest.from_function(_page, default_timeout=60).run()
    assert not app.exception
    assert labels(app) == ["Data as CSV", "Means as CSV"]
    app.session_state["table-format"] = TableFormat.XLSX
    assert labels(app.run()) == ["Data as XLSX", "Means as XLSX"]
    assert labels(app.run()) == ["Data as XLSX", "Means as XLSX"]
