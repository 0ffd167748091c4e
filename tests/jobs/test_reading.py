"""Reading a clip whose pictures can be read, and whose sound cannot."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from emotion_core.errors import ModelError
from emotion_core.files import to_text
from emotion_core.jobs.kinds import reading
from emotion_core.jobs.kinds.hearing import HearClip
from emotion_core.jobs.kinds.reading import ReadClip, ReadSample
from emotion_core.jobs.work import Work
from emotion_core.progress import Task, finish
from emotion_core.scene.clips.store import identify
from emotion_core.settings import Settings
from emotion_core.sound import speech
from emotion_core.sound.store import SoundStore
from tests.media.beside import hum, write_interleaved


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "a.mp4"
    write_interleaved(path, hum(1, 48_000), "aac", 48_000)
    return path


def end(work: Work, settings: Settings) -> object:
    """What work gives in the end."""
    return [finish(phase.begin()) for phase in work.phases(settings)][-1]


@pytest.mark.parametrize("sample", [False, True])
def test_a_scene_is_read_though_what_hears_speech_is_not_installed(
    clip: Path, tmp_path: Path, sample: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, known = Settings(data_dir=tmp_path / "data"), identify(clip)

    def pictures(*_: object, **__: object) -> Task[SimpleNamespace]:
        return SimpleNamespace(id="read")
        yield

    for name in ("read_scene", "open_sample"):
        monkeypatch.setattr(reading, name, pictures)
    monkeypatch.setattr(reading, "reader_of", lambda *_: None)
    monkeypatch.setattr(Settings, "sample_clip", clip)
    monkeypatch.setattr(speech, "find_spec", lambda _: None)
    speech._network.cache_clear()
    work = ReadSample("m") if sample else ReadClip(to_text(clip), known, "m")
    assert end(work, settings) == "read"
    assert SoundStore(settings.analyses_dir).load(known.sha256) is None
    # whoever then asks for the sound reads what is wrong
    with pytest.raises(ModelError, match="silero-vad"):
        end(HearClip(to_text(clip), known), settings)
