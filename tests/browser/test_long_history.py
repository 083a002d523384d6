"""A way through 20,000 messages: the page stays light, and nothing is skipped or moved."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from pymongo import MongoClient

from tests.browser.conftest import ContextMaker, become, enter
from tests.browser.page_state import message, messages
from tests.browser.serving import RunningTing
from tests.client import message_id

ROOM = "/archive"
MESSAGES = 20_000
PART = 1_000  # of them are walked through, in each direction
MOST_IN_PAGE = 800
MOST_IN_FRAME = 25  # that come at once: a whole page of them would hold up the frame
BATCH = 5_000

# Scrolls a piece in every frame, until a message with a number beyond `last` is in sight. What was seen is told:
# how many lines there were at most, how many came in one frame, and the numbers of those that came into sight, in
# their order.
WALK = """([step, last]) => new Promise((done) => {
    const log = document.querySelector("#timeline");
    const seen = [];
    let most = 0, frames = 0, before = Infinity, grown = 0;
    const number = (line) => Number(line.querySelector(".text")?.textContent.split(" ")[1] ?? NaN);
    const look = () => {
        const lines = [...log.querySelectorAll("article[data-seq]")];
        most = Math.max(most, lines.length);
        grown = Math.max(grown, lines.length - before);
        before = lines.length;
        const { top, bottom } = log.getBoundingClientRect();
        const inside = lines.filter((line) => {
            const box = line.getBoundingClientRect();
            return box.bottom > top && box.top < bottom;
        }).map(number);
        for (const each of step < 0 ? inside.reverse() : inside) if (seen.at(-1) !== each) seen.push(each);
        frames += 1;
        const reached = inside.some((each) => step < 0 ? each <= last : each >= last);
        if (reached || frames > 6000) return done({ most, grown, seen: [...new Set(seen)], reached });
        log.scrollTop += step;
        requestAnimationFrame(look);
    };
    look();
})"""


@pytest.fixture(scope="module", autouse=True)
def archive(ting: RunningTing, browser: Any) -> Iterator[None]:
    """A channel with 20,000 messages, written past the server before it looks at the channel."""
    with browser.new_context(base_url=ting.url) as context:
        become(context, "archivist")
        author = context.request.get("/api/session").json()["id"]
    socket = quote(str(next(ting.directory.rglob("mongod.sock"))), safe="")
    with MongoClient[dict[str, Any]](f"mongodb://{socket}/?directConnection=true") as client:
        for begin in range(1, MESSAGES + 1, BATCH):
            numbers = range(begin, begin + BATCH)
            client["ting"]["messages"].insert_many([stored(number, author) for number in numbers], ordered=False)
    yield


def stored(number: int, author: str) -> dict[str, Any]:
    """A message as the server stores it; every seventh is a long one."""
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


def walk(page: Page, step: int, last: int) -> list[int]:
    """Scroll as far as the message of this number; the numbers of all that were in sight, in order."""
    found = page.evaluate(WALK, [step, last])
    assert found["reached"], found["seen"][-5:]
    assert found["most"] <= MOST_IN_PAGE
    assert 0 < found["grown"] <= MOST_IN_FRAME
    seen: list[int] = found["seen"]
    return seen


def test_a_way_back_and_forth_skips_nothing_and_stays_light(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", ROOM)
    expect(message(ada, f"Page {MESSAGES} ")).to_be_in_viewport()

    upwards = walk(ada, -500, MESSAGES - PART)
    assert upwards == list(range(MESSAGES, upwards[-1] - 1, -1))
    downwards = walk(ada, 500, MESSAGES)
    assert downwards == list(range(downwards[0], MESSAGES + 1))

    ada.locator("#timeline").press("End")
    expect(ada.locator("#newer")).to_be_hidden()
    first = ada.context.request.get("/api/conversations/%23archive/changes?after=0&limit=1").json()["messages"][0]
    ada.goto(f"{ROOM}?m={first['id']}")
    expect(message(ada, "Page 1 of")).to_be_in_viewport()
    assert walk(ada, 500, 300)[-1] >= 300
    ada.locator("#newer").click()
    expect(message(ada, f"Page {MESSAGES} ")).to_be_in_viewport()
    expect(messages(ada)).to_have_count(100)
