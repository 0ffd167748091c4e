"""Tables of an analysis in their files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from emotion_core.checked_tables import LONGEST_TEXT, check_lengths, is_text, read_table, to_frame
from emotion_core.faces.identity.track_embeddings import TrackEmbeddings
from emotion_core.scene.analysis import FACE_DTYPES, FRAME_DTYPES, MESH_COLUMNS, UNKNOWN_COLUMNS
from emotion_core.scene.checks import MOST_TRACKS

MOST_FRAMES, MOST_FACES = (
    5_000_000,
    10_000_000,
)  # rows; 8 hours at 50 frames a second have 1.4 million
_MOST_VALUES = 20_000_000  # numbers in all embeddings
_LONGEST_PORTRAIT = 1 << 20  # bytes
_IDENTITY: dict[str, Callable[[pa.DataType], bool]] = {
    "track": pa.types.is_integer,
    "vector": lambda kind: pa.types.is_list(kind) and pa.types.is_floating(kind.value_type),
    "weight": pa.types.is_floating,
    "portrait": lambda kind: pa.types.is_dictionary(kind) and pa.types.is_binary(kind.value_type),
    "embedder": lambda kind: pa.types.is_dictionary(kind) and is_text(kind.value_type),
    "threshold": pa.types.is_floating,
}


def read_faces(path: Path) -> pd.DataFrame:
    """One row per face and frame, dtypes :data:`~emotion_core.scene.analysis.FACE_DTYPES`.

    Columns by the mesh are NaN where it was not read then.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no table, or another one.
    """
    table = read_table(path, FACE_DTYPES, MOST_FACES, later=MESH_COLUMNS)
    return to_frame(table, FACE_DTYPES, UNKNOWN_COLUMNS)


def read_frames(path: Path) -> pd.DataFrame:
    """One row per frame, dtypes :data:`~emotion_core.scene.analysis.FRAME_DTYPES`.

    Raises: as :func:`read_faces`.
    """
    return to_frame(read_table(path, FRAME_DTYPES, MOST_FRAMES), FRAME_DTYPES, ())


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
    table = read_table(path, _IDENTITY, MOST_TRACKS, _MOST_VALUES)
    if not table.num_rows:
        return TrackEmbeddings.empty()
    for name, fits in _IDENTITY.items():
        if not fits(table.column(name).type) or table.column(name).null_count:
            raise ValueError(f"{name} must not be {table.column(name).type}")
    for name in ("portrait", "embedder"):
        check_lengths(table.column(name), _LONGEST_PORTRAIT if name == "portrait" else LONGEST_TEXT)
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
