"""Bans on the card of a user: moderators see them and lift them there."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.account_steps import PASSWORD, sign_in_as_admin
from tests.browser.appearance import assert_contrast
from tests.browser.conftest import ContextMaker, enter, send_message
from tests.browser.devices import new_page
from tests.browser.page_state import message
from tests.browser.serving import ServerProcess, run_server


@pytest.fixture(scope="module")
def ting() -> Iterator[ServerProcess]:
    """A server whose link for the first admin was not read yet."""
    with run_server() as running:
        yield running


def open_card(page: Page, text: str) -> Locator:
    """Open the card of the author of a message."""
    message(page, text).locator(".author [data-card]").click()
    expect(page.locator("#card .card-acts")).to_be_visible()
    return page.locator("#card")


@pytest.mark.parametrize("days", ["1 week", pytest.param("Permanent", marks=pytest.mark.slow)])
def test_the_card_of_a_banned_user_shows_the_ban_and_the_way_back(
    new_context: ContextMaker, first_link: str, room: str, days: str
) -> None:
    context, dan = new_context(), enter(new_context(), f"dan-{days[0]}", room)
    dan.context.request.put("/api/me/password", data={"password": PASSWORD})
    send_message(dan, "Buy this")
    sign_in_as_admin(context, first_link)
    judge = new_page(context)
    judge.goto(room)
    card = open_card(judge, "Buy this")
    card.get_by_role("button", name="Ban").click()
    card.get_by_label("Duration").select_option(days)
    card.get_by_label("Reason").fill("spam")
    card.get_by_role("button", name="Ban").click()

    expect(card.locator(".card-banned")).to_have_text("Banned")
    expect(card.locator(".card-presence")).to_have_count(0)
    expected: list[str | re.Pattern[str]] = (
        ["Ban", "permanent"] if days == "Permanent" else ["Banned until", re.compile("20")]
    )
    expect(card.locator("dt, dd").nth(2)).to_have_text(expected[0])
    expect(card.locator("dt, dd").nth(3)).to_have_text(expected[1])
    expect(card.locator("dd").last).to_have_text("spam")
    for gone in ("Mute", "Ban", "Remove from channel"):
        expect(card.get_by_role("button", name=gone, exact=True)).to_have_count(0)
    assert_contrast(judge)
    card.get_by_role("button", name="Close").click()
    ada = enter(new_context(), "ada", room)
    assert "anned" not in open_card(ada, "Buy this").inner_text()

    open_card(judge, "Buy this")
    card.get_by_role("button", name="Unban").click()
    expect(card.get_by_role("button", name="Ban", exact=True)).to_be_visible()
    expect(card.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    expect(card.locator(".card-banned")).to_have_count(0)
    answer = dan.context.request.post("/api/session", data={"name": f"dan-{days[0]}", "password": PASSWORD})
    assert answer.status == 201, answer.text()
