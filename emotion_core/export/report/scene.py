"""The report of a scene: what each character plays in it, in words, tables and drawings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, describe, percent
from emotion_core.emotions.uncertainty import describe_moment, mark_unsure
from emotion_core.export.report.character import explain_words, mean_shares, report_character
from emotion_core.export.report.delivery import report_sound
from emotion_core.export.report.document import (
    Block,
    Document,
    Figure,
    Gallery,
    Heading,
    Paragraph,
    Picture,
    Points,
    Table,
    limits_section,
    table_of,
)
from emotion_core.export.report.limits import ABOUT, HARD_TO_READ, LIMITS
from emotion_core.export.report_data import ReportData
from emotion_core.performance.performance import Performance
from emotion_core.performance.progression import Progression
from emotion_core.render.svg.progression import draw_shares
from emotion_core.scene.summary import Moment, describe_uncertainty
from emotion_core.text import count_of, format_time, number, share
from emotion_core.types import ImageArray

# Characters that are described in detail: the rest are listed.
_DETAILED = 6
_LISTED = 20


def scene_report(data: ReportData, pictures: Mapping[Moment, ImageArray] | None = None) -> Document:
    """The report of a scene.

    Args:
        data: the scene.
        pictures: stills of its strongest moments, (H, W, 3) uint8 RGB, as far as the clip is at
            hand.
    """
    blocks = [Paragraph(ABOUT, aside=True), *_overview(data), *_moments(data, pictures or {})]
    if data.bookmarks:
        blocks.append(_bookmarks(data))
    if data.sound is not None:
        blocks += report_sound(data.sound)
    detailed = list(zip(data.performances, data.progressions, strict=True))[:_DETAILED]
    if detailed:
        blocks += explain_words(detailed[0][1].settings)
    for place, (performance, progression) in enumerate(detailed, 1):
        blocks += report_character(performance, progression, place)
    left = len(data.performances) - len(detailed)
    if left > 0:
        rest = f"{count_of(left, 'more face')} with less time in view: see the tables."
        blocks.append(Paragraph(rest, aside=True))
    blocks += [*_how_it_was_read(data), Heading("What this does not mean"), limits_section(LIMITS)]
    clip, model = data.analysis.clip.name, data.analysis.model.name
    parts = [f"{format_time(data.analysis.info.duration)} long", f"model {model}"]
    subtitle = " · ".join([clip, *parts] if clip != data.title else parts)
    return Document(data.title, subtitle, tuple(blocks))


def _overview(data: ReportData) -> list[Block]:
    summary = data.summary
    if not data.performances:
        text = (
            f"{count_of(summary.shots, 'shot')}. No usable face was found: faces may be too "
            "small, turned away or too dark."
        )
        return [Heading("Summary"), Paragraph(text), *_warnings(data)]
    longest = data.performances[0]
    text = (
        f"{count_of(summary.shots, 'shot')}, {count_of(len(data.performances), 'face')}, a face "
        f"in view {percent(summary.face_share)} of the time. Longest in view: {longest.name}, on "
        f"average {_average(longest, data.progressions[0])}."
    )
    blocks: list[Block] = [Heading("Summary"), Paragraph(text)]
    if uncertainty := describe_uncertainty(summary):
        blocks.append(Paragraph(uncertainty))
    return [*blocks, *_warnings(data), _characters(data), _shares(data)]


def _warnings(data: ReportData) -> list[Block]:
    return [Paragraph(f"Note: {warning}") for warning in data.analysis.warnings]


def _characters(data: ReportData) -> Table:
    shown = list(zip(data.performances, data.progressions, strict=True))[:_LISTED]
    left = len(data.performances) - len(shown)
    title = "Characters, longest in view first"
    if left > 0:
        title += f" (the first {len(shown)} of {len(data.performances)})"
    return table_of(
        title,
        [
            ("name", [one.name for one, _ in shown]),
            ("in view (s)", [number(progression.seconds, 1) for _, progression in shown]),
            ("from", [format_time(one.times[0]) for one, _ in shown]),
            ("to", [format_time(one.times[-1]) for one, _ in shown]),
            ("read on average", [_average(one, progression) for one, progression in shown]),
            (
                "unsure (%)",
                [share(progression.uncertainty["any"]) for _, progression in shown],
            ),
        ],
        numbers=("in view (s)", "from", "to", "unsure (%)"),
    )


def _average(performance: Performance, progression: Progression) -> str:
    return mark_unsure(describe(mean_shares(performance)), progression.unsure)


def _shares(data: ReportData) -> Figure:
    names = [one.name for one in data.performances[:_LISTED]]
    shares = [mean_shares(one) for one in data.performances[:_LISTED]]
    shown = list(zip(data.performances, data.progressions, strict=True))[:_LISTED]
    words = [f"{one.name}: {_average(one, progression)}" for one, progression in shown]
    unsure = [bool(progression.unsure) for _, progression in shown]
    hatched = ". Hatched: mostly unsure" if any(unsure) else ""
    return Figure(
        name="shares",
        title=f"Mean reading of each character over the time in view{hatched}",
        description="; ".join(words),
        svg=draw_shares(names, shares, unsure),
        data=pd.DataFrame(shares).assign(name=names)[["name", *EMOTIONS]],
    )


def _moments(data: ReportData, pictures: Mapping[Moment, ImageArray]) -> list[Block]:
    moments = data.summary.moments
    if not moments:
        return []
    captions = {
        moment: f"At {format_time(moment.time)}, {moment.name}: "
        f"{describe_moment(moment.emotion, moment.probability, moment.uncertainty)}"
        for moment in moments
    }
    stills = tuple(
        Picture(f"moment-{place}", pictures[moment], captions[moment])
        for place, moment in enumerate(moments, 1)
        if moment in pictures
    )
    heading = Heading("Strongest moments")
    explained = Paragraph(
        "The clearest readings of an emotion other than neutral, at separate times. "
        + HARD_TO_READ,
        aside=True,
    )
    rest = tuple(captions[moment] for moment in moments if moment not in pictures)
    blocks: list[Block] = [heading, explained]
    if stills:
        blocks.append(Gallery("Stills of the strongest moments", stills))
    return [*blocks, Points(rest)] if rest else blocks


def _bookmarks(data: ReportData) -> Table:
    return table_of(
        "Bookmarks",
        [
            ("time", [str(mark) for mark in data.bookmarks]),
            ("comment", [mark.comment for mark in data.bookmarks]),
        ],
        numbers=("time",),
    )


def _how_it_was_read(data: ReportData) -> list[Block]:
    analysis = data.analysis
    parameters = asdict(analysis.parameters)
    tracking = parameters.pop("tracking")
    rows = [
        ("clip", analysis.clip.name),
        ("SHA-256 of the clip", analysis.clip.sha256),
        ("picture", f"{analysis.info.width} x {analysis.info.height} px"),
        ("frames per second", number(analysis.info.fps)),
        ("model", analysis.model.name),
        ("fingerprint of the model", analysis.model.fingerprint),
        *((name.replace("_", " "), str(value)) for name, value in parameters.items()),
        *((f"tracking: {name.replace('_', ' ')}", str(v)) for name, v in tracking.items()),
    ]
    names, values = zip(*rows, strict=True)
    return [
        Heading("How it was analyzed"),
        table_of(
            "Clip, model and parameters: the same three give the same readings",
            [("what", names), ("value", values)],
        ),
    ]
