from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotion_core.sound.kinds.segments import music_below, segments_of


def frames(speech: str, music: str, level: float = -25.0) -> pd.DataFrame:
    """A row for each character: # for what is heard, . for what is not, ? for doubt."""
    odds = {"#": 0.95, ".": 0.02, "?": 0.25}
    said, played = ([odds[c] for c in text] for text in (speech, music))
    n = len(speech)
    return pd.DataFrame(
        {
            "time": np.arange(n) * 0.1,
            "speech": np.array(said, np.float32),
            "music": np.array(played, np.float32),
            "other": np.full(n, 0.8, np.float32),
            "level": np.full(n, level, np.float32),
            "music_below": np.full(n, 12, np.float32),
        }
    )


def test_speech_over_music_is_a_kind_of_its_own() -> None:
    found = segments_of(frames("." * 40 + "#" * 30 + "." * 30, "#" * 100))
    assert found["kind"].tolist() == ["music", "speech over music", "music"]
    np.testing.assert_allclose(found[["start", "end"]], [[0, 4], [4, 7], [7, 10]], atol=0.11)
    assert found["confidence"].between(0.8, 1).all() and found["confidence"].dtype == np.float32


def test_short_pauses_belong_to_speech_and_doubt_prolongs_it() -> None:
    found = segments_of(frames("#" * 20 + ".." + "#" * 20 + "?" * 10, "." * 52))
    assert found["kind"].tolist() == ["speech"]
    found = segments_of(frames("#" * 20 + "." * 20 + "#" * 20, "." * 60))
    assert found["kind"].tolist() == ["speech", "other", "speech"]


def test_doubt_alone_is_no_music_and_music_does_not_last_a_moment() -> None:
    found = segments_of(frames("." * 100, "." * 30 + "?" * 30 + "." * 15 + "#" * 3 + "." * 22))
    assert found["kind"].tolist() == ["other"]


def test_what_is_too_quiet_is_silence_whatever_it_sounds_like() -> None:
    given = frames("#" * 60, "." * 60)
    given.loc[30:, "level"] = -80
    found = segments_of(given)
    assert found["kind"].tolist() == ["speech", "silence"]
    assert found["confidence"].tolist()[1] == 1


def test_silence_lasts_until_something_is_clearly_heard() -> None:
    given = frames("." * 60, "." * 60, -58)
    assert segments_of(given)["kind"].tolist() == ["other"]
    given.loc[20:24, "level"] = -75
    assert segments_of(given)["kind"].tolist() == ["silence"]
    given.loc[40:, "level"] = -30
    assert segments_of(given)["kind"].tolist() == ["silence", "other"]


def test_segments_follow_each_other_over_the_whole_clip() -> None:
    chance = np.random.default_rng(0)
    given = frames("." * 300, "." * 300)
    for name in ("speech", "music"):
        given[name] = np.clip(np.cumsum(chance.normal(0, 0.2, 300)) % 1, 0, 1).astype(np.float32)
    found = segments_of(given)
    assert len(found) > 3 and found["start"][0] == 0
    assert found["end"].iloc[-1] == pytest.approx(30)
    np.testing.assert_allclose(found["start"][1:], found["end"][:-1])
    assert (found["end"] - found["start"]).min() > 0.29
    assert (found["kind"].to_numpy()[1:] != found["kind"].to_numpy()[:-1]).all()


def test_the_level_of_music_is_known_only_where_there_is_speech() -> None:
    below = music_below(frames("." * 30 + "#" * 30 + "." * 30, "#" * 90))
    assert np.isnan(below[:28]).all() and np.isnan(below[62:]).all()
    np.testing.assert_allclose(below[31:59], 12, atol=1e-4)
    assert len(music_below(frames("", ""))) == 0
