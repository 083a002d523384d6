"""Accessibility: contrast in both themes, touch, keyboard, screen readers, narrow screens."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.appearance import assert_contrast, assert_named, assert_touchable, focus_stops
from tests.browser.conftest import PHONE, ContextMaker, enter, send_message
from tests.browser.devices import new_page
from tests.browser.page_state import choose_action, message, messages, overflowing, post
from tests.browser.websocket_tap import Frame, WebSocketTap

SEND = re.compile("^(Send|Αποστολή)$")
TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def refuse(frame: Frame) -> Frame | None:
    if frame["type"] == "send" and frame["text"] == "Refused":
        return {"type": "error", "code": "bad_text", "message": "No."}
    return None


def send_by_button(page: Page, text: str) -> None:
    """Send with the button, because on touch screens Enter breaks the line."""
    page.locator("#composer-text").fill(text)
    page.get_by_role("button", name=SEND).click()


def page_with_everything(new_context: ContextMaker, room: str, **options: object) -> tuple[Page, WebSocketTap]:
    """A page with messages of all kinds and states, a ghost, a notice and a banner."""
    (context, tap), bob = new_context.with_tap(**options), enter(new_context(), "bob", room)
    tap.on_request = refuse
    page = enter(context, "ada", room, share=None)
    tap.push({"type": "notice", "conversation": f"#{room[1:]}", "text": "Only for you: https://example.org/help"})
    expect(page.locator(".private-line")).to_be_visible()
    first, second, *_ = post(bob, "Changed", "Deleted", "/me waves", "See https://example.org/ and #ting")
    bob.context.request.patch(f"/api/messages/{first}", data={"text": "Changed, see"})
    bob.context.request.delete(f"/api/messages/{second}")
    bob.context.request.patch(f"/api/channels{room}", data={"topic": "Everything there is"})
    send_by_button(page, "My own with a https://example.org/link")
    expect(message(page, "My own")).to_be_visible()
    send_by_button(page, "Refused")
    expect(page.locator("[data-refused]")).to_be_visible()
    expect(page.locator("article .edited")).to_be_visible()
    bob.locator("#composer-text").fill("Being typed")
    expect(page.locator("[data-ghost]")).to_be_visible()
    tap.cut()
    send_by_button(page, "Waiting")
    expect(page.locator("#connection-banner")).to_be_visible()
    return page, tap


def test_all_elements_have_enough_contrast_and_a_name(new_context: ContextMaker, room: str) -> None:
    page, _ = page_with_everything(new_context, room)

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


def test_the_first_screen_has_enough_contrast(new_context: ContextMaker) -> None:
    page = new_page(new_context())
    page.goto("/")
    page.locator("#nickname").fill("a b")

    expect(page.locator("#enter-error")).not_to_be_empty()
    assert_contrast(page)
    assert_named(page)


def test_names_of_every_colour_have_enough_contrast(new_context: ContextMaker, room: str) -> None:
    context, tap = new_context.with_tap()
    page = enter(context, "ada", room)
    expect(page.locator("#people li")).to_have_count(1)

    users = [{"id": str(number), "name": f"somebody{number}"} for number in range(60)]
    tap.push({"type": "presence", "conversation": f"#{room[1:]}", "came": users, "went": []})
    for number, person in enumerate(users, 1):
        tap.push(_message(f"#{room[1:]}", number, person))

    expect(page.locator("#people li")).to_have_count(61)
    expect(messages(page)).to_have_count(60)
    assert_contrast(page)


def _message(conversation: str, number: int, author: dict[str, str]) -> Frame:
    return {
        "type": "message", "id": f"id-{number}", "conversation": conversation, "seq": number, "first": number,
        "position": number, "author": author, "kind": ("text", "action")[number % 2], "text": "Hello", "started": 0,
        "sent": 0,
    }  # fmt: skip


def test_screen_readers_are_informed(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    send_message(ada, "Hello")

    log = ada.get_by_role("log", name=f"Messages in #{room[1:]}")
    expect(log).to_have_attribute("aria-live", "off")  # new messages are announced by an element of their own
    expect(log.get_by_role("article")).to_have_count(1)
    expect(log.get_by_role("article").locator(".author")).to_have_text("ada")
    expect(ada.get_by_role("main")).to_have_count(1)
    expect(ada.get_by_role("banner")).to_have_count(1)
    expect(ada.get_by_role("complementary", name="1 person online")).to_be_visible()
    expect(ada.get_by_role("heading", level=1)).to_have_text(f"#{room[1:]}")
    expect(ada.get_by_role("textbox", name="Message", exact=True)).to_be_focused()
    expect(ada.locator("#connection")).to_have_text("Connected")
    assert ada.locator("[id]").evaluate_all("(all) => new Set(all.map(({ id }) => id)).size === all.length")


def test_the_keyboard_focus_is_visible(new_context: ContextMaker, room: str) -> None:
    page, _ = page_with_everything(new_context, room)
    page.locator(".topic-button").focus()

    stops = focus_stops(page, "composer-text")

    assert stops[:4] == ["search-here", "2 people online", "menu", "timeline"]


def test_the_keyboard_focus_is_visible_on_the_first_screen(new_context: ContextMaker) -> None:
    page = new_page(new_context())
    page.goto("/")
    page.get_by_role("button", name="Join").focus()

    page.keyboard.press("Shift+Tab")
    expect(page.locator("#nickname")).to_be_focused()
    assert focus_stops(page, "other-way") == ["enter-button", "other-way"]


def test_touch_targets_are_large_enough(new_context: ContextMaker, room: str) -> None:
    page, tap = page_with_everything(new_context, room, **TOUCH)

    assert_touchable(page)
    page.locator("#timeline").evaluate("(timeline) => { timeline.scrollTop = 0; }")
    assert_touchable(page)
    page.locator(".people-button").tap()
    assert_touchable(page)
    page.keyboard.press("Escape")
    page.locator(".title-button").tap()
    assert_touchable(page)
    page.locator("#menu-topic").tap()
    assert_touchable(page)
    page.keyboard.press("Escape")
    tap.reconnect()
    expect(message(page, "Waiting")).to_be_visible()
    choose_action(page, "My own", "Edit")
    expect(page.get_by_label("Edit message")).to_be_focused()
    assert_touchable(page)
    page.keyboard.press("Escape")
    choose_action(page, "My own", "React")
    assert_touchable(page)
    page.keyboard.press("Escape")
    page.locator("#menu").tap()
    assert_touchable(page)


def test_touch_targets_of_the_first_screen_are_large_enough(new_context: ContextMaker) -> None:
    page = new_page(new_context(**TOUCH))
    page.goto("/")
    expect(page.locator("#nickname")).to_be_visible()

    assert_touchable(page)


@pytest.mark.parametrize("locale", [pytest.param("en", marks=pytest.mark.slow), "el"])
def test_everything_fits_a_narrow_phone(new_context: ContextMaker, room: str, locale: str) -> None:
    narrow = {**TOUCH, "viewport": {"width": 320, "height": 568}}
    page, tap = page_with_everything(new_context, room, locale=locale, **narrow)

    assert overflowing(page) == []
    page.locator(".title-button").tap()
    page.locator("#menu-topic").tap()
    assert overflowing(page) == []
    page.keyboard.press("Escape")
    tap.reconnect()
    expect(message(page, "Waiting")).to_be_visible()
    page.locator("#composer-text").press("ArrowUp")
    expect(page.locator(".edit-text")).to_be_focused()
    assert overflowing(page) == []
