"""Several tables as one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pandas as pd


def table_to_csv(table: pd.DataFrame) -> str:
    """A table as CSV with four decimals, as the other exports have them."""
    return str(table.to_csv(index=False, float_format="%.4f"))


def tables_to_zip(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Tables as CSV files in a ZIP archive, ``<name>.csv`` each."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in tables.items():
            archive.writestr(f"{name}.csv", table_to_csv(table))
    return memory.getvalue()
