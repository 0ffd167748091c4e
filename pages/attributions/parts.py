"""What a mask says of the parts of a face: their shares, and the face without one of them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from emotion_core.explanation.tracks import regions_of
from emotion_core.explanation.wording import describe_changes, describe_parts, describe_shares
from emotion_core.faces.hiding import hide_region, read_without
from emotion_core.faces.regions import PARTS, REGIONS, by_region, region_shares
from emotion_core.render.figures.explanation import draw_changes, draw_regions
from emotion_core.render.masks import draw_outlines
from emotion_core.types import Attribution
from pages.shared.faces.chosen_face import ChosenFace
from pages.shared.faces.parts_table import TITLE, parts_table
from pages.shared.table_button import table_button
from pages.shared.users.caches import per_library

_HIDDEN = tuple(region for region in REGIONS if region != "outside")
_PICTURE, _OUTLINES = 224, 448
REGIONS_ALT = "The share of each region of the face in the mask of each emotion."


def region_bars(chosen: ChosenFace, found: Attribution, emotions: Sequence[str]) -> None:
    """The share of each mask in each part of the face."""
    st.header("Where in the face")
    regions = regions_of(chosen.face, found.masks.shape[-1])
    if regions is None:
        st.info(
            "Eyes, nose and mouth could not be found in this face, so it cannot be divided into "
            "regions."
        )
        return
    shares = region_shares(found, [regions])
    for emotion in emotions:
        st.markdown(f"**{describe_shares(shares, emotion)}**")
    st.plotly_chart(draw_regions(by_region(shares), emotions), width="stretch", alt=REGIONS_ALT)
    st.caption(
        "The thin lines show how large each region is; a random mask has about this share in it. "
        "A region matters where its bar rises above its line."
    )
    all_parts(shares, emotions, chosen)
    table_button("Shares", lambda: shares, f"{chosen.file_name} parts")


def all_parts(shares: pd.DataFrame, emotions: Sequence[str], chosen: ChosenFace) -> None:
    """The share of each mask in every single part, and where the parts lie; opened on demand.

    Args:
        shares: of parts, of one face or means.
        emotions: whose masks.
        chosen: the face that their outlines are drawn over.
    """
    with st.expander(TITLE):
        left, right = st.columns([1, 2])
        regions = regions_of(chosen.face, _OUTLINES)
        if regions is not None:
            outlined = draw_outlines(chosen.face.shown, regions)
            left.image(outlined, width="stretch", alt="The outlines of the parts over the face")
        with right:
            parts_table(shares, emotions)


@st.fragment
def hide_a_part(chosen: ChosenFace) -> None:
    """The face with parts of it hidden, and what the reading becomes."""
    st.header("Hide a region and read again")
    if regions_of(chosen.face, _PICTURE) is None:
        st.caption("The regions of this face could not be found, so none can be hidden.")
        return
    parts = _choose_parts()
    if not parts:
        st.caption("Choose one or more regions to hide.")
        return
    changes = _changes(chosen.key, tuple(parts), chosen)
    picture, figure = st.columns([1, 3])
    regions = regions_of(chosen.face, chosen.face.shown.shape[0])
    without = f"without {describe_parts(parts)}"
    if regions is not None:
        hidden = hide_region(chosen.face.shown, regions.together(parts))
        picture.image(hidden, caption=without, width="stretch", alt=f"The face {without}")
    with figure:
        st.markdown(describe_changes(parts, chosen.shares, changes))
        alt = f"How the confidence in each emotion changes {without}."
        st.plotly_chart(draw_changes(changes, without.capitalize()), width="stretch", alt=alt)
    st.caption(
        "Hidden regions are filled with the mean colour of the face. The fill can confuse the "
        "model too, so do not read much into small changes."
    )


def _choose_parts() -> list[str]:
    """Regions, or some parts of them, from top to bottom in whatever order they were chosen."""
    chosen = st.segmented_control(
        "Hide", _HIDDEN, selection_mode="multi", default=["mouth"], key="hidden"
    )
    regions = [region for region in _HIDDEN if region in chosen]
    divided = [part for region in regions if len(PARTS[region]) > 1 for part in PARTS[region]]
    picked: list[str] = []
    if divided:
        picked = st.pills(
            "Only these parts of them",
            divided,
            selection_mode="multi",
            key=f"hidden-parts-{regions}",
            help="Right and left are the person's own. A region of which you choose no part is "
            "hidden as a whole.",
        )
    found: list[str] = []
    for region in regions:
        found += [part for part in PARTS[region] if part in picked] or [region]
    return found


@per_library(st.cache_data(show_spinner="Reading the face again …", max_entries=100))
def _changes(key: str, parts: tuple[str, ...], _chosen: ChosenFace) -> dict[str, float]:
    classifier = _chosen.classifier
    regions = regions_of(_chosen.face, classifier.preprocessing.size)
    if regions is None:
        raise ValueError("a face without located regions cannot have regions hidden")
    return read_without(classifier, _chosen.face.crop, regions.together(parts))
