"""What is heard stands below the picture, under one playhead with the face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from emotion_core.media.drawing import MUTED, TEXT, color_from_hex
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.wording.delivery import KIND_COLORS
from emotion_core.render.video.heard.choosing import lanes_of, said_of
from emotion_core.render.video.heard.lanes import Lane
from emotion_core.render.video.heard.panel import HeardPanel
from emotion_core.render.video.heard.piece import ACCENT, Piece, Stretch
from emotion_core.render.video.heard.said import SaidLine
from emotion_core.render.video.panel import Layout, ScenePainter
from emotion_core.sound.kinds.segments import SoundKind
from emotion_core.sound.words.lines import Line
from emotion_core.types import ImageArray
from tests.export.sound.made import make_scene_sound, silent_scene_sound

SIZE = (640, 360)
DURATION = 12.0
LINE = (Line(1.0, 2.5, "Where were you?", speaker="ANA"),)
SHAPES = [SIZE, (360, 640), (480, 360), (64, 48), (64, 360), (400, 20)]


def painter(sound: SceneSound | None, size: tuple[int, int] = SIZE) -> ScenePainter:
    return ScenePainter(*size, several=False, sound=sound, duration=DURATION)


def paint(one: ScenePainter, time: float, size: tuple[int, int] = SIZE) -> ImageArray:
    return one.paint(np.zeros((size[1], size[0], 3), np.uint8), [], time).copy()


def lane(name: str, sound: SceneSound | None = None) -> Lane:
    return next(one for one in lanes_of(sound or make_scene_sound()) if one.name == name)


def said(lines: Sequence[Line], time: float, size: tuple[int, int] = SIZE) -> ImageArray:
    """The band of the line."""
    sheet = paint(painter(make_scene_sound(lines=lines), size), time, size)
    _, y, _, height = Layout.for_clip(*size).picture
    return sheet[y + height : y + height + round(44 * Layout.for_clip(*size).unit)]


def close(area: ImageArray, color: tuple[int, int, int]) -> npt.NDArray[np.bool_]:
    away = np.abs(area.astype(int) - np.array(color)).max(axis=-1)
    return np.asarray(away < 12)


@pytest.mark.parametrize("sound", [None, silent_scene_sound()])
def test_without_anything_heard_or_said_the_video_is_as_it_was(sound: SceneSound | None) -> None:
    one, plain = painter(sound), ScenePainter(*SIZE, several=False)
    assert one.layout == plain.layout == Layout.for_clip(*SIZE)
    assert (paint(one, 3.0) == paint(plain, 3.0)).all()


def test_lanes_are_those_of_the_page_and_only_where_they_have_something_to_show() -> None:
    sound = make_scene_sound()
    names = ["Sound", "Voice", "Who speaks", "Lines", "Music", "Face and voice part"]
    assert [one.name for one in lanes_of(sound)] == names
    music = sound.heard.music
    quiet = replace(
        sound, heard=replace(sound.heard, music=replace(music, chords=music.chords[:0]))
    )
    assert [one.name for one in lanes_of(quiet)] == [name for name in names if name != "Music"]
    unsaid = lanes_of(make_scene_sound(lines=()))
    assert [one.name for one in unsaid] == [name for name in names if name != "Lines"]


def test_lines_of_a_clip_without_sound_are_shown_alone() -> None:
    sound = silent_scene_sound()
    lines = make_scene_sound().delivery.lines
    sound = replace(sound, delivery=replace(sound.delivery, lines=lines))
    assert [one.name for one in lanes_of(sound)] == ["Lines"]
    assert painter(sound).layout.height < painter(make_scene_sound()).layout.height


def test_a_scene_without_lines_keeps_no_room_for_one() -> None:
    with_lines, without = (painter(make_scene_sound(lines=lines)) for lines in (LINE, ()))
    assert with_lines.layout.height - without.layout.height >= 46 + 18
    panel = HeardPanel(make_scene_sound(lines=()), lanes_of(make_scene_sound()), 900, 1.0, 12.0)
    assert panel.above == 0


def test_the_line_that_is_said_stands_below_the_picture_with_its_speaker() -> None:
    during, after = said(LINE, 1.5), said(LINE, 2.6)
    assert close(during, ACCENT).any(), "the speaker"
    assert close(during, TEXT).any(), "the words"
    assert not close(after, ACCENT).any() and not close(after, TEXT).any()
    nobody = said([Line(8.0, 9.0, "Nobody knows.")], 8.5)
    assert close(nobody, TEXT).any() and not close(nobody, ACCENT).any()


def test_two_lines_at_once_stand_below_each_other() -> None:
    lines = [*LINE, Line(2.0, 4.0, "I waited.", speaker="BEN")]
    rows = close(said(lines, 2.2), ACCENT).any(axis=1)
    assert np.count_nonzero(np.diff(rows.astype(int)) == 1) == 2


@pytest.mark.parametrize(("width", "unit"), [(900, 1.0), (360, 0.7), (1920, 2.0)])
def test_a_long_name_leaves_room_for_the_line(width: int, unit: float) -> None:
    name = "The woman who has been waiting for him at the station since the morning"

    def band(who: str) -> ImageArray:
        drawn = np.zeros((round(46 * unit), width, 3), np.uint8)
        line = Stretch(1.0, 3.0, "Where were you all night?", who=who)
        SaidLine([line], width, unit).draw(drawn, 1.5)
        return drawn

    named = close(band(name), ACCENT)
    columns, rows = np.flatnonzero(named.any(axis=0)), named.any(axis=1)
    assert 0.2 * width < columns[-1] - columns[0] < 0.32 * width
    assert close(band(name)[rows], TEXT)[:, columns[-1] :].any(), "words beside the name"
    assert 0 < close(band("ANA"), ACCENT).sum() < named.sum()


def test_in_its_lane_a_long_name_leaves_room_for_the_line() -> None:
    def box(who: str, text: str) -> ImageArray:
        area = np.zeros((18, 1200, 3), np.uint8)
        sound = make_scene_sound(lines=[Line(1.0, 8.0, text, speaker=who)])
        lane("Lines", sound).draw(area, Piece(0, 1200, 100.0, 1.0))
        return area

    name = "The woman who has been waiting for him at the station since the morning"
    assert (box(f"{name} {name} {name}", "Where?") == box(name, "Where?")).all()
    assert (box(f"{name} {name} {name}", "Where?") != box(name, "Never.")).any()


@pytest.mark.parametrize("size", SHAPES)
def test_a_long_line_stays_in_its_band(size: tuple[int, int]) -> None:
    lines = [Line(1.0, 9.0, "word " * 200, speaker="A very long name of a speaker indeed")]
    one = painter(make_scene_sound(lines=lines), size)
    before, during = paint(one, 0.5, size), paint(one, 1.5, size)
    assert during.shape == (one.layout.height, one.layout.width, 3)
    x, y, width, height = one.layout.picture
    assert (before[y : y + height, x : x + width] == during[y : y + height, x : x + width]).all()
    assert not close(during[:, :2], TEXT).any() and not close(during[:, -2:], TEXT).any()


def test_a_line_that_no_font_can_show_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "emotion_core.render.video.heard.said.lacking",
        lambda text: "".join(letter for letter in text if ord(letter) > 0x2FFF),
    )
    sound = make_scene_sound(
        lines=[
            Line(1.0, 2.0, "你昨天晚上在哪里"),
            Line(2.0, 3.0, "What a night 🎵"),
        ]
    )
    first, second = (one.words for one in said_of(sound))
    assert "no font" in first and second == "What a night"


def test_what_is_under_the_playhead_is_heard_now() -> None:
    kinds = [
        color_from_hex(KIND_COLORS[k]) for k in (SoundKind.SPEECH, SoundKind.SPEECH_OVER_MUSIC)
    ]
    one = painter(make_scene_sound(lines=()))
    sheet = paint(one, 6.0)  # at which music begins below the speech
    _, y, _, height = one.layout.picture
    below = sheet[y + height :]
    speech, over = (np.flatnonzero(close(below, color).any(axis=0)) for color in kinds)
    playhead = np.flatnonzero(close(below, TEXT).sum(axis=0) > 100)
    over = over[over < playhead[0] + 150]  # not the words at the right
    assert abs(speech.max() - playhead.mean()) < 3 and abs(over.min() - playhead.mean()) < 3


@pytest.mark.parametrize(
    ("name", "time", "words"),
    [
        ("Sound", 2.0, "Speech"),
        ("Sound", 7.0, "Speech over music"),
        ("Voice", 2.0, "raised\n+2 semitones"),
        ("Voice", 5.0, ""),
        ("Who speaks", 2.0, "Ana"),
        ("Who speaks", 6.5, "Ben?"),
        ("Who speaks", 7.5, "off screen"),
        ("Who speaks", 8.5, ""),  # it cannot be told
        ("Music", 7.0, "C in C major"),
        ("Music", 10.0, "perhaps Am in C major"),
        ("Face and voice part", 2.0, "now"),
        ("Face and voice part", 5.0, ""),
    ],
)
def test_each_lane_says_the_moment_in_words(name: str, time: float, words: str) -> None:
    assert lane(name).words(time)[0] == words


def test_what_is_only_likely_is_faint_and_what_cannot_be_told_is_empty() -> None:
    area = np.zeros((18, 1200, 3), np.uint8)
    lane("Who speaks").draw(area, Piece(0, 1200, 100.0, 1.0))
    sure, likely, unknown = (int(area[15, column].max()) for column in (380, 690, 850))
    assert sure > 2 * likely > 0 and unknown == 0
    assert lane("Who speaks").words(2.0)[1] == TEXT and lane("Who speaks").words(6.5)[1] == MUTED
    voice = np.zeros((30, 1200, 3), np.uint8)
    lane("Voice").draw(voice, Piece(0, 1200, 100.0, 1.0))
    heard = [int(voice[:, columns].max()) for columns in (slice(150, 350), slice(610, 690))]
    assert heard[0] > 1.5 * heard[1] > 0


@pytest.mark.parametrize("size", SHAPES)
def test_every_shape_of_clip_has_its_lanes(size: tuple[int, int]) -> None:
    one = painter(make_scene_sound(), size)
    for time in (0.0, 2.2, 8.5, 11.9, 40.0):
        sheet = paint(one, time, size)
        assert sheet.shape == (one.layout.height, one.layout.width, 3)
        assert one.layout.height % 2 == one.layout.width % 2 == 0
