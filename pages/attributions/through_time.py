"""The masks of a face through its time in view."""

from __future__ import annotations

import streamlit as st

from emotion_core.emotions.labels import CHANCE, EMOTIONS, percent
from emotion_core.explanation.moments import even_moments
from emotion_core.explanation.tracks import (
    MOMENTS,
    TrackExplanation,
    mean_shares,
)
from emotion_core.explanation.wording import describe_shares
from emotion_core.jobs.kinds.explaining import FaceToExplain
from emotion_core.render.figures.explanation import draw_regions
from emotion_core.render.masks import overlay
from emotion_core.text import format_time
from pages.attributions.parts import REGIONS_ALT, all_parts
from pages.shared.faces.chosen_face import ChosenFace
from pages.shared.faces.explained import explained, method_of
from pages.shared.table_button import table_button

_PICTURE = 104
_LEADING = "the leading emotion"


@st.fragment
def through_time(chosen: ChosenFace, method: str) -> None:
    """A strip of small masks, and the mean share of each part of the face."""
    rows = chosen.rows
    if chosen.clip is None or rows is None:
        return
    st.header("Over time")
    st.caption(
        f"The same face at up to {MOMENTS} moments, spread evenly over this shot, with the method "
        "chosen above."
    )
    model, moments = chosen.classifier.identity, even_moments(rows, MOMENTS)
    looks = method_of(model, method)
    face = FaceToExplain.at(chosen.analysis, model.fingerprint, moments, *looks)
    found = explained([face], "Explain the whole shot")
    if found is not None:
        _show(found[0], chosen)


def _show(track: TrackExplanation, chosen: ChosenFace) -> None:
    means = mean_shares(track)
    read = [name for k, name in enumerate(EMOTIONS) if track.probabilities[:, k].max() > CHANCE]
    shown = st.segmented_control(
        "Show masks of",
        [_LEADING, *read],
        default=_LEADING,
        key=f"strip-{chosen.track_address}",
        required=True,
    )
    with st.container(horizontal=True, gap="small"):
        for time, face, masks, shares in zip(
            track.times, track.faces, track.masks, track.probabilities, strict=True
        ):
            k = EMOTIONS.index(shown) if shown in EMOTIONS else int(shares.argmax())
            caption = f"{EMOTIONS[k]} {percent(float(shares[k]))}".replace(
                " ", "\N{NO-BREAK SPACE}"
            )
            st.image(
                overlay(face, masks[k]),
                caption=f"{format_time(float(time))} {caption}",
                width=_PICTURE,
                alt=f"Mask of {EMOTIONS[k]} over the face at {format_time(float(time))}",
            )
    if means.empty:
        st.caption("The regions of this face could not be found at any moment.")
        return
    emotions = list(dict.fromkeys(means["emotion"]))
    counts = means.groupby("emotion")["moments"].max()
    for emotion in emotions:
        count = int(counts[emotion])
        when = f"over {count} moments" if count > 1 else "at one moment"
        st.markdown(f"**{describe_shares(means, emotion)}** ({when})")
    st.plotly_chart(
        draw_regions(mean_shares(track.by_region()), emotions),
        width="stretch",
        key="track-regions",
        alt=REGIONS_ALT,
    )
    st.caption(
        "Means over the moments at which the emotion is read above chance. Within the thin "
        "lines lie two thirds of the moments."
    )
    if track.has_parts:
        all_parts(means, emotions, chosen)
    table_button(
        "Region shares over time",
        lambda: track.shares.assign(time=track.times[track.shares["face"].astype(int)]),
        f"{chosen.file_name} through time",
    )
