"""What can be taken away from a scene: a report, its readings, and the video with them drawn in."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from emotion_core.emotions.registry import hash_weights
from emotion_core.export.formats import Format
from emotion_core.jobs.queue import Phase
from emotion_core.progress import Task
from emotion_core.render.video.annotated import write_annotated_video
from emotion_core.render.video.mask_overlay import MaskOverlay
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import StoredScene
from pages.shared import services
from pages.shared.export_button import export_button, more_formats, readings_button
from pages.shared.job_panel import job_panel


def downloads(scene: StoredScene, analysis: SceneAnalysis) -> None:
    """Buttons that make and fetch the files of a scene."""
    st.header("Downloads")
    name = scene.clip.name.rsplit(".", 1)[0]
    report, csv, more, video = st.columns(4)
    with report:
        export_button(scene, analysis, Format.HTML, "Report")
    with csv:
        readings_button(scene, analysis)
    with more.popover("More formats", icon=":material/download:", width="stretch"):
        more_formats(scene, analysis)
    with video:
        _annotated_video(scene, analysis, name)


def _annotated_video(scene: StoredScene, analysis: SceneAnalysis, name: str) -> None:
    """The clip with the readings drawn in: made on request, then offered."""
    key = f"draw:{scene.id}"
    job = services.jobs().get(key)
    active = job is not None and job.active
    button = st.container()  # on one line with the other downloads; the tick stands below
    explainer = services.find_explainer(scene.model)
    masked = explainer is not None and st.checkbox(
        "Show masks on the faces",
        key=f"masked-{scene.id}",
        disabled=active,
        help="Colours each face by where the model finds the leading emotion: red where it does, "
        "blue where it does not. Faces with an unsure reading stay as they are.",
    )
    clip = services.find_clip(scene)
    chosen = explainer if masked else None
    path = services.analyses().folder / scene.id / _video_file(chosen)
    with button:
        if path.is_file():
            st.download_button(
                "Annotated video",
                path.read_bytes,
                f"{name} annotated{' with masks' * masked}.mp4",
                "video/mp4",
                icon=":material/download:",
                on_click="ignore",
                width="stretch",
            )
            return
        if job is not None:
            job_panel(job)
        if clip is None or active:
            return
        if st.button("Make annotated video", icon=":material/brush:", width="stretch"):
            phase = Phase("Drawing the video", lambda: _draw(clip, scene, analysis, path, chosen))
            services.jobs().submit(key, "Annotated video", [phase])
            st.rerun()


def _video_file(explainer: Path | None) -> str:
    """Name of the video; one with masks is made anew when its explainer has changed."""
    if explainer is None:
        return "annotated.mp4"
    return f"annotated-{hash_weights(explainer)}.mp4"


def _draw(
    clip: Path, scene: StoredScene, analysis: SceneAnalysis, path: Path, explainer: Path | None
) -> Task[None]:
    """Write the video, with the masks of an explainer if there is one."""
    every = analysis.parameters.every
    overlay = None
    if explainer is not None:
        classifier = services.classifier(scene.model.name)
        overlay = MaskOverlay.load(classifier, [explainer], every)
    yield from write_annotated_video(clip, analysis.faces, path, every=every, overlay=overlay)
