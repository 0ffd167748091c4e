"""What a journey does with the app in a browser."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

WIDE, NARROW = (1400, 1300), (800, 1300)
# s: a machine that others use at the same time may take many times as long.
PATIENCE = 120.0
T = TypeVar("T")

# Components without an iframe live in shadow roots, which neither ``innerText`` nor a CSS
# selector of the page looks into.
_DEEP = """
const walk = (root, visit) => {
  for (const element of root.querySelectorAll("*")) {
    visit(element);
    if (element.shadowRoot) walk(element.shadowRoot, visit);
  }
};
"""
_DEEP_FIND = (
    _DEEP
    + """
let found = null;
walk(document, (element) => { if (!found && element.matches(arguments[0])) found = element; });
return found;
"""
)
_DEEP_TEXT = (
    _DEEP
    + """
const parts = [document.body.innerText];
walk(document, (element) => {
  if (!element.shadowRoot) return;
  for (const child of element.shadowRoot.children) parts.push(child.innerText ?? "");
});
return parts.join("\\n").replaceAll("\\u00a0", " ");
"""
)


@dataclass
class Page:
    """The app in a browser, and what a journey does with it.

    Attributes:
        driver: Selenium's driver.
        url: address of the app, without a slash at its end.
    """

    driver: Any
    url: str
    _log: list[dict[str, Any]] = field(default_factory=list)

    def open(self, path: str = "") -> None:
        """Open a page of the app and wait until its script has run."""
        self.driver.get(f"{self.url}/{path.lstrip('/')}")
        self.wait_until(lambda: self.find('[data-testid="stApp"]'), "the app to appear")
        self.wait_idle()

    def open_anew(self) -> None:
        """Open the app as for another journey: at the usual size, with nothing logged."""
        self.driver.get_log("browser")
        self._log.clear()
        self.resize(*WIDE)
        self.open()

    def wait_until(self, check: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
        """The first true result of ``check``; fails with ``what`` was awaited.

        What the page puts in place anew while it is looked at is looked at again.
        """
        from selenium.common.exceptions import StaleElementReferenceException

        end = time.monotonic() + seconds
        while True:
            with suppress(StaleElementReferenceException):
                result = check()
                if result:
                    return result
            if time.monotonic() > end:
                pytest.fail(f"waited {seconds:.0f} s for {what}; the page says:\n{self.text()}")
            time.sleep(0.2)

    def wait_for_text(self, text: str, seconds: float = PATIENCE) -> None:
        """Wait until the page, or a component in it, shows the text."""
        self.wait_until(lambda: text in self.text(), f"the text {text!r}", seconds)

    def wait_idle(self, seconds: float = PATIENCE) -> None:
        """Wait until no script of the app runs."""
        running = '[data-testid="stApp"][data-test-script-state="running"]'
        self.wait_until(lambda: not self.find(running), "the script to finish", seconds)

    def text(self) -> str:
        """All visible text, that of components included; spaces are plain spaces."""
        return str(self.driver.execute_script(_DEEP_TEXT))

    def find(self, selector: str) -> Any:
        """The first element for a CSS selector, also inside components, or ``None``."""
        return self.driver.execute_script(_DEEP_FIND, selector)

    def part(self, name: str) -> Any:
        """A named part of the scene player, such as ``scroller`` or ``radar``."""
        return self.wait_until(lambda: self.find(f'[data-part="{name}"]'), f"the part {name!r}")

    def unfold(self, label: str) -> None:
        """Open the part of the page that is folded away under this label."""
        script = (
            '[...document.querySelectorAll("summary")]'
            ".find((e) => e.innerText.includes(arguments[0])).click();"
        )
        self.driver.execute_script(script, label)

    def click_button(self, label: str) -> None:
        """Click the button with this label and wait for the page to run."""
        script = (
            _DEEP + "let found = null; walk(document, (e) => { if (!found && e.tagName === 'BUTTON'"
            " && e.offsetParent && e.innerText.includes(arguments[0])) found = e; }); return found;"
        )

        def press() -> bool:
            button = self.driver.execute_script(script, label)
            if button is None:
                return False
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
            button.click()
            return True

        self.wait_until(press, f"the button {label!r}")
        time.sleep(0.3)  # the click travels to the server before the script is seen to run
        self.wait_idle()

    def click_for(self, selector: str, text: str) -> None:
        """Click the first element for a CSS selector until the page shows the text.

        A button that is put in place anew at that moment loses its click; users press again.
        """
        asked = -math.inf

        def answered() -> bool:
            nonlocal asked
            if text in self.text():
                return True
            if time.monotonic() - asked > 5 and (element := self.find(selector)) is not None:
                element.click()
                asked = time.monotonic()
            return False

        self.wait_until(answered, f"the text {text!r} after a click")

    def go(self, title: str) -> None:
        """Follow a link of the navigation; an address would begin a new session.

        In one step: while a script runs, the navigation may be put in place anew.
        """
        script = """
            const link = [...document.querySelectorAll("a")].find(
                (a) => a.offsetParent && a.innerText.trim().endsWith(arguments[0]));
            if (link) link.click();
            return Boolean(link);
        """
        self.wait_until(lambda: self.driver.execute_script(script, title), f"the link {title!r}")
        time.sleep(0.5)
        self.wait_idle()

    def upload(self, file: Path, index: int = 0) -> None:
        """Give a file to the upload field with this number."""
        fields = self.wait_until(
            lambda: self.driver.find_elements("css selector", "input[type=file]")[index:],
            "an upload field",
        )
        fields[0].send_keys(str(file))

    def video(self, expression: str, selector: str = "video") -> Any:
        """A JavaScript expression of ``video``, the page's video; ``None`` without one."""
        script = f"""
            const video = document.querySelector(arguments[0]);
            return video ? ({expression}) : null;
        """
        return self.driver.execute_script(script, selector)

    def resize(self, width: int, height: int) -> None:
        """Set the size of the page itself, whatever frame the browser has."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        frames = "const done = arguments[0];"
        frames += "requestAnimationFrame(() => requestAnimationFrame(() => done()));"
        self.driver.execute_async_script(frames)

    def overflow(self, seconds: float = 3) -> int:
        """Pixels by which the page is wider than the window; 0 where nothing is cut off.

        Figures follow a new width with a delay: what is too wide is looked at again for a while.
        """
        script = "const e = document.documentElement; return e.scrollWidth - e.clientWidth;"
        end = time.monotonic() + seconds
        while (found := int(self.driver.execute_script(script))) > 0 and time.monotonic() < end:
            time.sleep(0.2)
        return found

    def photograph(self, name: str, height: int = 1300) -> None:
        """Photograph the page at both widths; nothing may be cut off at either."""
        for width in (NARROW[0], WIDE[0]):
            self.resize(width, height)
            assert self.overflow() == 0
            self.screenshot(f"{name}-{width}")

    def screenshot(self, name: str) -> Path | None:
        """Photograph the window into ``$EME_SCREENSHOTS``; ``None`` where that is not set."""
        folder = os.environ.get("EME_SCREENSHOTS")
        if not folder:
            return None
        time.sleep(1)  # for what moves to come to rest
        path = Path(folder) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(path))
        return path

    def console_errors(self) -> list[str]:
        """What the browser logged as severe since the page was opened.

        But for pictures and clips of a page that was left while they were loading, which Streamlit
        no longer serves, and for the server, which it looks for below the address of a page first.
        """
        self._log += self.driver.get_log("browser")
        severe = [entry["message"] for entry in self._log if entry["level"] == "SEVERE"]
        known = ("/media/", "/_stcore/")
        return [message for message in severe if not any(one in message for one in known)]


NewPage = Callable[..., Page]
