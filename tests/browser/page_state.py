"""Helpers to read and change the state of a page, and of the conversation that it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.client import message_id

TIMEOUT_MS = 15_000
POLL_MS = 20


def messages(page: Page) -> Locator:
    """The messages received from the server. Acknowledged messages that were not broadcast yet have the seq 0."""
    return page.locator('#timeline article[data-seq]:not([data-seq="0"])')


def pending(page: Page) -> Locator:
    """The messages that are not stored yet."""
    return page.locator("#timeline article[data-pending]")


def expect_texts(page: Page, texts: list[str]) -> None:
    """Wait until the stored messages are exactly these, in this order."""
    expect(messages(page).locator(".text")).to_have_text(texts)


def texts(page: Page) -> list[str]:
    """The texts of the stored messages at this moment."""
    return messages(page).locator(".text").all_text_contents()


def message(page: Page, text: str) -> Locator:
    """The stored message that contains this text."""
    return messages(page).filter(has_text=text)


def choose_action(page: Page, text: str, action: str) -> None:
    """Choose an action in the menu of a message."""
    message(page, text).get_by_role("button", name="Message options").click()
    page.get_by_role("menuitem", name=action).click()


def edit_message(page: Page, text: str, new: str) -> None:
    """Edit a message without saving. Waits for the focus, which the editor takes shortly after it appears."""
    choose_action(page, text, "Edit")
    editor = page.get_by_label("Edit message")
    expect(editor).to_be_focused()
    editor.fill(new)


# Elements that scroll sideways, or are partly outside of the window.
OVERFLOWING = """() => {
    const containers = "html, body, main, .settings-part, #timeline, .rows, .bubble, .private-line, #composer, "
        + "#people, .people-list";
    const edges = "article, .bubble, .author, header, #composer, #topic, #channel-name, .person-name, button";
    const isOutside = ({ left, right }) => right > innerWidth + 1 || left < -1;
    const isInDrawer = (element) => element.closest("#people:not(.open)");
    const isWide = (element) => (element.matches(containers) && element.scrollWidth > element.clientWidth)
        || (element.matches(edges) && !isInDrawer(element) && isOutside(element.getBoundingClientRect()));
    return [document.documentElement, ...document.querySelectorAll("body, body *")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }) && isWide(element))
        .map((element) => `${element.tagName} ${element.id} ${element.className}: ${element.textContent.slice(0, 60)}`);
}"""


def overflowing(page: Page) -> list[str]:
    """The elements that are wider than their container or the window."""
    elements: list[str] = page.evaluate(OVERFLOWING)
    return elements


def until(page: Page, condition: Callable[[], object]) -> None:
    """Wait for a condition that no locator can express. Playwright's timer keeps the routes of the test running."""
    for _ in range(TIMEOUT_MS // POLL_MS):
        if condition():
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError("it did not happen")


@dataclass(frozen=True)
class User:
    """A user in a channel without a page, which saves the time to load one."""

    context: BrowserContext
    url: str


def conversation_of(user: Page | User) -> str:
    """The id of the conversation that a page shows, or that a user is in."""
    return "#" + (urlsplit(user.url).path.strip("/") or "ting")


def conversation_url(conversation: str, name: str) -> str:
    """The URL of a resource of a conversation in the API."""
    return f"/api/conversations/{quote(conversation, safe='')}/{name}"


def post(user: Page | User, *texts: str) -> list[str]:
    """Send messages through the REST API to the user's current conversation, and return their ids."""
    return post_messages(user.context, conversation_of(user), *texts)


def post_messages(context: BrowserContext, conversation: str, *texts: str) -> list[str]:
    """Send messages through the REST API as the user of this context, and return their ids."""
    ids = [message_id() for _ in texts]
    for id, text in zip(ids, texts, strict=True):
        answer = context.request.post(conversation_url(conversation, "messages"), data={"id": id, "text": text})
        assert answer.status == 201, answer.text()
    return ids


def stored_messages(page: Page) -> list[dict[str, Any]]:
    """All stored messages of the conversation, in the order of their seq."""
    answer = page.context.request.get(conversation_url(conversation_of(page), "changes?after=0&limit=1000")).json()
    changes: list[dict[str, Any]] = answer["messages"]
    return changes


def wait_for_hits(page: Page, conversation: str, query: str, count: int) -> None:
    """Wait until a search in a conversation finds this number of messages.

    Messages are indexed shortly after they were sent. A search everywhere would find messages of other tests, too.
    """
    url = f"/api/search?q={quote(query)}&in={quote(conversation)}"
    until(page, lambda: len(page.context.request.get(url).json()["hits"]) == count)
