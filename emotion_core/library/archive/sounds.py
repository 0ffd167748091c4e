"""What was heard of clips, and their lines, in archives: they come along where they are there."""

from __future__ import annotations

import shutil
from collections.abc import Container
from pathlib import Path

from emotion_core.settings import Settings
from emotion_core.sound.store import SoundStore, read_sound_folder, sound_files
from emotion_core.sound.word_store import WordStore, read_words


def sound_names(clip: str, held: Container[str]) -> list[str]:
    """The files of the sound and the lines of a clip in an archive that holds some names.

    Args:
        clip: SHA-256 of the file.
        held: names in the archive.

    Returns:
        Those of the sound only where all are there.
    """
    root = Path("analyses")
    folder = SoundStore(root).folder_of(clip)
    sound = [(folder / name).as_posix() for name in sound_files()]
    words = WordStore(root).path_of(clip).as_posix()
    found = sound if all(name in held for name in sound) else []
    return [*found, words] if words in held else found


def sounds_to_archive(clip: str, settings: Settings) -> dict[str, Path]:
    """What lies here of the sound and the lines of a clip, by names in an archive."""
    lying = {
        (Path("analyses") / path.relative_to(settings.analyses_dir)).as_posix(): path
        for path in (settings.analyses_dir / clip).glob("**/*")
        if path.is_file()
    }
    return {name: lying[name] for name in sound_names(clip, lying)}


def unknown_sounds(clip: str, held: Container[str], settings: Settings) -> list[str]:
    """Those of :func:`sound_names` that are not here yet: what a user has here stays."""
    store, words = SoundStore(settings.analyses_dir), WordStore(settings.analyses_dir)
    here = {"words.json": words.path_of(clip).exists()}
    heard = store.folder_of(clip).exists()
    return [name for name in sound_names(clip, held) if not here.get(Path(name).name, heard)]


def drop_damaged_sounds(clip: str, stage: Path) -> None:
    """Drop what was unpacked of the sound and the lines of a clip where it cannot be that.

    Sound can be read again; a scene is not refused for it.

    Args:
        clip: SHA-256 of the file.
        stage: where the archive was unpacked.
    """
    folder = SoundStore(stage / "analyses").folder_of(clip)
    if folder.exists():
        try:
            right = read_sound_folder(folder).clip == clip
        except (OSError, ValueError):
            right = False
        if not right:
            shutil.rmtree(folder)
    words = WordStore(stage / "analyses").path_of(clip)
    if words.exists():
        try:
            read_words(words.read_bytes())
        except (OSError, ValueError):
            words.unlink()
