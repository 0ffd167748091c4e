"""Where the eyes, nose and mouth are in the pictures of a data set, found once and kept.

Training on faces in one position needs them, and the machine that trains need not be able to find
them.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from emotion_core.datasets.left_out import LeftOut
from emotion_core.datasets.output import table
from emotion_core.datasets.sources import Files
from emotion_core.errors import DatasetError
from emotion_core.files import whole_file
from emotion_core.media.pictures import PictureError
from emotion_core.progress import Progress, Task
from emotion_core.types import FloatArray, ImageArray

if TYPE_CHECKING:  # a machine that only trains need not have the detector's package
    from emotion_core.faces.detection import FaceDetector

_COLUMNS = ["file", *(f"{axis}{point}" for point in range(1, 6) for axis in "xy")]
# Cut-out faces fill their picture. The detector wants some room around a face, and more pixels
# than the smallest sets have.
_MARGIN = 0.2
_SIDE = 112


def write_landmarks(
    source: Path,
    out: Path,
    detector: FaceDetector,
) -> Task[LeftOut]:
    """Find the landmarks of the face in every picture, and write them as a CSV table.

    Columns: ``file``, its path in the set, and ``x1, y1, ..., x5, y5`` in pixels: eyes, nose,
    corners of the mouth, as in :class:`FaceDetections`. Pictures without a face have no row.

    Args:
        source: folder or zip with pictures of one face each, whatever its folders mean.
        out: the table.
        detector: finds the faces; of several, the one nearest to the middle counts.

    Returns:
        How many there are ``found``, and how many were left out by reason.

    Raises:
        DatasetError: the source cannot be read.
        OutputError: the table cannot be written.
    """
    rows = []
    with Files(source) as files, whole_file(out) as part:
        counts = LeftOut.of(files.refused | files.others())
        names = files.pictures()
        for done, (name, image) in enumerate(files.decode(names), 1):
            yield Progress(done, len(names))
            points = None if isinstance(image, PictureError) else landmarks_of(image, detector)
            if points is None:
                counts.add(str(image) if isinstance(image, PictureError) else "no face", name)
                continue
            values = (f"{value:.2f}" for value in points.ravel())
            rows.append(dict(zip(_COLUMNS, (name, *values), strict=True)))
        part.write_bytes(table(_COLUMNS, rows))
    counts["found"] = len(rows)
    return counts


def landmarks_of(image: ImageArray, detector: FaceDetector) -> FloatArray | None:
    """The landmarks of the face in the middle of a picture, (5, 2) px, or ``None``."""
    height, width = image.shape[:2]
    scale = max(_SIDE / min(height, width), 1.0)
    size = (round(width * scale), round(height * scale))
    larger = cv2.resize(image, size, interpolation=cv2.INTER_CUBIC) if scale > 1 else image
    margin = round(_MARGIN * min(size))
    framed = cv2.copyMakeBorder(larger, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    found = detector.detect(np.asarray(framed, np.uint8))
    if len(found) == 0 or found.landmarks is None:
        return None
    middle = np.array(framed.shape[1::-1]) / 2
    centres = (found.xyxy[:, :2] + found.xyxy[:, 2:]) / 2
    nearest = int(np.linalg.norm(centres - middle, axis=1).argmin())
    points = (found.landmarks[nearest] - margin + 0.5) / scale - 0.5
    return np.asarray(points, np.float32)


def read_landmarks(path: Path) -> dict[str, FloatArray]:
    """The (5, 2) landmarks of each picture, from a table that :func:`write_landmarks` wrote.

    Raises:
        DatasetError: it is no such table.
    """
    try:
        reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        return {
            row["file"]: np.array([float(row[name]) for name in _COLUMNS[1:]], np.float32).reshape(
                5, 2
            )
            for row in reader
        }
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{path} is not a table of landmarks.") from error
