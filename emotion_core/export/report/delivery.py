"""What a report says of the sound of a scene: who speaks, what is said, and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from emotion_core.export.report.document import (
    Block,
    Heading,
    Paragraph,
    Points,
    table_of,
)
from emotion_core.performance.delivery.delivery import Delivery
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.wording.delivery import (
    REACTIONS_CAVEAT,
    SOUND_CAVEAT,
    SPEAKERS_CAVEAT,
    describe_contrast,
    describe_reaction,
)
from emotion_core.sound.analysis import describe_tracks
from emotion_core.text import format_time, number, share

# Rows and points: what is left is in the exported tables.
_LINES = 40
_MOMENTS = 20
_LINES_EXPLAINED = (
    "Who: as the lines themselves say, else by the mouths in view; a ? after a name: only likely. "
    "Face: what the face of the speaker reads over the line. Voice: against the other lines of the "
    "same speaker. Empty: it cannot be told. All lines are in the exported table of lines."
)
_NO_CONTRAST = "No line was found in which face and voice clearly part."
_NO_VOICE = (
    "It cannot be told: no voice could be compared with its own usual. A speaker needs several "
    "lines for that, without loud music."
)


def report_sound(sound: SceneSound) -> list[Block]:
    """The section on what is said.

    Args:
        sound: of the scene.
    """
    blocks: list[Block] = [Heading("What is said")]
    if words := describe_tracks(sound.heard):
        blocks.append(Paragraph(words))
    if sound.heard.tracks and not sound.heard.silent:
        blocks += [Paragraph(SOUND_CAVEAT, aside=True), *_shares(sound.delivery)]
    return [
        *blocks,
        *_lines(sound),
        *_contrasts(sound.delivery),
        *_reactions(sound.delivery),
    ]


def _shares(delivery: Delivery) -> list[Block]:
    shares = delivery.shares
    if not len(shares):
        return [Paragraph("No speech was found.")]
    table = table_of(
        "Who speaks, the longest first",
        [
            ("who", shares["character"]),
            ("speech (s)", [number(seconds, 1) for seconds in shares["seconds"]]),
            ("share of all speech (%)", [share(one) for one in shares["share"]]),
            ("with a mouth that follows the sound (s)", [number(one, 1) for one in shares["sure"]]),
        ],
        numbers=(
            "speech (s)",
            "share of all speech (%)",
            "with a mouth that follows the sound (s)",
        ),
    )
    return [table, Paragraph(SPEAKERS_CAVEAT, aside=True)]


def _lines(sound: SceneSound) -> list[Block]:
    notes: list[Block] = [Paragraph(f"Note: {warning}") for warning in sound.lines.warnings]
    table = sound.delivery.lines
    if not len(table):
        none = "No line has a time in this clip." if len(sound.lines) else "No lines are known."
        return [*notes, Paragraph(none)]
    shown = table.head(_LINES)
    columns: list[tuple[str, Iterable[object]]] = [
        ("time", [format_time(time) for time in shown["start"]]),
        ("who", shown["speaker"]),
        ("line", shown["text"]),
        ("face", shown["face"]),
        ("voice", shown["voice"]),
    ]
    if shown["strongest"].ne("").any():
        columns.append(("strongest word", shown["strongest"]))
    numbers = ["time"]
    if shown["confidence"].notna().any():
        columns.append(("heard (%)", [share(one) for one in shown["confidence"]]))
        numbers.append("heard (%)")
    lines = table_of(f"Lines{_first(len(shown), len(table))}", columns, numbers)
    return [*notes, lines, Paragraph(_LINES_EXPLAINED, aside=True)]


def _contrasts(delivery: Delivery) -> list[Block]:
    if not len(delivery.utterances):
        return []
    heading = Heading("Where face and voice part", 3)
    if not delivery.contrasts:
        compared = delivery.utterances["raised"].notna().any()
        return [heading, Paragraph(_NO_CONTRAST if compared else _NO_VOICE)]
    said = [f"{format_time(one.start)}: {describe_contrast(one)}." for one in delivery.contrasts]
    return [heading, *_points(said)]


def _reactions(delivery: Delivery) -> list[Block]:
    if not delivery.reactions:
        return []
    said = [f"{format_time(one.time)}: {describe_reaction(one)}." for one in delivery.reactions]
    heading = Heading("Silent reactions", 3)
    return [heading, Paragraph(REACTIONS_CAVEAT, aside=True), *_points(said)]


def _points(said: Sequence[str]) -> list[Block]:
    points = Points(tuple(said[:_MOMENTS]))
    rest = _first(len(points.items), len(said))
    return (
        [points, Paragraph(f"{rest.strip(' ()').capitalize()}.", aside=True)] if rest else [points]
    )


def _first(shown: int, of: int) -> str:
    return f" (the first {shown} of {of})" if shown < of else ""
