"""A scene as a file of ELAN, the annotation tool of the Max Planck Institute: ``.eaf``.

After "EAF 3.0" (The Language Archive, schema EAFv3.0.xsd): tiers of annotations that are aligned
with time, whose times are slots in milliseconds. In a tier no annotation lies over another.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree import ElementTree as ET

from emotion_core.export.movements import movement_segments
from emotion_core.export.report_data import Bookmark, ReportData
from emotion_core.export.segments import Segment, chord_segments, milliseconds, state_segments
from emotion_core.export.sound.tiers import heard_tiers
from emotion_core.performance.comparison.comparison import unique_titles
from emotion_core.performance.movements import movements_of
from emotion_core.text import clean

_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_TYPE = "default-lt"
_MOMENT = 1000  # ms that a moment is given, unless the next bookmark comes sooner


@dataclass(frozen=True, slots=True)
class _Tier:
    name: str
    segments: Sequence[Segment]
    participant: str = ""


def scene_to_eaf(data: ReportData, date: datetime | None = None) -> str:
    """The scene as EAF 3.0: what each character plays and does, what is heard, shots, bookmarks.

    Of each character there are tiers of chords and leading emotions, and one of each movement that
    is clear at some time, and of each kind of event. Of the sound, where it was read, there are
    those of :func:`~emotion_core.export.sound.tiers.heard_tiers`.

    The clip is referred to by its name, in the folder of the file.

    Args:
        data: the scene.
        date: when the file is made; now if ``None``.
    """
    tiers = _tiers(data)
    root = ET.Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "Eme",
            "DATE": (date or datetime.now(UTC)).isoformat(timespec="seconds"),
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": _INSTANCE,
            "xsi:noNamespaceSchemaLocation": _SCHEMA,
        },
    )
    count = sum(len(tier.segments) for tier in tiers)
    _add_header(root, clean(data.analysis.clip.name), count)
    slots = _add_slots(root, tiers)
    number = 0
    for tier, own in zip(tiers, slots, strict=True):
        element = ET.SubElement(root, "TIER", {"LINGUISTIC_TYPE_REF": _TYPE, "TIER_ID": tier.name})
        if tier.participant:
            element.set("PARTICIPANT", tier.participant)
        for segment, (first, last) in zip(tier.segments, own, strict=True):
            number += 1
            _add_annotation(element, f"a{number}", first, last, segment.text)
    ET.SubElement(
        root,
        "LINGUISTIC_TYPE",
        {"LINGUISTIC_TYPE_ID": _TYPE, "TIME_ALIGNABLE": "true", "GRAPHIC_REFERENCES": "false"},
    )
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _tiers(data: ReportData) -> list[_Tier]:
    tiers = []
    for performance, progression in zip(data.performances, data.progressions, strict=True):
        name = clean(" ".join(performance.name.split()))
        chords = chord_segments(progression)
        states = state_segments(progression)
        tiers += [_Tier(f"{name}: chords", chords, name)]
        tiers += [_Tier(f"{name}: leading emotion", states, name)]
        moved = movement_segments(performance, movements_of(performance))
        tiers += [_Tier(f"{name}: {called}", own, name) for called, own in moved.items()]
    if data.sound is not None:
        heard = heard_tiers(data.sound)
        tiers += [_Tier(one.name, one.segments, one.speaker) for one in heard]
    tiers.append(_Tier("Shots", _shots(data)))
    tiers += [_Tier("Bookmarks", segments) for segments in _bookmarks(data.bookmarks)]
    names = unique_titles([tier.name for tier in tiers])
    return [replace(tier, name=name) for tier, name in zip(tiers, names, strict=True)]


def _shots(data: ReportData) -> list[Segment]:
    spans = [(milliseconds(start), milliseconds(end)) for start, end in data.analysis.shots]
    return [
        Segment(start, end, f"Shot {number}")
        for number, (start, end) in enumerate(spans, 1)
        if start < end
    ]


def _bookmarks(bookmarks: Sequence[Bookmark]) -> list[list[Segment]]:
    """As many tiers as lie over each other; moments last a second or up to what comes next.

    Those of the same times are one.
    """
    comments: dict[tuple[int, int | None], list[str]] = {}
    for mark in bookmarks:
        end = None if mark.end is None else milliseconds(mark.end)
        comments.setdefault((milliseconds(mark.time), end), []).append(mark.comment)
    starts = sorted({start for start, _ in comments})
    tiers: list[list[Segment]] = []
    for start, end in sorted(comments, key=lambda times: (times[0], times[1] or times[0])):
        after = next((later for later in starts if later > start), start + _MOMENT)
        last = min(start + _MOMENT, after) if end is None else max(end, start + 1)
        segment = Segment(start, last, "\n".join(comments[start, end]))
        free = next((tier for tier in tiers if tier[-1].end <= start), None)
        if free is None:
            tiers.append([segment])
        else:
            free.append(segment)
    return tiers


def _add_header(root: ET.Element, clip: str, count: int) -> None:
    header = ET.SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    place = quote(clip.encode("utf-8", "replace"))
    kind = mimetypes.guess_type(clip)[0] or "video/*"
    ET.SubElement(
        header,
        "MEDIA_DESCRIPTOR",
        {
            "MEDIA_URL": f"file:///{place}",
            "MIME_TYPE": kind,
            "RELATIVE_MEDIA_URL": f"./{place}",
        },
    )
    ET.SubElement(header, "PROPERTY", {"NAME": "lastUsedAnnotationId"}).text = str(count)


def _add_slots(root: ET.Element, tiers: Sequence[_Tier]) -> list[list[tuple[str, str]]]:
    """The time slots in order, two for each annotation; returns their ids, tier by tier."""
    times = [
        (time, place, number, end)
        for place, tier in enumerate(tiers)
        for number, segment in enumerate(tier.segments)
        for end, time in enumerate((segment.start, segment.end))
    ]
    order = ET.SubElement(root, "TIME_ORDER")
    names: dict[tuple[int, int, int], str] = {}
    for count, (time, place, number, end) in enumerate(sorted(times), 1):
        names[place, number, end] = f"ts{count}"
        slot = {"TIME_SLOT_ID": f"ts{count}", "TIME_VALUE": str(time)}
        ET.SubElement(order, "TIME_SLOT", slot)
    return [
        [(names[place, number, 0], names[place, number, 1]) for number in range(len(tier.segments))]
        for place, tier in enumerate(tiers)
    ]


def _add_annotation(tier: ET.Element, name: str, first: str, last: str, text: str) -> None:
    aligned = ET.SubElement(
        ET.SubElement(tier, "ANNOTATION"),
        "ALIGNABLE_ANNOTATION",
        {"ANNOTATION_ID": name, "TIME_SLOT_REF1": first, "TIME_SLOT_REF2": last},
    )
    ET.SubElement(aligned, "ANNOTATION_VALUE").text = clean(text)
