"""Desktop notifications: the settings promise only what the browser of this device does."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import open_account_menu
from tests.browser.conftest import PHONE, ContextMaker, enter
from tests.browser.page_state import message
from tests.browser.test_conversations import AWAY, BACK

# Browsers whose answer cannot be chosen in a test. `Notification` is what they offer to pages.
ASKING = """
    window.asked = 0;
    window.Notification = class {
        static permission = "default";
        static async requestPermission() { window.asked += 1; ANSWER }
        close() {}
    };
"""
ANSWERS = {
    "denied": 'return (this.permission = "denied");',
    "dismissed": 'return "default";',
    "rejected": 'this.permission = "denied"; throw new TypeError("Not on this phone.");',
}
# Chrome on Android: the constructor throws, whatever the permission is.
ANDROID = """
    window.asked = 0;
    window.Notification = class {
        static permission = "PERMISSION";
        static async requestPermission() { window.asked += 1; return (this.permission = "granted"); }
        constructor() { throw new TypeError("Illegal constructor."); }
    };
"""
BLOCKED = "This browser blocks notifications."
UNSUPPORTED = "This browser cannot show notifications of a page on this device."


def open_settings(page: Page) -> None:
    page.goto("/settings#notifications")
    expect(page.locator("#notify-sound")).to_be_checked()


def desktop_setting(page: Page) -> bool:
    return bool(page.context.request.get("/api/me").json()["notifications"]["desktop"])


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("denied", BLOCKED),
        pytest.param("rejected", BLOCKED, marks=pytest.mark.slow),
        ("dismissed", "The browser was not allowed to show notifications."),
    ],
)
def test_a_refused_permission_is_reported_and_the_switch_stays_off(
    new_context: ContextMaker, room: str, answer: str, text: str
) -> None:
    context = new_context.disposable(viewport=PHONE, has_touch=True, is_mobile=True)
    context.add_init_script(ASKING.replace("ANSWER", ANSWERS[answer]))
    page = enter(context, "ada", room)
    open_settings(page)

    page.locator("#notify-desktop").click()

    expect(page.locator("#notifications-error")).to_contain_text(text)
    expect(page.locator("#notify-desktop")).not_to_be_checked()
    assert page.evaluate("window.asked") == 1
    assert not desktop_setting(page)
    hint = page.locator("label:has(#notify-desktop) .option-hint")
    expect(hint).to_contain_text("While Ting is open" if answer == "dismissed" else BLOCKED)


def test_a_device_that_cannot_show_notifications_says_so_and_keeps_those_of_other_devices(
    new_context: ContextMaker, room: str
) -> None:
    context = new_context.disposable()
    context.add_init_script(ANDROID.replace("PERMISSION", "default"))
    page = enter(context, "ada", room)
    context.request.patch("/api/me", data={"notifications": {"desktop": True}})
    open_settings(page)

    expect(page.locator("label:has(#notify-desktop)")).to_contain_text(UNSUPPORTED)
    expect(page.locator("#notify-desktop")).to_be_disabled()
    expect(page.locator("#notify-desktop")).not_to_be_checked()
    expect(page.locator("#allow-desktop")).to_be_hidden()
    page.locator("#notify-sound").uncheck()
    expect(page.locator("#notify-sound")).to_be_enabled()
    page.wait_for_load_state("networkidle")
    notifications = context.request.get("/api/me").json()["notifications"]
    assert (notifications["sound"], notifications["desktop"]) == (False, True)
    assert page.evaluate("window.asked") == 0


def test_a_notification_that_fails_is_reported_in_the_settings(new_context: ContextMaker, room: str) -> None:
    context = new_context.disposable()
    context.add_init_script(ANDROID.replace("PERMISSION", "granted"))
    page, bob = enter(context, "ada", room), enter(new_context(), "bob", "/u/ada")
    context.request.patch("/api/me", data={"notifications": {"desktop": True}})
    page.evaluate(AWAY)

    bob.locator("#composer-text").fill("Are you there?")
    bob.locator("#composer-text").press("Enter")
    expect(page.locator("#list-entries .badge.of-interest")).to_be_visible()
    page.evaluate(BACK)
    open_account_menu(page)
    page.locator("#settings").click()

    expect(page.locator("label:has(#notify-desktop)")).to_contain_text(UNSUPPORTED)
    expect(page.locator("#notify-desktop")).not_to_be_checked()


def test_a_refusal_after_the_question_in_the_conversation_is_reported(new_context: ContextMaker, room: str) -> None:
    context = new_context.disposable()
    context.add_init_script(ASKING.replace("ANSWER", ANSWERS["denied"]))
    page = enter(context, "ada", room)
    bob = enter(new_context(), "bob", "/u/ada")
    page.evaluate(AWAY)
    bob.locator("#composer-text").fill("Are you there?")
    bob.locator("#composer-text").press("Enter")
    expect(page.locator("#desktop-question")).to_be_attached()
    page.evaluate(BACK)

    page.locator("#desktop-yes").click()

    expect(page.locator(".private-line")).to_contain_text(BLOCKED)
    assert not desktop_setting(page)
    expect(message(bob, "Are you there?")).to_be_visible()
