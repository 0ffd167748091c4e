"""Several tables as one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pandas as pd

from emotion_core.export.formats import TableFormat
from emotion_core.export.spreadsheets import write_tables


def tables_to_zip(
    tables: Mapping[str, pd.DataFrame], wanted: TableFormat = TableFormat.CSV
) -> bytes:
    """Tables as files in a ZIP archive, ``<name>.csv`` each or as the format is called."""
    return files_to_zip(write_tables(tables, wanted))


def files_to_zip(files: Mapping[str, bytes]) -> bytes:
    """Files by their names as a ZIP archive."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return memory.getvalue()
