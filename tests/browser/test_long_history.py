"""Scrolling through 20,000 messages: the page keeps few elements, and no message is skipped."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from pymongo import MongoClient

from tests.browser.conftest import ContextMaker, enter, register
from tests.browser.page_state import message, messages
from tests.browser.serving import ServerProcess
from tests.client import message_id

ROOM = "/archive"
MESSAGES = 20_000
SCROLLED = 1_000  # messages to scroll through in each direction
MAX_IN_PAGE = 800
MAX_PER_FRAME = 25  # messages added in one animation frame: a whole page would block it
BATCH = 5_000

# Scrolls by `step` in every animation frame, until a message with the number `last` or beyond is visible. Returns the
# maximum number of elements, the maximum added in one frame, and the numbers of the visible messages in order.
SCROLL = """([step, last]) => new Promise((done) => {
    const log = document.querySelector("#timeline");
    const visible = [];
    let maximum = 0, frames = 0, before = Infinity, added = 0;
    const number = (line) => Number(line.querySelector(".text")?.textContent.split(" ")[1] ?? NaN);
    const look = () => {
        const lines = [...log.querySelectorAll("article[data-seq]")];
        maximum = Math.max(maximum, lines.length);
        added = Math.max(added, lines.length - before);
        before = lines.length;
        const { top, bottom } = log.getBoundingClientRect();
        const inside = lines.filter((line) => {
            const box = line.getBoundingClientRect();
            return box.bottom > top && box.top < bottom;
        }).map(number);
        for (const each of step < 0 ? inside.reverse() : inside) if (visible.at(-1) !== each) visible.push(each);
        frames += 1;
        const reached = inside.some((each) => step < 0 ? each <= last : each >= last);
        if (reached || frames > 6000) return done({ maximum, added, visible: [...new Set(visible)], reached });
        log.scrollTop += step;
        requestAnimationFrame(look);
    };
    look();
})"""


@pytest.fixture(scope="module", autouse=True)
def archive(ting: ServerProcess, browser: Any) -> Iterator[None]:
    """A channel with 20,000 messages, written directly to the database before the server loads the channel."""
    with browser.new_context(base_url=ting.url) as context:
        register(context, "archivist")
        author = context.request.get("/api/session").json()["id"]
    socket = quote(str(next(ting.directory.rglob("mongod.sock"))), safe="")
    with MongoClient[dict[str, Any]](f"mongodb://{socket}/?directConnection=true") as client:
        for begin in range(1, MESSAGES + 1, BATCH):
            numbers = range(begin, begin + BATCH)
            client["ting"]["messages"].insert_many([document(number, author) for number in numbers], ordered=False)
    yield


def document(number: int, author: str) -> dict[str, Any]:
    """A message as the server stores it. The texts have different lengths."""
    at = 1_767_225_600_000 + number * 60_000
    return {
        "_id": message_id(),
        "conversation": "#archive",
        "seq": number,
        "first": number,
        "position": number,
        "author": author,
        "kind": "text",
        "text": f"Page {number} of the *archive*" + " and more of it" * (number % 7 * 4),
        "started": at,
        "sent": at,
    }


def scroll_to(page: Page, step: int, last: int) -> list[int]:
    """Scroll to the message with this number, and return the numbers of all visible messages in order."""
    result = page.evaluate(SCROLL, [step, last])
    assert result["reached"], result["visible"][-5:]
    assert result["maximum"] <= MAX_IN_PAGE
    assert 0 < result["added"] <= MAX_PER_FRAME
    numbers: list[int] = result["visible"]
    return numbers


def test_scrolling_back_and_forth_skips_nothing_and_keeps_the_page_light(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", ROOM)
    expect(message(ada, f"Page {MESSAGES} ")).to_be_in_viewport()

    upwards = scroll_to(ada, -500, MESSAGES - SCROLLED)
    assert upwards == list(range(MESSAGES, upwards[-1] - 1, -1))
    downwards = scroll_to(ada, 500, MESSAGES)
    assert downwards == list(range(downwards[0], MESSAGES + 1))

    ada.locator("#timeline").press("End")
    expect(ada.locator("#newer")).to_be_hidden()
    first = ada.context.request.get("/api/conversations/%23archive/changes?after=0&limit=1").json()["messages"][0]
    ada.goto(f"{ROOM}?m={first['id']}")
    expect(message(ada, "Page 1 of")).to_be_in_viewport()
    assert scroll_to(ada, 500, 300)[-1] >= 300
    ada.locator("#newer").click()
    expect(message(ada, f"Page {MESSAGES} ")).to_be_in_viewport()
    expect(messages(ada)).to_have_count(100)
