"""Where face and voice part."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emotion_core.performance.delivery.contrast import contrasts_of
from tests.performance.delivery.reading_rows import rows

COUNT = 10


def scene(
    face: dict[str, float], raised: float, verdict: str = "speaks", mostly: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ten utterances of Ana; her face follows her voice, but in the fourth."""
    parts, spoken = [], []
    for place in range(COUNT):
        start = 2.0 * place
        odd = place == 3
        lively = (place % 4 != 0) == mostly
        usual = {"angry": 0.8} if lively else {"sad": 0.5}
        parts.append(rows("Ana", start, start + 1.5, face if odd else usual, speaking=1.0))
        voice = raised if odd else (0.9 if lively else 0.1)
        spoken.append((start, start + 1.5, "Ana", verdict, voice))
    columns = ["start", "end", "character", "verdict", "raised"]
    return pd.DataFrame(spoken, columns=columns), pd.concat(parts, ignore_index=True)


def test_a_still_face_on_a_raised_voice_is_found_where_it_is() -> None:
    (found,) = contrasts_of(*scene({}, 0.95))
    assert (found.start, found.character, found.sure) == (6.0, "Ana", True)
    assert found.words == "a still face on a raised voice"
    # of nine others only her three sad faces are as far from this voice
    assert found.chance == 0.4


def test_a_smile_on_a_lowered_voice_is_one_too() -> None:
    utterances, faces = scene({"happy": 0.9}, 0.05, mostly=False)
    (found,) = contrasts_of(utterances, faces)
    assert found.words == "a smile on a lowered voice"


def test_who_only_likely_speaks_is_said_so() -> None:
    (found,) = contrasts_of(*scene({}, 0.95, verdict="likely"))
    assert not found.sure


def test_what_a_character_does_anyhow_is_no_contrast() -> None:
    utterances, faces = scene({}, 0.95)
    faces = pd.concat([rows("Ana", 2.0 * k, 2.0 * k + 1.5, {}) for k in range(COUNT)])
    utterances["raised"] = 0.9
    assert contrasts_of(utterances, faces.reset_index(drop=True)) == []


def test_of_few_utterances_it_is_not_said_how_unusual_it_is() -> None:
    utterances, faces = scene({}, 0.95)
    (found,) = contrasts_of(utterances[2:5], faces)
    assert np.isnan(found.chance)


def test_a_voice_that_cannot_be_read_and_a_face_out_of_view_part_from_nothing() -> None:
    utterances, faces = scene({}, 0.95)
    assert contrasts_of(utterances.assign(raised=np.nan), faces) == []
    assert contrasts_of(utterances, faces[:0]) == []
    assert contrasts_of(utterances.assign(character=""), faces) == []


def test_a_face_that_is_hard_to_see_is_left_out() -> None:
    utterances, faces = scene({}, 0.95)
    assert contrasts_of(utterances, faces.assign(x2=20, y2=20)) == []
