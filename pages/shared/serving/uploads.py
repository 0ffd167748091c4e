"""Uploads that do not get stuck where a page runs anew at the same moment."""

from __future__ import annotations

from typing import Any

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


def keep_upload_addresses() -> None:
    """Have the server not drop the addresses that a browser has asked for to upload a file to.

    When a script begins, Streamlit drops what is not sent yet, but for some kinds of messages. The
    answer to a browser that is about to upload is none of those: on a busy server, with jobs whose
    end runs the page anew, uploads waited for it for ever.
    """
    clear = ForwardMsgQueue.clear

    def clear_others(self: ForwardMsgQueue, *given: Any, **named: Any) -> None:
        before = [one for one in self._queue if one.WhichOneof("type") == "file_urls_response"]
        clear(self, *given, **named)
        self._queue += [one for one in before if not any(one is kept for kept in self._queue)]

    ForwardMsgQueue.clear = clear_others  # type: ignore[method-assign]
