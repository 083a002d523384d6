"""Everybody can use it: in light and dark, by touch, by keyboard, and by ear."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.appearance import assert_contrast, assert_named, assert_touchable, focus_stops
from tests.browser.conftest import PHONE, ContextMaker, enter, say, voice
from tests.browser.devices import new_page
from tests.browser.page_state import choose, message, messages, overflowing, post
from tests.browser.websocket_tap import Frame, Wire

SEND = re.compile("^(Send|Αποστολή)$")
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def refuse_what_is_refused(frame: Frame) -> Frame | None:
    if frame["type"] == "send" and frame["text"] == "Refused":
        return {"type": "error", "code": "bad_text", "message": "No."}
    return None


def send(page: Page, text: str) -> None:
    """By the button: where fingers type, Enter breaks the line."""
    page.locator("#composer-text").fill(text)
    page.get_by_role("button", name=SEND).click()


def everything(new_context: ContextMaker, room: str, **options: object) -> tuple[Page, Wire]:
    """A page on which there is one of each: messages of all kinds, one that waits, one that is refused, a banner."""
    (context, wire), bob = new_context.wired(**options), enter(new_context(), "bob", room)
    wire.answer = refuse_what_is_refused
    page = enter(context, "ada", room, share=None)
    wire.push({"type": "notice", "conversation": f"#{room[1:]}", "text": "Only for you: https://example.org/help"})
    expect(page.locator(".private-line")).to_be_visible()
    first, second, *_ = post(bob, "Changed", "Deleted", "/me waves", "See https://example.org/ and #ting")
    bob.context.request.patch(f"/api/messages/{first}", data={"text": "Changed, see"})
    bob.context.request.delete(f"/api/messages/{second}")
    bob.context.request.patch(f"/api/channels{room}", data={"topic": "Everything there is"})
    send(page, "My own with a https://example.org/link")
    expect(message(page, "My own")).to_be_visible()
    send(page, "Refused")
    expect(page.locator("[data-refused]")).to_be_visible()
    expect(page.locator("article .edited")).to_be_visible()
    bob.locator("#composer-text").fill("Being typed")
    expect(page.locator("[data-ghost]")).to_be_visible()
    wire.cut()
    send(page, "Waiting")
    expect(page.locator("#connection-banner")).to_be_visible()
    return page, wire


def test_all_that_is_there_can_be_read_and_has_a_name(new_context: ContextMaker, room: str) -> None:
    page, _ = everything(new_context, room)

    assert_contrast(page)
    page.locator("#composer-text").fill("x" * 4001)
    assert_contrast(page)
    page.locator(".topic-button").hover()
    assert_contrast(page)
    page.locator(".topic-button").click()
    page.locator("#topic-input").fill("x" * 201)
    assert_contrast(page)
    page.locator("#topic-input").press("Escape")
    message(page, "My own").hover()
    message(page, "My own").locator("[aria-haspopup=menu]").click()
    assert_contrast(page)
    assert_named(page)
    page.get_by_role("menuitem", name="Delete").click()
    assert_contrast(page)
    assert_named(page)
    page.keyboard.press("Escape")
    page.locator("#typing-choice").click()
    assert_contrast(page)
    assert_named(page)


def test_the_first_screen_can_be_read(new_context: ContextMaker) -> None:
    page = new_page(new_context())
    page.goto("/")
    page.locator("#nickname").fill("a b")

    expect(page.locator("#enter-error")).not_to_be_empty()
    assert_contrast(page)
    assert_named(page)


def test_names_of_every_colour_can_be_read(new_context: ContextMaker, room: str) -> None:
    context, wire = new_context.wired()
    page = enter(context, "ada", room)
    expect(page.locator("#people li")).to_have_count(1)

    crowd = [{"id": str(number), "name": f"somebody{number}"} for number in range(60)]
    wire.push({"type": "presence", "conversation": f"#{room[1:]}", "came": crowd, "went": []})
    for number, person in enumerate(crowd, 1):
        wire.push(_message(f"#{room[1:]}", number, person))

    expect(page.locator("#people li")).to_have_count(61)
    expect(messages(page)).to_have_count(60)
    assert_contrast(page)


def _message(conversation: str, number: int, author: dict[str, str]) -> Frame:
    return {
        "type": "message", "id": f"id-{number}", "conversation": conversation, "seq": number, "first": number,
        "position": number, "author": author, "kind": ("text", "action")[number % 2], "text": "Hello", "started": 0,
        "sent": 0,
    }  # fmt: skip


def test_who_listens_is_told(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    say(ada, "Hello")

    log = ada.get_by_role("log", name=f"Messages in #{room[1:]}")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.get_by_role("article")).to_have_count(1)
    expect(log.get_by_role("article").locator(".author")).to_have_text("ada")
    expect(ada.get_by_role("main")).to_have_count(1)
    expect(ada.get_by_role("banner")).to_have_count(1)
    expect(ada.get_by_role("complementary", name="1 person online")).to_be_visible()
    expect(ada.get_by_role("heading", level=1)).to_have_text(f"#{room[1:]}")
    expect(ada.get_by_role("textbox", name="Message", exact=True)).to_be_focused()
    expect(ada.locator("#connection")).to_have_text("Connected")
    assert ada.locator("[id]").evaluate_all("(all) => new Set(all.map(({ id }) => id)).size === all.length")


# How loud the log was when each message came.
LISTEN = """
    window.heard = [];
    new MutationObserver(() => {
        const log = document.querySelector("[role=log]");
        const count = document.querySelectorAll("article[data-seq]").length;
        while (heard.length < count) heard.push(log.getAttribute("aria-live"));
    }).observe(document, { childList: true, subtree: true });
"""


def test_news_is_read_out_once_and_history_is_not(new_context: ContextMaker, room: str) -> None:
    context, bob = new_context.once(), voice(new_context.unseen(), "bob", room)
    post(bob, "old", "older")
    context.add_init_script(LISTEN)
    ada = enter(context, "ada", room)
    expect(messages(ada)).to_have_count(2)
    expect(ada.get_by_role("log")).to_have_attribute("aria-live", "polite")

    [new] = post(bob, "new")

    expect(messages(ada)).to_have_count(3)
    assert ada.evaluate("window.heard") == ["off", "off", "polite"]

    assert messages(ada).last.get_attribute("aria-live") is None
    bob.context.request.patch(f"/api/messages/{new}", data={"text": "changed"})
    expect(message(ada, "changed")).to_have_attribute("aria-live", "off")


def test_who_goes_by_keyboard_sees_where(new_context: ContextMaker, room: str) -> None:
    page, _ = everything(new_context, room)
    page.locator(".topic-button").focus()

    stops = focus_stops(page, "composer-text")

    assert stops[:3] == ["search-here", "menu", "timeline"]


def test_the_first_screen_shows_where_the_focus_is(new_context: ContextMaker) -> None:
    page = new_page(new_context())
    page.goto("/")
    page.get_by_role("button", name="Join").focus()

    page.keyboard.press("Shift+Tab")
    expect(page.locator("#nickname")).to_be_focused()
    assert focus_stops(page, "other-way") == ["enter-button", "other-way"]


def test_everything_is_as_large_as_a_finger(new_context: ContextMaker, room: str) -> None:
    page, wire = everything(new_context, room, **TOUCH)

    assert_touchable(page)
    page.locator("#timeline").evaluate("(timeline) => { timeline.scrollTop = 0; }")
    assert_touchable(page)
    page.locator(".people-button").tap()
    assert_touchable(page)
    page.keyboard.press("Escape")
    page.locator(".topic-button").tap()
    assert_touchable(page)
    page.keyboard.press("Escape")
    wire.mend()
    expect(message(page, "Waiting")).to_be_visible()
    choose(page, "My own", "Edit")
    expect(page.get_by_label("Edit message")).to_be_focused()
    assert_touchable(page)
    page.keyboard.press("Escape")
    choose(page, "My own", "React")
    assert_touchable(page)
    page.keyboard.press("Escape")
    page.locator("#menu").tap()
    assert_touchable(page)


def test_the_first_screen_is_as_large_as_a_finger(new_context: ContextMaker) -> None:
    page = new_page(new_context(**TOUCH))
    page.goto("/")
    expect(page.locator("#nickname")).to_be_visible()

    assert_touchable(page)


@pytest.mark.parametrize("locale", ["en", "el"])
def test_everything_fits_a_narrow_phone(new_context: ContextMaker, room: str, locale: str) -> None:
    narrow = {**TOUCH, "viewport": {"width": 320, "height": 568}}
    page, wire = everything(new_context, room, locale=locale, **narrow)

    assert overflowing(page) == []
    page.locator(".topic-button").tap()
    assert overflowing(page) == []
    page.keyboard.press("Escape")
    wire.mend()
    expect(message(page, "Waiting")).to_be_visible()
    page.locator("#composer-text").press("ArrowUp")
    expect(page.locator(".edit-text")).to_be_focused()
    assert overflowing(page) == []
