"""Who of the characters speaks when, and how much."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

# Share of an utterance that one speaker must have to be its speaker.
_MOST = 0.5
# Turns with these verdicts are of the character that they name, the first for sure.
_SURE, _LIKELY, _OFF = "speaks", "likely", "off screen"


def turns_of(speakers: pd.DataFrame, names: Mapping[int, str]) -> pd.DataFrame:
    """Who speaks, by the names of characters.

    Args:
        speakers: of :func:`~emotion_core.sound.speakers.find_speakers`.
        names: of tracks.

    Returns:
        Their rows with ``character``: the name of who speaks; "" where nobody in view does, or it
        cannot be told.
    """
    return speakers.assign(character=[names.get(int(track), "") for track in speakers["track"]])


def speakers_of(utterances: pd.DataFrame, turns: pd.DataFrame) -> pd.DataFrame:
    """Who speaks each utterance: whoever has more than half of its time.

    Args:
        utterances: with ``start`` and ``end`` in seconds.
        turns: of :func:`turns_of`.

    Returns:
        In the order of the utterances: ``character`` ("" for a voice off screen or one that cannot
        be told) and ``verdict`` as of the turns, "can't tell" where no speaker has most of it. A
        mouth that follows for sure makes the utterance sure, also where it only moves in the rest.
    """
    rows = [_speaker(turns, start, end) for start, end in _spans(utterances)]
    return pd.DataFrame(rows, columns=["character", "verdict"], index=utterances.index)


def _speaker(turns: pd.DataFrame, start: float, end: float) -> tuple[str, str]:
    here = turns[(turns["end"] > start) & (turns["start"] < end)]
    seconds = overlaps(here, start, end)
    named = here["verdict"].isin([_SURE, _LIKELY])
    held: dict[tuple[str, bool], float] = {}
    for name, is_named, verdict, share in zip(
        here["character"], named, here["verdict"], seconds, strict=True
    ):
        if is_named or verdict == _OFF:
            key = (str(name), bool(is_named))
            held[key] = held.get(key, 0.0) + float(share)
    if not held:
        return "", "can't tell"
    (name, in_view), most = max(held.items(), key=lambda item: item[1])
    if most <= _MOST * (end - start):
        return "", "can't tell"
    if not in_view:
        return "", _OFF
    sure = (here["character"].eq(name) & here["verdict"].eq(_SURE)).any()
    return name, _SURE if sure else _LIKELY


def speech_shares(turns: pd.DataFrame) -> pd.DataFrame:
    """How much of the speech each character has.

    Args:
        turns: of :func:`turns_of`.

    Returns:
        A row for each character who speaks, the longest first: ``character``, ``seconds``,
        ``share`` of all speech and ``sure`` (the part of it in which the mouth follows the sound);
        at the end, where there is any, "Hidden characters", "Off screen" and "Can't tell".
    """
    seconds = (turns["end"] - turns["start"]).to_numpy(np.float64)
    total = float(seconds.sum())
    named = turns["character"].ne("").to_numpy()
    rows = []
    for name in turns["character"][named].unique():
        own = turns["character"].eq(name).to_numpy()
        sure = own & turns["verdict"].eq(_SURE).to_numpy()
        rows.append((name, seconds[own].sum(), seconds[sure].sum()))
    rows.sort(key=lambda row: -row[1])
    nameless = turns["verdict"].where(~turns["verdict"].isin([_SURE, _LIKELY]), "hidden")
    kinds = (("hidden", "Hidden characters"), (_OFF, "Off screen"), ("can't tell", "Can't tell"))
    for kind, words in kinds:
        rest = nameless.eq(kind).to_numpy() & ~named
        if rest.any():
            rows.append((words, seconds[rest].sum(), 0.0))
    found = pd.DataFrame(rows, columns=["character", "seconds", "sure"])
    share = found["seconds"] / total if total else found["seconds"]
    return found.assign(share=share)[["character", "seconds", "share", "sure"]]


def speaking_with_sound(faces: pd.DataFrame, turns: pd.DataFrame) -> npt.NDArray[np.float32]:
    """Which rows of a ``faces`` table speak, once the sound is known too.

    The mouth that follows the sound speaks in all of its turn, and nobody else in view does; a
    mouth that moves while no speech is heard chews or laughs, which says nothing of speech.

    Args:
        faces: of an analysis.
        turns: of :func:`~emotion_core.sound.speakers.find_speakers`, of the whole clip.

    Returns:
        (n,) 1 where a face speaks, 0 where it does not, NaN where the mouth is not known.
    """
    speaks = faces["speaking"].to_numpy(np.float32).copy()
    known = np.isfinite(speaks)
    time, track = faces["time"].to_numpy(np.float64), faces["track"].to_numpy()
    heard = np.zeros(len(faces), np.bool_)
    for turn in turns.to_dict("records"):
        inside = (time >= turn["start"]) & (time < turn["end"])
        heard |= inside
        if turn["verdict"] == _SURE:
            speaks[inside & known] = track[inside & known] == turn["track"]
    speaks[~heard & known] = 0
    return speaks


def overlaps(stretches: pd.DataFrame, start: float, end: float) -> npt.NDArray[np.float64]:
    """Seconds that each of some stretches shares with one."""
    last = np.minimum(stretches["end"].to_numpy(np.float64), end)
    first = np.maximum(stretches["start"].to_numpy(np.float64), start)
    shared: npt.NDArray[np.float64] = np.maximum(last - first, 0.0)
    return shared


def _spans(table: pd.DataFrame) -> list[tuple[float, float]]:
    return list(zip(table["start"].astype(float), table["end"].astype(float), strict=True))
