"""The commands ``lines add``, ``lines transcribe``, ``lines move`` and ``lines remove``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core.cli.progress import show_progress
from emotion_core.cli.reading import make_reader, read_clip
from emotion_core.errors import WordsError
from emotion_core.files import printable
from emotion_core.text import count_of

if TYPE_CHECKING:
    from emotion_core.settings import Settings
    from emotion_core.sound.words.lines import Lines

Clip = Annotated[Path, typer.Argument(help="The clip.")]


def add(
    clip: Clip,
    file: Annotated[
        Path,
        typer.Argument(
            help="Subtitles (SRT, VTT, ASS, SSA, TTML, SAMI), or a script: text with NAME: before "
            "each line, or Fountain."
        ),
    ],
) -> None:
    """Add subtitles or a script to CLIP; what it has of lines is replaced.

    A script names the speakers of lines that are there. Where there are none, its lines are looked
    for in the sound, in English only. A clip that was not analyzed before is analyzed first.
    """
    from emotion_core.library.words import add_words, find_script

    content = _content(file)
    settings, sha = _heard_clip(clip)
    if not add_words(settings, sha, file.name, content):
        name = printable(file.name)
        show_progress(find_script(settings, clip, sha), f"Looking for the lines of {name}")
    _report(settings, clip, sha)


def transcribe(clip: Clip) -> None:
    """Write down what is said in CLIP with the speech-to-text model of EME_SPEECH_MODEL.

    It makes mistakes, and most where music plays. What the clip has of lines is replaced. A clip
    that was not analyzed before is analyzed first.
    """
    from emotion_core.library.words import check_speech_model, write_down
    from emotion_core.settings import load_settings

    check_speech_model(load_settings())  # before minutes of reading
    settings, sha = _heard_clip(clip)
    show_progress(write_down(settings, clip, sha), f"Writing down {printable(clip.name)}")
    _report(settings, clip, sha)


def move(clip: Clip) -> None:
    """Move the lines of CLIP to where somebody speaks, where that is clearly better."""
    from emotion_core.library.line_index import keep_lines
    from emotion_core.sound.store import SoundStore
    from emotion_core.sound.words.subtitles.fitting import check_fit, moved

    settings, sha, lines = _known_lines(clip)
    sound = SoundStore(settings.analyses_dir).load(sha)
    if sound is None:
        raise WordsError(f"The sound of {clip} was not read yet: run eme analyze first.")
    fit = check_fit(lines, sound.duration, sound.speech)
    if (fit.rate, fit.shift) == (1, 0):
        print(fit.sentence or "The lines stay where they are: no other place is clearly better.")
        return
    print(fit.sentence)
    keep_lines(settings, sha, moved(lines, fit))
    _report(settings, clip, sha)


def remove(clip: Clip) -> None:
    """Remove the lines of CLIP; its readings stay."""
    from emotion_core.library.line_index import remove_lines

    settings, sha, lines = _known_lines(clip)
    remove_lines(settings, sha)
    print(f"{count_of(len(lines), 'line')} of {clip} removed")


def _content(file: Path) -> bytes:
    from emotion_core.sound.words.encodings import LARGEST

    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)  # more is not read of it anyway
    except OSError as error:
        raise WordsError(f"{file} cannot be read: {error.strerror}.") from error


def _heard_clip(clip: Path) -> tuple[Settings, str]:
    """The settings and the hash of a clip, once it is a scene of the library and was heard."""
    reader = make_reader(None)
    return reader.settings, read_clip(reader, clip).clip.sha256


def _known_lines(clip: Path) -> tuple[Settings, str, Lines]:
    from emotion_core.scene.clips.store import identify
    from emotion_core.settings import load_settings
    from emotion_core.sound.word_store import WordStore

    settings, sha = load_settings(), identify(clip).sha256
    lines = WordStore(settings.analyses_dir).load(sha)
    if lines is None:
        raise WordsError(f"{clip} has no lines.")
    return settings, sha, lines


def _report(settings: Settings, clip: Path, sha: str) -> None:
    from emotion_core.sound.word_store import WordStore

    lines = WordStore(settings.analyses_dir).load(sha)
    assert lines is not None
    timed = int(lines.table["start"].notna().sum())
    print(f"{clip} has {count_of(len(lines), 'line')}, {timed} with a time")
    for warning in lines.warnings:
        print(f"Note: {warning}")
