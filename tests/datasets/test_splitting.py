"""Parting a set: ``dataset split``."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.datasets.splitting import SplitOptions, split_dataset
from emotion_core.datasets.stratifying import assign
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.errors import DatasetError, OutputError
from emotion_core.progress import Progress, finish
from emotion_core.training.common.data import load_faces
from tests.datasets.pictures import encoded, scene, write_classes, write_picture
from tests.training.sets import VOTES_HEADER, write_zip


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _manifest(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "manifest.csv").open()))


def test_single_pictures_are_dealt_out_by_the_shares_in_every_class() -> None:
    labels = np.repeat(np.arange(3), [1000, 100, 20])
    parts = assign(labels, np.arange(1120), (0.8, 0.1, 0.1), seed=0)
    for k, count in enumerate((1000, 100, 20)):
        found = np.bincount(parts[labels == k], minlength=3)
        assert np.abs(found - np.array([0.8, 0.1, 0.1]) * count).max() <= 1


def test_groups_are_dealt_out_nearly_by_the_shares() -> None:
    random = np.random.default_rng(1)
    groups = np.unique(random.integers(0, 300, 3000), return_inverse=True)[1]
    labels = random.integers(0, 7, 3000)
    parts = assign(labels, groups, (0.8, 0.1, 0.1), seed=0)
    for k in range(7):
        found = np.bincount(parts[labels == k], minlength=3) / (labels == k).sum()
        assert np.abs(found - [0.8, 0.1, 0.1]).max() < 0.03
    assert all(len(set(parts[groups == group])) == 1 for group in range(groups.max() + 1))


def test_a_part_without_a_share_stays_empty() -> None:
    parts = assign(np.zeros(10, int), np.arange(10), (0.5, 0.5, 0.0), seed=0)
    assert set(parts) == {0, 1}


def test_the_same_seed_gives_the_same_zip_and_another_seed_another(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", 10)
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        finish(split_dataset(source, tmp_path / f"{name}.zip", SplitOptions(seed=seed)))
    first, again, other = ((tmp_path / f"{name}.zip").read_bytes() for name in "abc")
    assert first == again
    assert first != other


def test_nothing_is_lost_and_no_person_is_on_two_sides(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", 20)
    options = SplitOptions((0.6, 0.2, 0.2), person_from_name=r"(.+)_\d+")
    summary = finish(split_dataset(source, tmp_path / "out", options))
    sides = defaultdict(set)
    for row in _manifest(tmp_path / "out"):
        sides[row["person"]].add(row["split"])
        assert (tmp_path / "out" / row["file"]).read_bytes() == (
            source / row["origin"]
        ).read_bytes()
    assert len(sides) == 70
    assert all(len(splits) == 1 for splits in sides.values())
    assert summary.counts["train"] == dict.fromkeys(EMOTIONS, 12)
    assert summary.counts["test"] == dict.fromkeys(EMOTIONS, 4)
    assert len(load_faces([tmp_path / "out"], "val")) == 28


def test_the_person_can_stand_in_the_manifest(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", 10)
    names = [path.relative_to(source).as_posix() for path in source.rglob("*.png")]
    rows = [f"{name},{'Ana' if 'happy' in name else ''}" for name in names]
    (source / "manifest.csv").write_text("\n".join(["file,person", *rows]))
    finish(split_dataset(source, tmp_path / "out", SplitOptions(person_column="person")))
    assert len({row["split"] for row in _manifest(tmp_path / "out") if row["person"]}) == 1
    with pytest.raises(DatasetError, match="columns file and actor"):
        finish(split_dataset(source, tmp_path / "out2", SplitOptions(person_column="actor")))


def test_near_duplicates_are_not_on_two_sides(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", 10)
    for i in range(10):  # the same pictures, smaller and compressed
        small = np.asarray(cv2.resize(scene(3000 + i), (48, 48), interpolation=cv2.INTER_AREA))
        write_picture(source / "happy" / f"copy{i}.jpg", small, "JPEG")
    summary = finish(split_dataset(source, tmp_path / "out", SplitOptions((0.5, 0.25, 0.25))))
    sides = defaultdict(set)
    for row in _manifest(tmp_path / "out"):
        sides[row["group"]].add(row["split"])
    assert summary.near_duplicates == 10
    assert len(sides) == 70
    assert all(len(splits) == 1 for splits in sides.values())


def test_broken_pictures_are_listed_with_the_reason(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", 4)
    (source / "sad" / "broken.png").write_bytes(b"<html>")
    (source / "sad" / "empty.png").write_bytes(b"")
    summary = finish(split_dataset(source, tmp_path / "out", SplitOptions()))
    assert summary.rejected == {"not an image": 1, "empty file": 1}
    rejects = (tmp_path / "out" / "rejects.csv").read_text()
    assert "sad/broken.png,not an image" in rejects


def test_means_are_those_of_the_pixels_of_train(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", 6)
    summary = finish(split_dataset(source, tmp_path / "out", SplitOptions()))
    images = load_faces([tmp_path / "out"], "train").images
    pixels = np.concatenate([image.reshape(-1, 3) for image in images]) / 255
    np.testing.assert_allclose(summary.mean, pixels.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(summary.std, pixels.std(axis=0), atol=1e-5)
    assert json.loads((tmp_path / "out" / "dataset.json").read_text())["mean"] == list(summary.mean)


def test_pictures_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    files = {f"{split}/happy/1.png": encoded(scene(i)) for i, split in enumerate(("train", "val"))}
    source = write_zip(tmp_path / "set.zip", files)
    finish(split_dataset(source, tmp_path / "out", SplitOptions((1, 0, 0))))
    assert {"train/happy/1.png", "train/happy/1-2.png"} <= set(_files(tmp_path / "out"))


def test_votes_go_along(tmp_path: Path) -> None:
    rows, files = "", {}
    for i in range(4):
        files[f"train/happy/{i}.png"] = encoded(scene(i))
        rows += f"train/happy/{i}.png,,,0,{6 - i},0,{4 + i},0,0,0,0,0,0\n"
    source = write_zip(tmp_path / "set.zip", {"votes.csv": VOTES_HEADER + rows, **files})
    finish(split_dataset(source, tmp_path / "out", SplitOptions((1, 0, 0))))
    before, after = load_faces([source], "train"), load_faces([tmp_path / "out"], "train")
    assert Counter(before.targets[:, 3].tolist()) == Counter(after.targets[:, 3].tolist())


def test_a_table_of_fer2013_becomes_pictures(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = [f"3,{' '.join(map(str, random.integers(0, 256, 2304)))},Training" for _ in range(5)]
    (tmp_path / "fer2013.csv").write_text("\n".join(["emotion,pixels,Usage", *rows]))
    finish(split_dataset(tmp_path / "fer2013.csv", tmp_path / "out", SplitOptions((0.6, 0.2, 0.2))))
    faces = load_faces([tmp_path / "out"], "train")
    assert faces.images[0].shape == (48, 48, 3)
    assert len(faces) == 3


def test_pictures_can_be_linked_instead_of_copied(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", 2)
    finish(split_dataset(source, tmp_path / "out", SplitOptions(link=True)))
    row = _manifest(tmp_path / "out")[0]
    assert (tmp_path / "out" / row["file"]).samefile(source / row["origin"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shares": (0.8, 0.1, 0.2)}, "sum to 1"),
        ({"shares": (1.2, -0.1, -0.1)}, "positive"),
        ({"person_from_name": "("}, "not a valid regular expression"),
        ({"person_from_name": ".+"}, "parentheses"),
    ],
)
def test_options_that_cannot_be_used_are_reported_in_a_sentence(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        SplitOptions(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_what_is_there_is_not_overwritten(tmp_path: Path, name: str) -> None:
    source, out = write_classes(tmp_path / "set", 2), tmp_path / name
    if out.suffix:
        out.write_text("mine")
    else:
        write_picture(out / "mine.png", scene(0))
    with pytest.raises(OutputError, match="not overwritten"):
        finish(split_dataset(source, out, SplitOptions()))


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_a_run_that_is_stopped_leaves_nothing(tmp_path: Path, name: str) -> None:
    source = write_classes(tmp_path / "set", 2)

    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finish(split_dataset(source, tmp_path / "new" / name, SplitOptions()), stop)
    assert not list(tmp_path.rglob("*out*"))


def test_the_command_prints_a_table_and_warns_of_small_classes(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", 8)
    out = tmp_path / "out.zip"
    result = CliRunner().invoke(app, ["dataset", "split", str(source), str(out)])
    assert result.exit_code == 0, result.output
    assert "angry" in result.output
    assert "Note: val has fewer than 10 images of angry" in result.output
    assert "dataset.json" in zipfile.ZipFile(out).namelist()


def test_the_command_tells_a_missing_set_in_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["dataset", "split", str(tmp_path / "no"), str(tmp_path / "o")]
    )
    assert isinstance(result.exception, DatasetError)
    assert not (tmp_path / "o").exists()
