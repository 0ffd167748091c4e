"""The annotated video keeps every frame, its time and its sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import MediaError, OutputError
from emotion_core.media.decode import LONGEST_HOLD, read_frames
from emotion_core.media.drawing import COLORS, TEXT
from emotion_core.media.probe import probe
from emotion_core.render.video.annotated import thinned, write_annotated_video
from emotion_core.render.video.face_reading import FaceReading
from emotion_core.render.video.panel import Layout, ScenePainter
from emotion_core.scene.analysis import MESH_COLUMNS
from emotion_core.types import Frame, ImageArray
from tests.media.clips import make_clip, read_mark

COLUMNS = [
    *("frame", "time", "shot", "track", "character", "x1", "y1", "x2", "y2"),
    *("confidence", "detected", *EMOTIONS, "valence", "arousal", "entropy", "sharpness", "turn"),
    *MESH_COLUMNS,
]
FACE_CLIP = (320, 192)
NO_FACES = pd.DataFrame({name: [] for name in COLUMNS})
SAD = dict.fromkeys(EMOTIONS, 0.0) | {"sad": 0.7, "fear": 0.3}


def face_row(frame: int, **changes: object) -> dict[str, object]:
    """A sad face in the lower half of a picture of the size FACE_CLIP."""
    row: dict[str, object] = dict.fromkeys(COLUMNS, 0.0) | SAD
    row |= dict.fromkeys(MESH_COLUMNS, np.nan)
    row |= {"frame": frame, "time": frame / 25, "shot": 0, "track": 0, "character": None}
    row |= {"x1": 120.0, "y1": 120.0, "x2": 180.0, "y2": 180.0, "detected": True, "sharpness": 1.0}
    return row | changes


def render(clip: Path, faces: pd.DataFrame = NO_FACES) -> Path:
    out = clip.with_name("annotated.mp4")
    for _ in write_annotated_video(clip, faces, out):
        pass
    return out


def pictures(clip: Path, video: Path) -> list[tuple[float, ImageArray]]:
    """Times and the part of each sheet that shows the clip."""
    info = probe(clip)
    x, y, width, height = Layout.for_clip(info.width, info.height).picture
    return [(f.time, f.image[y : y + height, x : x + width]) for f in read_frames(video)]


def first_shown(clip: Path, video: Path) -> dict[int, float]:
    """When each numbered frame of the clip first shows in the video, in s."""
    shown: dict[int, float] = {}
    for time, picture in pictures(clip, video):
        shown.setdefault(read_mark(picture), time)
    return shown


def sound_onset(video: Path) -> float:
    """When the first audible sample plays, in s."""
    with av.open(str(video)) as container:
        for frame in container.decode(audio=0):
            loud = np.flatnonzero(np.abs(frame.to_ndarray()[0]) > 0.05)
            if len(loud):
                return float(frame.time + loud[0] / frame.sample_rate)
    raise AssertionError("there is no sound")


def test_every_frame_of_a_clip_without_faces_is_in_the_video(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=20)
    video = render(clip)
    assert [read_mark(picture) for _, picture in pictures(clip, video)] == list(range(20))


def test_a_long_gap_between_pictures_is_shortened_for_picture_and_sound(tmp_path: Path) -> None:
    pts = [0.0, 0.04, *(1000 + k / 25 for k in range(10))]
    clip = make_clip(
        tmp_path / "clip.mkv", 12, pts=pts, audio="mono", audio_start=1000.2, audio_seconds=0.2
    )
    video = render(clip)
    shown = first_shown(clip, video)
    assert list(shown) == list(range(12))
    assert shown[2] == pytest.approx(0.04 + LONGEST_HOLD, abs=0.05)
    assert probe(video).duration == pytest.approx(0.04 + LONGEST_HOLD + 0.4, abs=0.1)
    # what is heard with the sixth picture after the gap is still heard with it
    assert sound_onset(video) == pytest.approx(shown[7], abs=0.05)


def test_the_video_is_eight_bit_420_with_its_index_in_front(tmp_path: Path) -> None:
    video = render(make_clip(tmp_path / "clip.mp4", n=5, audio="mono"))
    with av.open(str(video)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"
        assert container.streams.audio[0].codec_context.name == "aac"
    data = video.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("size", [(161, 97), (97, 161), (33, 33), (400, 20)])
def test_the_sheet_has_even_sides_for_odd_clips(tmp_path: Path, size: tuple[int, int]) -> None:
    info = probe(render(make_clip(tmp_path / "clip.mp4", n=2, size=size)))
    assert info.width % 2 == info.height % 2 == 0


def test_an_upright_clip_has_its_panel_below(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=2, rotation=90)
    video = render(clip)
    layout = Layout.for_clip(96, 160)
    assert layout.below and layout.panel[1] == layout.picture[3]
    assert read_mark(np.rot90(pictures(clip, video)[1][1], -1)) == 1


def test_variable_frame_rates_stay_in_step(tmp_path: Path) -> None:
    times = [0, 0.04, 0.08, 0.3, 0.34, 0.9, 0.94, 1.02, 1.06]
    clip = make_clip(tmp_path / "clip.mp4", n=len(times), pts=times)
    shown = first_shown(clip, render(clip))
    assert sorted(shown) == list(range(len(times)))
    assert max(abs(shown[i] - time) for i, time in enumerate(times)) < 0.025


@pytest.mark.parametrize("fps", [Fraction(24_000, 1001), Fraction(30_000, 1001), 50])
def test_each_frame_has_its_own_time(tmp_path: Path, fps: Fraction) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=30, fps=fps)
    times = [time for time, _ in pictures(clip, render(clip))]
    assert times == pytest.approx([index / float(fps) for index in range(30)], abs=2e-4)


def test_the_last_frame_is_shown_to_the_end_of_the_clip(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=10)
    assert probe(render(clip)).duration == pytest.approx(probe(clip).duration, abs=0.002)


def at(times: Sequence[float]) -> list[Frame]:
    image = np.zeros((2, 2, 3), np.uint8)
    return [Frame(image, index, time) for index, time in enumerate(times)]


@pytest.mark.parametrize(("fps", "shown"), [(24, 240), (60, 240), (59.94, 240), (120, 120)])
def test_frames_that_come_too_soon_to_be_seen_are_left_out(fps: float, shown: int) -> None:
    # times in whole milliseconds, as Matroska keeps them
    assert len(list(thinned(at([round(i / fps, 3) for i in range(240)])))) == shown


def test_a_late_first_frame_is_shown_from_the_start(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=3, pts=[0.4, 0.44, 0.48], audio="mono")
    times = [time for time, _ in pictures(clip, render(clip))]
    assert times == pytest.approx([0, 0.44, 0.48], abs=0.002)


@pytest.mark.parametrize(
    ("suffix", "codec", "layout"),
    [(".mp4", "aac", "stereo"), (".mov", "pcm_s16le", "mono"), (".mkv", "libmp3lame", "mono")],
)
def test_sound_that_starts_late_keeps_its_place(
    tmp_path: Path, suffix: str, codec: str, layout: str
) -> None:
    clip = make_clip(tmp_path / f"clip{suffix}", audio=layout, audio_codec=codec, audio_start=0.4)
    assert sound_onset(render(clip)) == pytest.approx(0.4, abs=0.04)


@pytest.mark.parametrize("seconds", [0.3, 2.0])
def test_sound_shorter_or_longer_than_the_picture_cuts_no_frame(
    tmp_path: Path, seconds: float
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=25, audio="mono", audio_seconds=seconds)
    video = render(clip)
    assert sorted(first_shown(clip, video)) == list(range(25))
    with av.open(str(video)) as container:
        stream = container.streams.audio[0]
        assert float(stream.duration * stream.time_base) == pytest.approx(seconds, abs=0.05)


def test_a_silent_clip_gives_a_silent_video(tmp_path: Path) -> None:
    assert not probe(render(make_clip(tmp_path / "clip.mp4", n=3))).has_audio


def test_a_face_is_outlined_in_the_colour_of_its_leading_emotion(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=3, size=FACE_CLIP)
    faces = pd.DataFrame([face_row(1)])
    shots = [picture for _, picture in pictures(clip, render(clip, faces))]
    # the picture is enlarged twofold; this is the middle of the box's left side
    edge = [shot[300, 240].astype(int) for shot in shots]
    sad = np.array(COLORS["sad"])
    assert np.abs(edge[1] - sad).max() < 40
    assert np.abs(edge[0] - sad).max() > 40 and np.abs(edge[2] - sad).max() > 40


def test_an_unsure_face_has_corners_only_and_no_emotions_colour(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=3, size=FACE_CLIP)
    video = render(clip, pd.DataFrame([face_row(1, turn=1.5)]))
    picture = pictures(clip, video)[1][1].astype(int)
    middle, corner = picture[300, 238:243], picture[246:256, 238:243]
    assert np.abs(middle - np.array(TEXT)).max(axis=1).min() > 60
    assert np.abs(middle - np.array(COLORS["sad"])).max(axis=1).min() > 60
    assert np.abs(corner - np.array(TEXT)).max(axis=2).min() < 40


@pytest.mark.parametrize(("gap", "outlined"), [(10, True), (50, False)])
def test_only_a_box_guessed_for_long_is_dashed(tmp_path: Path, gap: int, outlined: bool) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=gap + 1, size=FACE_CLIP)
    rows = [face_row(frame, detected=frame in (0, gap)) for frame in range(gap + 1)]
    video = render(clip, pd.DataFrame(rows))
    picture = pictures(clip, video)[gap // 2][1]
    side = picture[245:355, 238:243].astype(int)  # the left side of the box
    close = (np.abs(side - np.array(COLORS["sad"])).max(axis=2) < 60).any(axis=1)
    assert bool(close.all()) is outlined and bool(close.any())


def test_readings_of_every_third_frame_are_held_in_between(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=6, size=FACE_CLIP)
    out = tmp_path / "annotated.mp4"
    for _ in write_annotated_video(clip, pd.DataFrame([face_row(0)]), out, every=3):
        pass
    # the plate with the name, above the left top corner of the box
    plates = [picture[232, 242].astype(int) for _, picture in pictures(clip, out)]
    close = [bool(np.abs(plate - np.array(COLORS["sad"])).max() < 40) for plate in plates]
    assert close == [True, True, True, False, False, False]


class WhiteOverlay:
    """Paints the faces of a frame white."""

    caption = "White: the face."

    def draw(
        self, frames: Iterator[Frame], faces_at: Callable[[int], list[FaceReading]], width: int
    ) -> Iterator[Frame]:
        for frame in frames:
            image = frame.image.copy()
            for face in faces_at(frame.index):
                left, top, right, bottom = (round(v * image.shape[1] / width) for v in face.xyxy)
                image[top:bottom, left:right] = 255
            yield replace(frame, image=image)


def test_an_overlay_is_drawn_into_every_frame_and_its_caption_below_all(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=4, size=FACE_CLIP)
    faces = pd.DataFrame([face_row(frame) for frame in range(4)])
    out = tmp_path / "annotated.mp4"
    for _ in write_annotated_video(clip, faces, out, overlay=WhiteOverlay()):
        pass
    plain, captioned = (Layout.for_clip(*FACE_CLIP, captioned=c) for c in (False, True))
    assert captioned.height > plain.height and captioned.width == plain.width
    for frame in read_frames(out):
        assert frame.image.shape[0] == captioned.height
        assert frame.image[290:310, 290:310].min() > 200, "the middle of the face"
        assert frame.image[plain.height + 1 : -1].max() > 100, "the caption"


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (64, 360)])
def test_a_caption_is_never_cut_off(size: tuple[int, int]) -> None:
    caption = "Red: where in the face the model sees the emotion. Blue: where it does not."
    painter = ScenePainter(*size, several=False, caption=caption)
    sheet = painter.paint(np.zeros((size[1], size[0], 3), np.uint8), [], 0.0)
    bare = Layout.for_clip(*size).height
    below = sheet[bare:].max(axis=2) > 60
    assert below.any() and not below[:, -2:].any() and not below[-1].any()


def test_closing_the_generator_early_leaves_no_file(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=25, audio="mono")
    out = tmp_path / "out" / "annotated.mp4"
    progress = write_annotated_video(clip, NO_FACES, out)
    assert next(progress).detail == "1 frames"
    progress.close()
    assert list(out.parent.iterdir()) == []


def test_an_older_video_stays_when_a_new_one_is_stopped(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=5)
    out = tmp_path / "annotated.mp4"
    out.write_bytes(b"older")
    progress = write_annotated_video(clip, NO_FACES, out)
    next(progress)
    progress.close()
    assert out.read_bytes() == b"older"


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", n=2)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OutputError, match=r"^.* cannot be written: .*\.$"):
        next(write_annotated_video(clip, NO_FACES, tmp_path / "file" / "annotated.mp4"))


def test_a_clip_that_cannot_be_read_leaves_no_file(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"nothing of the kind")
    with pytest.raises(MediaError):
        next(write_annotated_video(clip, NO_FACES, tmp_path / "annotated.mp4"))
    assert list(tmp_path.iterdir()) == [clip]


def test_a_table_without_the_needed_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must have the columns"):
        next(write_annotated_video(tmp_path / "a.mp4", pd.DataFrame(), tmp_path / "b.mp4"))


def test_faces_at_the_edge_in_crowds_and_without_a_reading_are_drawn() -> None:
    painter = ScenePainter(64, 48, several=True)
    sad = np.array([0, 0, 0, 0, 0.2, 0.8, 0], np.float32)
    faces = [
        FaceReading(
            i,
            "Ω" * 40,
            (-9.0 + 9 * i, -9.0, 90.0, 70.0),
            i % 2 == 0,
            sad[: 7 * (i > 0)],
            0,
            ("tiny",) * (i % 3 == 0),
        )
        for i in range(7)
    ]
    sheet = painter.paint(np.zeros((48, 64, 3), np.uint8), faces, 7300.0)
    assert sheet.shape == (painter.layout.height, painter.layout.width, 3)


@pytest.mark.parametrize(
    ("uncertainty", "words", "lines"),
    [
        ((), "sad 80%", ("sad 80%", "with neutral 20%")),
        (
            ("tiny", "turned"),
            "unsure: too small",
            ("unsure", "perhaps sad 80%", "too small and turned away"),
        ),
        (
            ("unsure",),
            "unsure: no clear lead",
            ("unsure", "sad 80% or neutral 20%", "no clear lead"),
        ),
    ],
)
def test_an_unsure_face_is_described_with_its_reason(
    uncertainty: tuple[str, ...], words: str, lines: tuple[str, ...]
) -> None:
    sad = np.array([0, 0, 0, 0, 0.2, 0.8, 0], np.float32)
    face = FaceReading(0, "Face 1", (0, 0, 9, 9), True, sad, 0, uncertainty)
    assert (face.words, face.lines) == (words, lines)
