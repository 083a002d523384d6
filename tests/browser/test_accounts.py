"""Keeping a name: a password, many devices, leaving and coming back."""

import itertools
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, ContextMaker, enter
from tests.browser.seen import overflowing

PASSWORD = "correct horse"
BETTER = "better horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"

numbers = itertools.count(1)


@pytest.fixture
def ada() -> str:
    """A name that no other test uses: one with a password is never free again."""
    return f"ada-{next(numbers)}"


def kept(context: BrowserContext, name: str) -> Page:
    """Open the chat as somebody who keeps this name with a password."""
    page = enter(context, name)
    answer = context.request.put("/api/me/password", data={"password": PASSWORD})
    assert answer.ok, answer.text()
    return page


def signed_in(context: BrowserContext, name: str, password: str = PASSWORD) -> Page:
    """Sign in on the first screen."""
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="I have a password").click()
    page.locator("#nickname").fill(name)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    return page


def stranger(context: BrowserContext, name: str) -> Page:
    """Somebody who tries to enter under a name, without a password."""
    page = context.new_page()
    page.goto("/")
    page.locator("#nickname").fill(name)
    page.locator("#nickname").press("Enter")
    return page


def expect_inside(page: Page, name: str) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    expect(page.locator("#people li", has=page.locator(".you"))).to_contain_text(name)


def open_settings(page: Page, part: str = "") -> None:
    page.locator("#menu").click()
    page.locator("#settings").click()
    expect(page.locator("#devices li")).not_to_have_count(0)
    if part:
        page.get_by_role("navigation").locator(f'[href="#{part}"]').click()


def close_settings(page: Page) -> None:
    page.locator("#settings-back").click()
    expect(page.locator("#composer-text")).to_be_focused()


def leave(page: Page) -> None:
    page.locator("#menu").click()
    page.locator("#leave").click()


def save_password(page: Page, password: str, current: str | None = None) -> None:
    """Set or change it in the settings."""
    if current is not None:
        page.locator("#current-password").fill(current)
    page.locator("#new-password").fill(password)
    page.locator("#new-password").press("Enter")


def has_password(page: Page) -> bool:
    return bool(page.context.request.get("/api/me").json()["has_password"])


def test_a_password_keeps_a_name_and_opens_it_on_a_second_device(new_context: ContextMaker, ada: str) -> None:
    first = enter(new_context(), ada)
    open_settings(first)
    expect(first.locator("#current-password")).to_be_hidden()

    save_password(first, PASSWORD)

    expect(first.locator("#password-done")).to_have_text("The password is set. Your name is yours.")
    expect(first.locator("#current-password")).to_be_visible()
    expect_inside(signed_in(new_context(), ada), ada)


def test_a_new_password_signs_the_other_devices_out_and_tells_them(new_context: ContextMaker, ada: str) -> None:
    first, second_device = kept(new_context(), ada), new_context()
    second = signed_in(second_device, ada)
    expect_inside(second, ada)

    open_settings(first)
    save_password(first, BETTER, current=PASSWORD)

    expect(first.locator("#password-done")).to_contain_text("The password is changed.")
    expect(second.locator("#enter-notice")).to_have_text("You were signed out on this device.")
    expect(second.locator("#nickname")).to_have_value(ada)
    expect(second.locator("#password")).to_be_focused()
    second.locator("#password").fill(PASSWORD)
    second.locator("#password").press("Enter")
    expect(second.locator("#enter-error")).to_have_text("This is not the password of this nickname.")
    second.locator("#password").fill(BETTER)
    second.locator("#password").press("Enter")
    expect_inside(second, ada)


def test_who_leaves_with_a_password_comes_back_with_it(new_context: ContextMaker, ada: str) -> None:
    page = kept(new_context(), ada)

    leave(page)

    expect(page.locator("#farewell-title")).to_have_text(f"See you, {ada}!")
    expect(page.get_by_role("main")).to_contain_text("Come back")
    page.keyboard.press("Enter")
    expect(page.locator("#nickname")).to_have_value(ada)
    expect(page.locator("#password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect_inside(page, ada)


def test_a_wrong_password_is_refused_above_its_field(new_context: ContextMaker, ada: str) -> None:
    kept(new_context(), ada)

    page = signed_in(new_context(), ada, "wrong password")

    error, password = page.locator("#enter-error"), page.locator("#password")
    expect(error).to_have_text("This is not the password of this nickname.")
    expect(password).to_be_focused()
    expect(password).to_have_attribute("aria-invalid", "true")
    above, below = error.bounding_box(), password.bounding_box()
    assert above and below and above["y"] < below["y"]
    assert above["y"] > (page.locator("#nickname").bounding_box() or above)["y"]
    password.fill("")
    password.press("Enter")
    expect(error).to_have_text("Please enter your password.")


def test_a_name_that_nobody_has_can_be_used_at_once(new_context: ContextMaker, ada: str) -> None:
    page = signed_in(new_context(), ada)
    expect(page.locator("#enter-error")).to_have_text("Nobody has this nickname.")

    page.get_by_role("button", name="Use it").click()

    expect_inside(page, ada)
    assert not has_password(page)


def test_who_has_a_taken_name_signs_in_instead(new_context: ContextMaker, ada: str) -> None:
    kept(new_context(), ada)
    page = stranger(new_context(), ada)
    expect(page.locator("#enter-error")).to_contain_text("Somebody already has this nickname.")

    page.get_by_role("button", name="Is it yours? Sign in").click()

    expect(page.locator("#enter-error")).to_be_empty()
    expect(page.locator("#nickname")).to_have_value(ada)
    expect(page.locator("#password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect_inside(page, ada)


def test_a_reserved_name_is_refused(new_context: ContextMaker) -> None:
    page = stranger(new_context(), "admin")

    expect(page.locator("#enter-error")).to_have_text("This nickname is not for people. Please choose another one.")


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (429, {"code": "too_many", "retry_after": 11.2}, "Too many attempts. Please try again in 12 seconds."),
        (503, {"code": "busy", "retry_after": 1}, "The server is busy. Please try again in a moment."),
        (502, {}, "The server cannot be reached. Check your connection and try again."),
    ],
)
def test_who_must_wait_is_told_so(
    new_context: ContextMaker, ada: str, status: int, error: dict[str, object], words: str
) -> None:
    context = new_context()
    page = context.new_page()
    page.goto("/")
    expect(page.locator("#nickname")).to_be_focused()
    context.route("**/api/session", lambda route: route.fulfill(status=status, json={"error": error}))

    page.locator("#nickname").fill(ada)
    page.locator("#nickname").press("Enter")

    expect(page.locator("#enter-error")).to_have_text(words)
    expect(page.locator("#enter-button")).to_be_enabled()


def test_who_would_lose_a_name_has_a_last_chance(new_context: ContextMaker, ada: str) -> None:
    page = enter(new_context(), ada)
    question = page.get_by_role("dialog", name=f"Leave, {ada}?")

    leave(page)
    expect(question).to_contain_text("Your name has no password: it will be free for anybody.")
    question.get_by_role("button", name="Cancel").click()
    expect_inside(page, ada)

    leave(page)
    question.get_by_role("button", name="Set a password first").click()
    expect(page.locator("#new-password")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#composer-text")).to_be_focused()

    leave(page)
    question.get_by_role("button", name="Leave anyway").click()
    expect(page.locator("#farewell-title")).to_have_text(f"See you, {ada}!")
    expect_inside(stranger(new_context(), ada), ada)
    page.locator("#come-back").click()
    expect(page.locator("#nickname")).to_be_focused()
    expect(page.locator("#password")).to_be_hidden()


def test_the_menu_reminds_of_the_password_until_there_is_one(new_context: ContextMaker, ada: str) -> None:
    context = new_context()
    page, other_tab = enter(context, ada), context.new_page()
    other_tab.goto("/")
    expect_inside(other_tab, ada)
    other_tab.locator("#menu").click()
    other_tab.get_by_role("menuitem", name="Keep your name: set a password").click()
    expect(other_tab).to_have_url(re.compile("/settings#password$"))
    expect(other_tab.locator("#new-password")).to_be_focused()
    close_settings(other_tab)

    open_settings(page)
    save_password(page, PASSWORD)
    expect(page.locator("#password-done")).not_to_be_empty()

    other_tab.locator("#menu").click()
    expect(other_tab.get_by_role("menuitem").first).to_have_text("Settings")


def test_a_password_that_is_not_good_enough_is_refused_above_its_field(new_context: ContextMaker, ada: str) -> None:
    page = enter(new_context(), ada)
    open_settings(page)
    error = page.locator("#password-error")

    for password, words in {
        "": "Please choose a password.",
        "1234567": "This password is too short: at least 8 characters.",
        "x" * 257: "This password is too long: at most 256 characters.",
        "password": "A password has 8 to 256 characters, is not your name, and not one of those that everybody tries.",
    }.items():
        save_password(page, password)
        expect(error).to_have_text(words)
        expect(page.locator("#new-password")).to_be_focused()
    assert not has_password(page)


def test_the_current_password_is_needed_for_another(new_context: ContextMaker, ada: str) -> None:
    page = kept(new_context(), ada)
    open_settings(page)

    for current, words in {
        "": "Please enter your current password.",
        "wrong password": "This is not your current password.",
    }.items():
        save_password(page, BETTER, current=current)
        expect(page.locator("#password-error")).to_have_text(words)
        expect(page.locator("#current-password")).to_be_focused()


def test_a_password_can_be_looked_at(new_context: ContextMaker, ada: str) -> None:
    page = enter(new_context(), ada)
    open_settings(page)
    field = page.locator("#new-password")
    field.fill(PASSWORD)
    expect(field).to_have_attribute("type", "password")

    page.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide the password").click()
    expect(field).to_have_attribute("type", "password")


def test_password_managers_know_the_fields(new_context: ContextMaker, ada: str) -> None:
    page = kept(new_context(), ada)
    open_settings(page)
    expect(page.locator("#current-password")).to_have_attribute("autocomplete", "current-password")
    expect(page.locator("#new-password")).to_have_attribute("autocomplete", "new-password")
    expect(page.locator("#password [autocomplete=username]")).to_have_value(ada)
    close_settings(page)

    leave(page)
    page.locator("#come-back").click()

    expect(page.locator("#nickname")).to_have_attribute("autocomplete", "username")
    expect(page.locator("#password")).to_have_attribute("autocomplete", "current-password")


def test_a_device_is_listed_and_can_be_signed_out(new_context: ContextMaker, ada: str) -> None:
    page, laptop = kept(new_context(), ada), new_context(user_agent=FIREFOX)
    away = signed_in(laptop, ada)
    expect_inside(away, ada)

    open_settings(page)
    there = page.locator("#devices li", has_text="Firefox on Linux")
    expect(page.locator("#devices li")).to_have_count(2)
    expect(page.locator("#devices li[data-current]")).to_contain_text("this device")
    expect(there).to_contain_text("127.0.0.1 · last used now")
    there.get_by_role("button", name="Sign out").click()

    expect(there).to_have_count(0)
    expect(away.locator("#enter-notice")).to_have_text("You were signed out on this device.")
    page.locator("#devices li[data-current]").get_by_role("button", name="Sign out").click()
    expect(page.locator("#farewell-title")).to_be_visible()


def test_who_is_signed_out_in_the_middle_of_it_can_go_on_later(new_context: ContextMaker, ada: str) -> None:
    first, second = kept(new_context(), ada), signed_in(new_context(), ada)
    expect_inside(second, ada)
    open_settings(second)
    second.locator("#new-password").fill("half of a new pass")

    first.context.request.put("/api/me/password", data={"password": BETTER, "current": PASSWORD})

    expect(second.locator("#enter-notice")).to_be_visible()
    second.locator("#password").fill(BETTER)
    second.locator("#password").press("Enter")
    expect(second.get_by_role("heading", name="Change the password")).to_be_visible()
    expect(second.locator("#new-password")).to_have_value("")


def test_the_settings_are_used_by_keyboard_and_lead_back(new_context: ContextMaker, ada: str) -> None:
    page = enter(new_context(), ada)
    page.locator("#menu").focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Settings")).to_be_focused()

    link = page.get_by_role("navigation").get_by_role("link", name="Your devices")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your devices")).to_be_focused()
    expect(page.get_by_role("heading", name="Your devices")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("/settings#devices$"))
    page.keyboard.press("Escape")

    expect(page.locator("#composer-text")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", name="Your devices")).to_be_in_viewport()


@pytest.mark.parametrize("locale", ["en", "el"])
@pytest.mark.parametrize("window", [DESKTOP, PHONE, {"width": 320, "height": 480}])
def test_everything_fits_the_window(new_context: ContextMaker, ada: str, locale: str, window: dict[str, int]) -> None:
    page = enter(new_context(locale=locale, viewport=window), ada)
    leave(page)
    assert overflowing(page) == []
    page.locator("#confirm-password").click()
    expect(page.locator("#devices li")).to_have_count(1)
    save_password(page, "short")
    assert overflowing(page) == []
    save_password(page, PASSWORD)
    expect(page.locator("#password-done")).not_to_be_empty()
    assert overflowing(page) == []
    close_settings(page)
    leave(page)
    expect(page.locator("#come-back")).to_be_visible()
    assert overflowing(page) == []
    page.locator("#come-back").click()
    page.locator("#password").press("Enter")
    expect(page.locator("#enter-error")).not_to_be_empty()
    assert overflowing(page) == []
