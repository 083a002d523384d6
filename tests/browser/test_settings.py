"""The settings: keyboard, scroll position, language and theme, and accessibility."""

import re

import pytest
from playwright.sync_api import expect

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
from tests.browser.appearance import assert_contrast, assert_named, assert_touchable
from tests.browser.conftest import ContextMaker, enter
from tests.browser.devices import DESKTOP
from tests.browser.page_state import message, overflowing, post, post_messages

NARROW = {"viewport": {"width": 320, "height": 480}, "has_touch": True, "is_mobile": True}


def test_the_settings_work_by_keyboard_and_return_to_the_conversation(new_context: ContextMaker, ada: str) -> None:
    page = enter(new_context(), ada)
    page.locator("#account").focus()
    for key in ("Enter", "ArrowDown", "ArrowDown", "Enter"):
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


def test_closing_the_settings_restores_the_scroll_position(new_context: ContextMaker, ada: str, room: str) -> None:
    page = enter(new_context(), ada, room)
    post(page, *(f"line {number:02}" for number in range(60)))
    expect(message(page, "line 59")).to_be_visible()
    message(page, "line 20").scroll_into_view_if_needed()
    before = message(page, "line 20").bounding_box()
    page.locator("#composer-text").fill("half a sent")

    open_settings(page)
    post_messages(page.context, f"#{room[1:]}", "said meanwhile")
    page.keyboard.press("Escape")

    expect(page.locator("#composer-text")).to_be_focused()
    expect(page.locator("#composer-text")).to_have_value("half a sent")
    expect(page.locator("#timeline")).to_contain_text("said meanwhile")
    assert message(page, "line 20").bounding_box() == before


def test_the_linked_section_of_the_settings_is_marked(new_context: ContextMaker, ada: str) -> None:
    page = enter(new_context(), ada)
    page.goto("/settings")
    links = page.get_by_role("navigation").get_by_role("link")
    marked = page.locator(".settings-nav [aria-current]")
    expect(marked).to_have_text("Profile picture")

    for name in links.all_inner_texts():
        links.get_by_text(name, exact=True).click()
        expect(marked).to_have_text(name)
    page.mouse.move(800, 400)
    page.mouse.wheel(0, -10_000)
    expect(marked).to_have_text("Profile picture")
    page.mouse.wheel(0, 10_000)
    expect(marked).to_have_text("Your data")


def test_language_and_theme_apply_on_all_devices_of_the_account(new_context: ContextMaker, ada: str) -> None:
    context = new_context(color_scheme="light")
    page = enter_with_password(context, ada)
    open_settings(page)
    by_day = page.evaluate("getComputedStyle(document.body).color")
    page.locator(".segment", has_text="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).color") != by_day
    page.locator(".segment", has_text="Ελληνικά").click()
    expect(page.get_by_role("heading", name="Ρυθμίσεις")).to_be_visible()

    other = sign_in(new_context(color_scheme="light"), ada)
    expect(other.locator("html")).to_have_attribute("lang", "el")
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator(".segment:has([name=language][value=''])").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


@pytest.mark.parametrize(("locale", "device"), [("en", {"viewport": DESKTOP}), ("el", NARROW)])
def test_the_settings_fit_the_window_and_are_accessible(
    new_context: ContextMaker, ada: str, locale: str, device: dict[str, object]
) -> None:
    page = enter(new_context(locale=locale, **device), ada)
    sign_out(page)
    assert overflowing(page) == []
    page.locator("#confirm-password").click()
    expect(page.locator("#devices li")).to_have_count(1)
    save_password(page, "short")
    assert overflowing(page) == []
    assert_contrast(page)
    assert_named(page)
    if "has_touch" in device:
        assert_touchable(page)
    save_password(page, PASSWORD)
    expect(page.locator("#password-done")).not_to_be_empty()
    close_settings(page)
    sign_out(page)
    expect(page.locator("#come-back")).to_be_visible()
    assert overflowing(page) == []
    page.locator("#come-back").click()
    page.locator("#password").press("Enter")
    expect(page.locator("#enter-error")).not_to_be_empty()
    assert overflowing(page) == []


def test_a_user_changes_the_nickname_with_three_clicks(new_context: ContextMaker, ada: str, room: str) -> None:
    page, bob = enter(new_context(), ada, room), enter(new_context(), "bob", room)
    page.locator("#account").click()
    page.locator("#profile-link").click()
    expect(page.locator("#profile-name")).to_be_focused()
    for name, error in (("BOB", "already taken"), ("two words", "without spaces"), ("", "choose a nickname")):
        page.locator("#profile-name").fill(name)
        page.keyboard.press("Enter")
        expect(page.locator("#profile-error")).to_contain_text(error)
        expect(page.locator("#profile-name")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#profile-name")).to_be_focused()
    page.locator("#profile-name").fill(f"{ada}-new")
    page.locator("#save-profile").click()
    expect(page.locator("#profile-done")).to_have_text("Saved.")

    expect(bob.locator("#people .person-name").filter(has_text=f"{ada}-new")).to_be_visible()
    close_settings(page)
    expect(page.locator("#account .account-name")).to_have_text(f"{ada}-new")


def test_on_a_phone_the_settings_are_pages(new_context: ContextMaker, ada: str, room: str) -> None:
    page = enter(new_context(locale="el", **NARROW), ada, room)
    open_account_menu(page)
    page.locator("#settings").tap()
    links = page.get_by_role("navigation").get_by_role("link")
    expect(links.first).to_be_visible()
    expect(page.locator(".settings-part").first).to_be_hidden()
    assert_touchable(page)
    assert overflowing(page) == []

    links.get_by_text("Οι συσκευές σας").tap()
    expect(page).to_have_url(re.compile("/settings#devices$"))
    expect(page.locator(".settings-part:visible")).to_have_count(1)
    expect(page.locator("#devices-title")).to_be_focused()
    expect(links).to_have_count(0)
    page.go_back()
    expect(links.get_by_text("Οι συσκευές σας")).to_be_focused()

    links.get_by_text("Προφίλ", exact=True).tap()
    expect(page.locator("#profile-name")).to_be_visible()
    for part in ("#settings-back", "#settings-back"):
        page.locator(part).tap()
    expect(page.locator("#composer-text")).to_be_visible()
