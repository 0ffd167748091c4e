"""The report of a scene: what each character plays in it, in words, tables and drawings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd

from emotion_core.emotions.labels import EMOTIONS, describe, percent
from emotion_core.emotions.uncertainty import describe_moment
from emotion_core.export.report.character import explain_words, mean_shares, report_character
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
from emotion_core.export.report.limits import ABOUT, LIMITS
from emotion_core.export.report_data import ReportData
from emotion_core.render.svg.progression import draw_shares
from emotion_core.scene.summary import Moment, describe_uncertainty
from emotion_core.text import count_of, format_time, number, share
from emotion_core.types import ImageArray

# Characters that are told in detail: the rest are listed.
_DETAILED = 6
_LISTED = 20


def scene_report(told: ReportData, pictures: Mapping[Moment, ImageArray] | None = None) -> Document:
    """The report of a scene.

    Args:
        told: the scene.
        pictures: stills of its strongest moments, (H, W, 3) uint8 RGB, as far as the clip is at
            hand.
    """
    blocks = [Paragraph(ABOUT, aside=True), *_overview(told), *_moments(told, pictures or {})]
    if told.bookmarks:
        blocks.append(_bookmarks(told))
    detailed = list(zip(told.performances, told.progressions, strict=True))[:_DETAILED]
    if detailed:
        blocks += explain_words(detailed[0][1].settings)
    for place, (performance, progression) in enumerate(detailed, 1):
        blocks += report_character(performance, progression, place)
    left = len(told.performances) - len(detailed)
    if left > 0:
        rest = f"{count_of(left, 'more face')} with less time in view: see the tables."
        blocks.append(Paragraph(rest, aside=True))
    blocks += [*_how_it_was_read(told), Heading("What this does not mean"), limits_section(LIMITS)]
    clip, model = told.analysis.clip.name, told.analysis.model.name
    facts = [f"{format_time(told.analysis.info.duration)} long", f"model {model}"]
    subtitle = " · ".join([clip, *facts] if clip != told.title else facts)
    return Document(told.title, subtitle, tuple(blocks))


def _overview(told: ReportData) -> list[Block]:
    summary = told.summary
    if not told.performances:
        text = (
            f"{count_of(summary.shots, 'shot')}. No usable face was found: faces may be too "
            "small, turned away or too dark."
        )
        return [Heading("Summary"), Paragraph(text), *_warnings(told)]
    longest = told.performances[0]
    text = (
        f"{count_of(summary.shots, 'shot')}, {count_of(len(told.performances), 'face')}, a face "
        f"in view {percent(summary.face_share)} of the time. Longest in view: {longest.name}, on "
        f"average {describe(mean_shares(longest))}."
    )
    blocks: list[Block] = [Heading("Summary"), Paragraph(text)]
    if uncertainty := describe_uncertainty(summary):
        blocks.append(Paragraph(uncertainty))
    return [*blocks, *_warnings(told), _characters(told), _shares(told)]


def _warnings(told: ReportData) -> list[Block]:
    return [Paragraph(f"Note: {warning}") for warning in told.analysis.warnings]


def _characters(told: ReportData) -> Table:
    shown = list(zip(told.performances, told.progressions, strict=True))[:_LISTED]
    left = len(told.performances) - len(shown)
    title = "Characters, longest in view first"
    if left > 0:
        title += f" (the first {len(shown)} of {len(told.performances)})"
    return table_of(
        title,
        [
            ("name", [one.name for one, _ in shown]),
            ("in view (s)", [number(progression.seconds, 1) for _, progression in shown]),
            ("from", [format_time(one.times[0]) for one, _ in shown]),
            ("to", [format_time(one.times[-1]) for one, _ in shown]),
            ("plays on average", [describe(mean_shares(one)) for one, _ in shown]),
            (
                "unsure (%)",
                [share(progression.uncertainty["any"]) for _, progression in shown],
            ),
        ],
        numbers=("in view (s)", "from", "to", "unsure (%)"),
    )


def _shares(told: ReportData) -> Figure:
    names = [one.name for one in told.performances[:_LISTED]]
    shares = [mean_shares(one) for one in told.performances[:_LISTED]]
    words = [f"{name}: {describe(own)}" for name, own in zip(names, shares, strict=True)]
    return Figure(
        name="shares",
        title="Mean reading of each character over the time in view",
        description="; ".join(words),
        svg=draw_shares(names, shares),
        data=pd.DataFrame(shares).assign(name=names)[["name", *EMOTIONS]],
    )


def _moments(told: ReportData, pictures: Mapping[Moment, ImageArray]) -> list[Block]:
    moments = told.summary.moments
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
        "The clearest readings of an emotion other than neutral, at separate times.", aside=True
    )
    rest = tuple(captions[moment] for moment in moments if moment not in pictures)
    blocks: list[Block] = [heading, explained]
    if stills:
        blocks.append(Gallery("Stills of the strongest moments", stills))
    return [*blocks, Points(rest)] if rest else blocks


def _bookmarks(told: ReportData) -> Table:
    return table_of(
        "Bookmarks",
        [
            ("time", [format_time(mark.time) for mark in told.bookmarks]),
            ("comment", [mark.comment for mark in told.bookmarks]),
        ],
        numbers=("time",),
    )


def _how_it_was_read(told: ReportData) -> list[Block]:
    analysis = told.analysis
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
