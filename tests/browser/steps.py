"""How three people write at the same time, step by step: the pictures of live typing."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import enter, say
from tests.browser.devices import leave
from tests.browser.page_state import message

SIZE = {"width": 780, "height": 460}
CHANNEL = "/lunch"
TOPIC = "Where, and when"
QUESTION = "Where do we eat today?"
PLACE = "How about the little place by the harbour, at one o'clock"
WISH = "I'd like something warm"

# Without taking the focus from the page that looks.
TYPE = """(text) => {
    const area = document.querySelector("#composer-text");
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def take_steps(device: Callable[..., BrowserContext], directory: Path) -> None:
    """Five pictures as Ada sees it; `device` makes one."""
    ada, bob, eve = (enter(device(viewport=SIZE), name, CHANNEL) for name in ("Ada", "Bob", "Eve"))
    ghost = ada.locator("[data-ghost] .text")

    def take(number: int) -> None:
        ada.screenshot(path=directory / f"step-{number}.png")

    ada.bring_to_front()
    say(ada, QUESTION)
    ada.context.request.patch(f"/api/channels{CHANNEL}", data={"topic": TOPIC})
    expect(ada.locator("#topic")).to_have_text(TOPIC)
    bob.evaluate(TYPE, PLACE[:6])
    expect(ghost.filter(has_text=PLACE[:6])).to_be_visible()
    take(1)
    bob.evaluate(TYPE, PLACE[:39])
    eve.evaluate(TYPE, WISH[:10])
    expect(ghost.filter(has_text=PLACE[:39])).to_be_visible()
    expect(ghost.filter(has_text=WISH[:10])).to_be_visible()
    take(2)
    ada.locator("#composer-text").fill("Soup")
    eve.evaluate(TYPE, WISH)
    expect(ada.locator(".own-place")).to_be_visible()
    expect(ghost.filter(has_text=WISH)).to_be_visible()
    take(3)
    eve.locator(".send-button").dispatch_event("click")
    expect(message(ada, WISH)).to_be_visible()
    bob.evaluate(TYPE, PLACE[:50])
    expect(ghost.filter(has_text=PLACE[:50])).to_be_visible()
    take(4)
    bob.evaluate(TYPE, PLACE)
    bob.locator(".send-button").dispatch_event("click")
    expect(message(ada, PLACE)).to_be_visible()
    take(5)
    for page in (ada, bob, eve):
        leave(page.context)
        page.context.close()
