"""Pages before those who have signed in, and before those who have not."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from emotion_core.errors import JobError, LibraryError
from emotion_core.jobs import records
from emotion_core.jobs.dispatcher import Dispatcher
from emotion_core.jobs.kinds.drawing import DrawVideo, MakeThumbnails
from emotion_core.library.database.engine import open_database
from emotion_core.library.takes import take_entries
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings, User, load_settings
from pages.practice.clip import _take_in
from pages.shared import services
from pages.shared.serving.gate import may_fetch
from pages.shared.users import visitor as visiting
from pages.shared.users.caches import per_library
from pages.shared.users.visitor import Visitor, user_of
from tests.library.characters.casts import ANA, enter, played
from tests.library.recordings import recording
from tests.pages.opening import at_page

ADA: dict[str, Any] = {"iss": "https://school", "sub": "ada", "name": "Ada", "email": "ada@x.org"}
ANN: dict[str, Any] = {"iss": "https://school", "sub": "ann", "name": "Ann", "email": "ann@x.org"}
ROOT = Path(__file__).resolve().parents[3]
SignIn = Callable[[dict[str, Any]], Settings]


@pytest.fixture
def sign_in(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """Signs somebody in; gives the settings of their library. Ann is a teacher."""
    monkeypatch.setenv("EME_TEACHERS", "ann@x.org")
    monkeypatch.setenv("EME_SIGN_IN", "true")

    def now(said: dict[str, Any]) -> Settings:
        monkeypatch.setattr(visiting, "claims", lambda: said)
        user = user_of(said)
        return load_settings().library_of("" if user is None else user.library)

    return now


@pytest.fixture
def class_scene(sign_in: SignIn) -> Iterator[str]:
    """A scene in the class library; gives its address."""
    settings = load_settings()
    library, store = open_database(settings), AnalysisStore(settings.analyses_dir)
    analysis = played({0: (ANA, 0, 99, 0)})
    enter(library, store, analysis)
    yield analysis.id
    library.close()


def words(app: AppTest) -> str:
    assert not app.exception
    parts = [*app.markdown, *app.caption, *app.info, *app.error, *app.success, *app.title]
    return "\n".join(str(part.value) for part in parts)


def keys(app: AppTest) -> list[str]:
    return [str(button.key) for button in app.button]


def in_class(app: AppTest) -> AppTest:
    app.segmented_control(key="library-switch").set_value("class").run()
    return app


def test_who_has_not_signed_in_sees_nothing_of_a_library(sign_in: SignIn) -> None:
    sign_in({})
    app = at_page("library").run()
    assert "Sign in to see your own library" in words(app)
    # and nobody can, until the server is told by whom
    assert "no section [auth]" in words(app) and keys(app) == []
    with pytest.raises(LibraryError, match="Sign in first"):
        services.library()


def test_who_is_no_member_reads_so(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EME_MEMBERS", "@school.org")
    sign_in(ADA)
    app = at_page("library").run()
    assert "with ada@x.org, but this server is for others" in words(app).replace("\\", "")
    assert keys(app) == ["sign-out"]


def test_an_address_that_a_provider_does_not_vouch_for_makes_no_teacher(sign_in: SignIn) -> None:
    server = sign_in(ANN).library_of("")
    for said, teaches in ((True, True), (False, False), ("false", False)):
        user = user_of({**ANN, "email_verified": said})
        assert user is not None and Visitor(server, user).is_teacher is teaches
    assert user_of({"email": "ann@x.org"}) is None  # without issuer and subject it is nobody


def test_a_student_looks_at_the_class_library_and_changes_nothing(
    sign_in: SignIn, class_scene: str
) -> None:
    own = sign_in(ADA)
    app = at_page("library").run()
    assert "0 scenes" in words(app) and "Add a clip" in [button.label for button in app.button]
    assert (own.home / "user.json").is_file()
    in_class(app)
    assert "1 scene" in words(app) and "Only teachers can change the class library" in words(app)
    shown = [key for key in keys(app) if key.startswith(("edit", "delete", "clip", "read"))]
    assert shown == [] and "open-1" in keys(app) and "copy-1" in keys(app)
    app.button(key="open-1").click().run()
    assert app.selectbox(key="scene").value == class_scene
    assert app.query_params["library"] == "class"
    assert not app.text_input and not [key for key in keys(app) if key.startswith(("name", "hide"))]


def test_what_students_ask_for_in_the_class_library_is_refused(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = sign_in(ADA)
    monkeypatch.setitem(st.session_state, "open_library", "class")
    with pytest.raises(LibraryError, match="Only teachers"):
        services.submit(MakeThumbnails((1,)))
    with pytest.raises(LibraryError, match="Only teachers"), services.library().writing():
        pass
    assert records.listed(services.queue()) == [] and services.settings().home != own.home


def test_a_teacher_changes_the_class_library_and_trains(sign_in: SignIn, class_scene: str) -> None:
    sign_in(ANN)
    app = in_class(at_page("library").run())
    assert {"edit-1", "delete-1"} <= set(keys(app))
    training = at_page("training").run()
    assert "toggle-form" in keys(training)
    # but nobody who signs in names files of the machine
    assert "Path of the folder" not in [field.label for field in training.text_input]
    assert not training.text_area and [field.label for field in training.text_input] == [
        "Name of the run"
    ]


def test_a_student_does_not_train_nor_name_files_of_the_machine(sign_in: SignIn) -> None:
    sign_in(ADA)
    training = at_page("training").run()
    assert "Teachers train explainers" in words(training) and "toggle-form" not in keys(training)
    models = at_page("models").run()
    assert not models.text_input
    library = at_page("library").run()
    next(one for one in library.button if one.label == "Add a clip").click().run()
    labels = [field.label for field in library.text_input]
    assert "Path of a file or folder" not in labels and not [one for one in labels if "path" in one]


def test_a_link_opens_the_library_that_its_scene_is_in(sign_in: SignIn, class_scene: str) -> None:
    sign_in(ADA)
    app = at_page("")
    app.query_params["scene"], app.query_params["library"] = class_scene, "class"
    app.run()
    assert app.selectbox(key="scene").value == class_scene
    assert app.segmented_control(key="library-switch").value == "class"
    # what is remembered of one library says nothing in the other
    app.segmented_control(key="library-switch").set_value("own").run()
    assert "scene" not in app.query_params or class_scene not in app.query_params["scene"]
    assert "last_scene" not in app.session_state


def test_a_take_is_kept_in_the_own_library_whichever_is_open(
    sign_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, read = sign_in(ADA), list[Settings]()
    monkeypatch.setitem(st.session_state, "open_library", "class")
    ask = "pages.practice.clip.request_reading_of_take"
    monkeypatch.setattr(ask, lambda place, *_: read.append(place))
    with recording(tmp_path).open("rb") as file:
        _take_in(file, "me.mp4", None)
    assert len(take_entries(open_database(own))) == 1 and read == [own]
    assert take_entries(open_database(services.settings())) == []


def test_users_see_their_own_jobs_and_teachers_those_of_the_class(sign_in: SignIn) -> None:
    own, queue = sign_in(ADA), services.queue()
    for place in (own, own.library_of("b" * 32), own.library_of("")):
        records.add(queue, DrawVideo(f"of {place.library or 'the class'}"), place)
    assert [job.subject for job in services.jobs()] == [f"of {own.library}"]
    ann = sign_in(ANN)
    records.add(queue, DrawVideo("of ann"), ann)
    assert {job.subject for job in services.jobs()} == {"of ann", "of the class"}
    assert [job.subject for job in services.jobs(here=True)] == ["of ann"]


def test_a_user_who_asks_for_too_much_at_once_reads_so(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EME_MAX_JOBS_PER_USER", "1")
    visiting.server_settings.cache_clear()
    sign_in(ADA)
    monkeypatch.setattr(Dispatcher, "start", lambda _: None)
    services.submit(DrawVideo("a"))
    with pytest.raises(JobError, match="You have 1 job in the background, and 1 is the limit"):
        services.submit(DrawVideo("b"))


def test_what_is_cached_for_one_library_is_made_anew_for_another(sign_in: SignIn) -> None:
    asked: list[str] = []

    @per_library(st.cache_resource(show_spinner=False, max_entries=4))
    def load(address: str, _table: object) -> str:
        asked.append(address)
        return f"{address} of {services.settings().library}"

    found = []
    for said in (ADA, ANN, ADA):
        own = sign_in(said)
        assert load("a", object()) == f"a of {own.library}"
        found.append(load("a", _table=object()))
    assert found[0] == found[2] != found[1] and asked == ["a", "a"]


def test_caches_that_know_no_library_are_those_of_models_and_uploads() -> None:
    found = set()
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                shown = [ast.unparse(one) for one in node.decorator_list]
                found |= {node.name for one in shown if one.startswith("st.cache")}
    # keys of _encoded begin with the library, those of _readings are content, of _loaded paths
    of_content = {"_encoded", "_readings", "_loaded"}
    assert found == {"_available", "_find_faces", "_load_method"} | of_content


def test_a_file_is_served_to_whom_its_library_belongs(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = sign_in(ADA).library
    monkeypatch.setattr("streamlit.web.server.server_util.get_cookie_secret", lambda: "ours")
    route = "streamlit.web.server.starlette.starlette_websocket.get_cookie_secret"
    monkeypatch.setattr(route, lambda: "ours")

    def cookies(secret: str, **said: object) -> dict[str, str]:
        text = json.dumps({**ADA, "is_logged_in": True, **said})
        signed = create_signed_value(secret, "_streamlit_user", text)
        return {"_streamlit_user": signed.decode()}

    good = cookies("ours")
    assert may_fetch(good, own) and may_fetch(good, "")
    assert not may_fetch(good, User("https://school", "ann").library)
    for bad in (
        {},
        cookies("guessed"),
        cookies("ours", is_logged_in=False),
        cookies("ours", sub=""),
    ):
        assert not may_fetch(bad, "") and not may_fetch(bad, own)


def test_without_sign_in_there_is_one_library_and_everybody_may_do_everything(
    own_data: Path,
) -> None:
    found = visiting.visitor()
    assert found == replace(found, user=None, in_class=False) and found.is_local
    assert found.may_edit and found.is_teacher and found.job_libraries == [""]
    app = at_page("library").run()
    assert not app.segmented_control and "copy-film-1" not in keys(app)
    assert may_fetch({}, "")
