"""Two people chat in two browsers."""

from playwright.sync_api import expect

from tests.browser.conftest import ContextMaker, RunningTing, enter, say


def test_two_people_chat_and_the_conversation_is_there_after_a_restart(
    new_context: ContextMaker, ting: RunningTing
) -> None:
    ada, bob = enter(new_context(), "ada"), enter(new_context(), "bob")

    say(ada, "Hello, Bob!")
    expect(bob.locator("#timeline")).to_contain_text("Hello, Bob!")
    say(bob, "Γεια σου, Ada!")
    expect(ada.locator("#timeline")).to_contain_text("Γεια σου, Ada!")

    ting.stop()
    ting.start()
    ada.reload()
    expect(ada.locator("#timeline [data-id]")).to_have_count(2)
    say(ada, "Still here?")
    expect(bob.locator("#timeline")).to_contain_text("Still here?")
