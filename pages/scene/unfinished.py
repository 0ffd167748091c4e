"""Clips that are still being read: their beginning can be watched already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from emotion_core.errors import EmotionCoreError
from emotion_core.files import from_text
from emotion_core.jobs.kinds.reading import ReadClip, reader_of
from emotion_core.jobs.records import Job
from emotion_core.jobs.registry import load_work
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import StoredScene
from pages.shared import services
from pages.shared.intake import own_reading
from pages.shared.scene_picker import SCENE, open_scene
from pages.shared.users.caches import per_library

REFRESH_SECONDS = 2.0
_OPENED = "opened_unfinished"  # number of the job whose beginning this browser was led to
_SHOWN = "unfinished_address"  # of the one that is open


@dataclass(frozen=True, slots=True)
class UnfinishedScene:
    """A clip that is being read.

    Attributes:
        job: number of the job.
        work: what is asked for.
        address: where its analysis will lie.
        ready: how many chunks of it are there, from its beginning on.
    """

    job: int
    work: ReadClip
    address: str
    ready: int

    @property
    def label(self) -> str:
        """What to call it among scenes."""
        return f"{self.work.title} · being analyzed"


def unfinished_scenes() -> dict[str, UnfinishedScene]:
    """Those of the library that is open, by address; this browser is led to its own one once.

    Raises:
        LibraryError: the queue cannot be read.
    """
    found = {}
    for job in services.jobs(only_open=True, here=True):
        scene = _unfinished(job)
        if scene is not None and scene.ready:
            found[scene.address] = scene
        elif scene is not None and scene.job == own_reading():
            _wait_for_beginning(scene)
    for scene in found.values():
        if scene.job == own_reading() and st.session_state.get(_OPENED) != scene.job:
            st.session_state[_OPENED] = scene.job
            open_scene(scene.address)
    left = st.session_state.get(_SHOWN)
    if left is not None and left not in found:
        del st.session_state[_SHOWN]
        # stopped or failed; where it was read to its end, it is a scene now
        if st.query_params.get(SCENE) == left and services.analyses().read(left) is None:
            st.query_params.clear()
    return found


def _unfinished(job: Job) -> UnfinishedScene | None:
    """What a job reads; ``None`` where it does something else, or the scene is there already."""
    if job.kind != ReadClip.kind:
        return None
    try:
        work = load_work(job.kind, job.arguments)
        assert isinstance(work, ReadClip)
        reader = reader_of(services.settings(), work.model)
        scene = UnfinishedScene(job.id, work, reader.address(work.clip), reader.ready(work.clip))
    except EmotionCoreError:
        return None  # its panel says why
    return scene if services.analyses().read(scene.address) is None else None


@st.fragment(run_every=REFRESH_SECONDS)
def _wait_for_beginning(scene: UnfinishedScene) -> None:
    """The page runs again once the first chunk is there."""
    if _ready(scene):
        st.rerun()


def _ready(scene: UnfinishedScene) -> int:
    return reader_of(services.settings(), scene.work.model).ready(scene.work.clip)


def load_beginning(scene: UnfinishedScene) -> tuple[StoredScene, SceneAnalysis] | None:
    """What is there of it; the same until the user asks for more, so that nothing jumps."""
    st.session_state[_SHOWN] = scene.address
    ready = st.session_state.setdefault(_count_key(scene), scene.ready)
    return _load(scene.address, ready, scene.work)


def say_unfinished(scene: UnfinishedScene, analysis: SceneAnalysis) -> None:
    """How far it has been read, and a button that shows what has come since."""
    minutes, seconds = divmod(round(analysis.info.duration), 60)
    st.info(
        f"This clip is still being analyzed. You see it up to {minutes}:{seconds:02d}. "
        "Characters, bookmarks and downloads come when all of it is done.",
        icon=":material/hourglass_top:",
    )
    _offer_more(scene)


@st.fragment(run_every=REFRESH_SECONDS)
def _offer_more(scene: UnfinishedScene) -> None:
    ready = _ready(scene)
    if ready > st.session_state[_count_key(scene)] and st.button(
        "Show what has been analyzed since", icon=":material/refresh:", key="show-more"
    ):
        st.session_state[_count_key(scene)] = ready
        st.rerun()


def _count_key(scene: UnfinishedScene) -> str:
    return f"ready-{scene.job}"


@per_library(st.cache_resource(show_spinner=False, max_entries=4))
def _load(address: str, ready: int, _work: ReadClip) -> tuple[StoredScene, SceneAnalysis] | None:
    reader = reader_of(services.settings(), _work.model)
    path = services.media().local(from_text(_work.path))
    analysis = reader.read_so_far(path, _work.clip, ready)
    if analysis is None:
        return None
    return StoredScene(
        clip=analysis.clip,
        info=analysis.info,
        shots=analysis.shots,
        model=analysis.model,
        parameters=analysis.parameters,
        warnings=(),
        source=_work.path,
        created=datetime.now(UTC),
    ), analysis
