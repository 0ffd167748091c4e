"""Tables of an analysis read from their files, which anybody may have written.

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

from emotion_core.faces.identity.track_embeddings import TrackEmbeddings
from emotion_core.scene.analysis import FACE_DTYPES, FRAME_DTYPES, MESH_COLUMNS, UNKNOWN_COLUMNS
from emotion_core.scene.checks import LONGEST_TEXT, MOST_TRACKS

MOST_FRAMES, MOST_FACES = (
    5_000_000,
    10_000_000,
)  # rows; 8 hours at 50 frames a second have 1.4 million
_MOST_VALUES = 20_000_000  # numbers in all embeddings
_LONGEST_PORTRAIT = 1 << 20  # bytes
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
_IDENTITY: dict[str, Callable[[pa.DataType], bool]] = {
    "track": pa.types.is_integer,
    "vector": lambda kind: pa.types.is_list(kind) and pa.types.is_floating(kind.value_type),
    "weight": pa.types.is_floating,
    "portrait": lambda kind: pa.types.is_dictionary(kind) and pa.types.is_binary(kind.value_type),
    "embedder": lambda kind: pa.types.is_dictionary(kind) and _is_text(kind.value_type),
    "threshold": pa.types.is_floating,
}


class EarlierTable(ValueError):
    """A table that lacks columns, as early versions have written it."""


def read_faces(path: Path) -> pd.DataFrame:
    """One row per face and frame, dtypes :data:`~emotion_core.scene.analysis.FACE_DTYPES`.

    Columns by the mesh are NaN where it was not read then.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no table, or another one.
    """
    return _to_frame(_read(path, FACE_DTYPES, MOST_FACES, later=MESH_COLUMNS), FACE_DTYPES)


def read_frames(path: Path) -> pd.DataFrame:
    """One row per frame, dtypes :data:`~emotion_core.scene.analysis.FRAME_DTYPES`.

    Raises: as :func:`read_faces`.
    """
    return _to_frame(_read(path, FRAME_DTYPES, MOST_FRAMES), FRAME_DTYPES)


def identity_table(identity: TrackEmbeddings) -> pd.DataFrame:
    """Embeddings of tracks as a table, one row a track."""
    return pd.DataFrame(
        {
            "track": identity.track,
            "vector": list(identity.vectors),
            "weight": identity.weights,
            "portrait": list(identity.portraits),
            "embedder": identity.embedder,
            "threshold": identity.threshold,
        }
    )


def read_identity(path: Path) -> TrackEmbeddings:
    """The embeddings of tracks in a file of :func:`identity_table`.

    Raises: as :func:`read_faces`.
    """
    table = _read(path, _IDENTITY, MOST_TRACKS, _MOST_VALUES)
    if not table.num_rows:
        return TrackEmbeddings.empty()
    for name, fits in _IDENTITY.items():
        if not fits(table.column(name).type) or table.column(name).null_count:
            raise ValueError(f"{name} must not be {table.column(name).type}")
    for name in ("portrait", "embedder"):
        _check_lengths(
            table.column(name), _LONGEST_PORTRAIT if name == "portrait" else LONGEST_TEXT
        )
    read = table.to_pandas(ignore_metadata=True)
    vectors = np.stack(read["vector"].to_list()).astype(np.float32)
    weights, threshold = read["weight"].to_numpy(np.float32), float(read["threshold"].iloc[0])
    lengths = np.linalg.norm(vectors, axis=1)
    if not (np.isfinite(weights).all() and weights.min() >= 0 and abs(threshold) <= 1):
        raise ValueError("embeddings must have weights and a threshold")
    # a row of zeros is like nobody
    if not ((np.abs(lengths - 1) < 0.1) | (lengths == 0)).all():
        raise ValueError("embeddings must be of length 1")
    return TrackEmbeddings(
        read["track"].to_numpy(np.int32),
        vectors,
        weights,
        tuple(bytes(portrait) for portrait in read["portrait"]),
        str(read["embedder"].iloc[0]),
        threshold,
    )


def _read(
    path: Path,
    columns: Collection[str],
    most: int,
    most_values: int | None = None,
    later: Collection[str] = (),
) -> pa.Table:
    """A table with these columns and no others, of at most so many rows.

    Those of ``later`` may be missing.
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
            texts = [field.name for field in schema if _is_text(field.type)]
            file = pq.ParquetFile(source, read_dictionary=texts)
            return file.read(names)
        except (pa.ArrowException, OSError, MemoryError, OverflowError, TypeError) as error:
            raise ValueError(f"{path.name} is damaged") from error


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def _to_frame(table: pa.Table, dtypes: Mapping[str, str]) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for name, dtype in dtypes.items():
        if name not in table.column_names:
            columns[name] = pa.array(np.full(table.num_rows, np.nan), _ARROW[dtype])
            continue
        column = table.column(name)
        if dtype == "string":
            if not pa.types.is_null(column.type):
                _check_lengths(column, LONGEST_TEXT)
        elif not _KINDS[dtype](column.type) or (
            column.null_count and name not in UNKNOWN_COLUMNS  # NaN is written as nothing
        ):
            raise ValueError(f"{name} must be {dtype}, but is {column.type}")
        columns[name] = column.cast(_ARROW[dtype])  # a number that does not fit is an error
    strings = {_ARROW["string"]: pd.StringDtype()}
    frame: pd.DataFrame = pa.table(columns).to_pandas(types_mapper=strings.get)
    return frame


def _check_lengths(column: pa.ChunkedArray, longest: int) -> None:
    """That no text or picture in a column is too long."""
    for chunk in column.chunks:
        kept = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
        if not _is_text(kept.type):
            raise ValueError("a column must be of text")
        if len(kept) and (pc.binary_length(kept).to_numpy(zero_copy_only=False) > longest).any():
            raise ValueError("a text is too long")
