"""What somebody sees in a page, and what is stored behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.client import message_id

PATIENCE_MS = 15_000
LOOK_EVERY_MS = 20


def messages(page: Page) -> Locator:
    """The messages that have come from the server. What is acknowledged and has not come back yet has the seq 0."""
    return page.locator('#timeline article[data-seq]:not([data-seq="0"])')


def waiting(page: Page) -> Locator:
    """The messages that are on their way."""
    return page.locator("#timeline article[data-pending]")


def expect_texts(page: Page, texts: list[str]) -> None:
    """The stored messages are these, in this order, each once."""
    expect(messages(page).locator(".text")).to_have_text(texts)


def texts(page: Page) -> list[str]:
    """What the stored messages say at this moment."""
    return messages(page).locator(".text").all_text_contents()


def message(page: Page, text: str) -> Locator:
    """The stored message with this text in it."""
    return messages(page).filter(has_text=text)


def choose(page: Page, text: str, choice: str) -> None:
    """Open the menu of one's own message and choose something."""
    message(page, text).get_by_role("button", name="Message options").click()
    page.get_by_role("menuitem", name=choice).click()


def rewrite(page: Page, text: str, new: str) -> None:
    """Change one's own message. The editor takes the focus a moment after it has come."""
    choose(page, text, "Edit")
    editor = page.get_by_label("Edit message")
    expect(editor).to_be_focused()
    editor.fill(new)


# Lines, and what stands in them, may not be wider than there is room, nor scroll sideways, nor lose what is outside.
OVERFLOWING = """() => {
    const rooms = "html, body, main, .settings-part, #timeline, .rows, .bubble, .private-line, #composer, #people, "
        + ".people-list";
    const edges = "article, .bubble, .author, header, #composer, #topic, #channel-name, .person-name, button";
    const isOutside = ({ left, right }) => right > innerWidth + 1 || left < -1;
    const isPutAside = (seen) => seen.closest("#people:not(.open)");
    const isWide = (seen) => (seen.matches(rooms) && seen.scrollWidth > seen.clientWidth)
        || (seen.matches(edges) && !isPutAside(seen) && isOutside(seen.getBoundingClientRect()));
    return [document.documentElement, ...document.querySelectorAll("body, body *")]
        .filter((seen) => seen.checkVisibility({ visibilityProperty: true }) && isWide(seen))
        .map((seen) => `${seen.tagName} ${seen.id} ${seen.className}: ${seen.textContent.slice(0, 60)}`);
}"""


def overflowing(page: Page) -> list[str]:
    """What is wider than its room."""
    found: list[str] = page.evaluate(OVERFLOWING)
    return found


def until(page: Page, condition: Callable[[], object]) -> None:
    """Wait for what no locator can see. Playwright's own waiting lets the routes of a test go on working."""
    for _ in range(PATIENCE_MS // LOOK_EVERY_MS):
        if condition():
            return
        page.wait_for_timeout(LOOK_EVERY_MS)
    raise AssertionError("it did not happen")


@dataclass(frozen=True)
class Voice:
    """Somebody in a channel without a page. Whoever only speaks needs none, and to load one takes its time."""

    context: BrowserContext
    url: str


def conversation_of(speaker: Page | Voice) -> str:
    """The id of the conversation that a page shows, or a voice is in."""
    return "#" + (urlsplit(speaker.url).path.strip("/") or "ting")


def resource(conversation: str, name: str) -> str:
    """Where the API has something of a conversation."""
    return f"/api/conversations/{quote(conversation, safe='')}/{name}"


def post(speaker: Page | Voice, *texts: str) -> list[str]:
    """Send messages through the REST API, as this person, where they are; their ids."""
    return speak(speaker.context, conversation_of(speaker), *texts)


def speak(context: BrowserContext, conversation: str, *texts: str) -> list[str]:
    """Send messages through the REST API, as the person of this device; their ids."""
    ids = [message_id() for _ in texts]
    for id, text in zip(ids, texts, strict=True):
        answer = context.request.post(resource(conversation, "messages"), data={"id": id, "text": text})
        assert answer.status == 201, answer.text()
    return ids


def stored(page: Page) -> list[dict[str, Any]]:
    """Everything that is stored of the conversation, by rising seq."""
    answer = page.context.request.get(resource(conversation_of(page), "changes?after=0&limit=1000")).json()
    found: list[dict[str, Any]] = answer["messages"]
    return found


def wait_for_hits(page: Page, words: str, count: int) -> None:
    """Messages are found a moment after they were sent."""
    url = f"/api/search?q={quote(words)}"
    until(page, lambda: len(page.context.request.get(url).json()["hits"]) == count)
