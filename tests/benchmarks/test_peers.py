"""The table of peers, with a peer that is none."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers import run as peers
from benchmarks.peers.adapters.contract import load_images, save_images, to_seven
from benchmarks.peers.environments import (
    PEERS,
    Environment,
    Peer,
    PeerError,
    last_error,
    prepare,
)
from benchmarks.peers.reader import ADAPTER, Reader
from benchmarks.peers.run import LABELS, VOTES, Row, to_table
from emotion_core.emotions.labels import EMOTIONS
from emotion_core.training.classifier.evaluation import compare
from tests.benchmarks import fake_peer
from tests.training.sets import VOTES_HEADER, picture, write_zip

FAKE = Peer("fake", "1.0", fake_peer.__name__, Environment("fake"), "MIT", "is made up")
HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")


def _reader(work: Path) -> Reader:
    return Reader("fake", [sys.executable, *ADAPTER, FAKE.module], 1, work)


def _data(folder: Path) -> Path:
    """Two bright faces and a dark one; the votes and the labels differ on the third."""
    votes = {
        "test/happy/a.png": (picture(250), "0,10,0,0,0,0,0,0,0,0"),
        "test/happy/b.png": (picture(240), "0,10,0,0,0,0,0,0,0,0"),
        "test/happy/c.png": (picture(10), "0,0,0,10,0,0,0,0,0,0"),
    }
    rows = "".join(f"{name},,,{row}\n" for name, (_, row) in votes.items())
    images = {name: image for name, (image, _) in votes.items()}
    files: dict[str, bytes | str] = {"votes-test.csv": VOTES_HEADER + rows, **images}
    write_zip(folder / "fer2013plus-valtest.zip", files)
    return folder


def test_what_is_not_among_the_seven_is_dropped_and_the_rest_divided_by_its_sum() -> None:
    scores = np.zeros((2, 8))
    scores[0, fake_peer.LABELS.index("Contempt")] = 0.5
    scores[0, fake_peer.LABELS.index("Happy")] = 0.3
    scores[0, fake_peer.LABELS.index("Sad")] = 0.2
    seven = to_seven(scores, fake_peer.LABELS)
    assert seven[0, HAPPY] == pytest.approx(0.6)
    assert seven[0, SAD] == pytest.approx(0.4)
    np.testing.assert_allclose(seven[1], 1 / 7, rtol=1e-6)


def test_a_peer_that_lacks_one_of_the_seven_is_refused() -> None:
    with pytest.raises(ValueError, match="disgust, fear"):
        to_seven(np.ones((1, 5)), ("surprise", "neutral", "sad", "happy", "anger"))


def test_pictures_of_different_sizes_arrive_as_they_were(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    shapes = ((48, 48, 3), (112, 100, 3), (1, 1, 3))
    images = [random.integers(0, 256, shape).astype(np.uint8) for shape in shapes]
    save_images(tmp_path / "images.npz", images)
    for image, arrived in zip(images, load_images(tmp_path / "images.npz"), strict=True):
        np.testing.assert_array_equal(image, arrived)


def test_a_peer_reads_in_its_own_process_whatever_it_prints(tmp_path: Path) -> None:
    images = [np.full((8, 8, 3), value, np.uint8) for value in (250,) * 20 + (5,)]
    save_images(tmp_path / "images.npz", images)
    reader = _reader(tmp_path)
    try:
        for _ in range(2):
            probabilities, seconds = reader.read(tmp_path / "images.npz")
            assert probabilities.argmax(axis=1).tolist() == [HAPPY] * 20 + [SAD]
            assert seconds > 0
    finally:
        reader.close()


@pytest.mark.parametrize(("way", "said"), [("broken", "no weights"), ("dies", "out of memory")])
def test_a_peer_that_does_not_run_is_named_in_one_line_and_left_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    way: str,
    said: str,
) -> None:
    monkeypatch.setenv("FAKE_PEER", way)
    monkeypatch.setattr(peers, "PEERS", (FAKE,))
    monkeypatch.setattr(peers, "prepare", lambda peer, folder: Path(sys.executable))
    peers.main(["--data", str(_data(tmp_path)), "--models", "--rounds", "1"])
    printed = capsys.readouterr()
    lines = [line for line in printed.err.splitlines() if "fake" in line]
    assert lines[1:] == [f"fake does not run here: RuntimeError: {lines[1].split(': ')[-1]}"]
    assert said in lines[1]
    assert "MIT" not in printed.out


def test_the_table_holds_the_same_pictures_against_both_truths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(peers, "PEERS", (FAKE,))
    monkeypatch.setattr(peers, "prepare", lambda peer, folder: Path(sys.executable))
    out = tmp_path / "peers.json"
    options = ["--models", "--rounds", "1", "--json", str(out)]
    peers.main(["--data", str(_data(tmp_path)), *options])
    (row,) = json.loads(out.read_text())["rows"]
    assert row["results"][VOTES]["top1"] == 1
    assert row["results"][LABELS]["top1"] == pytest.approx(2 / 3)
    assert row["milliseconds"] > 0
    assert row["megabytes"] > 0
    printed = capsys.readouterr().out
    assert "FER+ votes (3)" in printed
    assert "fake is made up" in printed


def test_without_the_pictures_it_ends_with_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="There is no data set"):
        peers.main(["--data", str(tmp_path)])


def test_a_reader_that_agrees_with_the_noise_of_the_labels_is_marked() -> None:
    labels = np.eye(7, dtype=np.float32)[np.arange(100) % 7]
    votes = labels.copy()
    votes[:40] = np.roll(labels[:40], 1, axis=1)
    learned = Row("learned", "1", "MIT", "")
    learned.results = {VOTES: compare(labels, votes), LABELS: compare(labels, labels)}
    honest = Row("honest", "1", "MIT", "")
    honest.results = {VOTES: compare(votes, votes), LABELS: compare(votes, labels)}
    assert learned.by_heart
    assert not honest.by_heart
    table = to_table([learned, honest])
    assert "learned *" in table
    assert "honest *" not in table


@pytest.mark.long
def test_a_peer_that_cannot_be_installed_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    absent = Peer("no-such-peer", "1.0", "none", Environment("empty"), "")
    with pytest.raises(PeerError, match="no-such-peer cannot be installed: ") as caught:
        prepare(absent, tmp_path)
    assert "\n" not in str(caught.value)


def test_of_a_programs_complaints_the_last_error_is_kept() -> None:
    assert last_error("warning: x\nERROR: no version\nnote: see above\n\n") == "ERROR: no version"
    assert last_error("") == "no reason given"


def test_every_peer_has_its_adapter() -> None:
    root = Path(peers.__file__).parents[2]
    for peer in PEERS:
        assert (root / (peer.module.replace(".", "/") + ".py")).is_file(), peer.name
