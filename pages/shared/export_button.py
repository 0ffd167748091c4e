"""Buttons that export a scene or a comparison; nothing is made before one is pressed.

What they call runs apart from the script of the page, so that it calls nothing of Streamlit's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from emotion_core.export.archives import files_to_zip
from emotion_core.export.comparison import comparison_files
from emotion_core.export.formats import Format, TableFormat
from emotion_core.export.movements import movements_to_spreadsheet
from emotion_core.export.report.comparison import comparison_report
from emotion_core.export.report.html import to_html
from emotion_core.export.shot_list import shots_to_spreadsheet
from emotion_core.export.sound.tables import lines_to_spreadsheet, utterances_to_spreadsheet
from emotion_core.export.tables import readings_table
from emotion_core.export.writing import export_scene
from emotion_core.library.database.engine import Database
from emotion_core.library.report_data import library_report_data
from emotion_core.performance.comparison.comparison import Comparison
from emotion_core.performance.comparison.stills import divergence_stills
from emotion_core.performance.delivery.scene_sound import SceneSound
from emotion_core.performance.performance import performances_of
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.stills import moment_pictures, shot_pictures
from emotion_core.scene.store import StoredScene
from emotion_core.settings import Settings
from emotion_core.sound.store import SoundStore
from emotion_core.types import ImageArray
from pages.shared import services
from pages.shared.table_button import format_menu, table_format

# The type of each file, and its ending where that is another than the format.
_FILES = {
    Format.HTML: ("text/html", "html"),
    Format.SHOTS_HTML: ("text/html", "shots.html"),
    Format.EDL: ("text/plain", "edl"),
    Format.PARQUET: ("application/vnd.apache.parquet", "parquet"),
    Format.JSON: ("application/json", "json"),
    Format.EAF: ("application/xml", "eaf"),
    Format.VTT: ("text/vtt", "vtt"),
    Format.LINES_VTT: ("text/vtt", "lines.vtt"),
    Format.MD: ("application/zip", "zip"),  # with its drawings
}
# Gives the file of a clip, if there is one.
Clip = Callable[[], Path | None]
_MORE = (
    (Format.SHOTS_HTML, "Shot list", "Stills, timecode, characters and emotions, to print."),
    (Format.EDL, "Shots for editing", "An edit decision list (EDL, CMX 3600)."),
    (Format.PARQUET, "Readings as Parquet", "For Python and R."),
    (Format.JSON, "Readings as JSON", "For any program, with a description of each column."),
    (
        Format.EAF,
        "Annotations for ELAN",
        "Chords, emotions, clear movements, shots and what is heard as tiers.",
    ),
    (Format.VTT, "Captions", "Chords as WebVTT subtitles for a video player."),
    (Format.LINES_VTT, "Lines as captions", "What is said, with its speakers, as WebVTT."),
    (Format.MD, "Report as Markdown", "Text to edit, with its figures as files."),
)


def export_button(scene: StoredScene, analysis: SceneAnalysis, wanted: Format, label: str) -> None:
    """A button that exports a scene to one format."""
    name = scene.clip.name.rsplit(".", 1)[0]
    kind, ending = _FILES[wanted]
    # here, since what follows has no page
    settings, library = services.settings(), services.library()
    clip = services.clip_for_later(scene)
    st.download_button(
        label,
        lambda: _export(settings, library, analysis, wanted, name, clip),
        f"{name}{' report' * (wanted is Format.MD)}.{ending}",
        kind,
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key=f"export-{wanted}-{scene.id}",
    )


def readings_button(scene: StoredScene, analysis: SceneAnalysis) -> None:
    """A button that gives the readings in the format of tables."""
    wanted, name = table_format(), scene.clip.name.rsplit(".", 1)[0]
    st.download_button(
        f"Readings as {wanted.ending.upper()}",
        lambda: readings_table(analysis, wanted),
        f"{name}.{wanted.ending}",
        wanted.mime,
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key=f"export-readings-{scene.id}",
    )


def movements_button(scene: StoredScene, analysis: SceneAnalysis) -> None:
    """A button that gives the movements in the format of tables."""
    wanted, name = table_format(), scene.clip.name.rsplit(".", 1)[0]
    st.download_button(
        f"Movements as {wanted.ending.upper()}",
        lambda: movements_to_spreadsheet(performances_of(analysis), wanted),
        f"{name}.movements.{wanted.ending}",
        wanted.mime,
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key=f"export-movements-{scene.id}",
    )


def shot_table_button(scene: StoredScene, analysis: SceneAnalysis) -> None:
    """A button that gives the shot list in the format of tables."""
    wanted, name = table_format(), scene.clip.name.rsplit(".", 1)[0]
    settings, library = services.settings(), services.library()
    clip = services.clip_for_later(scene)
    st.download_button(
        f"Shot list as {wanted.ending.upper()}",
        lambda: _shot_table(settings, library, analysis, wanted, clip),
        f"{name}.shots.{wanted.ending}",
        wanted.mime,
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key=f"export-shots-{scene.id}",
    )


def heard_button(
    scene: StoredScene,
    analysis: SceneAnalysis,
    label: str,
    write: Callable[[SceneSound | None, TableFormat], bytes],
) -> None:
    """A button that gives a table of what is heard in the format of tables.

    Args:
        scene, analysis: whose sound was read.
        label: what the table is of.
        write: makes its file.
    """
    wanted, name = table_format(), scene.clip.name.rsplit(".", 1)[0]
    settings, library = services.settings(), services.library()
    st.download_button(
        f"{label} as {wanted.ending.upper()}",
        lambda: write(library_report_data(settings, library, analysis).sound, wanted),
        f"{name}.{label.lower()}.{wanted.ending}",
        wanted.mime,
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key=f"export-{label.lower()}-{scene.id}",
    )


def more_formats(scene: StoredScene, analysis: SceneAnalysis) -> None:
    """What else a scene can be exported to, with a word on what it is for."""
    format_menu("readings")
    movements_button(scene, analysis)
    st.caption("Brows, eyes, mouth and head, as changes from each neutral face.")
    heard = SoundStore(services.settings().analyses_dir).heard(scene.clip.sha256)
    if heard:
        heard_button(scene, analysis, "Lines", lines_to_spreadsheet)
        st.caption("Who says what and when, with face and voice.")
        heard_button(scene, analysis, "Utterances", utterances_to_spreadsheet)
        st.caption("Pitch, loudness, pace and pauses of the voices.")
    shot_table_button(scene, analysis)
    for wanted, label, purpose in _MORE:
        if wanted.is_of_sound and not heard:
            continue
        export_button(scene, analysis, wanted, label)
        st.caption(purpose)


def comparison_buttons(comparison: Comparison, scenes: Sequence[StoredScene]) -> None:
    """Buttons that take home a comparison: its report, and all its numbers.

    Args:
        comparison: what was found.
        scenes: of its performances, in their order.
    """
    clips = [services.clip_for_later(scene) for scene in scenes]
    wanted = table_format()
    with st.container(horizontal=True):
        st.download_button(
            "Report",
            lambda: _report(comparison, [clip() for clip in clips]),
            "comparison.html",
            "text/html",
            icon=":material/download:",
            on_click="ignore",
            key="comparison-report",
        )
        st.download_button(
            f"All data as {wanted.ending.upper()} and JSON",
            lambda: files_to_zip(comparison_files(comparison, wanted)),
            "comparison.zip",
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
            key="comparison-numbers",
        )
        format_menu("comparison")


def _export(
    settings: Settings,
    library: Database,
    analysis: SceneAnalysis,
    wanted: Format,
    name: str,
    clip: Clip,
) -> bytes:
    data = library_report_data(settings, library, analysis, heard=wanted.says_what_is_heard)
    stills = moment_pictures(
        clip() if wanted.is_report else None, analysis.faces, data.summary.moments
    )
    shots = _shot_stills(analysis, clip()) if wanted.shows_shots else None
    files = export_scene(data, [wanted], name, stills, shots)
    return files_to_zip(files) if wanted is Format.MD else files[f"{name}.{wanted}"]


def _shot_table(
    settings: Settings,
    library: Database,
    analysis: SceneAnalysis,
    wanted: TableFormat,
    clip: Clip,
) -> bytes:
    data = library_report_data(settings, library, analysis, heard=False)
    found = clip() if wanted is TableFormat.XLSX else None
    return shots_to_spreadsheet(data, wanted, _shot_stills(analysis, found))


def _report(comparison: Comparison, clips: Sequence[Path | None]) -> str:
    return to_html(comparison_report(comparison, divergence_stills(comparison, clips)))


def _shot_stills(analysis: SceneAnalysis, clip: Path | None) -> list[ImageArray | None]:
    return shot_pictures(clip, [(start + end) / 2 for start, end in analysis.shots])
