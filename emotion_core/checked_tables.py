"""Tables read from files that anybody may have written.

A small file may stand for a table that fills the memory, so its head is looked at first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

LONGEST_TEXT = 1_000  # characters of a name, a warning or a spoken line
_INDEX = "__index_level_0__"  # of tables that pandas stored with one
_KINDS: dict[str, Callable[[pa.DataType], bool]] = {
    "int32": pa.types.is_integer,
    "float32": pa.types.is_floating,
    "float64": pa.types.is_floating,
    "bool": pa.types.is_boolean,
}
_ARROW = {
    "int32": pa.int32(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "string": pa.large_string(),
}


class EarlierTable(ValueError):
    """A table that lacks columns, as early versions have written it."""


def read_table(
    path: Path,
    columns: Collection[str],
    most: int,
    most_values: int | None = None,
    later: Collection[str] = (),
) -> pa.Table:
    """A table with these columns and no others.

    Args:
        path: a Parquet file.
        columns: their names, in order.
        most: rows that it may have.
        most_values: numbers that one column may have, where it holds lists; ``most`` if ``None``.
        later: columns that may be missing.

    Raises:
        OSError: the file cannot be read.
        EarlierTable: it lacks columns.
        ValueError: it is no table, or another one.
    """
    with path.open("rb") as source:
        try:
            file = pq.ParquetFile(source)
            schema, head = file.schema_arrow, file.metadata
            names = [name for name in schema.names if name != _INDEX]
            if names != [name for name in columns if name in names or name not in later]:
                early = names == [name for name in columns if name in names]
                kind = EarlierTable if early and names else ValueError
                raise kind(f"a table must have the columns {list(columns)}, but has {names[:50]}")
            values = max(
                (
                    group.column(k).num_values
                    for k in range(head.num_columns)
                    for group in map(head.row_group, range(head.num_row_groups))
                ),
                default=0,
            )
            if head.num_rows > most or values > (most_values or most):
                raise ValueError(f"a table must not have more than {most} rows")
            # what repeats is kept once, however long it is
            texts = [field.name for field in schema if is_text(field.type)]
            file = pq.ParquetFile(source, read_dictionary=texts)
            return file.read(names)
        except (pa.ArrowException, OSError, MemoryError, OverflowError, TypeError) as error:
            raise ValueError(f"{path.name} is damaged") from error


def is_text(kind: pa.DataType) -> bool:
    """Whether a column holds texts or bytes."""
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def to_frame(table: pa.Table, dtypes: Mapping[str, str], unknown: Collection[str]) -> pd.DataFrame:
    """A table with these dtypes.

    Args:
        table: of :func:`read_table`; columns that it lacks are NaN.
        dtypes: by column, as of pandas.
        unknown: columns that may hold NaN.

    Raises:
        ValueError: a column is of another kind, or a number does not fit.
    """
    columns: dict[str, Any] = {}
    for name, dtype in dtypes.items():
        if name not in table.column_names:
            columns[name] = pa.array(np.full(table.num_rows, np.nan), _ARROW[dtype])
            continue
        column = table.column(name)
        if dtype == "string":
            if not pa.types.is_null(column.type):
                check_lengths(column, LONGEST_TEXT)
        elif not _KINDS[dtype](column.type) or (
            column.null_count and name not in unknown  # NaN is written as nothing
        ):
            raise ValueError(f"{name} must be {dtype}, but is {column.type}")
        columns[name] = column.cast(_ARROW[dtype])  # a number that does not fit is an error
    strings = {_ARROW["string"]: pd.StringDtype()}
    frame: pd.DataFrame = pa.table(columns).to_pandas(types_mapper=strings.get)
    return frame


def check_lengths(column: pa.ChunkedArray, longest: int) -> None:
    """That no text or picture in a column is too long."""
    for chunk in column.chunks:
        kept = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
        if not is_text(kept.type):
            raise ValueError("a column must be of text")
        if len(kept) and (pc.binary_length(kept).to_numpy(zero_copy_only=False) > longest).any():
            raise ValueError("a text is too long")
