"""The menus of the account and of a conversation."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import open_account_menu
from tests.browser.appearance import assert_contrast, assert_touchable
from tests.browser.conftest import PHONE, ContextMaker, enter
from tests.browser.page_state import overflowing
from tests.browser.page_structure import assert_structure

TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


def entry_of(page: Page, room: str) -> str:
    return f'#list-entries [data-conversation="#{room[1:]}"]'


def open_conversation_menu(page: Page) -> None:
    page.locator("#menu").click()
    expect(page.get_by_role("menu")).to_be_visible()


def test_the_own_picture_opens_the_account_menu(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    expect(ada.get_by_role("button", name="ada your account Connected")).to_be_visible()

    open_account_menu(ada)
    menu = ada.get_by_role("menu", name="Your account")
    expect(menu.locator("#account-status")).to_have_text("Connected")
    expect(menu.locator("#keep")).to_be_focused()
    expect(menu.get_by_role("group", name="Theme").get_by_role("menuitemradio")).to_have_text(
        ["Light", "Dark", "Same as the system"]
    )
    ada.get_by_role("menuitemradio", name="Dark").click()
    expect(ada.locator("html")).to_have_attribute("data-theme", "dark")
    expect(ada.locator("#account")).to_be_focused()

    ada.keyboard.press("Enter")
    expect(ada.get_by_role("menuitemradio", name="Dark")).to_have_attribute("aria-checked", "true")
    ada.keyboard.press("End")
    expect(ada.locator("#leave")).to_be_focused()
    ada.keyboard.press("ArrowDown")
    expect(ada.locator("#account-status")).to_be_focused()
    assert_contrast(ada)
    assert_structure(ada)


def test_the_open_conversation_is_muted_with_two_clicks(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    ada.locator("#menu").click()
    ada.get_by_role("menuitem", name="Mute", exact=True).click()
    expect(ada.locator(entry_of(ada, room)).get_by_title("notifications off")).to_be_visible()

    open_conversation_menu(ada)
    expect(ada.get_by_role("menuitemradio", name="None")).to_have_attribute("aria-checked", "true")
    ada.get_by_role("menuitemradio", name="All messages").click()
    expect(ada.locator(entry_of(ada, room)).get_by_title("notifications off")).to_have_count(0)
    for label, checked in (("Mute", "None"), ("Unmute", "All messages")):
        open_conversation_menu(ada)
        ada.get_by_role("menuitem", name=label, exact=True).click()
        expect(ada.locator(entry_of(ada, room)).get_by_title("notifications off")).to_have_count(int(label == "Mute"))
        open_conversation_menu(ada)
        expect(ada.get_by_role("menuitemradio", name=checked)).to_have_attribute("aria-checked", "true")
        ada.keyboard.press("Escape")


def test_a_conversation_is_pinned_and_left_from_its_menu(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    open_conversation_menu(ada)
    ada.locator("#menu-pin").click()
    expect(ada.locator(entry_of(ada, room)).get_by_title("pinned")).to_have_count(1)

    open_conversation_menu(ada)
    expect(ada.locator("#menu-pin")).to_have_text("Unpin")
    ada.locator("#menu-link").click()
    expect(ada.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    open_conversation_menu(ada)
    ada.locator("#menu-people").click()
    expect(ada.locator("#people .person")).to_be_focused()

    open_conversation_menu(ada)
    assert_contrast(ada)
    ada.locator("#menu-leave").click()
    expect(ada.locator("#channel-name")).not_to_have_text(f"#{room[1:]}")
    expect(ada.locator(entry_of(ada, room))).to_have_count(0)


def test_on_a_phone_a_tap_on_the_title_opens_the_menu_of_the_conversation(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(**TOUCH), "ada", room)
    ada.locator(".title-button").tap()
    expect(ada.get_by_role("menu", name="Conversation menu")).to_be_visible()
    assert_touchable(ada)
    ada.locator("#menu-topic").tap()
    ada.locator("#topic-input").fill("Jazz on Fridays")
    ada.locator("#topic-input").press("Enter")
    expect(ada.locator("#topic")).to_have_text("Jazz on Fridays")

    ada.locator(".title-button").tap()
    expect(ada.locator("#menu-topic")).to_contain_text("Jazz on Fridays")
    ada.locator("#menu-people").tap()
    expect(ada.get_by_role("heading", name=re.compile("online"))).to_be_in_viewport()


@pytest.mark.parametrize("locale", [pytest.param("en", marks=pytest.mark.slow), "el"])
def test_the_menus_fit_a_narrow_phone(new_context: ContextMaker, room: str, locale: str) -> None:
    narrow = {**TOUCH, "viewport": {"width": 320, "height": 568}}
    ada = enter(new_context(**narrow, locale=locale), "ada", room)
    ada.locator(".title-button").tap()
    assert overflowing(ada) == []
    ada.keyboard.press("Escape")
    open_account_menu(ada)
    assert overflowing(ada) == []
    assert_touchable(ada)
