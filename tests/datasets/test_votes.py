"""The majority rule of FER+ on votes made up by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emotion_core.datasets.layouts import Dataset
from emotion_core.datasets.output import votes_table
from emotion_core.datasets.votes import BALLOT, NO_MAJORITY, count_majority, name_majorities
from emotion_core.errors import DatasetError
from tests.training.sets import VOTES_HEADER, picture, votes_zip, write_zip


def _majority(**votes: int) -> str:
    row = [votes.get(name.replace(" ", "_"), 0) for name in BALLOT]
    return name_majorities(count_majority(np.array([row], np.float32)))[0]


@pytest.mark.parametrize(
    ("votes", "found"),
    [
        ({"happy": 10}, "happy"),
        ({"happy": 6, "sad": 4}, "happy"),
        # exactly half is no majority, and neither is a tie
        ({"happy": 5, "sad": 3, "fear": 2}, NO_MAJORITY),
        ({"happy": 5, "sad": 5}, NO_MAJORITY),
        # 5 of 10, but three single votes are outliers: 5 of 7
        ({"happy": 5, "sad": 2, "fear": 1, "angry": 1, "unknown": 1}, "happy"),
        # a single vote stands for nothing even where it is all there is
        ({"happy": 1}, NO_MAJORITY),
        ({}, NO_MAJORITY),
        # 4 of 4 for the seven, but 4 of 8 of all: votes for unknown count in the sum
        ({"happy": 4, "unknown": 4}, NO_MAJORITY),
        ({"happy": 4, "unknown": 6}, "unknown"),
        ({"happy": 4, "contempt": 6}, "contempt"),
        ({"happy": 3, "no_face": 7}, "no face"),
    ],
)
def test_a_majority_is_more_than_half_of_the_votes_that_are_no_outliers(
    votes: dict[str, int], found: str
) -> None:
    assert _majority(**votes) == found


def test_the_votes_are_not_changed_by_counting() -> None:
    votes = np.array([[1, 0, 0, 9, 0, 0, 0, 0, 0, 0]], np.float32)
    count_majority(votes)
    assert votes.sum() == 10


def test_all_ten_columns_are_read_in_the_order_of_the_ballot(tmp_path: Path) -> None:
    source = votes_zip(tmp_path / "set.zip", {"val/happy/1.png": "1,2,3,4,5,6,7,8,9,0"})
    with Dataset(source) as dataset:
        (one,) = dataset.pictures
    # neutral 1, happy 2, surprise 3, sad 4, angry 5, disgust 6, fear 7, contempt 8, unknown 9
    assert one.ballot is not None
    assert list(one.ballot) == [5, 6, 7, 2, 1, 4, 3, 8, 9, 0]


def test_a_table_without_contempt_and_unknown_gives_no_ballot(tmp_path: Path) -> None:
    header = "file,neutral,happiness,surprise,sadness,anger,disgust,fear,NF\n"
    files = {"votes.csv": header + "happy/1.png,0,9,0,0,0,0,0,0\n", "happy/1.png": picture()}
    with Dataset(write_zip(tmp_path / "set.zip", files)) as dataset:
        assert dataset.pictures[0].votes is not None and dataset.pictures[0].ballot is None


def test_a_vote_for_contempt_that_is_no_number_is_reported(tmp_path: Path) -> None:
    rows = VOTES_HEADER + "happy/1.png,,,0,9,0,0,0,0,0,x,0,0\n"
    source = write_zip(tmp_path / "set.zip", {"votes.csv": rows, "happy/1.png": picture()})
    with pytest.raises(DatasetError, match=r"a number of votes for happy/1\.png"):
        Dataset(source)


def test_a_set_that_is_written_anew_keeps_all_ten_columns(tmp_path: Path) -> None:
    source = votes_zip(tmp_path / "set.zip", {"happy/1.png": "0,5,0,0,0,0,0,2,2,1"})
    with Dataset(source) as dataset:
        written = votes_table([("happy/1.png", dataset.pictures[0])])
    assert written is not None
    again = write_zip(tmp_path / "again.zip", {"votes.csv": written, "happy/1.png": picture()})
    with Dataset(again) as dataset:
        assert dataset.pictures[0].ballot is not None
        assert list(dataset.pictures[0].ballot[-3:]) == [2, 2, 1]
