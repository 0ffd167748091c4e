"""Where addresses of pictures come from: search engines, or a list.

How an engine is asked and how its pages are read is left to icrawler, the library of the study;
its feeders and parsers are used without its threads, so that a run can be stopped between any two
pictures, and no page is fetched before it is needed.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator, Mapping
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests

from emotion_core.emotions.labels import emotion_from_name
from emotion_core.errors import DatasetError

# After the words of the study ("angry face actor"), with a second look each.
DEFAULT_WORDS: dict[str, tuple[str, ...]] = {
    "angry": ("angry face actor", "angry facial expression"),
    "disgust": ("disgusted face actor", "disgusted facial expression"),
    "fear": ("scared face actor", "fearful facial expression"),
    "happy": ("happy face actor", "happy facial expression"),
    "neutral": ("neutral face actor", "neutral facial expression"),
    "sad": ("sad face actor", "sad facial expression"),
    "surprise": ("surprised face actor", "surprised facial expression"),
}
USER_AGENT = "Eme/0.1 (collects face pictures for a study of expressions)"
# Engines repeat themselves after that many results.
_MAX_RESULTS = 1000
_TIMEOUT = (10, 20)  # seconds to connect, and between two pieces of an answer


class SearchError(DatasetError):
    """A search engine that does not answer, or not with pictures."""


class Engine(Protocol):
    """Anything that finds addresses of pictures."""

    @property
    def license(self) -> str:
        """Licence of what it finds; empty where that is not known."""
        ...

    def find(self, emotion: str, word: str, /) -> Iterator[str]:
        """Addresses of pictures for a class and a search word, best first.

        Raises:
            SearchError: the engine does not answer.
        """
        ...


class PoliteSession(requests.Session):
    """HTTP requests, with a pause between two to the same host, redirects included.

    Args:
        pause: seconds.
        user_agent: how we introduce ourselves to hosts.
    """

    def __init__(self, pause: float, user_agent: str = USER_AGENT) -> None:
        super().__init__()
        self.headers["User-Agent"] = user_agent
        self._pause = pause
        self._last: dict[str, float] = {}

    def send(self, request: Any, **kwargs: Any) -> Any:
        """Wait until the host may be asked again, and send."""
        host = urlsplit(request.url).netloc
        wait = self._last.get(host, -self._pause) + self._pause - time.monotonic()
        if host in self._last and wait > 0:
            time.sleep(wait)
        self._last[host] = time.monotonic()
        kwargs.setdefault("timeout", _TIMEOUT)
        return super().send(request, **kwargs)


class SearchEngine:
    """An engine that icrawler knows how to ask.

    Args:
        name: of the engine, for messages.
        feeder: icrawler Feeder class; its ``feed`` takes keyword, offset, max_num, filters.
        parser: icrawler Parser class; its ``parse`` gives the addresses on a page.
        session: fetches the pages.
        license: icrawler's licence filter, such as ``creativecommons``; none if empty.

    Raises:
        DatasetError: the engine has no such licence filter.
    """

    def __init__(
        self, name: str, feeder: Any, parser: Any, session: requests.Session, license: str = ""
    ) -> None:
        self.name, self.license = name, license
        self._session, self._feeder, self._parser = session, feeder, parser
        if license:
            self._pages("face")  # the filter is checked before anything is fetched

    def find(self, _emotion: str, word: str, /) -> Iterator[str]:
        """As in :class:`Engine`; ends with the first page that has nothing new."""
        from icrawler.utils import Signal

        parser, seen = self._parser(1, Signal(), self._session), set[str]()
        for page in self._pages(word):
            try:
                response = self._session.get(page)
                if response.status_code != 200:
                    raise SearchError(f"{self.name} answered with HTTP {response.status_code}.")
                tasks = list(parser.parse(response) or ())
            except (requests.RequestException, OSError) as error:
                raise SearchError(f"{self.name} did not answer: {why(error)}.") from error
            except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
                raise SearchError(
                    f"The result pages of {self.name} have changed and cannot be read."
                ) from error
            found = [address for task in tasks if (address := task["file_url"]) not in seen]
            if not found:
                return
            seen.update(found)
            yield from found

    def _pages(self, word: str) -> list[str]:
        """Addresses of the pages of results."""
        from icrawler.utils import Signal

        feeder = self._feeder(1, Signal(), self._session)
        feeder.out_queue.maxsize = 0  # there is nobody who would take them out meanwhile
        filters = {"license": self.license} if self.license else None
        # characters that would end the word in an address
        keyword = word.translate(dict.fromkeys(map(ord, "&#%+?"), " "))
        try:
            feeder.feed(keyword=keyword, offset=0, max_num=_MAX_RESULTS, filters=filters)
        except (ValueError, KeyError) as error:
            raise DatasetError(f"{self.name} has no licence filter {self.license!r}.") from error
        return [feeder.out_queue.get() for _ in range(feeder.out_queue.qsize())]


@dataclass(frozen=True)
class AddressList:
    """Addresses from a text file, each with its class in front: ``happy https://...``.

    Attributes:
        by_class: addresses of each class.
        license: of all of them, if known.
    """

    by_class: Mapping[str, tuple[str, ...]]
    license: str = ""

    @classmethod
    def read(cls, path: Path, license: str = "") -> AddressList:
        """Read a list; empty lines and those that begin with # do not count.

        Raises:
            DatasetError: the file cannot be read, or a line is not a class and an address.
        """
        found: dict[str, list[str]] = {}
        for number, line in enumerate(_read_text(path).splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            emotion = emotion_from_name(line.split()[0])
            if emotion is None or len(line.split()) != 2:
                raise DatasetError(f"Line {number} of {path} must be an emotion and an address.")
            found.setdefault(emotion, []).append(line.split()[1])
        return cls({emotion: tuple(addresses) for emotion, addresses in found.items()}, license)

    def words(self) -> dict[str, tuple[str, ...]]:
        """One empty search word for each class."""
        return {emotion: ("",) for emotion in self.by_class}

    def find(self, emotion: str, _word: str, /) -> Iterator[str]:
        """As in :class:`Engine`."""
        yield from self.by_class.get(emotion, ())


def search_engine(name: str, session: requests.Session, license: str = "") -> SearchEngine:
    """One of icrawler's engines by name: ``bing`` or ``google``.

    Raises:
        DatasetError: there is no such engine or licence filter.
    """
    from icrawler.builtin import bing, google

    engines = {
        "bing": (bing.BingFeeder, bing.BingParser),
        "google": (google.GoogleFeeder, google.GoogleParser),
    }
    if name not in engines:
        raise DatasetError(f"There is no engine {name!r}. Choose {', '.join(engines)} or urls.")
    return SearchEngine(name.capitalize(), *engines[name], session, license)


def read_words(path: Path) -> dict[str, tuple[str, ...]]:
    """Search words of classes from TOML (``happy = ["...", "..."]``) or CSV (``class,word``).

    Raises:
        DatasetError: the file cannot be read, or names a class that is none of the seven.
    """
    text = _read_text(path)
    pairs: list[tuple[str, object]] = []
    if path.suffix.lower() == ".toml":
        try:
            entries = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise DatasetError(f"{path} is not valid TOML: {error}.") from error
        for name, value in entries.items():
            pairs += [(name, word) for word in (value if isinstance(value, list) else [value])]
    else:
        rows = DictReader(text.splitlines())
        if not {"class", "word"} <= set(rows.fieldnames or ()):
            raise DatasetError(f"{path} must have the columns class and word.")
        pairs = [(row["class"], row["word"]) for row in rows]
    words: dict[str, tuple[str, ...]] = {}
    for name, word in pairs:
        emotion = emotion_from_name(name)
        if emotion is None or not isinstance(word, str) or not word.strip():
            raise DatasetError(
                f"{path} must give search terms for the seven emotions, not {name!r}."
            )
        words[emotion] = (*words.get(emotion, ()), " ".join(word.split()))
    if not words:
        raise DatasetError(f"{path} has no search term.")
    return words


def why(error: BaseException) -> str:
    """What went wrong with a request, in a few words."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    if isinstance(error, requests.TooManyRedirects):
        return "too many redirects"
    return "not a web address" if isinstance(error, ValueError) else "connection lost"


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise DatasetError(f"{path} cannot be read: {reason}.") from error
