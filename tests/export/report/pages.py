"""Reading a report as a browser does."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from emotion_core.export.report.document import Document, figures_of

LOADING = ("src", "href", "srcset", "poster", "data", "action", "background", "xlink:href")
VOID = {"meta", "img", "br", "hr", "link", "input"}


class Reader(HTMLParser):
    """What a page says and would load; fails on tags that do not close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data.replace("\N{NO-BREAK SPACE}", " "))


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def assert_self_contained(page: str) -> None:
    """It loads nothing, runs nothing, and names every figure."""
    reader = read(page)
    for tag, attributes in reader.tags:
        assert tag not in ("script", "iframe", "object", "embed", "link", "base", "form")
        assert not any(name.startswith("on") for name in attributes)
        for name in LOADING:
            assert attributes.get(name, "data:").startswith("data:")
    assert not re.search(r"url\(|@import", page)
    tags = [tag for tag, _ in reader.tags]
    assert tags.count("figcaption") == tags.count("figure")
    assert all(attributes["alt"] for tag, attributes in reader.tags if tag == "img")


def assert_sound_drawings(document: Document) -> None:
    """Each is XML that loads nothing, and has a title and data."""
    for figure in figures_of(document):
        assert figure.title and len(figure.data.columns) > 1
        for element in ET.fromstring(figure.svg).iter():
            assert not element.tag.endswith(("script", "image", "foreignObject"))
            for name, value in element.attrib.items():
                assert not name.endswith("href") or value.startswith("#")
