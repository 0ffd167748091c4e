"""What can be taken away from a scene: a report, its readings, and the video with them drawn in."""

from __future__ import annotations

import streamlit as st

from emotion_core.export.formats import Format
from emotion_core.files import to_text
from emotion_core.jobs import records
from emotion_core.jobs.kinds.drawing import DrawVideo, video_path
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import StoredScene
from pages.shared import services
from pages.shared.export_button import export_button, more_formats, readings_button
from pages.shared.jobs.panel import job_panel
from pages.shared.users.visitor import visitor


def downloads(scene: StoredScene, analysis: SceneAnalysis, *, heard: bool) -> None:
    """Buttons that make and fetch the files of a scene.

    Args:
        scene, analysis: the scene.
        heard: whether there is something heard or said that its video can show.
    """
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
        _annotated_video(scene, name, heard)


def _annotated_video(scene: StoredScene, name: str, heard: bool) -> None:
    """The clip with the readings drawn in: made on request, then offered."""
    job = records.latest(services.queue(), DrawVideo, scene.id, services.settings().library)
    active = job is not None and job.active
    button = st.container()  # on one line with the other downloads; the tick stands below
    explainer = services.find_explainer(scene.model)
    masked = explainer is not None and st.checkbox(
        "Show masks",
        key=f"masked-{scene.id}",
        disabled=active,
        help="Colours each face by where the model finds the leading emotion: red where it does, "
        "blue where it does not. Faces with an unsure reading stay as they are.",
    )
    lanes = heard and st.checkbox(
        "Show what is heard",
        value=True,
        key=f"heard-{scene.id}",
        disabled=active,
        help="Below the picture: the line that is said, the voice, who speaks, the music, and "
        "where face and voice part.",
    )
    clip = services.locate_clip(scene)
    chosen = explainer if masked else None
    path = video_path(services.settings(), scene.id, chosen, heard=lanes)
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
        if not visitor().may_edit:
            st.caption("A teacher can make the annotated video of this scene.")
            return
        if job is not None:
            job_panel(job)
        if clip is None or active:
            return
        if st.button("Make annotated video", icon=":material/brush:", width="stretch"):
            explained = "" if chosen is None else to_text(chosen)
            services.submit(DrawVideo(scene.id, explained, lanes))
            st.rerun()
