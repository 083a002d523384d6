"""Where the keyboard is stays where it is, when what is around it changes."""

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import ContextMaker, enter, say, voice
from tests.browser.drag_and_drop import bring, picture
from tests.browser.page_state import message, post, wait_for_hits


def test_the_focus_stays_at_somebody_when_others_come_and_go(new_context: ContextMaker, room: str) -> None:
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
    post(voice(new_context.unseen(), "zoe", room), "I am new")
    expect(message(ada, "I am new")).to_be_visible()
    expect(close).to_be_focused()


def test_the_focus_stays_at_a_reaction(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    say(ada, "Cake!")
    for emoji in ("heart_eyes", "tada"):
        message(ada, "Cake!").hover()
        message(ada, "Cake!").get_by_role("button", name="React").first.click()
        ada.get_by_placeholder("Search emoji").press_sequentially(emoji)
        ada.keyboard.press("Enter")
        expect(message(ada, "Cake!").get_by_role("button", name="1: you")).to_have_count(1 + (emoji == "tada"))
    reactions = message(ada, "Cake!").locator(".reaction")

    reactions.first.focus()
    said = message(ada, "Cake!").get_attribute("data-id")
    ada.context.request.patch(f"/api/messages/{said}", data={"text": "Cake! Now"})
    expect(message(ada, "Cake! Now")).to_be_visible()
    expect(reactions.first).to_be_focused()
    ada.keyboard.press("Enter")
    expect(reactions).to_have_count(2)
    expect(reactions.first).to_be_focused()


def test_the_focus_stays_among_files(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    ada.route("**/api/files?*", hold)
    crosses = ada.get_by_role("button", name=re.compile(r"^Remove .+\.png"))
    bring(ada, "drop", picture("one.png", "red"), picture("two.png", "green"))
    expect(crosses).to_have_count(2)
    crosses.first.focus()

    expect(ada.locator(".attachment[data-state=going]").first).to_be_visible()
    held.pop(0).continue_()
    expect(ada.locator(".attachment[data-state=stored]")).to_have_count(1)
    expect(crosses.first).to_be_focused()
    ada.keyboard.press("Enter")
    expect(crosses).to_be_focused()
    ada.keyboard.press("Enter")
    expect(crosses).to_have_count(0)
    expect(ada.locator("#composer-text")).to_be_focused()


def test_more_of_what_was_found_is_at_hand(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    post(ada, *(f"focused word {number}" for number in range(24)), "focused at last")
    wait_for_hits(ada, "last", 1)
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
