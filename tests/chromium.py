"""Headless Chromium, spoken to over a pipe in the DevTools protocol: no driver, no port, no network.

``SYNCENGINE_CHROMIUM`` names the program where it is none of the usual ones; ``.ci/run`` installs it. The
protocol: https://chromedevtools.github.io/devtools-protocol/ (``--remote-debugging-pipe`` reads JSON that
ends in a null byte from descriptor 3 and writes it to 4).
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PATIENCE = 60.0
"""Seconds that one answer may take, on a machine that has much else to do."""
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # it refuses to run as root otherwise, and sees nothing but files of our own
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
)


_WIRED = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3]]
for end, number in zip(ends, (3, 4)):
    os.dup2(end, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Becomes the browser, with the pipe's ends as 3 and 4, whatever numbers they have here."""


def program() -> str | None:
    """Return the browser of this machine."""
    named = os.environ.get("SYNCENGINE_CHROMIUM")
    return next(filter(None, map(shutil.which, (named,) if named else _PROGRAMS)), None)


PROGRAM = program()
needs_chromium = pytest.mark.skipif(
    PROGRAM is None, reason="needs Chromium (Debian: apt-get install chromium; .ci/run does that)"
)


@dataclass
class Page:
    """One tab; ``complaints`` are what its console said."""

    browser: Browser
    session: str
    complaints: list[str] = field(default_factory=list)
    _asked: dict[str, str] = field(default_factory=dict)
    _refused: set[str] = field(default_factory=set)

    @property
    def requests(self) -> list[str]:
        """The addresses that it went for."""
        return [url for number, url in self._asked.items() if number not in self._refused]

    @property
    def refused(self) -> list[str]:
        """The addresses that something in it asked for, and that the browser did not go for."""
        return [url for number, url in self._asked.items() if number in self._refused]

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol on this tab."""
        return self.browser.call(method, parameters, self)

    def show(self, path: Path, *, width: int = 1100, dark: bool = False) -> None:
        """Open a file in a window of a width in CSS pixels, and wait until it is laid out."""
        self.look(width=width, dark=dark)
        for noted in (self.complaints, self._asked, self._refused):
            noted.clear()
        self.call("Page.navigate", url=path.as_uri())
        self.run(
            "new Promise(done => document.readyState === 'complete'"
            " ? done() : addEventListener('load', () => done()))"
        )

    def look(self, *, width: int, dark: bool = False, media: str = "screen") -> None:
        """Set the window's width, the theme that is preferred, and whether it is for paper."""
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[theme])

    def run(self, script: str) -> Any:
        """Evaluate an expression, wait for what it promises, and return its value."""
        said = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def picture(self, path: Path) -> None:
        """Write the whole page as PNG, for a person to look at."""
        said = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        path.write_bytes(base64.b64decode(said["data"]))

    def heard(self, event: Mapping[str, Any]) -> None:
        """Note an event of this tab."""
        match event["method"], event["params"]:
            case "Network.requestWillBeSent", told:
                self._asked[told["requestId"]] = told["request"]["url"]
            case "Network.loadingFailed", told if "blockedReason" in told:
                self._refused.add(told["requestId"])
            case "Log.entryAdded", told:
                self.complaints.append(told["entry"]["text"])
            case "Runtime.exceptionThrown", told:
                self.complaints.append(told["exceptionDetails"]["text"])
            case "Runtime.consoleAPICalled", told:
                self.complaints.append(str(told["args"]))
            case "Page.javascriptDialogOpening", told:
                self.complaints.append(f"a dialog: {told['message']}")
            case _:
                pass


class Browser:
    """A running browser; ``page`` opens a tab."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._rest = b""
        self._number = 0
        self._pages: dict[str, Page] = {}

    def page(self) -> Page:
        """Open an empty tab that listens to everything."""
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        attach = {"targetId": target, "flatten": True}
        session = self.call("Target.attachToTarget", attach)["sessionId"]
        page = self._pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.call(f"{domain}.enable")
        return page

    def call(
        self, method: str, parameters: Mapping[str, Any], page: Page | None = None
    ) -> dict[str, Any]:
        """Call a method and return its result; events that come before it go to their tabs."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if page is not None:
            message["sessionId"] = page.session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        for said in self._messages():
            if said.get("id") == self._number:
                assert "error" not in said, said
                result: dict[str, Any] = said["result"]
                return result
            if said.get("sessionId") in self._pages and "method" in said:
                self._pages[said["sessionId"]].heard(said)
        raise AssertionError("the browser is gone")

    def _messages(self) -> Iterator[dict[str, Any]]:
        end = time.monotonic() + _PATIENCE
        while True:
            whole, found, rest = self._rest.partition(b"\0")
            if found:
                self._rest = rest
                yield json.loads(whole)
                continue
            ready, _, _ = select.select([self._back], [], [], max(0, end - time.monotonic()))
            assert ready, "the browser does not answer"
            more = os.read(self._back, 1 << 20)
            if not more:
                return
            self._rest += more


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Run a browser with a profile of its own in a folder."""
    assert PROGRAM is not None
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()

    options = (*_OPTIONS, f"--user-data-dir={folder / 'profile'}", "about:blank")
    with subprocess.Popen(
        [sys.executable, "-c", _WIRED, str(theirs_in), str(theirs_out), PROGRAM, *options],
        pass_fds=(theirs_in, theirs_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"HOME": str(folder)},
    ) as process:
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            running = Browser(ours_out, ours_in)
            yield running
            with suppress(AssertionError, OSError):
                running.call("Browser.close", {})
        finally:
            os.close(ours_out)
            os.close(ours_in)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
