"""A real Chromium and a real server process.

Playwright's synchronous interface keeps an event loop of its own running, which tornado's tests cannot share: browser
tests run by themselves, with the server in a process of its own.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

ContextMaker = Callable[..., BrowserContext]


class RunningTing:
    """`ting serve` as a process on a data directory of its own; it can be stopped, killed and started again."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="ting-"))
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when it serves; on the same port as before."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ting", "serve", "--port", str(self.port), "--data", str(self.directory / "data")],
            stdout=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("TING_")},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r":(\d+)/", line)
        assert found, f"ting serve said {line!r} instead of its URL"
        self.port = int(found[1])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it as asked, and wait until it has ended."""
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    assert path, "no Chromium: python -m tests.browser.chromium installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def ting() -> Iterator[RunningTing]:
    """A server for the tests of one module."""
    running = RunningTing()
    running.start()
    yield running
    running.remove()


@pytest.fixture
def new_context(browser: Browser, ting: RunningTing) -> Iterator[ContextMaker]:
    """Makes browser contexts: each is a person's device. An exception in a page fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def make(**options: object) -> BrowserContext:
        settings = {"base_url": ting.url, "viewport": DESKTOP, "locale": "en", **options}
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not faults, faults


def enter(context: BrowserContext, name: str, path: str = "/") -> Page:
    """Open the chat as somebody who enters under a name."""
    page = context.new_page()
    page.goto(path)
    page.locator("#enter input").fill(name)
    page.locator("#enter input").press("Enter")
    expect(page.locator("#composer-text")).to_be_visible()
    return page


def say(page: Page, text: str) -> None:
    """Write and send a message, and wait until it is acknowledged."""
    page.locator("#composer-text").fill(text)
    page.locator("#composer-text").press("Enter")
    message = page.locator("#timeline [data-id]").filter(has_text=text).last
    expect(message).to_be_visible()
    expect(message).not_to_have_attribute("data-pending", re.compile(".*"))
