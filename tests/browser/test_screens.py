"""Every screen, with everything that opens on it: structure for screen readers, and fields that phones do not zoom."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import PASSWORD, open_account_menu, sign_in_as_admin
from tests.browser.conftest import PHONE, ContextMaker, enter, enter_without_page
from tests.browser.devices import new_page
from tests.browser.drag_and_drop import dispatch_files, png_file
from tests.browser.page_state import message, post
from tests.browser.page_structure import assert_no_zoom, assert_structure
from tests.browser.serving import ServerProcess, run_server

TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
DEVICES: dict[str, dict[str, Any]] = {"desktop": {}, "phone": TOUCH}
WRONG = "a b"


@pytest.fixture(scope="module")
def ting() -> Iterator[ServerProcess]:
    """A server whose link for the first admin was not read yet."""
    with run_server() as running:
        yield running


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """Checks a page. The size of fields matters only on phones."""

    def check(page: Page) -> None:
        assert_structure(page)
        if request.node.callspec.params.get("device") == "phone":
            assert_no_zoom(page)

    return check


@pytest.mark.parametrize("device", [pytest.param("desktop", marks=pytest.mark.slow), "phone"])
def test_the_screens_before_and_after_a_session(
    new_context: ContextMaker, check: Callable[[Page], None], device: str
) -> None:
    page = new_page(new_context(**DEVICES[device]))
    page.goto("/")
    page.locator("#nickname").fill(WRONG)
    expect(page.locator("#enter-error")).not_to_be_empty()
    check(page)
    page.locator("#other-way").click()
    check(page)
    page.locator("#other-way").click()
    page.route("**/api/session", lambda route: route.fulfill(status=403, json={"error": {"code": "password_needed"}}))
    page.locator("#nickname").fill("ann")
    page.locator("#nickname").press("Enter")
    expect(page.locator("#repeat-password")).to_be_visible()
    check(page)
    page.unroute_all(behavior="ignoreErrors")
    page.route("**/api/session*", lambda route: None)
    page.reload()
    expect(page.locator(".wait-screen")).to_be_visible()
    check(page)
    page.unroute_all(behavior="ignoreErrors")
    page.goto("/")

    ada = enter(page.context, "ada", "/screens")
    open_account_menu(ada)
    ada.locator("#leave").click()
    check(ada)
    ada.locator("#confirm-leave").click()
    expect(ada.locator("#farewell-title")).to_be_visible()
    check(ada)


@pytest.mark.parametrize("device", [pytest.param("desktop", marks=pytest.mark.slow), "phone"])
def test_the_conversation_with_everything_that_opens_on_it(
    new_context: ContextMaker, check: Callable[[Page], None], first_link: str, room: str, device: str
) -> None:
    context = new_context(**DEVICES[device])
    sign_in_as_admin(context, first_link)
    context.request.patch("/api/me", data={"share_typing": "letters"})
    post(enter_without_page(new_context.without_page(), "bob", room), "Look at this")
    page = new_page(context)
    page.goto(room)
    expect(message(page, "Look at this")).to_be_visible()
    post(page, "Mine")
    expect(message(page, "Mine")).to_be_visible()
    dispatch_files(page, "paste", png_file("sun.png", "red", (300, 200)), target="#composer-text")
    expect(page.locator('.attachment[data-state="stored"]')).to_be_visible()
    check(page)
    page.locator(".send-button").click()
    expect(page.locator("#timeline .picture img")).to_be_visible()
    check(page)

    for action in (open_topic, open_menu, open_message_menu, open_emoji, open_card, open_typing, open_commands):
        action(page)
        check(page)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.locator("#composer-text").fill("")
    for action in (open_editor, open_switcher, open_viewer):
        action(page)
        check(page)
        page.keyboard.press("Escape")
    if device == "phone":
        page.locator(".people-button").click()
        check(page)


def open_topic(page: Page) -> None:
    open_menu(page)
    page.locator("#menu-topic").click()
    expect(page.locator("#topic-input")).to_be_focused()


def open_menu(page: Page) -> None:
    page.locator("#menu").click()
    expect(page.get_by_role("menu")).to_be_visible()


def open_message_menu(page: Page) -> None:
    message(page, "Mine").locator("[aria-haspopup=menu]").click()
    expect(page.get_by_role("menu")).to_be_visible()


def open_emoji(page: Page) -> None:
    open_message_menu(page)
    page.get_by_role("menuitem", name="React").click()
    expect(page.locator(".emoji-grid button").first).to_be_visible()


def open_card(page: Page) -> None:
    message(page, "Look at this").locator(".author [data-card]").click()
    page.locator("#card .risky").last.click()
    expect(page.locator(".card-form")).to_be_visible()


def open_typing(page: Page) -> None:
    page.locator("#typing-choice").click()
    expect(page.locator("#typing-panel")).to_be_visible()


def open_commands(page: Page) -> None:
    page.locator("#composer-text").press_sequentially("/")
    expect(page.locator("#completion")).to_be_visible()


def open_editor(page: Page) -> None:
    open_message_menu(page)
    page.get_by_role("menuitem", name="Edit").click()
    expect(page.locator(".edit-text")).to_be_focused()


def open_switcher(page: Page) -> None:
    if page.locator(".list-button").is_visible():
        page.locator(".list-button").click()
    page.locator("#switcher").fill("ti")
    expect(page.locator("#switcher-options [role=option]").first).to_be_visible()
    assert_structure(page)
    page.keyboard.press("Escape")
    page.locator("#list-entries [aria-haspopup=menu]").first.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    assert_structure(page)
    page.keyboard.press("Escape")
    page.locator("#list-entries a").first.focus()


def open_viewer(page: Page) -> None:
    page.locator("#timeline .picture").last.click()
    expect(page.locator("dialog[open]")).to_be_visible()


@pytest.mark.parametrize("device", [pytest.param("desktop", marks=pytest.mark.slow), "phone"])
def test_the_other_screens(
    new_context: ContextMaker, check: Callable[[Page], None], first_link: str, device: str
) -> None:
    context = new_context(**DEVICES[device])
    sign_in_as_admin(context, first_link)
    page = new_page(context)
    for path, shown in (("/channels", "#directory-filter"), ("/search?q=no", "#search-words"), ("/u/nobody", "#menu")):
        page.goto(path)
        expect(page.locator(shown)).to_be_visible()
        check(page)

    page.goto("/settings")
    for section in ("#devices li", "#plugins li", "#tokens", "#audit li"):
        expect(page.locator(section).first).to_be_attached()
    check(page)
    page.goto("/settings#tokens")  # on a phone, each section is a page
    page.locator("#token-name").fill("robot")
    page.locator("#token-password").fill(PASSWORD)
    page.locator("#make-token").click()
    expect(page.locator("#token-secret")).to_be_visible()
    check(page)
    page.goto("/settings#invitations")
    page.get_by_role("button", name="Create invitation").click()
    expect(page.locator("#invite-link")).to_be_visible()
    check(page)
    page.goto("/settings#password")
    page.locator("#new-password").fill("x")
    page.locator("#save-password").click()
    expect(page.locator("#password .error")).not_to_be_empty()
    check(page)
    page.goto("/settings#data")
    page.locator("#delete-account").click()
    expect(page.locator("#delete-password")).to_be_visible()
    check(page)
