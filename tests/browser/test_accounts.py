"""Accounts: passwords, several devices, signing out and in."""

import re
from functools import partial

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.account_steps import (
    PASSWORD,
    close_settings,
    enter_with_password,
    open_account_menu,
    open_settings,
    save_password,
    sign_in,
    sign_out,
)
from tests.browser.conftest import ContextMaker, enter
from tests.browser.devices import new_page
from tests.browser.page_state import overflowing

BETTER = "better horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
WRONG = "Wrong password."


def try_to_register(context: BrowserContext, name: str) -> Page:
    """Try to register a name without a password."""
    page = new_page(context)
    page.goto("/")
    page.locator("#nickname").fill(name)
    page.locator("#nickname").press("Enter")
    return page


def expect_signed_in(page: Page, name: str) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    expect(page.locator("#people li", has=page.locator(".you"))).to_contain_text(name)


def expect_above(page: Page, field: str) -> None:
    """Check that the error is above its field, which is focused and marked as invalid."""
    above, below = page.locator("#enter-error").bounding_box(), page.locator(field).bounding_box()
    assert above and below and above["y"] < below["y"]
    expect(page.locator(field)).to_be_focused()
    expect(page.locator(field)).to_have_attribute("aria-invalid", "true")


def test_a_password_protected_account_works_on_two_devices_and_after_signing_out(
    new_context: ContextMaker, ada: str
) -> None:
    first = enter(new_context(), ada)
    open_account_menu(first)
    first.get_by_role("menuitem", name="Keep your nickname: set a password").click()
    expect(first).to_have_url(re.compile("/settings#password$"))
    expect(first.locator("#new-password")).to_be_focused()
    expect(first.locator("#current-password")).to_be_hidden()
    save_password(first, PASSWORD)
    expect(first.locator("#password-done")).to_have_text("Your password is set. The nickname is yours now.")

    second = sign_in(new_context(), ada)
    expect_signed_in(second, ada)
    save_password(first, BETTER, current=PASSWORD)
    expect(first.locator("#password-done")).to_contain_text("Your password was changed.")
    expect(second.locator("#enter-notice")).to_have_text("You were signed out on this device.")
    expect(second.locator("#nickname")).to_have_value(ada)
    expect(second.locator("#password")).to_be_focused()
    for password, error in ((PASSWORD, WRONG), ("", "Please enter your password.")):
        second.locator("#password").fill(password)
        second.locator("#password").press("Enter")
        expect(second.locator("#enter-error")).to_have_text(error)
        expect_above(second, "#password")
    second.locator("#password").fill(BETTER)
    second.locator("#password").press("Enter")
    expect_signed_in(second, ada)

    close_settings(first)
    open_account_menu(first)
    expect(first.locator("#keep")).to_have_count(0)
    first.locator("#leave").click()
    expect(first.locator("#farewell-title")).to_have_text(f"See you, {ada}!")
    expect(first.get_by_role("main")).to_contain_text("Come back")
    first.keyboard.press("Enter")
    expect(first.locator("#nickname")).to_have_value(ada)
    expect(first.locator("#password")).to_be_focused()
    first.keyboard.type(BETTER)
    first.keyboard.press("Enter")
    expect_signed_in(first, ada)


def test_a_free_name_is_registered_and_an_own_name_is_signed_in_to(new_context: ContextMaker, ada: str) -> None:
    page = sign_in(new_context(), ada)
    expect(page.locator("#enter-error")).to_have_text("There is no user with this nickname.")
    page.get_by_role("button", name="Use this nickname").click()
    expect_signed_in(page, ada)
    assert not page.request.get("/api/me").json()["has_password"]
    page.request.put("/api/me/password", data={"password": PASSWORD})

    other = try_to_register(new_context(), "admin")
    expect(other.locator("#enter-error")).to_have_text("This nickname is reserved. Please choose another one.")
    other.locator("#nickname").fill(ada)
    other.locator("#nickname").press("Enter")
    expect(other.locator("#enter-error")).to_contain_text("This nickname is already taken.")
    other.get_by_role("button", name="Is it yours? Sign in").click()
    expect(other.locator("#enter-error")).to_be_empty()
    expect(other.locator("#nickname")).to_have_value(ada)
    expect(other.locator("#password")).to_be_focused()
    other.keyboard.type(PASSWORD)
    other.keyboard.press("Enter")
    expect_signed_in(other, ada)


def refuse(status: int, error: dict[str, object], route: Route) -> None:
    route.fulfill(status=status, json={"error": error})


def test_a_rate_limited_sign_in_says_how_long_to_wait(new_context: ContextMaker, ada: str) -> None:
    context = new_context()
    page = new_page(context)
    page.goto("/")
    expect(page.locator("#nickname")).to_be_focused()
    answers: list[tuple[int, dict[str, object], str]] = [
        (429, {"code": "too_many", "retry_after": 11.2}, "Too many attempts. Please try again in 12 seconds."),
        (503, {"code": "busy", "retry_after": 1}, "The server is busy. Please try again in a moment."),
        (502, {}, "The server cannot be reached. Check your connection and try again."),
    ]

    for status, error, text in answers:
        context.unroute("**/api/session")
        context.route("**/api/session", partial(refuse, status, error))
        page.locator("#nickname").fill(ada)
        page.locator("#nickname").press("Enter")
        expect(page.locator("#enter-error")).to_have_text(text)
        expect(page.locator("#enter-button")).to_be_enabled()


def test_signing_out_without_a_password_asks_for_confirmation(new_context: ContextMaker, ada: str) -> None:
    page = enter(new_context(), ada)
    question = page.get_by_role("dialog", name=f"Sign out, {ada}?")

    sign_out(page)
    expect(question).to_contain_text("Your nickname has no password. After you sign out, anyone can take it.")
    question.get_by_role("button", name="Cancel").click()
    expect_signed_in(page, ada)

    sign_out(page)
    question.get_by_role("button", name="Set a password first").click()
    expect(page.locator("#new-password")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#composer-text")).to_be_focused()

    sign_out(page)
    question.get_by_role("button", name="Sign out anyway").click()
    expect(page.locator("#farewell-title")).to_have_text(f"See you, {ada}!")
    expect_signed_in(try_to_register(new_context(), ada), ada)
    page.locator("#come-back").click()
    expect(page.locator("#nickname")).to_be_focused()
    expect(page.locator("#password")).to_be_hidden()


def test_a_password_is_checked_and_can_be_shown_and_saved_by_password_managers(
    new_context: ContextMaker, ada: str
) -> None:
    page = enter(new_context(), ada)
    open_settings(page)
    error, field = page.locator("#password-error"), page.locator("#new-password")
    for password, text in {
        "": "Please choose a password.",
        "1234567": "This password is too short: at least 8 characters.",
        "x" * 257: "This password is too long: at most 256 characters.",
        "password": "This is a common password, or a common word with digits or symbols. Use several words.",
    }.items():
        save_password(page, password)
        expect(error).to_have_text(text)
        expect(field).to_be_focused()
    page.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide the password").click()
    expect(field).to_have_attribute("type", "password")
    save_password(page, PASSWORD)
    expect(page.locator("#current-password")).to_be_visible()

    for current, text in {
        "": "Please enter your current password.",
        "wrong password": "This is not your current password.",
    }.items():
        save_password(page, BETTER, current=current)
        expect(error).to_have_text(text)
        expect(page.locator("#current-password")).to_be_focused()
    expect(page.locator("#current-password")).to_have_attribute("autocomplete", "current-password")
    expect(field).to_have_attribute("autocomplete", "new-password")
    expect(page.locator("#password [autocomplete=username]")).to_have_value(ada)


def test_a_device_is_listed_and_can_be_signed_out_while_in_use(new_context: ContextMaker, ada: str) -> None:
    page, laptop = enter_with_password(new_context(), ada), new_context(user_agent=FIREFOX)
    away = sign_in(laptop, ada)
    expect_signed_in(away, ada)
    open_settings(away)
    away.locator("#new-password").fill("half of a new pass")

    open_settings(page)
    there = page.locator("#devices li", has_text="Firefox on Linux")
    expect(page.locator("#devices li")).to_have_count(2)
    expect(page.locator("#devices li[data-current]")).to_contain_text("this device")
    expect(there).to_contain_text("127.0.0.1 · last active now")
    there.get_by_role("button", name="Sign out").click()

    expect(there).to_have_count(0)
    expect(away.locator("#enter-notice")).to_have_text("You were signed out on this device.")
    away.locator("#password").fill(PASSWORD)
    away.locator("#password").press("Enter")
    expect(away.get_by_role("heading", name="Change your password")).to_be_visible()
    expect(away.locator("#new-password")).to_have_value("")
    page.locator("#devices li[data-current]").get_by_role("button", name="Sign out").click()
    expect(page.locator("#farewell-title")).to_be_visible()


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "el"])
def test_a_meter_says_while_typing_why_a_password_is_too_easy(
    new_context: ContextMaker, ada: str, language: str
) -> None:
    page = enter(new_context(locale=language), ada)
    page.goto("/settings#password")
    verdict, meter = page.locator("#password-strength"), page.locator(".password-meter meter")
    expect(verdict).to_be_hidden()

    for password, english, greek in (
        ("1234567", "too short", "πολύ μικρός"),
        ("Summer2026", "common word", "συνηθισμένη λέξη"),
        (f"{ada}&2026", "nickname", "ψευδώνυμό"),
        ("ting1234", "this site", "ιστότοπου"),
        ("abcabcabc", "repeats", "Επαναλαμβάνει"),
        ("correct horse battery", "Strong", "Ισχυρός"),
    ):
        page.locator("#new-password").fill(password)
        expect(verdict).to_contain_text(english if language == "en" else greek)
        assert (meter.evaluate("node => node.value") < 1) == (english != "Strong")

    page.locator("#new-password").fill("Summer2026")
    page.locator("#new-password").press("Enter")
    expect(page.locator("#password-error")).to_have_text(verdict.inner_text())
    assert overflowing(page) == []


def test_a_token_needs_the_password_where_there_is_one(new_context: ContextMaker, ada: str) -> None:
    page = enter_with_password(new_context(), ada)
    page.goto("/settings#tokens")
    page.locator("#token-name").fill("a bot")
    expect(page.locator("#token-days")).to_have_value("365")

    for password, error in (("", "Please enter your password."), ("wrong password", WRONG)):
        page.locator("#token-password").fill(password)
        page.locator("#make-token").click()
        expect(page.locator("#tokens-error")).to_have_text(error)
    page.locator("#token-password").fill(PASSWORD)
    page.locator("#token-password").press("Enter")

    expect(page.locator("#token-secret")).to_have_value(re.compile("^ting_"))
    expect(page.locator("#token-password")).to_have_value("")
    expect(page.locator("#tokens li")).to_contain_text("a bot")
