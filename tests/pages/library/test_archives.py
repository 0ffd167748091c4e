"""Archives on the page of films and scenes: what goes in, what comes along, and what stays out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from emotion_core.jobs import records
from emotion_core.jobs.kinds.archives import ImportLibrary
from emotion_core.library.archive.exporting import export_library
from emotion_core.library.database.engine import open_database
from emotion_core.library.takes import take_entries
from emotion_core.library.voice.takes import voice_takes
from emotion_core.progress import finish
from emotion_core.settings import load_settings
from pages.shared import services
from tests.library.recordings import keep
from tests.library.voice.lines import keep_line
from tests.pages.library.page import open_page, press, said
from tests.pages.opening import wait_for_jobs
from tests.pages.shared.test_users import ANN, SignIn, in_class
from tests.pages.shared.test_users import sign_in as sign_in


@pytest.mark.usefixtures("own_data")
def test_an_export_says_how_many_lines_are_in_it_and_which_are_not() -> None:
    settings = load_settings()
    damaged = keep_line(settings)
    keep_line(settings)
    (settings.voice_dir / damaged.name / "words.parquet").write_bytes(b"PAR1")
    app = open_page()
    assert "saved lines of your voice only with the whole library" in said(app)
    press(app, "export")
    wait_for_jobs()
    app.run()
    assert "and 1 saved line to " in said(app)
    assert "1 saved line of your voice left out: the files are damaged." in said(app)
    (path,) = (settings.home / "exports").glob("*.zip")
    names = zipfile.ZipFile(path).namelist()
    assert len([name for name in names if name.endswith("/take.json")]) == 1


@pytest.mark.parametrize("of_class", [True, False])
def test_takes_come_into_ones_own_library_and_not_into_that_of_the_class(
    sign_in: SignIn, tmp_path: Path, of_class: bool
) -> None:
    other = load_settings().model_copy(update={"data_dir": tmp_path / "other"})
    keep(other, tmp_path)
    keep_line(other)
    archive = tmp_path / "a.zip"
    finish(export_library(open_database(other), other, archive))
    own = sign_in(ANN)
    app = open_page()
    if of_class:
        in_class(app)
    assert ("Takes stay out: they are private." in said(app)) == of_class
    upload = next(field for field in app.file_uploader if str(field.key).startswith("archive-"))
    upload.upload("a.zip", archive.read_bytes()).run()
    press(app, "import")
    wait_for_jobs()
    (job,) = [one for one in records.listed(services.queue()) if one.kind == ImportLibrary.kind]
    assert job.error == ""
    target = load_settings() if of_class else own
    library = open_database(target)
    found = len(take_entries(library)), len(voice_takes(target))
    assert found == ((0, 0) if of_class else (1, 1))
    app.run()
    assert ("2 takes left out: takes are private." in said(app)) == of_class
