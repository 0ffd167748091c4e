"""How the sound and the words of a clip come into the library."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

from emotion_core.errors import MediaError, WordsError
from emotion_core.library.database.engine import open_database
from emotion_core.library.line_index import index_lines
from emotion_core.media.probe import probe
from emotion_core.progress import Task
from emotion_core.scene.analysis import ClipId
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import Settings
from emotion_core.sound.kinds.detector import SoundDetector, load_sound_detector
from emotion_core.sound.listener import listen
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.lines import Lines
from emotion_core.sound.words.subtitles.embedded import read_track, subtitle_tracks
from emotion_core.sound.words.subtitles.reading import read_subtitles, subtitles_beside

_LOADING = threading.Lock()


def hear_clip(settings: Settings, path: Path, clip: ClipId) -> Task[None]:
    """Hear a clip, unless that was done before, and find its lines, unless it has some.

    Args:
        settings: where models and analyses are kept.
        path: the clip; one of the library's own where it would lie in the data directory.
        clip: its identity.

    Raises:
        MediaError: the clip cannot be read.
        ModelError: what hears cannot be loaded.
        OutputError, LibraryError: the data directory or the library cannot be written to.
    """
    store = SoundStore(settings.analyses_dir)
    if store.load(clip.sha256) is not None:
        return
    with clips_of(settings).holding(path) as file:
        detector = sound_detector(settings.models_dir)
        sound = yield from listen(file, clip.sha256, probe(file).duration, detector)
        store.save(sound)
        words = WordStore(settings.analyses_dir)
        if not words.path_of(clip.sha256).exists():
            lines = find_subtitles(path if path.exists() else file)
            if lines is not None:
                words.save(clip.sha256, lines)
    index_lines(open_database(settings), settings, clip.sha256, heard=True)


def find_subtitles(path: Path) -> Lines | None:
    """The lines that come with a clip: in a file beside it, else inside it.

    Args:
        path: the clip where its user has it.

    Returns:
        ``None`` where there are none that can be read.
    """
    for beside in subtitles_beside(path):
        try:
            return read_subtitles(beside)
        except WordsError:
            continue  # it is there by chance; the user can add one that is meant
    try:
        for track in subtitle_tracks(path):
            if track.readable:
                return read_track(path, track)
    except (MediaError, WordsError):
        pass
    return None


def sound_detector(models_dir: Path) -> SoundDetector:
    """What hears speech and music, loaded once.

    Raises:
        ModelError: it cannot be loaded.
    """
    with _LOADING:  # or two that ask at the same time would both load it
        return _load_detector(models_dir)


@lru_cache(maxsize=1)
def _load_detector(models_dir: Path) -> SoundDetector:
    return load_sound_detector(models_dir)
