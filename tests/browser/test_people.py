"""Users: profile pictures, profiles, cards, ignore lists, moderation, invitations, account deletion."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.account_steps import sign_in_as_admin
from tests.browser.appearance import assert_contrast, assert_named, assert_touchable
from tests.browser.conftest import PHONE, ContextMaker, enter, send_message, submit
from tests.browser.devices import new_page
from tests.browser.drag_and_drop import dispatch_files, png_file
from tests.browser.page_state import message, overflowing
from tests.browser.page_structure import assert_structure
from tests.browser.serving import ServerProcess, run_server

TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}

# The size of a loaded profile picture, or 0.
AVATAR_SIZE = """(avatar) => avatar.querySelector("img")?.naturalWidth ?? 0"""

# The average colour of a profile picture, as RGB.
COLOUR = """(avatar) => {
    const drawn = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    drawn.drawImage(avatar.querySelector("img"), 0, 0, 1, 1);
    return [...drawn.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


@pytest.fixture(scope="module")
def ting() -> Iterator[ServerProcess]:
    """A server whose link for the first admin was not read yet."""
    with run_server() as running:
        yield running


@pytest.fixture
def eve(new_context: ContextMaker, first_link: str) -> BrowserContext:
    """The device of the admin, who registers with the link that the first start prints."""
    context = new_context()
    sign_in_as_admin(context, first_link)
    return context


def open_page(context: BrowserContext, path: str) -> Page:
    """Open a page of a signed-in user."""
    page = new_page(context)
    page.goto(path)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    return page


def drop_avatar(page: Page, file: dict[str, Any]) -> None:
    expect(page.locator("#avatar")).to_be_visible()
    dispatch_files(page, "drop", file, target="#avatar")


def in_list(page: Page, name: str) -> Locator:
    return page.locator("#people li", has=page.locator(f'.person-name:text-is("{name}")'))


def open_card(page: Page, name: str) -> Locator:
    """Open the profile card of a user in the roster."""
    in_list(page, name).get_by_role("button").click()
    card = page.get_by_role("dialog", name=name)
    expect(card.locator(".card-acts")).to_be_visible()
    return card


def test_a_dropped_profile_picture_is_shown_to_all_until_it_is_reset(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    send_message(ada, "look at me")
    avatar = message(bob, "look at me").locator(".avatar")
    expect(avatar.locator("img")).to_have_attribute("src", re.compile("v=&"))
    ada.goto("/settings")
    drop_avatar(ada, {"name": "me.png", "type": "image/png", "bytes": list(b"PK\3\4 no picture at all")})
    expect(ada.locator("#avatar-error")).to_have_text(re.compile("Please choose a PNG, JPEG, WebP or GIF"))
    drop_avatar(ada, {"name": "me.svg", "type": "image/svg+xml", "bytes": list(b"<svg/>")})
    expect(ada.locator("#avatar-error")).not_to_be_empty()

    dispatch_files(ada, "paste", png_file("cell.png", "white"), target="#avatar", text="for nobody's eyes")
    dispatch_files(ada, "drop", png_file("me.png", "red", (300, 200)), target="#avatar")

    expect(ada.locator("#avatar-done")).to_have_text("Your new profile picture is visible to everyone.")
    expect(avatar.locator("img")).to_have_attribute("src", re.compile("v=[0-9a-f]{16}&"))
    expect(avatar).to_have_class(re.compile("pictured"))
    assert avatar.evaluate(AVATAR_SIZE) == 64
    assert ada.locator("#avatar .avatar").evaluate(AVATAR_SIZE) == 256
    red, green, _ = ada.locator("#avatar .avatar").evaluate(COLOUR)
    assert red > 200 and green < 50, "the dropped file is used, not the one pasted together with a text"
    ada.locator("#reset-avatar").click()
    expect(ada.locator("#avatar-done")).to_have_text("Your profile picture is the default one again.")
    expect(ada.locator("#reset-avatar")).to_be_hidden()
    expect(ada.locator("#choose-avatar")).to_be_focused()
    expect(avatar.locator("img")).to_have_attribute("src", re.compile("v=&"))


def test_a_profile_card_shows_only_the_shared_fields(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    bob = enter(new_context(), "bob", room)
    bob.goto("/settings#profile")
    bob.locator("#profile-email").fill("bob@")
    bob.locator("#save-profile").click()
    expect(bob.locator("#profile-error")).to_have_text(re.compile("An email address must look like name@example.org"))
    expect(bob.locator("#profile-email")).to_be_focused()
    bob.locator("#profile-email").fill("bob@example.org")
    bob.locator("#profile-birth_date").fill("1990-02-03")
    bob.locator("#profile-place").fill("Πάτρα")
    bob.get_by_label("Show my age to others, never the date").check()
    bob.locator("#show-place").check()
    bob.locator("#save-profile").click()
    expect(bob.locator("#profile-done")).to_have_text("Saved.")
    bob.reload()
    expect(bob.locator("#profile-place")).to_have_value("Πάτρα")
    expect(bob.locator("#profile-birth_date")).to_have_value("1990-02-03")
    bob.goto(room)
    send_message(bob, "hello @ada")

    message(bob, "hello @ada").locator(".mention").press("Enter")
    expect(bob.get_by_role("dialog", name="ada").locator(".card-presence")).to_have_text("Online")
    message(ada, "hello").locator(".author [role=button]").press("Enter")
    card = ada.get_by_role("dialog", name="bob")
    expect(card.locator("dd")).to_have_text([re.compile(r"^\d\d$"), "Πάτρα", re.compile("20")])
    assert "example.org" not in card.inner_text()
    assert "1990" not in card.inner_text()
    assert_contrast(ada)
    assert_named(ada)
    card.get_by_role("button", name="Direct message").click()
    expect(ada).to_have_url(re.compile("/u/bob$"))


def test_messages_of_ignored_users_are_collapsed_and_their_drafts_hidden(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(**TOUCH), "ada", room), enter(new_context(), "bob", room)
    send_message(bob, "before")
    expect(message(ada, "before")).to_be_visible()
    ada.locator(".people-button").click()
    card = open_card(ada, "bob")
    assert_touchable(ada)
    assert overflowing(ada) == []
    card.get_by_role("button", name="Ignore").click()
    expect(card.get_by_role("button", name="Stop ignoring")).to_be_focused()
    card.get_by_role("button", name="Close").click()
    ada.locator("#people").get_by_role("button", name="Close").click()

    expect(message(ada, "before")).to_have_count(0)
    send_message(bob, "after")
    bob.locator("#composer-text").fill("something else")
    folded = ada.get_by_role("button", name="Hidden message from bob. Show")
    expect(folded).to_have_count(2)
    expect(ada.locator("[data-ghost]")).to_have_count(0)
    folded.first.click()
    expect(message(ada, "before")).to_be_visible()
    ada.goto("/settings#ignored")
    ada.get_by_role("button", name="Stop ignoring: bob").click()
    expect(ada.locator("#ignored .nothing")).to_be_visible()
    expect(ada.locator("#ignored-title")).to_be_focused()
    ada.goto(room)
    expect(message(ada, "after")).to_be_visible()


def expect_banned(page: Page) -> None:
    expect(page.get_by_role("heading", name="You are banned from this server")).to_be_focused()
    expect(page.locator("#banned-until")).to_have_text(re.compile(r"^Until .+\.$"))
    expect(page.locator("#banned-reason")).to_have_text("Reason: no manners: none")
    expect(page.locator("#enter")).to_have_count(0)


def sign_in_again(page: Page) -> None:
    """Try to register the name of a banned user, from their ban screen."""
    page.get_by_role("button", name="Sign in with another account").click()
    expect(page.locator("#nickname")).to_have_value("")
    expect(page.locator("#nickname")).to_be_focused()
    page.get_by_role("button", name="I am new here").click()
    page.locator("#nickname").fill("bob")
    page.locator("#nickname").press("Enter")


def test_moderators_mute_kick_and_ban_with_a_reason_that_is_shown(
    new_context: ContextMaker, eve: BrowserContext, room: str
) -> None:
    judge, bob = open_page(eve, room), enter(new_context(), "bob", room)
    expect(in_list(judge, "bob")).to_be_visible()
    bob.locator("#composer-text").fill("half a thought")

    card = open_card(judge, "bob")
    expect(card.get_by_role("button", name="Direct message")).to_be_focused()
    card.get_by_role("button", name="Mute").click()
    expect(card.get_by_label("Duration")).to_be_focused()
    card.get_by_label("Duration").select_option("1 hour")
    card.get_by_label("Reason").fill("too loud")
    card.get_by_role("button", name="Mute").click()
    expect(bob.locator("#standing")).to_contain_text("You can write again in 60 minutes.")
    expect(bob.locator("#standing")).to_contain_text("Reason: too loud")
    expect(bob.locator("#standing")).to_have_attribute("aria-live", "off")
    expect(bob.locator("#composer")).to_have_attribute("inert", "")
    card.get_by_role("button", name="Unmute").click()
    expect(bob.locator("#standing")).to_be_hidden()
    expect(bob.locator("#composer-text")).to_have_value("half a thought")

    card.get_by_role("button", name="Remove from channel").click()
    card.get_by_label("Reason").fill("cool down")
    card.get_by_role("button", name="Remove from channel").click()
    expect(bob.locator("#standing")).to_contain_text(f"You were removed from #{room[1:]}.")
    expect(bob.locator("#standing")).to_contain_text("Reason: cool down")
    expect(in_list(judge, "bob")).to_have_count(0)
    bob.goto("/elsewhere")
    expect(bob.locator("#standing")).to_be_hidden()
    judge.goto("/elsewhere")

    card = open_card(judge, "bob")
    card.get_by_role("button", name="Ban").click()
    card.get_by_label("Duration").select_option("1 week")
    card.get_by_label("Reason").fill("no manners: none")
    card.get_by_role("button", name="Ban").click()
    expect_banned(bob)
    bob.reload()
    expect_banned(bob)
    sign_in_again(bob)
    expect_banned(bob)
    assert_contrast(bob)
    assert_structure(bob)

    judge.goto("/settings#audit")
    expect(judge.locator("#audit li[data-act=ban]")).to_contain_text("eve banned bob until")
    expect(judge.locator("#audit li[data-act=kick]")).to_contain_text(f"eve removed bob from #{room[1:]}")
    judge.get_by_role("button", name="Unban: bob").click()
    expect(judge.locator("#bans .nothing")).to_be_visible()


def test_an_invitation_link_grants_the_moderator_role(
    new_context: ContextMaker, eve: BrowserContext, room: str
) -> None:
    judge, bob = open_page(eve, room), enter(new_context(), "bob", room)
    judge.goto("/settings#invitations")
    judge.get_by_label("Role").select_option("Moderator")
    judge.get_by_role("button", name="Create invitation").click()
    link = judge.locator("#invite-link").input_value()
    expect(judge.locator("#invitations li")).to_contain_text("1 of 1 uses left")

    bob.goto(link)

    expect(bob.locator(".private-line")).to_contain_text("Your role is now: Moderator.")
    assert "invitation" not in bob.url
    bob.goto("/settings")
    expect(bob.locator("#bans")).to_be_visible()
    expect(bob.locator("#audit")).to_be_hidden()
    judge.request.patch("/api/users/bob", data={"role": "admin"})
    expect(bob.locator("#audit li[data-act=role]").first).to_contain_text("bob")


def test_the_users_data_can_be_downloaded_and_the_account_deleted(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    send_message(ada, "remember me")
    ada.goto("/settings#data")
    with ada.expect_download() as download:
        ada.locator("#export").click()
    assert "remember me" in download.value.path().read_text()

    ada.request.put("/api/me/password", data={"password": "correct horse"})
    ada.locator("#delete-account").click()
    for password, error in (("", "Please enter"), ("wrong horse", "This is not your current password.")):
        ada.locator("#delete-password").fill(password)
        ada.locator("#delete-password").press("Enter")
        expect(ada.locator("#delete-error")).to_contain_text(error)
    ada.locator("#delete-password").fill("correct horse")
    ada.locator("#delete-password").press("Enter")

    expect(ada.locator(".tagline")).to_have_text("Your account was deleted. You are welcome back at any time.")
    expect(message(bob, "remember me").locator(".author")).to_have_text("Deleted account")


@pytest.fixture
def invite_only() -> Iterator[ServerProcess]:
    """A server that requires an invitation for registration."""
    with run_server(settings={"TING_REGISTRATION": "invite"}) as running:
        yield running


def test_with_registration_by_invitation_the_first_screen_says_so_and_the_link_works(
    new_context: ContextMaker, invite_only: ServerProcess
) -> None:
    page = new_page(new_context(base_url=invite_only.url))
    page.goto(invite_only.url)
    expect(page.locator("#enter-notice")).to_contain_text("New users need an invitation link")
    expect(page.locator("#other-way")).to_be_hidden()
    expect(page.locator("#password")).to_be_visible()

    page.goto(invite_only.read_first_link())

    expect(page.locator("#enter-notice")).to_contain_text("you will be the first user, and an admin")
    page.locator("#nickname").fill("ann")
    page.locator("#password").fill("correct horse")
    page.locator("#repeat-password").fill("correct house")
    page.locator("#repeat-password").press("Enter")
    expect(page.locator("#enter-error")).to_have_text("The two passwords do not match.")
    expect(page.locator("#repeat-password")).to_be_focused()
    assert_contrast(page)
    assert_named(page)
    page.locator("#repeat-password").fill("correct horse")
    page.locator("#repeat-password").press("Enter")
    expect(page.locator("#people li")).to_contain_text("ann")
    submit(page, "at last")
    expect(message(page, "at last")).to_be_visible()
