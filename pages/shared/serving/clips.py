"""Clips, served from where they lie.

``st.video`` reads a file whole at every run of a page and keeps it in memory: half a second and
half a gigabyte for a film of two hours. A route of the server answers the browser's requests for
parts of the file instead.
"""

from __future__ import annotations

import mimetypes
import secrets
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_core.errors import EmotionCoreError
from emotion_core.scene.clips.store import clips_of
from pages.shared.serving.address import route_url
from pages.shared.serving.gate import may_fetch
from pages.shared.users.visitor import server_settings, visitor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

ROUTE = "clips"
_LOCK = threading.Lock()
# What pages have shown, by a name that nobody can guess, with the library that it belongs to:
# nothing else is served. A file that took the place of another has a name of its own, or browsers
# would play what they remember.
_names: dict[tuple[Path, int, int], str] = {}
_paths: dict[str, tuple[str, Path]] = {}


def playable_from(clip: Path) -> str | Path:
    """What ``st.video`` plays for a clip: its address, or the file where none is served."""
    url = route_url(f"/{ROUTE}/")
    if url is None:
        return clip
    try:
        state = clip.stat()
    except OSError:  # deleted a moment ago
        return clip
    # not the clip's own suffix: it may hold what means something else in an address
    name = f"{secrets.token_urlsafe(16)}{mimetypes.guess_extension(_kind(clip)) or ''}"
    with _LOCK:
        name = _names.setdefault((clip, state.st_mtime_ns, state.st_size), name)
        _paths[name] = visitor().settings.library, clip
    return url + name


def _kind(clip: Path) -> str:
    """A type of video for browsers, whatever the file is called: no clip is shown as a page."""
    kind = mimetypes.guess_type(clip.name)[0] or ""
    return kind if kind.startswith("video/") else "video/mp4"


async def answer(request: Request) -> Response:
    """A clip, or the part of it that is asked for."""
    from starlette.concurrency import run_in_threadpool
    from starlette.exceptions import HTTPException
    from starlette.responses import FileResponse

    library, clip = _paths.get(request.path_params["name"], ("", None))
    if clip is None or not may_fetch(request.cookies, library):
        raise HTTPException(404)
    with suppress(EmotionCoreError):
        # one that is kept elsewhere may have left this machine since its page was shown
        clips = clips_of(server_settings().library_of(library))
        await run_in_threadpool(clips.keep_at_hand, clip)
    if not clip.is_file():
        raise HTTPException(404)
    # answers requests for a part, reading no more of the file than that
    return FileResponse(clip, media_type=_kind(clip), headers={"X-Content-Type-Options": "nosniff"})
