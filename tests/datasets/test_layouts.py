"""Labelled pictures in folders, tables and zips, and what is kept out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emotion_core.datasets import sources
from emotion_core.datasets.layouts import Dataset
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import DatasetError
from emotion_core.media import pictures
from emotion_core.training.common.data import load_faces
from tests.conftest import SHARED
from tests.datasets.pictures import encoded, scene
from tests.training.sets import VOTES_HEADER, picture, write_zip

NEW_HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
)


def _fer2013(*rows: tuple[int | str, int | str, str], header: str = "emotion,pixels,Usage") -> str:
    """Rows of number, grey value of all four pixels, usage."""
    lines = [f"{emotion},{' '.join([str(value)] * 4)},{usage}" for emotion, value, usage in rows]
    return "\n".join([header, *lines]) + "\n"


FER2013 = _fer2013(
    (0, 10, "Training"), (3, 20, "Training"), (4, 30, "PublicTest"), (6, 40, "PrivateTest")
)


@pytest.mark.parametrize("packed", [True, False])
def test_the_table_of_fer2013_gives_its_three_parts(tmp_path: Path, packed: bool) -> None:
    if packed:
        source = write_zip(tmp_path / "set.zip", {"fer2013/fer2013.csv": FER2013})
    else:
        source = tmp_path
        (source / "fer2013.csv").write_text(FER2013)
    train = load_faces([source], "train")
    assert [EMOTIONS[k] for k in train.majority()] == ["angry", "happy"]
    assert [EMOTIONS[k] for k in load_faces([source], "val").majority()] == ["sad"]
    test = load_faces([source], "test")
    assert [EMOTIONS[k] for k in test.majority()] == ["neutral"]
    np.testing.assert_array_equal(test.images[0], np.full((2, 2, 3), 40, np.uint8))


def test_the_table_itself_can_be_the_source(tmp_path: Path) -> None:
    (tmp_path / "fer2013.csv").write_text(FER2013)
    assert len(load_faces([tmp_path / "fer2013.csv"], "train")) == 2


def test_the_table_may_have_spaces_in_its_header_and_no_usage(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("emotion, pixels\n3,1 2 3 4\n")
    assert len(load_faces([tmp_path], "test")) == 1


def test_rows_that_are_no_picture_are_passed_over_with_the_reason(tmp_path: Path) -> None:
    table = _fer2013(
        (7, 1, "Training"), (0, 256, "Training"), (0, "x", "Training"), (0, 1, "Training")
    )
    (tmp_path / "fer2013.csv").write_text(table + "0,1 2 3,Training\n0\n")
    faces = load_faces([tmp_path], "train")
    assert len(faces) == 1
    assert faces.skipped == {
        "unknown class '7'": 1,
        "pixels that are not numbers from 0 to 255": 2,
        "pixels that do not form a square": 2,
    }


def test_the_votes_that_belong_to_the_rows_of_fer2013_are_taken(tmp_path: Path) -> None:
    votes = [
        "Training,a.png,0,0,0,0,0,0,10,0,0,0",
        "Training,b.png,0,5,5,0,0,0,0,0,0,0",
        "PublicTest,,0,0,0,0,0,0,0,0,0,10",
        "PrivateTest,d.png,9,0,0,1,0,0,0,0,0,0",
    ]
    files = {"fer2013.csv": FER2013, "fer2013new.csv": NEW_HEADER + "\n".join(votes) + "\n"}
    source = write_zip(tmp_path / "set.zip", files)
    train = load_faces([source], "train")
    assert [EMOTIONS[k] for k in train.majority()] == ["fear", "happy"]
    assert train.targets[1].max() == 0.5
    assert EMOTIONS[load_faces([source], "train", "folders").majority()[0]] == "angry"
    with pytest.raises(DatasetError, match="no image in the split 'val'"):
        load_faces([source], "val")


def test_votes_with_fewer_rows_than_the_table_are_reported(tmp_path: Path) -> None:
    (tmp_path / "fer2013.csv").write_text(FER2013)
    (tmp_path / "fer2013new.csv").write_text(NEW_HEADER)
    with pytest.raises(DatasetError, match="fewer rows"):
        load_faces([tmp_path], "train")


def test_all_tables_of_votes_are_read(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {}
    for split in ("train", "test"):
        name = f"{split}/happy/1.png"
        files |= {
            name: picture(),
            f"votes-{split}.csv": VOTES_HEADER + f"{name},,,0,9,0,0,0,0,0,0,0,0\n",
        }
    source = write_zip(tmp_path / "set.zip", files)
    assert len(load_faces([source], "train")) == len(load_faces([source], "test")) == 1


@pytest.mark.parametrize("name", ["valid", "validation", "Val"])
def test_other_names_of_the_splits_are_understood(tmp_path: Path, name: str) -> None:
    source = write_zip(tmp_path / "set.zip", {f"data/{name}/happy/1.png": picture()})
    assert len(load_faces([source], "val")) == 1


@pytest.mark.parametrize("name", ["../happy/1.png", "/happy/1.png", "a/../../happy/1.png"])
def test_a_path_that_leads_out_of_a_zip_is_passed_over(tmp_path: Path, name: str) -> None:
    source = write_zip(tmp_path / "set.zip", {name: picture(), "happy/2.png": picture()})
    faces = load_faces([source], "test")
    assert (list(faces.names), sum(faces.skipped.values())) == (["happy/2.png"], 1)
    assert "path that leads out of the data set" in faces.skipped


def test_what_a_mac_adds_to_a_zip_is_not_mentioned(tmp_path: Path) -> None:
    files = {"happy/1.png": picture(), "__MACOSX/happy/._1.png": b"x", "happy/.DS_Store": b"x"}
    assert load_faces([write_zip(tmp_path / "set.zip", files)], "test").skipped == {}


def test_a_zip_that_unpacks_to_many_times_its_size_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "bomb.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("happy/1.png", bytes(5 << 20))
    with pytest.raises(DatasetError, match="100 times its size"):
        load_faces([source], "test")


@pytest.mark.parametrize(
    ("limit", "message"), [("_MAX_ENTRIES", "more than 2 files"), ("_MAX_TOTAL_BYTES", "unpack")]
)
def test_a_zip_with_too_much_in_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, message: str
) -> None:
    monkeypatch.setattr(sources, limit, 2)
    source = write_zip(tmp_path / "set.zip", {f"happy/{i}.png": picture() for i in range(3)})
    with pytest.raises(DatasetError, match=message):
        load_faces([source], "test")


def test_a_locked_zip_is_reported_in_a_sentence(tmp_path: Path) -> None:
    source = write_zip(tmp_path / "set.zip", {"happy/1.png": picture()})
    content = bytearray(source.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory of the zip
    source.write_bytes(content)
    with pytest.raises(DatasetError, match="protected by a password"):
        load_faces([source], "test")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
def test_a_picture_that_was_cut_off_is_passed_over(tmp_path: Path, kind: str) -> None:
    whole = encoded(scene(0), kind)
    files = {f"sad/a.{kind.lower()}": whole[: len(whole) // 2], "sad/b.png": picture()}
    source = write_zip(tmp_path / "set.zip", {**files, f"sad/c.{kind.lower()}": whole})
    faces = load_faces([source], "test")
    # the decoder of WebP wants the whole file before it says what is in it
    reason = "not an image" if kind == "WEBP" else "truncated or damaged"
    assert (len(faces), faces.skipped) == (2, {reason: 1})


def test_a_huge_picture_is_passed_over_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = Image.new("1", (20000, 20000))  # 400 megapixels in 50 kB
    (tmp_path / "happy").mkdir()
    huge.save(tmp_path / "happy" / "1.png")
    (tmp_path / "happy" / "2.png").write_bytes(picture())
    monkeypatch.setattr(pictures, "_to_rgb", _small_only(pictures._to_rgb))
    faces = load_faces([tmp_path], "test")
    assert faces.skipped == {"more than 50 megapixels": 1}


def _small_only(decode):  # type: ignore[no-untyped-def]
    def checked(image):  # type: ignore[no-untyped-def]
        assert image.width < 10_000, "the huge picture was decoded"
        return decode(image)

    return checked


def test_a_file_of_many_megabytes_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_PICTURE_BYTES", 1 << 20)
    files = {"happy/1.png": bytes(np.random.default_rng(0).bytes(2 << 20)), "sad/1.png": picture()}
    faces = load_faces([write_zip(tmp_path / "set.zip", files)], "test")
    assert faces.skipped == {"larger than 1 MB": 1}


def test_the_training_part_of_fer_plus_is_read_from_its_zip() -> None:
    source = SHARED / "data" / "fer2013plus-train.zip"
    if not source.exists():
        pytest.skip("the data in ../shared is not on this machine")
    with Dataset(source) as dataset:
        assert len(dataset.pictures) + len(dataset.skipped) == 28558
        assert {one.split for one in dataset.pictures} == {"train"}


def test_what_is_not_read_in_a_folder_of_a_class_is_named_with_its_ending(tmp_path: Path) -> None:
    (tmp_path / "happy").mkdir()
    for name in ("a.psd", "b.psd", "c.psd", "d.psd"):
        (tmp_path / "happy" / name).write_bytes(b"8BPS")
    (tmp_path / "notes.psd").write_bytes(b"8BPS")
    with pytest.raises(DatasetError, match=r"Skipped: \.psd is not read 4 \(happy/a.psd, "):
        load_faces([tmp_path], "test")
    (tmp_path / "happy" / "e.tif").write_bytes(encoded(scene(1), "TIFF"))
    faces = load_faces([tmp_path], "test")
    assert (len(faces), faces.skipped) == (1, {".psd is not read": 4})
    expected = ".psd is not read 4 (happy/a.psd, happy/b.psd, happy/c.psd, ...)"
    assert faces.skipped.describe() == expected
