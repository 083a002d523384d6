"""The keyboard focus stays where it is when the elements around it change."""

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import ContextMaker, enter, enter_without_page, send_message
from tests.browser.drag_and_drop import dispatch_files, png_file
from tests.browser.page_state import conversation_of, message, post, wait_for_hits


def test_the_focus_stays_on_a_user_when_others_come_and_go(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    people = ada.locator("#people .person")
    expect(people).to_have_count(2)
    people.nth(1).focus()

    enter(new_context(), "amy", room)

    expect(people).to_have_count(3)
    expect(people.nth(2)).to_be_focused()
    bob.goto("/elsewhere")
    expect(people).to_have_count(2)
    expect(people.nth(1)).to_be_focused()
    ada.keyboard.press("Enter")
    close = ada.locator("#card .card-close")
    expect(ada.locator("#card .card-acts")).to_be_visible()
    close.focus()
    post(enter_without_page(new_context.without_page(), "zoe", room), "I am new")
    expect(message(ada, "I am new")).to_be_visible()
    expect(close).to_be_focused()


def test_the_focus_stays_on_a_reaction(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    send_message(ada, "Cake!")
    for emoji in ("heart_eyes", "tada"):
        message(ada, "Cake!").hover()
        message(ada, "Cake!").get_by_role("button", name="React", exact=True).first.click()
        ada.get_by_placeholder("Search emoji").press_sequentially(emoji)
        ada.keyboard.press("Enter")
        expect(message(ada, "Cake!").get_by_role("button", name="you: ")).to_have_count(1 + (emoji == "tada"))
    reactions = message(ada, "Cake!").locator(".reaction")

    reactions.first.focus()
    id = message(ada, "Cake!").get_attribute("data-id")
    ada.context.request.patch(f"/api/messages/{id}", data={"text": "Cake! Now"})
    expect(message(ada, "Cake! Now")).to_be_visible()
    expect(reactions.first).to_be_focused()
    ada.keyboard.press("Enter")
    expect(reactions).to_have_count(2)
    expect(reactions.first).to_be_focused()


def test_the_focus_stays_in_the_list_of_files(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    ada.route("**/api/files?*", hold)
    remove_buttons = ada.get_by_role("button", name=re.compile(r"^Remove .+\.png"))
    dispatch_files(ada, "drop", png_file("one.png", "red"), png_file("two.png", "green"))
    expect(remove_buttons).to_have_count(2)
    remove_buttons.first.focus()

    expect(ada.locator(".attachment[data-state=going]").first).to_be_visible()
    held.pop(0).continue_()
    expect(ada.locator(".attachment[data-state=stored]")).to_have_count(1)
    expect(remove_buttons.first).to_be_focused()
    ada.keyboard.press("Enter")
    expect(remove_buttons).to_be_focused()
    ada.keyboard.press("Enter")
    expect(remove_buttons).to_have_count(0)
    expect(ada.locator("#composer-text")).to_be_focused()


def test_more_search_results_can_be_reached_by_keyboard(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    post(ada, *(f"focused word {number}" for number in range(24)), "focused at last")
    wait_for_hits(ada, conversation_of(ada), "last", 1)
    ada.goto(f"/search?q=focused&in=%23{room[1:]}")
    hits = ada.locator(".hit-link")
    expect(hits).to_have_count(20)

    hits.nth(3).focus()
    enter(new_context(), "amy")
    expect(ada.locator("#people .person-name", has_text="amy")).to_be_attached()
    expect(hits.nth(3)).to_be_focused()
    ada.locator("#more-hits").focus()
    ada.keyboard.press("Enter")

    expect(hits).to_have_count(25)
    expect(hits.nth(20)).to_be_focused()
