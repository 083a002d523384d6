"""A real Chromium and a real server process.

Playwright's synchronous interface keeps an event loop of its own running, which tornado's tests cannot share: browser
tests run by themselves, with the server in a process of its own.
"""

import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.devices import DESKTOP, Devices, new_page

pytest.register_assert_rewrite("tests.browser.inspection", "tests.browser.appearance", "tests.browser.page_state")

from tests.browser.page_state import Voice, message  # noqa: E402
from tests.browser.serving import RunningTing, serving  # noqa: E402
from tests.browser.websocket_tap import Wire  # noqa: E402

PHONE = {"width": 390, "height": 844}


class ContextMaker:
    """Lends browser contexts: each is a person's device at one server."""

    def __init__(self, devices: Devices, url: str) -> None:
        self._devices = devices
        # What moves is somewhere else when a test looks again.
        self._usual = {"base_url": url, "viewport": DESKTOP, "locale": "en", "reduced_motion": "reduce"}

    def __call__(self, **options: object) -> BrowserContext:
        return self._devices.lend(**{**self._usual, **options})

    def wired(self, **options: object) -> tuple[BrowserContext, Wire]:
        """One whose websockets are in the hands of the test."""
        return self._devices.lend_wired(**{**self._usual, **options})

    def unseen(self) -> BrowserContext:
        """One of somebody who has no pages: they only speak."""
        return self._devices.lend_unseen(**self._usual)

    def once(self, **options: object) -> BrowserContext:
        """One that the test changes for good: its scripts, its clock, what listens to it."""
        return self._devices.lend_once(**{**self._usual, **options})


expect.set_options(timeout=15_000)
LOADED = re.compile("^(empty|null)$")
rooms = itertools.count(1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def devices(browser: Browser) -> Devices:
    return Devices(browser)


@pytest.fixture(scope="session")
def ting() -> Iterator[RunningTing]:
    """A server for all tests of this run but those of modules that have one of their own."""
    with serving() as running:
        yield running


@pytest.fixture
def room() -> str:
    """The path of a channel that no other test uses."""
    return f"/room-{next(rooms)}"


@pytest.fixture
def new_context(devices: Devices, ting: RunningTing) -> Iterator[ContextMaker]:
    """Lends the devices of people. An exception in a page fails the test."""
    yield ContextMaker(devices, ting.url)
    faults = [*devices.faults]
    devices.take_back()
    assert not faults, faults


def enter(context: BrowserContext, name: str, path: str = "/", *, share: str | None = "letters") -> Page:
    """Open the chat as somebody who has entered, and wait until the conversation is there."""
    become(context, name, share=share)
    page = new_page(context)
    page.goto(path)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    expect(page.locator("#timeline-state")).to_have_attribute("data-state", LOADED)
    return page


def become(context: BrowserContext, name: str, *, share: str | None = "letters") -> None:
    """Enter under a name, and choose what others see of the typing."""
    answer = context.request.post("/api/session", data={"name": name})
    assert answer.status == 201, answer.text()
    if share:
        context.request.patch("/api/me", data={"share_typing": share})


def voice(context: BrowserContext, name: str, path: str) -> Voice:
    """Enter as somebody who only speaks."""
    become(context, name, share=None)
    return Voice(context, path)


def write(page: Page, text: str) -> None:
    """Write and send a message, and wait for nothing."""
    page.locator("#composer-text").fill(text)
    page.locator("#composer-text").press("Enter")


def say(page: Page, text: str) -> None:
    """Write and send a message, and wait until it has come back from the server."""
    write(page, text)
    expect(message(page, text)).to_be_visible()
