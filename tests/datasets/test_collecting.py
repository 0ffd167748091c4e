"""Collecting images: ``dataset collect``, against a server on this machine."""

from __future__ import annotations

import csv
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app
from emotion_core.datasets import collecting
from emotion_core.datasets.collecting import collect
from emotion_core.datasets.searching import (
    AddressList,
    PoliteSession,
    SearchEngine,
    SearchError,
    read_words,
    search_engine,
)
from emotion_core.errors import DatasetError, OutputError
from emotion_core.progress import Progress, finish
from tests.datasets.pictures import encoded, scene

pytest.importorskip("icrawler", reason="icrawler of requirements-train.txt is not installed")

from bs4 import BeautifulSoup
from icrawler import Feeder, Parser
from icrawler.builtin.bing import BingFeeder


class Site:
    """A web site: (status, type, body) by path, and what was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, str, bytes]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, kind, body = site.pages.get(self.path, (404, "text/plain", b""))
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", body.decode())
                    body = b""
                self.send_header("Content-Type", kind)
                # a path that ends in "cut" promises more than it sends
                self.send_header("Content-Length", str(len(body) + 99 * self.path.endswith("cut")))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def add_picture(self, path: str, seed: int, side: int = 80) -> str:
        self.pages[path] = (200, "image/png", encoded(scene(seed, side)))
        return self.root + path


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def _engine(site: Site, session: PoliteSession) -> SearchEngine:
    """An engine in icrawler's manner whose pages are on the site."""

    class LocalFeeder(Feeder):  # type: ignore[misc]
        def feed(self, keyword, offset, max_num, filters=None):  # type: ignore[no-untyped-def]
            for page in range(3):
                self.out_queue.put(f"{site.root}/search/{keyword.replace(' ', '-')}/{page}")

    class LocalParser(Parser):  # type: ignore[misc]
        def parse(self, response):  # type: ignore[no-untyped-def]
            for picture in BeautifulSoup(response.content, "lxml").find_all("img"):
                yield {"file_url": picture["src"]}

    return SearchEngine("Local", LocalFeeder, LocalParser, session)


def _add_results(site: Site, word: str, pages: int = 2, per_page: int = 3) -> None:
    for page in range(3):
        numbers = range(page * per_page, (page + 1) * per_page) if page < pages else ()
        addresses = [site.add_picture(f"/{word}{i}.png", 1000 * len(word) + i) for i in numbers]
        body = "".join(f'<img src="{address}">' for address in addresses)
        site.pages[f"/search/{word}/{page}"] = (200, "text/html", body.encode())


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.open(encoding="utf-8")))


def _collect(out: Path, *addresses: str, count: int = 100, **options: bool) -> collecting.Collected:
    engine = AddressList({"happy": addresses})
    return finish(collect(out, engine.words(), engine, PoliteSession(0), count, **options))  # type: ignore[arg-type]


def test_pictures_of_each_class_are_collected_until_there_are_enough(
    site: Site, tmp_path: Path
) -> None:
    _add_results(site, "laugh")
    _add_results(site, "cry")
    session = PoliteSession(0)
    words = {"happy": ["laugh"], "sad": ["cry"]}
    found = finish(collect(tmp_path / "set", words, _engine(site, session), session, 4))
    assert found.counts == {"happy": 4, "sad": 4}
    assert "/search/laugh/2" not in site.asked  # no page before it is needed
    row = _rows(tmp_path / "set" / "manifest.csv")[0]
    assert (row["class"], row["word"], row["address"]) == (
        "happy",
        "laugh",
        f"{site.root}/laugh0.png",
    )
    assert (row["width"], row["height"], row["licence"]) == ("80", "80", "")
    assert (tmp_path / "set" / row["file"]).read_bytes() == site.pages["/laugh0.png"][2]


def test_a_search_ends_with_the_first_page_that_has_nothing_new(site: Site, tmp_path: Path) -> None:
    _add_results(site, "laugh", pages=1)
    session = PoliteSession(0)
    found = finish(
        collect(tmp_path / "set", {"happy": ["laugh"]}, _engine(site, session), session, 99)
    )
    assert found.counts == {"happy": 3}
    assert site.asked.count("/search/laugh/1") == 1
    assert site.asked.count("/search/laugh/2") == 0


def test_the_next_run_goes_on_and_fetches_nothing_twice(site: Site, tmp_path: Path) -> None:
    _add_results(site, "laugh")
    session = PoliteSession(0)
    words = {"happy": ["laugh"]}
    finish(collect(tmp_path / "set", words, _engine(site, session), session, 2))
    finish(collect(tmp_path / "set", words, _engine(site, session), session, 5))
    pictures = Counter(path for path in site.asked if path.endswith(".png"))
    assert len(pictures) == 5
    assert set(pictures.values()) == {1}
    assert len(_rows(tmp_path / "set" / "manifest.csv")) == 5


def test_a_picture_that_was_taken_out_by_hand_is_replaced_by_another(
    site: Site, tmp_path: Path
) -> None:
    addresses = [site.add_picture(f"/{i}.png", i) for i in range(3)]
    _collect(tmp_path / "set", *addresses, count=2)
    (tmp_path / "set" / _rows(tmp_path / "set" / "manifest.csv")[0]["file"]).unlink()
    assert _collect(tmp_path / "set", *addresses, count=2).counts == {"happy": 2}
    assert site.asked.count("/0.png") == 1


def test_what_gives_no_picture_is_listed_with_the_reason(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "MAX_PICTURE_BYTES", 1 << 20)
    good = site.add_picture("/good.png", 0)
    site.add_picture("/again.png", 0)
    site.add_picture("/small.png", 1, 30)
    site.add_picture("/cut", 2)
    whole = encoded(scene(3, 200), "JPEG")
    site.pages |= {
        "/html": (200, "text/html; charset=utf-8", b"<html>log in</html>"),
        "/disguised.png": (200, "image/png", b"<!DOCTYPE html><html>"),
        "/half.jpg": (200, "image/jpeg", whole[: len(whole) // 2]),
        "/huge.png": (200, "image/png", bytes(2 << 20)),
        "/empty.png": (200, "image/png", b""),
        "/text.png": (200, "image/png", b"hello"),
        "/loop": (302, "text/plain", b"/loop"),
        "/moved": (302, "text/plain", b"/good2.png"),
    }
    site.add_picture("/good2.png", 9)
    names = (
        "again.png small.png cut html disguised.png half.jpg huge.png empty.png text.png loop "
        "gone.png moved"
    )
    addresses = [good, *(f"{site.root}/{name}" for name in names.split())]
    addresses += ["http://127.0.0.1:1/x.png", "ftp://nowhere/x.png", "x.png", "http://[/x.png"]
    found = _collect(tmp_path / "set", *addresses)
    assert found.counts == {"happy": 2}
    reasons = {
        row["address"].removeprefix(site.root): row["reason"]
        for row in _rows(tmp_path / "set" / "skipped.csv")
    }
    file = _rows(tmp_path / "set" / "manifest.csv")[0]["file"]
    assert reasons == {
        "/again.png": f"the same image as {file}",
        "/small.png": "smaller than 64 pixels",
        "/cut": "connection lost",
        "/html": "a web page instead of an image",
        "/disguised.png": "a web page instead of an image",
        "/half.jpg": "truncated or damaged",
        "/huge.png": "larger than 1 MB",
        "/empty.png": "empty file",
        "/text.png": "not an image",
        "/loop": "too many redirects",
        "/gone.png": "HTTP 404",
        "http://127.0.0.1:1/x.png": "no connection",
        "ftp://nowhere/x.png": "not a web address",
        "x.png": "not a web address",
        "http://[/x.png": "not a web address",
    }


def test_what_was_skipped_is_fetched_again_only_on_request(site: Site, tmp_path: Path) -> None:
    good, late = site.add_picture("/good.png", 0), f"{site.root}/late.png"
    _collect(tmp_path / "set", good, late)
    site.add_picture("/late.png", 1)
    assert _collect(tmp_path / "set", good, late).counts == {"happy": 1}
    assert _collect(tmp_path / "set", good, late, retry=True).counts == {"happy": 2}


def test_a_run_that_is_stopped_leaves_whole_tables(site: Site, tmp_path: Path) -> None:
    addresses = [site.add_picture(f"/{i}.png", i) for i in range(3)]
    engine = AddressList({"happy": tuple(addresses)})

    def stop(progress: Progress) -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finish(collect(tmp_path / "set", engine.words(), engine, PoliteSession(0), 3), stop)
    rows = _rows(tmp_path / "set" / "manifest.csv")
    assert len(rows) == 2
    assert all((tmp_path / "set" / row["file"]).is_file() for row in rows)
    assert _collect(tmp_path / "set", *addresses).counts == {"happy": 3}


def test_a_row_that_was_broken_off_is_left_out(site: Site, tmp_path: Path) -> None:
    addresses = [site.add_picture(f"/{i}.png", i) for i in range(2)]
    _collect(tmp_path / "set", *addresses)
    manifest = tmp_path / "set" / "manifest.csv"
    manifest.write_text(manifest.read_text()[:-20])
    assert _collect(tmp_path / "set", *addresses).counts == {"happy": 2}
    assert len(_rows(manifest)) == 2


def test_a_host_is_not_asked_again_before_the_pause_is_over(site: Site) -> None:
    site.add_picture("/1.png", 1)
    site.pages["/moved"] = (302, "text/plain", b"/1.png")
    session = PoliteSession(0.15)
    started = time.monotonic()
    session.get(site.root + "/moved")  # the redirect is a request too
    session.get(site.root + "/1.png")
    assert time.monotonic() - started >= 0.3


def test_a_folder_with_something_else_is_not_touched(site: Site, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="resumed as a collection"):
        _collect(tmp_path, site.add_picture("/1.png", 1))
    (tmp_path / "manifest.csv").write_text("file,box\n")
    with pytest.raises(OutputError, match="belongs to something else"):
        _collect(tmp_path, site.root + "/1.png")


def test_an_engine_that_does_not_answer_is_reported_and_nothing_is_left(
    site: Site, tmp_path: Path
) -> None:
    session = PoliteSession(0)
    with pytest.raises(SearchError, match="Local answered with HTTP 404"):
        finish(collect(tmp_path / "set", {"happy": ["x"]}, _engine(site, session), session, 3))
    assert not (tmp_path / "set").exists()


def test_a_search_that_fails_later_is_noted(site: Site, tmp_path: Path) -> None:
    _add_results(site, "laugh", pages=1)
    session = PoliteSession(0)
    words = {"happy": ["laugh"], "sad": ["unknown"]}
    found = finish(collect(tmp_path / "set", words, _engine(site, session), session, 9))
    assert found.notes == ["Local answered with HTTP 404."]


def test_the_licence_filter_reaches_the_engine_and_the_manifest() -> None:
    engine = search_engine("bing", PoliteSession(0), "publicdomain")
    assert engine.license == "publicdomain"
    assert all("filterui:license-L1" in page for page in engine._pages("sad face"))
    with pytest.raises(DatasetError, match="no licence filter 'mine'"):
        search_engine("bing", PoliteSession(0), "mine")
    assert "filterui" not in SearchEngine("B", BingFeeder, Parser, PoliteSession(0))._pages("a")[0]


def test_an_unknown_engine_is_reported_with_those_that_there_are() -> None:
    with pytest.raises(DatasetError, match="bing, google or urls"):
        search_engine("altavista", PoliteSession(0))


def test_search_words_come_from_toml_or_csv(tmp_path: Path) -> None:
    (tmp_path / "words.toml").write_text('joy = ["big  smile", "laugh"]\nsad = "tears"\n')
    (tmp_path / "words.csv").write_text("class,word\nhappy,big smile\nhappy,laugh\nsad,tears\n")
    expected = {"happy": ("big smile", "laugh"), "sad": ("tears",)}
    assert read_words(tmp_path / "words.toml") == read_words(tmp_path / "words.csv") == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", "happy = ["),
        ("a.toml", 'bored = "yawn"'),
        ("a.toml", "happy = 3"),
        ("a.toml", ""),
        ("a.csv", "happy,smile\n"),
        ("a.csv", "class,word\nhappy\n"),
    ],
)
def test_words_that_cannot_be_read_are_reported_in_a_sentence(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DatasetError):
        read_words(tmp_path / name)


def test_the_command_clusters_from_a_list_and_says_what_it_is_for(
    site: Site, tmp_path: Path
) -> None:
    addresses = [f"joy {site.add_picture('/1.png', 1)}", f"sad {site.add_picture('/2.png', 2)}"]
    (tmp_path / "urls.txt").write_text("\n".join(["# mine", "", *addresses]))
    arguments = ["--urls", str(tmp_path / "urls.txt"), "--pause", "0", "--license", "CC0"]
    result = CliRunner().invoke(app, ["dataset", "collect", str(tmp_path / "set"), *arguments])
    assert result.exit_code == 0, result.output
    assert "for research only" in " ".join(result.output.split())
    rows = _rows(tmp_path / "set" / "manifest.csv")
    assert [(row["class"], row["licence"]) for row in rows] == [("happy", "CC0"), ("sad", "CC0")]


def test_the_command_reports_a_bad_list_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("bored http://127.0.0.1/1.png\n")
    arguments = ["dataset", "collect", str(tmp_path / "set"), "--urls", str(tmp_path / "urls.txt")]
    assert isinstance(CliRunner().invoke(app, arguments).exception, DatasetError)
    assert not (tmp_path / "set").exists()
