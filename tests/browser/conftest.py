"""Fixtures with a real Chromium and a real server process.

Playwright's synchronous API keeps its own event loop running, which Tornado's tests cannot share. So browser tests run
separately, with the server in its own process.
"""

import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.devices import DESKTOP, Devices, new_page

pytest.register_assert_rewrite(
    "tests.browser.inspection", "tests.browser.appearance", "tests.browser.page_state", "tests.browser.page_structure"
)

from tests.browser.page_state import User, message  # noqa: E402
from tests.browser.serving import ServerProcess, run_server  # noqa: E402
from tests.browser.websocket_tap import WebSocketTap  # noqa: E402

PHONE = {"width": 390, "height": 844}


class ContextMaker:
    """Provides browser contexts. Each is a user's device at one server."""

    def __init__(self, devices: Devices, url: str) -> None:
        self._devices = devices
        # Without animations: moving elements would make positions unstable.
        self._defaults = {"base_url": url, "viewport": DESKTOP, "locale": "en", "reduced_motion": "reduce"}

    def __call__(self, **options: object) -> BrowserContext:
        return self._devices.lend(**{**self._defaults, **options})

    def with_tap(self, **options: object) -> tuple[BrowserContext, WebSocketTap]:
        """A context whose websockets the test controls."""
        return self._devices.lend_with_tap(**{**self._defaults, **options})

    def without_page(self) -> BrowserContext:
        """A context without a page, for users who only send messages."""
        return self._devices.lend_without_page(**self._defaults)

    def disposable(self, **options: object) -> BrowserContext:
        """A context that is closed after the test, for permanent changes to scripts, clock or event listeners."""
        return self._devices.lend_disposable(**{**self._defaults, **options})


expect.set_options(timeout=15_000)
LOADED = re.compile("^(empty|null)$")
room_numbers = itertools.count(1)
account_numbers = itertools.count(1)


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
def ting() -> Iterator[ServerProcess]:
    """A server shared by all tests of this run, except modules with their own."""
    with run_server() as running:
        yield running


@pytest.fixture(scope="module")
def first_link(ting: ServerProcess) -> str:
    """The link for the first admin. A module that uses it needs a server of its own, where no one has read it."""
    return ting.read_first_link()


@pytest.fixture
def room() -> str:
    """The path of a channel that no other test uses."""
    return f"/room-{next(room_numbers)}"


@pytest.fixture
def ada() -> str:
    """A name that no other test uses. A name with a password does not become free again."""
    return f"ada-{next(account_numbers)}"


@pytest.fixture
def new_context(devices: Devices, ting: ServerProcess) -> Iterator[ContextMaker]:
    """Provides browser contexts. An exception in a page fails the test."""
    yield ContextMaker(devices, ting.url)
    errors = [*devices.errors]
    devices.take_back()
    assert not errors, errors


def enter(context: BrowserContext, name: str, path: str = "/", *, share: str | None = "letters") -> Page:
    """Register a user, open the chat, and wait until the conversation is loaded."""
    register(context, name, share=share)
    page = new_page(context)
    page.goto(path)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    expect(page.locator("#timeline-state")).to_have_attribute("data-state", LOADED)
    return page


def register(context: BrowserContext, name: str, *, share: str | None = "letters") -> None:
    """Register a user, and set what others see of their drafts."""
    answer = context.request.post("/api/session", data={"name": name})
    assert answer.status == 201, answer.text()
    if share:
        context.request.patch("/api/me", data={"share_typing": share})


def enter_without_page(context: BrowserContext, name: str, path: str) -> User:
    """Register a user without a page, who only sends messages."""
    register(context, name, share=None)
    return User(context, path)


def submit(page: Page, text: str) -> None:
    """Type and send a message, without waiting for the server."""
    page.locator("#composer-text").fill(text)
    page.locator("#composer-text").press("Enter")


def send_message(page: Page, text: str) -> None:
    """Type and send a message, and wait until the server has broadcast it."""
    submit(page, text)
    expect(message(page, text)).to_be_visible()
