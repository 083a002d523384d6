"""Screenshots of live typing: three users write at the same time, in five steps."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import enter, send_message
from tests.browser.devices import sign_out
from tests.browser.page_state import message

SIZE = {"width": 780, "height": 460}
CHANNEL = "/lunch"
TOPIC = "Where, and when"
QUESTION = "Where do we eat today?"
BOBS_TEXT = "How about the little place by the harbour, at one o'clock"
EVES_TEXT = "I'd like something warm"

# Types without moving the focus away from the page that is photographed.
TYPE = """(text) => {
    const area = document.querySelector("#composer-text");
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def take_screenshots(new_device: Callable[..., BrowserContext], directory: Path) -> None:
    """Take five screenshots of Ada's page. `new_device` creates a browser context."""
    ada, bob, eve = (enter(new_device(viewport=SIZE), name, CHANNEL) for name in ("Ada", "Bob", "Eve"))
    ghost = ada.locator("[data-ghost] .text")

    def take(number: int) -> None:
        ada.screenshot(path=directory / f"step-{number}.png")

    ada.bring_to_front()
    send_message(ada, QUESTION)
    ada.context.request.patch(f"/api/channels{CHANNEL}", data={"topic": TOPIC})
    expect(ada.locator("#topic")).to_have_text(TOPIC)
    bob.evaluate(TYPE, BOBS_TEXT[:6])
    expect(ghost.filter(has_text=BOBS_TEXT[:6])).to_be_visible()
    take(1)
    bob.evaluate(TYPE, BOBS_TEXT[:39])
    eve.evaluate(TYPE, EVES_TEXT[:10])
    expect(ghost.filter(has_text=BOBS_TEXT[:39])).to_be_visible()
    expect(ghost.filter(has_text=EVES_TEXT[:10])).to_be_visible()
    take(2)
    ada.locator("#composer-text").fill("Soup")
    eve.evaluate(TYPE, EVES_TEXT)
    expect(ada.locator(".own-place")).to_be_visible()
    expect(ghost.filter(has_text=EVES_TEXT)).to_be_visible()
    take(3)
    eve.locator(".send-button").dispatch_event("click")
    expect(message(ada, EVES_TEXT)).to_be_visible()
    bob.evaluate(TYPE, BOBS_TEXT[:50])
    expect(ghost.filter(has_text=BOBS_TEXT[:50])).to_be_visible()
    take(4)
    bob.evaluate(TYPE, BOBS_TEXT)
    bob.locator(".send-button").dispatch_event("click")
    expect(message(ada, BOBS_TEXT)).to_be_visible()
    take(5)
    for page in (ada, bob, eve):
        sign_out(page.context)
        page.context.close()
