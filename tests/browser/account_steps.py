"""What tests of accounts do on a page: signing in and out, and using the settings."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import enter
from tests.browser.devices import new_page

PASSWORD = "correct horse"


def enter_with_password(context: BrowserContext, name: str) -> Page:
    """Register a user with a password, and open the chat."""
    page = enter(context, name)
    answer = context.request.put("/api/me/password", data={"password": PASSWORD})
    assert answer.ok, answer.text()
    return page


def sign_in(context: BrowserContext, name: str, password: str = PASSWORD) -> Page:
    """Sign in on the first screen."""
    page = new_page(context)
    page.goto("/")
    page.get_by_role("button", name="I have a password").click()
    page.locator("#nickname").fill(name)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    return page


def open_account_menu(page: Page) -> None:
    """Open the menu at the user's own picture. Where the list is a drawer, open that first."""
    if page.locator(".list-button").is_visible():
        page.locator(".list-button").click()
    page.locator("#account").click()
    expect(page.get_by_role("menu")).to_be_visible()


def open_settings(page: Page) -> None:
    open_account_menu(page)
    page.locator("#settings").click()
    expect(page.locator("#devices li")).not_to_have_count(0)  # hidden where the settings are pages


def close_settings(page: Page) -> None:
    page.locator("#settings-back").click()
    if page.locator("#settings-back").is_visible():  # where the settings are pages, the first step leads to their list
        page.locator("#settings-back").click()
    expect(page.locator("#composer-text")).to_be_visible()


def sign_out(page: Page) -> None:
    open_account_menu(page)
    page.locator("#leave").click()


def save_password(page: Page, password: str, current: str | None = None) -> None:
    """Set or change the password in the settings."""
    if current is not None:
        page.locator("#current-password").fill(current)
    page.locator("#new-password").fill(password)
    page.locator("#new-password").press("Enter")


def sign_in_as_admin(context: BrowserContext, first_link: str) -> None:
    """Sign in as Eve, the admin. The first time, this registers her with the link that the first start prints."""
    body: dict[str, object] = {"name": "eve", "password": PASSWORD}
    answer = context.request.post("/api/session", data=body)
    if answer.status == 404:
        body |= {"create": True, "invitation": first_link.partition("=")[2]}
        answer = context.request.post("/api/session", data=body)
    assert answer.status == 201, answer.text()
