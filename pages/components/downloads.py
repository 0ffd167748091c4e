"""What can be taken away from a scene: tables, and the video with the readings drawn in."""

from __future__ import annotations

import streamlit as st

from emotion_core.export.tables import faces_to_csv
from emotion_core.library.jobs import Phase
from emotion_core.media.annotated import write_annotated_video
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.storage import StoredScene
from pages.components import services
from pages.components.job_panel import job_panel


def downloads(scene: StoredScene, analysis: SceneAnalysis) -> None:
    """Buttons that make and fetch the files of a scene."""
    st.subheader("Downloads")
    name = scene.clip.name.rsplit(".", 1)[0]
    csv, parquet, video = st.columns(3)
    csv.download_button(
        "Readings as CSV",
        lambda: faces_to_csv(analysis),
        f"{name}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    parquet.download_button(
        "Readings as Parquet",
        lambda: analysis.faces.to_parquet(),
        f"{name}.parquet",
        "application/vnd.apache.parquet",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    with video:
        _annotated_video(scene, analysis, name)


def _annotated_video(scene: StoredScene, analysis: SceneAnalysis, name: str) -> None:
    """The clip with the readings drawn in: made on request, then offered."""
    path = services.analyses().folder / scene.id / "annotated.mp4"
    clip = services.find_clip(scene)
    key = f"draw:{scene.id}"
    job = services.jobs().get(key)
    if path.is_file():
        st.download_button(
            "Annotated video",
            path.read_bytes,
            f"{name} annotated.mp4",
            "video/mp4",
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
        )
        return
    if job is not None:
        job_panel(job)
    if clip is not None and (job is None or not job.active):
        make = st.button("Make the annotated video", icon=":material/brush:", width="stretch")
        if make:
            every = analysis.parameters.every
            phase = Phase(
                "Drawing", lambda: write_annotated_video(clip, analysis.faces, path, every=every)
            )
            services.jobs().submit(key, "Annotated video", [phase])
            st.rerun()
