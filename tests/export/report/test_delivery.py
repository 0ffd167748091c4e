"""What a report says of the sound of a scene."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from emotion_core.export.report.delivery import report_sound
from emotion_core.export.report.document import Block, Document, Points, Table
from emotion_core.export.report.html import to_html
from emotion_core.export.report.markdown import to_markdown
from emotion_core.export.report.scene import scene_report
from emotion_core.export.report_data import build_report_data
from emotion_core.performance.delivery.contrast import Contrast
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.sound.words.lines import Line
from tests.export.report.pages import assert_self_contained, read
from tests.export.sound.made import (
    heard_data,
    make_scene_sound,
    scene_of_two,
    silent_scene_sound,
)


def words_of(blocks: list[Block]) -> str:
    return "".join(read(to_html(Document("", "", tuple(blocks)))).words)


def test_a_report_says_who_speaks_what_is_said_and_what_it_cannot_mean() -> None:
    page = to_html(scene_report(heard_data()))
    assert_self_contained(page)
    words = "".join(read(page).words)
    for said in (
        "What is said",
        "Speech, music and who speaks are estimates.",
        "not what anyone feels",
        "One line was left out.",
        "I waited all night.",
        "Nobody knows <who> & why.",
        "raised, 2 semitones above the usual",
        "0:01.0: Ana shows a still face on a raised voice; there are too few lines to say",
        "0:02.2: Ben, while Ana speaks: sad 5% to 70%.",
        "A change may have another cause.",
    ):
        assert said in words
    text = to_markdown(scene_report(heard_data()), "scene")["scene.md"].decode()
    assert "## What is said" in text and r"\<who\>" in text


def test_shares_of_speech_add_up_and_say_how_much_of_it_is_sure() -> None:
    table = tables(make_scene_sound())[0]
    assert table.rows == (
        ("Ana", "3.0", "50", "3.0"),
        ("Ben", "1.0", "17", "0.0"),
        ("Off screen", "1.0", "17", "0.0"),
        ("Can't tell", "1.0", "17", "0.0"),
    )


def test_of_many_lines_the_first_are_listed_and_the_rest_counted() -> None:
    lines = [Line(0.1 * place, 0.1 * place + 0.1, f"line {place}") for place in range(90)]
    table = tables(make_scene_sound(lines=lines))[1]
    assert table.title == "Lines (the first 40 of 90)" and len(table.rows) == 40
    assert "heard (%)" not in table.columns and "strongest word" not in table.columns


def test_of_many_moments_the_first_are_listed() -> None:
    sound = make_scene_sound()
    many = (Contrast(1.0, 2.0, "Ana", "a smile on a lowered voice", 0.1, False),) * 30
    blocks = report_sound(replace(sound, delivery=replace(sound.delivery, contrasts=many)))
    points = next(block for block in blocks if isinstance(block, Points))
    assert len(points.items) == 20
    assert points.items[0] == (
        "0:01.0: Ana perhaps shows a smile on a lowered voice; 10% of the other lines would part "
        "as much by chance."
    )
    assert "The first 20 of 30." in words_of(blocks)


def test_it_is_said_whether_nothing_parts_or_nothing_can_be_told() -> None:
    sound = make_scene_sound()
    own = replace(sound.delivery, contrasts=(), reactions=())
    words = words_of(report_sound(replace(sound, delivery=own)))
    assert "No line was found in which face and voice clearly part." in words
    assert "Silent reactions" not in words
    own = replace(own, utterances=own.utterances.assign(raised=np.nan))
    words = words_of(report_sound(replace(sound, delivery=own)))
    assert "It cannot be told: no voice could be compared with its own usual." in words


def test_a_clip_without_sound_or_lines_says_so_and_one_that_was_not_heard_says_nothing() -> None:
    words = words_of(report_sound(silent_scene_sound()))
    assert "The clip has no sound." in words and "No lines are known." in words
    assert "estimates" not in words and "face and voice" not in words
    words = "".join(read(to_html(scene_report(build_report_data(scene_of_two())))).words)
    assert "What is said" not in words


def tables(sound: SceneSound) -> list[Table]:
    return [block for block in report_sound(sound) if isinstance(block, Table)]
