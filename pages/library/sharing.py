"""What goes from one's own library into that of the class, and back."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from emotion_core.jobs.kinds.archives import CopyScenes
from emotion_core.jobs.registry import result_of
from emotion_core.library.archive.copying import Chosen
from emotion_core.library.archive.merging import MergeSummary
from emotion_core.library.queries.browsing import Shelf
from emotion_core.library.takes import takes_among
from emotion_core.text import count_of
from pages.shared import services
from pages.shared.dialogs import dialog, in_sentences
from pages.shared.jobs.panel import close_button, follow_job, follow_jobs
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor

SHARE, TAKE_HOME = "Share with the class", "Copy to my library"


def copy_button(key: str, title: str, chosen: Chosen) -> None:
    """A button that shares a scene or a film, or brings it home; none where nobody signs in.

    Args:
        key: of the scene or the film, unique on the page.
        title: what it is called.
        chosen: which one.
    """
    found = visitor()
    if found.user is None:
        return
    label = TAKE_HOME if found.in_class else SHARE
    icon = ":material/library_add:" if found.in_class else ":material/group_add:"
    if st.button("", icon=icon, key=f"copy-{key}", help=label):
        _take_home(title, chosen) if found.in_class else _share(title, chosen)


@dialog(SHARE)
@in_sentences
def _share(title: str, chosen: Chosen) -> None:
    st.markdown(
        f"Everyone in your class will see **{as_text(title)}** with its clips, readings, "
        "characters, quotes, notes, tags and bookmarks, and your name as who has shared it. Takes "
        "are never shared."
    )
    if visitor().is_teacher:
        st.caption("What the class has of it already is merged with yours.")
    else:
        st.caption(
            "What the class has of it already stays as it is. Only a teacher can remove it again."
        )
    _begin(SHARE, title, chosen)


@dialog(TAKE_HOME)
@in_sentences
def _take_home(title: str, chosen: Chosen) -> None:
    st.markdown(
        f"You get a copy of **{as_text(title)}** in your own library, to change as you like. "
        "The class library stays as it is."
    )
    _begin(TAKE_HOME, title, chosen)


def _begin(what: str, title: str, chosen: Chosen) -> None:
    if not st.button(what, type="primary", key="really-copy"):
        return
    found = visitor()
    own = found.own.library
    source, target = ("", own) if found.in_class else (own, "")
    # what is one's own, and for teachers the class library, may be merged into
    add_only = not found.in_class and not found.is_teacher
    by = "" if found.in_class or found.user is None else found.user.name
    work = CopyScenes(source, target, chosen, f"{what}: {title}", add_only, by)
    follow_job(services.submit_to(found.own, work))
    st.rerun()


def private_scenes(shelves: Iterable[Shelf]) -> set[int]:
    """The takes among scenes, which are never shared; nothing is asked where nobody signs in."""
    if visitor().user is None:
        return set()
    scenes = [scene.id for shelf in shelves for scene in shelf.scenes]
    return takes_among(services.library(), scenes)


def follow_copies() -> None:
    """How far what is copied is, and what it has brought."""
    if visitor().user is None:
        return
    for job in follow_jobs(CopyScenes):
        summary = result_of(job)
        assert isinstance(summary, MergeSummary)
        new = [(summary.films, "film"), (summary.scenes, "scene")]
        added = " and ".join(count_of(count, name) for count, name in new if count) or "nothing"
        said = f"{job.title}. New there: {added}."
        if known := summary.known_scenes:
            said += f" There already: {count_of(known, 'scene')}."
        st.success(as_text(said), icon=":material/check:")
        close_button(job)
