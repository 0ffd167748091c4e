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
    return files_to_zip(
        {f"{name}.csv": table_to_csv(table).encode() for name, table in tables.items()}
    )


def files_to_zip(files: Mapping[str, bytes]) -> bytes:
    """Files by their names as a ZIP archive."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return memory.getvalue()
