"""A real Chromium and a real server process.

Playwright's synchronous interface keeps an event loop of its own running, which tornado's tests cannot share: browser
tests run by themselves, with the server in a process of its own.
"""

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.browser import chromium

pytest.register_assert_rewrite("tests.browser.inspection", "tests.browser.looks", "tests.browser.seen")

from tests.browser.seen import message  # noqa: E402
from tests.browser.serving import RunningTing  # noqa: E402

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

ContextMaker = Callable[..., BrowserContext]

expect.set_options(timeout=15_000)
LOADED = re.compile("^(empty|null)$")
rooms = itertools.count(1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def ting() -> Iterator[RunningTing]:
    """A server for the tests of one module."""
    running = RunningTing()
    try:
        running.start()
        yield running
    finally:
        running.remove()


@pytest.fixture
def room() -> str:
    """The path of a channel that no other test uses."""
    return f"/room-{next(rooms)}"


@pytest.fixture
def new_context(browser: Browser, ting: RunningTing) -> Iterator[ContextMaker]:
    """Makes browser contexts: each is a person's device. An exception in a page fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def make(**options: object) -> BrowserContext:
        settings = {"base_url": ting.url, "viewport": DESKTOP, "locale": "en", **options}
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        leave(context)
        context.close()
    assert not faults, faults


def leave(context: BrowserContext) -> None:
    """End the session, so that the next test finds the name free."""
    context.set_offline(False)
    with contextlib.suppress(Error):
        context.request.delete("/api/session")


def enter(context: BrowserContext, name: str, path: str = "/", *, share: str | None = "letters") -> Page:
    """Open the chat as somebody who has entered, and wait until the conversation is there."""
    become(context, name, share=share)
    page = context.new_page()
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


def write(page: Page, text: str) -> None:
    """Write and send a message, and wait for nothing."""
    page.locator("#composer-text").fill(text)
    page.locator("#composer-text").press("Enter")


def say(page: Page, text: str) -> None:
    """Write and send a message, and wait until it has come back from the server."""
    write(page, text)
    expect(message(page, text)).to_be_visible()
