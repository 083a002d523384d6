"""Typing slash commands: suggestions, hints, completion, and unknown commands."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, ContextMaker, enter
from tests.browser.page_state import message, overflowing


def test_commands_are_offered_explained_and_completed_by_keyboard(new_context: ContextMaker, room: str) -> None:
    page = enter(new_context(), "ada", room)
    area, options = page.locator("#composer-text"), page.locator("#completion li")
    area.press_sequentially("/")
    for name in ("/help", "/me", "/shrug"):
        expect(options.filter(has_text=name).first).to_be_attached()

    area.press_sequentially("shr")
    expect(options).to_have_count(1)
    area.press("Tab")
    expect(area).to_have_value("/shrug ")
    expect(page.locator(".completion-hint b")).to_contain_text("text")
    area.press_sequentially("well")
    area.press("Enter")

    expect(message(page, r"well ¯\_(ツ)_/¯")).to_be_visible()
    expect(area).to_have_value("")


def test_an_unknown_command_is_sent_as_text_only_after_confirmation(new_context: ContextMaker, room: str) -> None:
    page = enter(new_context(viewport=PHONE, has_touch=True), "ada", room)
    area, unknown = page.locator("#composer-text"), page.locator("#unknown-command")
    area.fill("/shrgu well")
    page.locator(".send-button").tap()
    expect(unknown).to_contain_text("There is no command /shrgu. Did you mean:")
    assert overflowing(page) == []

    unknown.get_by_role("button", name="/shrug").tap()
    expect(area).to_have_value("/shrug well")
    expect(unknown).to_be_hidden()
    area.fill("/banana split")
    page.locator(".send-button").tap()
    unknown.get_by_role("button", name="Send it as text").tap()

    expect(message(page, "/banana split")).to_be_visible()
    expect(area).to_have_value("")
    expect(unknown).to_be_hidden()
