"""The layout stays where it is, shows what it must, and fits: narrow and low windows, large text, errors."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, ContextMaker, enter, enter_without_page
from tests.browser.devices import new_page
from tests.browser.page_state import message, overflowing, post

TOUCH: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
NARROW: dict[str, Any] = {**TOUCH, "viewport": {"width": 320, "height": 568}}
FITS = "({ scrollHeight, clientHeight }) => scrollHeight <= clientHeight"
WHOLE = "({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth"
# Whether an element is inside the window, and not covered or cut off: all corners belong to it.
IN_SIGHT = """(element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const corners = [[left + 3, top + 3], [right - 3, top + 3], [left + 3, bottom - 3], [right - 3, bottom - 3]];
    return corners.every(([x, y]) => {
        const there = document.elementFromPoint(x, y);
        return there !== null && (element.contains(there) || there.contains(element));
    });
}"""
# Answers of the server to a sign-in, and whether they lead to an offer below the error.
REFUSALS: list[dict[str, Any]] = [
    {"code": "name_taken", "field": "name"},
    {"code": "name_reserved", "field": "name"},
    {"code": "bad_name", "field": "name"},
    {"code": "bad_password", "field": "password"},
    {"code": "too_many", "retry_after": 11},
    {"code": "busy"},
    {"code": "closed"},
]


def tops(page: Page, *selectors: str) -> list[float]:
    boxes = [page.locator(selector).bounding_box() for selector in selectors]
    return [box["y"] for box in boxes if box]


def is_inside(page: Page, element: Locator) -> bool:
    size = page.viewport_size
    box = element.bounding_box()
    assert size and box
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    return box["x"] >= 0 and box["y"] >= 0 and right <= size["width"] and bottom <= size["height"]


# Greek texts are the longer ones, and the narrow phone has the least space.
LOCALES = [pytest.param("en", marks=pytest.mark.slow), "el"]
DEVICES = [
    pytest.param({}, id="desktop"),
    pytest.param(TOUCH, id="phone", marks=pytest.mark.slow),
    pytest.param(NARROW, id="narrow"),
]


def refuse_sign_in(page: Page, error: dict[str, Any]) -> None:
    page.route("**/api/session", lambda route: route.fulfill(status=400, json={"error": error}))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("device", DEVICES)
def test_an_error_on_the_sign_in_form_moves_nothing(
    new_context: ContextMaker, device: dict[str, Any], locale: str
) -> None:
    page = new_page(new_context(locale=locale, **device))
    page.goto("/lounge")
    error, parts = page.locator("#enter-error"), ("#nickname", "#enter-button", "#other-way")
    expect(page.locator(".enter-channel")).to_be_visible()
    before = tops(page, *parts)

    for name in ("", "x" * 21, "a b", "..", "ада"):
        page.locator("#nickname").fill(name)
        page.locator("#nickname").press("Enter")
        expect(error).not_to_be_empty()
        assert tops(page, *parts) == before, name
    for refusal in REFUSALS:
        refuse_sign_in(page, {"message": "No.", **refusal})
        page.locator("#nickname").fill("ann")
        page.locator("#nickname").press("Enter")
        expect(error).not_to_be_empty()
        if refusal["code"] != "closed":  # that removes the way to register
            assert tops(page, *parts) == before, refusal
        assert is_inside(page, error), refusal
        page.unroute_all(behavior="ignoreErrors")
    assert overflowing(page) == []


def test_all_groups_of_emoji_can_be_reached_on_a_phone(new_context: ContextMaker, room: str) -> None:
    for device in (TOUCH, NARROW):
        page = enter(new_context(**device), "ada", room)
        [id] = post(page, "React to this")
        line = page.locator(f'article[data-id="{id}"]')
        line.get_by_role("button", name="Message options").click()
        page.get_by_role("menuitem", name="React").click()

        tabs = page.locator(".emoji-tabs button")
        expect(tabs).to_have_count(9)
        assert all(tab.evaluate(IN_SIGHT) for tab in tabs.all())
        tabs.last.tap()
        expect(page.locator('.emoji-body [data-group="flags"] button').first).to_be_in_viewport()
        page.context.request.delete("/api/session")


def enlarge_text(page: Page) -> None:
    """Set the default font size of the browser to 200 %."""
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("device", DEVICES[1:])
def test_with_large_text_the_name_stays_and_menus_stay_in_the_window(
    new_context: ContextMaker, room: str, device: dict[str, Any], locale: str
) -> None:
    context = new_context.disposable(locale=locale, **device)
    bob = enter_without_page(new_context.without_page(), "bob", room)
    post(bob, "Hello")
    page = new_page(context)
    page.goto("/healthz")
    enlarge_text(page)
    page = enter(context, "ada", room)
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 32

    name = page.locator("#channel-name")
    expect(name).to_have_text(f"#{room[1:]}")
    assert name.evaluate(WHOLE)
    assert is_inside(page, name)
    assert overflowing(page) == []
    page.locator("#menu").tap()
    assert is_inside(page, page.get_by_role("menu"))
    page.keyboard.press("Escape")
    message(page, "Hello").locator("[aria-haspopup=menu]").tap()
    assert is_inside(page, page.get_by_role("menu"))
    page.keyboard.press("Escape")
    page.locator("#typing-choice").tap()
    assert is_inside(page, page.locator("#typing-panel"))
    page.keyboard.press("Escape")
    message(page, "Hello").locator(".author [data-card]").tap()
    expect(page.locator("#card .card-acts")).to_be_visible()
    assert is_inside(page, page.locator("#card"))


def test_the_name_of_a_channel_is_readable_on_a_narrow_phone(new_context: ContextMaker) -> None:
    page = enter(new_context(**NARROW), "ada", "/long-lounge")

    assert page.locator("#channel-name").evaluate(WHOLE)
    page.locator("#menu").tap()
    page.get_by_role("menuitem", name="Search").tap()
    expect(page.locator("#search-words")).to_be_visible()
    expect(page.locator("#search-in")).to_have_value("#long-lounge")


@pytest.mark.parametrize("device", [pytest.param({}, marks=pytest.mark.slow), TOUCH], ids=["desktop", "phone"])
def test_the_button_to_the_newest_messages_covers_no_message(
    new_context: ContextMaker, room: str, device: dict[str, Any]
) -> None:
    page = enter(new_context(**device), "ada", room)
    bob = enter_without_page(new_context.without_page(), "bob", room)
    post(bob, *(f"Line {number}, with so many words that it is as wide as a bubble can be." for number in range(40)))
    expect(message(page, "Line 39,")).to_be_in_viewport()
    first = page.locator("#timeline article").nth(5)
    page.locator("#timeline").evaluate("(all) => all.scrollTo(0, 0)")
    expect(page.locator("#newer")).to_be_visible()
    [before] = tops(page, "#timeline article >> nth=5")

    timeline, button = page.locator("#timeline").bounding_box(), page.locator("#newer").bounding_box()
    assert timeline and button
    assert timeline["y"] + timeline["height"] <= button["y"]
    post(bob, "One more")
    expect(page.locator("#newer")).to_have_text("1 new message")
    assert tops(page, "#timeline article >> nth=5") == [before]
    expect(first).to_be_visible()
    page.locator("#newer").click()
    expect(message(page, "One more")).to_be_in_viewport()
    expect(page.locator("#newer")).to_be_hidden()
    assert message(page, "One more").evaluate(IN_SIGHT)


@pytest.mark.parametrize("device", DEVICES)
def test_the_form_for_the_topic_keeps_the_height_of_the_header(
    new_context: ContextMaker, room: str, device: dict[str, Any]
) -> None:
    page = enter(new_context(**device), "ada", room)
    page.context.request.patch(f"/api/channels{room}", data={"topic": "Before"})
    expect(page.locator("#topic")).to_have_text("Before")
    header = page.locator("header.header")
    before = header.bounding_box()

    page.locator("#menu").click()
    page.locator("#menu-topic").click()
    expect(page.locator("#topic-input")).to_be_focused()
    assert header.bounding_box() == before
    page.locator("#topic-input").fill("x" * 201)
    error = page.locator(".topic-form .error")
    expect(error).not_to_be_empty()
    assert header.bounding_box() == before
    assert error.evaluate(IN_SIGHT)
    page.keyboard.press("Escape")
    assert header.bounding_box() == before


@pytest.mark.parametrize("locale", LOCALES)
def test_the_question_about_live_typing_is_whole_in_a_low_window(
    new_context: ContextMaker, room: str, locale: str
) -> None:
    for size in ({"width": 640, "height": 400}, {"width": 1280, "height": 480}, PHONE):
        page = enter(new_context(viewport=size, locale=locale), "ada", room, share=None)
        page.locator("#composer-text").fill("Hello")
        expect(page.locator("#typing-question")).to_be_visible()

        assert page.locator("#typing-question").evaluate(IN_SIGHT)
        place = page.locator(".typing-question-place")
        assert place.evaluate(FITS), size
        assert page.locator(".question-later").evaluate(IN_SIGHT)
        page.context.request.delete("/api/session")


@pytest.mark.parametrize(
    ("width", "height"),
    [(844, 390), pytest.param(820, 1180, marks=pytest.mark.slow), pytest.param(768, 1024, marks=pytest.mark.slow)],
)
def test_on_a_tablet_the_list_stays_and_the_people_are_a_drawer(
    new_context: ContextMaker, room: str, width: int, height: int
) -> None:
    page = enter(new_context(**{**TOUCH, "viewport": {"width": width, "height": height}}), "ada", room)
    expect(page.locator("#list-entries a")).to_be_in_viewport()
    expect(page.locator(".list-button")).to_be_hidden()
    expect(page.locator("#people")).to_be_hidden()
    page.locator(".people-button").tap()
    expect(page.locator("#people li[data-user]")).to_be_in_viewport()
    expect(page.locator(".people-button")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#people")).to_be_hidden()
    expect(page.locator(".people-button")).to_be_focused()
    assert overflowing(page) == []


def test_both_columns_can_be_closed_and_stay_closed_on_this_device(new_context: ContextMaker, room: str) -> None:
    page = enter(new_context(), "ada", room)
    list_button, people_button = page.locator(".list-button"), page.locator(".people-button")
    expect(people_button).to_have_attribute("aria-expanded", "true")
    people_button.click()
    page.locator("#list").get_by_role("button", name="Close").click()
    expect(list_button).to_be_focused()
    page.reload()
    for column in ("#list", "#people"):
        expect(page.locator(column)).to_be_hidden()
    expect(list_button).to_have_attribute("aria-expanded", "false")
    expect(people_button).to_have_attribute("aria-expanded", "false")
    assert overflowing(page) == []

    page.keyboard.press("Control+k")
    expect(page.locator("#switcher")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#list")).to_be_hidden()
    list_button.click()
    people_button.click()
    page.reload()
    for column in ("#list", "#people"):
        expect(page.locator(column)).to_be_visible()
    expect(list_button).to_be_hidden()
