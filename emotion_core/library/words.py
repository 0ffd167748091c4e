"""Lines that come to a clip: from files of a user, from its sound, or from speech-to-text."""

from __future__ import annotations

from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from emotion_core.errors import WordsError
from emotion_core.library.line_index import keep_lines
from emotion_core.progress import Progress, Task
from emotion_core.scene.clips.store import clips_of
from emotion_core.settings import Settings
from emotion_core.sound.analysis import SoundAnalysis
from emotion_core.sound.blocks import BLOCK_SECONDS
from emotion_core.sound.decode import read_blocks
from emotion_core.sound.store import SoundStore
from emotion_core.sound.word_store import WordStore
from emotion_core.sound.words.hearing import ScriptReader
from emotion_core.sound.words.lines import Lines
from emotion_core.sound.words.script import read_script
from emotion_core.sound.words.script_speakers import name_speakers
from emotion_core.sound.words.subtitles.reading import SUBTITLE_SUFFIXES, read_subtitles
from emotion_core.sound.words.transcription import SpeechTranscriber


def add_words(settings: Settings, clip: str, name: str, content: bytes) -> bool:
    """Take in a file of subtitles or a script.

    Subtitles become the lines of the clip. A script names the speakers of the lines that it has;
    where it has none, the script is kept for :func:`find_script`.

    Args:
        settings: where analyses are kept.
        clip: SHA-256 of the clip.
        name: of the file; its ending says what it is.
        content: of the file.

    Returns:
        Whether that is all; else the lines have to be found in the sound.

    Raises:
        WordsError: the file cannot be read, or does not fit. The lines stay as they were.
        OutputError, LibraryError: the data directory or the library cannot be written to.
    """
    store, suffix = WordStore(settings.analyses_dir), PurePath(name).suffix.lower()
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{PurePath(name).stem[:100] or 'words'}{suffix}"
        path.write_bytes(content)
        if suffix in SUBTITLE_SUFFIXES:
            keep_lines(settings, clip, read_subtitles(path))
            return True
        script = read_script(path)
    known = store.load(clip)
    if known is not None and len(known.spoken):
        keep_lines(settings, clip, name_speakers(known, script))
        return True
    store.put_script(clip, name, content)
    return False


def find_script(settings: Settings, path: Path, clip: str) -> Task[int]:
    """Find the lines of the script that was kept in the sound of its clip.

    Args:
        settings: where analyses are kept.
        path: the clip; one of the library's own where it would lie in the data directory.
        clip: its SHA-256.

    Returns:
        How many lines have a time.

    Raises:
        WordsError: the script is gone, or does not fit the sound.
        MediaError: the clip cannot be read.
        OutputError, LibraryError: the data directory or the library cannot be written to.
    """
    store, sound = WordStore(settings.analyses_dir), _heard(settings, clip)
    script = store.script(clip)
    if script is None:
        raise WordsError("The script is no longer there. Add it again.")
    try:
        reader = ScriptReader(read_script(script), sound.speech)
        lines = yield from _through(settings, path, sound, reader)
    finally:
        store.drop_script(clip)
    keep_lines(settings, clip, lines)
    return len(lines.spoken)


def write_down(settings: Settings, path: Path, clip: str) -> Task[int]:
    """Have the speech of a clip written down by the model of the settings.

    Args, Returns: as of :func:`find_script`.

    Raises:
        WordsError: no recognizer is installed or set, or its model cannot be loaded.
        MediaError, OutputError, LibraryError: as of :func:`find_script`.
    """
    check_speech_model(settings)
    sound = _heard(settings, clip)
    writer = SpeechTranscriber(sound.speech, settings.speech_model)
    lines = yield from _through(settings, path, sound, writer)
    keep_lines(settings, clip, lines)
    return len(lines.spoken)


def check_speech_model(settings: Settings) -> None:
    """Refuse to write down speech where the settings name no model for it.

    Raises:
        WordsError: they do not.
    """
    if not settings.speech_model:
        raise WordsError("No model writes down speech: set EME_SPEECH_MODEL.")


def _heard(settings: Settings, clip: str) -> SoundAnalysis:
    sound = SoundStore(settings.analyses_dir).load(clip)
    if sound is None:
        raise WordsError("The sound of this clip was not read yet. Read it first.")
    return sound


def _through(
    settings: Settings, path: Path, sound: SoundAnalysis, reader: ScriptReader | SpeechTranscriber
) -> Task[Lines]:
    with clips_of(settings).holding(path) as file:
        for block in read_blocks(file, sound.duration):
            reader.add(block)
            yield Progress(min(block.start + BLOCK_SECONDS, sound.duration), sound.duration)
    return reader.finish()
