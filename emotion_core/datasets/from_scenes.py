"""Faces of analysed scenes as a data set, to train an explainer on without any other pictures.

An explainer learns from what the classifier reads, so these faces need nobody's labels; they are
filed under the emotion that leads in their reading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from emotion_core.datasets.output import Names, new_dataset, png
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.emotions.uncertainty import HARD_TO_SEE, uncertainty_of
from emotion_core.errors import DatasetError, MediaError
from emotion_core.media.seeking import read_images_at
from emotion_core.progress import Progress, Task
from emotion_core.scene.analysis import crop_of
from emotion_core.scene.clips.store import MediaStore

_LARGEST = 224  # px, the side of a crop; smaller faces are not enlarged
_VALIDATION = 0.2  # of each track, its end
_FEWEST = 2  # faces in a part of the data, or nothing can be trained


@dataclass(frozen=True, slots=True)
class SceneFaces:
    """A clip and who is seen in it.

    Attributes:
        clip: where it lies, as it is written down.
        faces: the ``faces`` table of its analysis.
    """

    clip: Path
    faces: pd.DataFrame


def faces_of_scenes(
    out: Path, scenes: Sequence[SceneFaces], count: int, clips: MediaStore
) -> Task[dict[str, int]]:
    """Write faces of scenes as ``{train,val}/<emotion>/*.png``.

    Each track gives about as many faces, spread over its time, detected and seen well; the last
    fifth of each is for validation. So the same people are in both parts: what is measured on
    them says nothing about people who were never seen.

    Args:
        out: new folder.
        scenes: where the faces are; clips that cannot be read are left out.
        count: about how many faces.
        clips: of the library, fetched one at a time where they are kept elsewhere.

    Returns:
        Faces by emotion.

    Raises:
        DatasetError: there are too few faces.
        OutputError: the folder is in the way or cannot be written.
    """
    tracks = [
        (scene.clip, rows)
        for scene in scenes
        for _, rows in scene.faces[_well_seen(scene.faces)].groupby("track")
    ]
    each = max(_FEWEST, round(count / max(len(tracks), 1)))
    wanted = {
        clip: pd.concat([_spread(rows, each) for own, rows in tracks if own == clip])
        for clip in dict.fromkeys(clip for clip, _ in tracks)
    }
    total, done = sum(map(len, wanted.values())), 0
    counts: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    names = Names()
    with new_dataset(out) as target:
        for clip, rows in wanted.items():
            rows = rows.sort_values("time", kind="stable")
            try:
                with clips.holding(clip) as file:
                    pictures = read_images_at(file, rows["time"].tolist())
                    for row, picture in zip(rows.to_dict("records"), pictures, strict=False):
                        done += 1
                        yield Progress(done, total)
                        square = crop_of(row)
                        face = square.cut(picture, min(max(round(square.side), 1), _LARGEST))
                        emotion = max(EMOTIONS, key=row.__getitem__)
                        origin = f"{clip.stem}-{row['track']}-{row['frame']}"
                        name = names.take(f"{row['part']}/{emotion}", origin, ".png")
                        target.add(name, png(face))
                        counts[emotion] += 1
                        parts[row["part"]] += 1
            except MediaError:
                continue  # moved or damaged since it was read
        if min(parts["train"], parts["val"]) < _FEWEST:
            raise DatasetError(
                "These scenes show too few faces well enough to train on. Analyze more scenes, or "
                "name a data set."
            )
    return dict(counts)


def _well_seen(faces: pd.DataFrame) -> pd.Series:
    hard: pd.Series = uncertainty_of(faces)[list(HARD_TO_SEE)].any(axis=1)
    return faces["detected"] & ~hard


def _spread(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """Rows of a track over its time, each with the part of the data that it belongs to."""
    places = np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).round().astype(int))
    chosen = rows.sort_values("time", kind="stable").iloc[places]
    held_out = max(round(len(chosen) * _VALIDATION), 1) if len(chosen) > 1 else 0
    part = ["train"] * (len(chosen) - held_out) + ["val"] * held_out
    return chosen.assign(part=part)
