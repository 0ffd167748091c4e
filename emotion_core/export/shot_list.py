"""The shot list of a scene: each shot with its times, who is in it and what leads in each face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import CLEAR_LEAD, EMOTIONS
from emotion_core.emotions.uncertainty import HARD_TO_SEE, describe_reading, uncertainty_of
from emotion_core.export.formats import TableFormat
from emotion_core.export.report.document import Document, Paragraph, Picture, Table
from emotion_core.export.report.html import encode_jpeg, to_html
from emotion_core.export.report.limits import ABOUT
from emotion_core.export.report_data import ReportData
from emotion_core.export.spreadsheets import write_sheet, write_table
from emotion_core.export.timecode import Timecode
from emotion_core.scene.summary import face_seconds
from emotion_core.text import count_of, format_time, number, one_line
from emotion_core.types import ImageArray

Stills = Sequence[ImageArray | None]


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot.

    Attributes:
        number: from 1.
        start, end: seconds of the clip.
        first, last: frames of the timecode at which it begins, and at which the next one does.
        readings: what leads in each face on average, in words and with the doubt, by character;
            whoever is longest in view in the scene comes first.
    """

    number: int
    start: float
    end: float
    first: int
    last: int
    readings: tuple[tuple[str, str], ...]

    @property
    def still_time(self) -> float:
        """Seconds at which its still is taken: its middle."""
        return (self.start + self.end) / 2


def list_shots(data: ReportData) -> list[Shot]:
    """The shots of a scene, in order."""
    code, readings = Timecode.of(data.analysis.info.fps), _readings(data)
    return [
        Shot(place + 1, start, end, code.frame(start), code.frame(end), readings.get(place, ()))
        for place, (start, end) in enumerate(data.analysis.shots)
    ]


def _readings(data: ReportData) -> dict[int, tuple[tuple[str, str], ...]]:
    """What each character is read as in each shot, by the number of the shot from 0."""
    faces = data.analysis.faces
    if faces.empty:
        return {}
    flags = uncertainty_of(faces)[list(HARD_TO_SEE)]
    seconds = pd.Series(face_seconds(data.analysis), faces.index)
    names = faces["track"].map(data.analysis.face_names())
    order = {performance.name: place for place, performance in enumerate(data.performances)}
    found: dict[int, list[tuple[str, str]]] = {}
    for _, rows in faces.groupby(["shot", names], sort=False):
        shot, name = int(rows["shot"].iloc[0]), str(names[rows.index[0]])
        weights = seconds[rows.index].to_numpy()
        text = _describe(rows, flags.loc[rows.index].to_numpy(), weights)
        found.setdefault(shot, []).append((name, text))
    return {
        shot: tuple(sorted(own, key=lambda item: order[item[0]])) for shot, own in found.items()
    }


def _describe(rows: pd.DataFrame, hard: np.ndarray, seconds: np.ndarray) -> str:
    """Mean readings in words; unsure where the face is hard to see for half of the time."""
    means = np.average(rows[list(EMOTIONS)].to_numpy(np.float64), axis=0, weights=seconds)
    why = []
    if np.average(hard.any(axis=1), weights=seconds) >= 0.5:
        why = [name for name, own in zip(HARD_TO_SEE, hard.T, strict=True) if own.any()]
    if means.max() < CLEAR_LEAD:
        why.append("unsure")
    return describe_reading(dict(zip(EMOTIONS, map(float, means), strict=True)), why)


def shots_table(data: ReportData) -> pd.DataFrame:
    """The shot list as a table: times as timecode and in seconds, a row a shot."""
    code, shots = Timecode.of(data.analysis.info.fps), list_shots(data)
    return pd.DataFrame(
        {
            "number": [shot.number for shot in shots],
            "start": [code.text(shot.first) for shot in shots],
            "end": [code.text(shot.last) for shot in shots],
            "length": [code.text(shot.last - shot.first) for shot in shots],
            "start (s)": np.array([shot.start for shot in shots], np.float64),
            "end (s)": np.array([shot.end for shot in shots], np.float64),
            "length (s)": np.array([shot.end - shot.start for shot in shots], np.float64),
            "still at": [code.text(code.frame(shot.still_time)) for shot in shots],
            "characters": [", ".join(_names(shot)) for shot in shots],
            "leading emotions": ["; ".join(_lines(shot)) for shot in shots],
        }
    )


def shots_to_spreadsheet(data: ReportData, wanted: TableFormat, stills: Stills | None) -> bytes:
    """The shot list as CSV or as XLSX, which shows the stills.

    Args:
        data: the scene.
        wanted: which.
        stills: a picture a shot, (H, W, 3) uint8 RGB; none where the clip is not at hand.
    """
    table = shots_table(data)
    if wanted is not TableFormat.XLSX:
        return write_table(table, wanted)
    if not stills or all(still is None for still in stills):
        return write_sheet(table)
    encoded = [None if still is None else encode_jpeg(still) for still in stills]
    return write_sheet(table, stills=encoded)


def shots_to_html(data: ReportData, stills: Stills | None) -> str:
    """The shot list as a page to print; arguments as of :func:`shots_to_spreadsheet`."""
    shots, code = list_shots(data), Timecode.of(data.analysis.info.fps)
    rows = tuple(
        (
            str(shot.number),
            code.text(shot.first),
            code.text(shot.last),
            code.text(shot.last - shot.first),
            number(shot.end - shot.start, 1),
            "; ".join(_lines(shot)) or "no face",
        )
        for shot in shots
    )
    pictures = tuple(
        None if still is None else Picture(f"shot-{shot.number}", still, f"Shot {shot.number}")
        for shot, still in zip(shots, stills or (), strict=bool(stills))
    )
    if not any(pictures):
        pictures = ()
    columns = ("shot", "start", "end", "length", "length (s)", "characters and leading emotions")
    table = Table("Shots", columns, rows, frozenset({0, 1, 2, 3, 4}), pictures)
    rate = f"{float(code.rate):.5g} frames a second{', drop frame' if code.drops else ''}"
    parts = [count_of(len(shots), "shot"), f"{format_time(data.analysis.info.duration)} long"]
    subtitle = " · ".join([data.analysis.clip.name, *parts, f"timecode at {rate}"])
    blocks = (table, Paragraph(ABOUT, aside=True))
    return to_html(Document(f"Shot list: {data.title}", subtitle, blocks))


def shots_to_edl(data: ReportData) -> str:
    """The shots as an edit decision list (CMX 3600), for editing programs to cut the clip by.

    An event a shot, its picture only; source and record times are those of the clip, from 0. What
    is read stands in comments. Shots shorter than a frame have no event.
    """
    code = Timecode.of(data.analysis.info.fps)
    clip = one_line(data.analysis.clip.name)
    lines = [
        f"TITLE: {one_line(data.title)[:70]}",
        f"FCM: {'DROP FRAME' if code.drops else 'NON-DROP FRAME'}",
        "",
    ]
    events = [shot for shot in list_shots(data) if shot.first < shot.last]
    for event, shot in enumerate(events, 1):
        times = f"{code.text(shot.first)} {code.text(shot.last)}"
        lines.append(f"{event:03d}  AX       V     C        {times} {times}")
        lines.append(f"* FROM CLIP NAME: {clip}")
        lines += [f"* COMMENT: {one_line(line)}" for line in _lines(shot)]
    return "\r\n".join(lines) + "\r\n"


def _names(shot: Shot) -> list[str]:
    return [one_line(name) for name, _ in shot.readings]


def _lines(shot: Shot) -> list[str]:
    return [f"{one_line(name)}: {text}" for name, text in shot.readings]
