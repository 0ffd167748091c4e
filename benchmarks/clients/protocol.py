"""What a browser says to the app's server, without the browser: ten of those fill two cores alone.

The websocket of Streamlit carries one protobuf a message: a ``BackMsg`` asks for a run of the
script, and what the script draws comes back as ``ForwardMsg``. A client here does what the page in
a browser does: it repeats fragments that run by themselves, keeps messages that may be kept,
fetches the pictures, readings and the head of the clip that a page shows, and uploads files by the
server's HTTP route.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import requests
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 120.0  # s
_HEAD = 1_000_000  # bytes of a clip that a player fetches before it plays
_READINGS = re.compile(r'https?://[^"\\\s]+/media/[^"\\\s]+')


class ClientError(Exception):
    """The server did not do what a page needs."""


@dataclass
class Shown:
    """What the page of a client shows.

    Attributes:
        query: of its address, as the script has left it.
        uploader: id of its field for files; empty where it has none.
        urls: of pictures, readings and clips in it.
        errors: exceptions and error messages that the user sees.
    """

    query: str = ""
    uploader: str = ""
    urls: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Client:
    """A session of the app.

    Args:
        url: of the server, without a slash at its end.
    """

    def __init__(self, url: str) -> None:
        self._url, self._session_id, self._address = url, "", ""
        self._http = requests.Session()
        self._http.trust_env = False  # a proxy has no say about this machine itself
        self._http.get(f"{url}/_stcore/health", timeout=PATIENCE).raise_for_status()
        token = self._http.cookies.get("_streamlit_xsrf", "")
        self._token = token
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(
                url.replace("http", "ws", 1) + "/_stcore/stream",
                subprotocols=[Subprotocol("streamlit"), Subprotocol(token or "none")],
                additional_headers={"Cookie": f"_streamlit_xsrf={token}"},
                origin=Origin(url),
                max_size=None,
                proxy=None,
            )
        )
        self.shown = Shown()
        self._pages: dict[str, str] = {}  # address -> hash of its script
        self._kept: dict[str, ForwardMsg] = {}
        self._fetched: set[str] = set()
        self._repeats: dict[str, tuple[float, float]] = {}  # fragment -> seconds, when next
        self._finished = 0
        self._urls_given: ForwardMsg | None = None

    def close(self) -> None:
        """Leave, as when a tab is closed."""
        self._open.close()

    def open(self, address: str = "", query: str = "") -> float:
        """Ask for a page as by its address, or by a link of the navigation once there is one.

        Returns:
            Seconds until its script has finished.
        """
        ask = BackMsg()
        ask.rerun_script.query_string = query
        if address in self._pages:
            ask.rerun_script.page_script_hash = self._pages[address]
        else:
            ask.rerun_script.page_name = address
        self._address, self._repeats = address, {}
        self.shown = Shown(query)
        return self._run(ask)

    def fetch(self) -> tuple[int, list[str]]:
        """Fetch what the page shows and is not known yet.

        Returns:
            Bytes, and what went wrong.
        """
        size, wrong = 0, []
        for url in [url for url in self.shown.urls if url not in self._fetched]:
            self._fetched.add(url)
            headers = {"Range": f"bytes=0-{_HEAD}"} if "/clips/" in url else {}
            try:
                found = self._http.get(url, headers=headers, timeout=PATIENCE)
            except requests.RequestException as error:
                wrong.append(f"{url}: {error}")
                continue
            size += len(found.content)
            if found.status_code >= 400:
                wrong.append(f"{url}: {found.status_code}")
        return size, wrong

    def upload(self, path: Path, name: str) -> float:
        """Give a clip to the field for files that the page has.

        Returns:
            Seconds until the page stands again; the clip is not read by then.
        """
        began = time.monotonic()
        ask = BackMsg()
        ask.file_urls_request.request_id = name
        ask.file_urls_request.session_id = self._session_id
        ask.file_urls_request.file_names.append(name)
        self._urls_given = None
        self._send(ask)
        self.wait(lambda: self._urls_given is not None, "the address for an upload")
        assert self._urls_given is not None
        given = self._urls_given.file_urls_response.file_urls[0]
        content = path.read_bytes()
        answer = self._http.put(
            urljoin(self._url, given.upload_url),
            files={"file": (name, content, "video/mp4")},
            headers={"X-Xsrftoken": self._token},
            timeout=PATIENCE,
        )
        if answer.status_code >= 400:
            raise ClientError(f"The upload was answered by {answer.status_code}: {answer.text}")
        state = WidgetState(id=self.shown.uploader)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = given.file_id, name, len(content)
        info.file_urls.CopyFrom(given)
        ask = BackMsg()
        ask.rerun_script.query_string = self.shown.query
        ask.rerun_script.page_script_hash = self._pages[self._address]
        ask.rerun_script.widget_states.widgets.append(state)
        self._run(ask)
        return time.monotonic() - began

    def wait(self, check: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Do what a page does by itself until ``check`` says that it has come."""
        end = time.monotonic() + seconds
        while not check():
            if time.monotonic() > end:
                raise ClientError(f"Waited {seconds:.0f} s for {what}.")
            self._listen(min(end - time.monotonic(), 0.5))

    def look(self, seconds: float) -> None:
        """Look at the page for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._listen(left)

    def _run(self, ask: BackMsg) -> float:
        began, known = time.monotonic(), self._finished
        self._send(ask)
        self.wait(lambda: self._finished > known, f"the page {self._address or 'scene'!r}")
        return time.monotonic() - began

    def _send(self, ask: BackMsg) -> None:
        if ask.WhichOneof("type") == "rerun_script":
            context = ask.rerun_script.context_info
            context.url = f"{self._url}/{self._address}"
            context.timezone, context.locale = "Europe/Berlin", "en-US"
            ask.rerun_script.cached_message_hashes.extend(self._kept)
        try:
            self._socket.send(ask.SerializeToString())
        except WebSocketException as error:
            raise ClientError(f"The connection was lost: {error}") from error

    def _listen(self, seconds: float) -> None:
        """Take in one message, or repeat the fragments that are due."""
        now = time.monotonic()
        for name, (every, due) in list(self._repeats.items()):
            if due <= now:
                self._repeats[name] = (every, now + every)
                ask = BackMsg()
                ask.rerun_script.fragment_id, ask.rerun_script.is_auto_rerun = name, True
                ask.rerun_script.query_string = self.shown.query
                ask.rerun_script.page_script_hash = self._pages.get(self._address, "")
                self._send(ask)
        next_due = min((due for _, due in self._repeats.values()), default=now + seconds)
        try:
            data = self._socket.recv(timeout=max(min(next_due - now, seconds), 0.001))
        except TimeoutError:
            return
        except WebSocketException as error:
            raise ClientError(f"The connection was lost: {error}") from error
        message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        self.take(message)

    def take(self, message: ForwardMsg) -> None:
        """Take in what the server says."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self._kept[message.ref_hash]
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable and message.hash:
            self._kept[message.hash] = message
        if kind == "new_session":
            self._session_id = message.new_session.initialize.session_id
            if not message.metadata.run.fragment_ids:  # a whole page begins
                self.shown.urls, self.shown.uploader, self._repeats = [], "", {}
        elif kind == "navigation":
            pages = message.navigation.app_pages
            self._pages = {page.url_pathname: page.page_script_hash for page in pages}
            self._pages[""] = next(page.page_script_hash for page in pages if page.is_default)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._take_element(message)
        elif kind == "script_finished":
            # not where it runs again by itself, and not a part
            done = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
            self._finished += message.script_finished in done
        elif kind == "page_info_changed":
            self.shown.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            every = message.auto_rerun.interval
            self._repeats[message.auto_rerun.fragment_id] = (every, time.monotonic() + every)
        elif kind == "stop_auto_rerun":
            for name in message.stop_auto_rerun.fragment_ids:
                self._repeats.pop(name, None)
        elif kind == "file_urls_response":
            self._urls_given = message
        elif kind == "page_not_found":
            self.shown.errors.append("The page was not found.")
        elif kind == "session_event" and message.session_event.HasField(
            "script_compilation_exception"
        ):
            self.shown.errors.append(message.session_event.script_compilation_exception.message)

    def _take_element(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind, found = element.WhichOneof("type"), list[str]()
        if kind == "exception":
            self.shown.errors.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "alert" and element.alert.format == Alert.ERROR:
            self.shown.errors.append(element.alert.body)
        elif kind == "file_uploader":
            self.shown.uploader = element.file_uploader.id
        elif kind == "imgs":
            found = [image.url for image in element.imgs.imgs]
        elif kind == "video":
            found = [element.video.url]
        elif kind == "bidi_component":
            component = element.bidi_component
            found = _READINGS.findall(component.json or component.mixed.json)
        self.shown.urls += [
            urljoin(self._url, url) for url in found if url and not url.startswith("data:")
        ]
