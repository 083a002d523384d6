"""Chatting: users send, edit and delete messages."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, ContextMaker, enter, enter_without_page, send_message, submit
from tests.browser.devices import new_page
from tests.browser.page_state import choose_action, edit_message, expect_texts, message, messages, post, texts, until
from tests.browser.serving import ServerProcess


def test_two_users_chat_and_the_conversation_survives_a_restart(
    new_context: ContextMaker, ting: ServerProcess, room: str
) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    send_message(ada, "Hello, Bob!")
    expect(bob.locator("#timeline")).to_contain_text("Hello, Bob!")
    send_message(bob, "Γεια σου, Ada!")
    expect(ada.locator("#timeline")).to_contain_text("Γεια σου, Ada!")

    ting.stop()
    ting.start()
    ada.reload()
    expect_texts(ada, ["Hello, Bob!", "Γεια σου, Ada!"])
    send_message(ada, "Still here?")
    expect(bob.locator("#timeline")).to_contain_text("Still here?")


def test_own_messages_and_those_of_others_are_on_different_sides(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "bob", room)

    send_message(ada, "Mine")
    post(bob, "Theirs")

    expect(messages(ada)).to_have_count(2)
    own, other = (message(ada, text).locator(".bubble").bounding_box() for text in ("Mine", "Theirs"))
    assert own and other and own["x"] > other["x"] + other["width"]
    expect(message(ada, "Theirs").locator(".author")).to_have_text("bob")
    colours = [
        message(ada, text).locator(".bubble").evaluate("(b) => getComputedStyle(b).backgroundColor")
        for text in ("Mine", "Theirs")
    ]
    assert colours[0] != colours[1]


def test_enter_sends_and_shift_enter_breaks_the_line(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    composer = ada.locator("#composer-text")

    composer.press_sequentially("one")
    composer.press("Shift+Enter")
    composer.press_sequentially("two")
    expect(messages(ada)).to_have_count(0)
    composer.press("Enter")

    expect(composer).to_have_value("")
    expect(composer).to_be_focused()
    expect(messages(bob)).to_have_count(1)
    assert messages(bob).locator(".text").inner_text() == "one\ntwo"


def test_keys_used_by_an_input_method_are_ignored(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    send_message(ada, "Tea?")
    composer, switcher = ada.locator("#composer-text"), ada.locator("#switcher")

    def press_composing(field: Locator, key: str) -> None:
        # The event that Safari sends for the key that ends a composition.
        field.dispatch_event("keydown", {"key": key, "keyCode": 229, "bubbles": True, "cancelable": True})

    choose_action(ada, "Tea?", "Reply")
    composer.fill("half a wo")
    press_composing(composer, "Escape")
    press_composing(composer, "Enter")
    expect(ada.locator(".composer-answering")).to_be_visible()
    expect(composer).to_have_value("half a wo")
    switcher.focus()
    press_composing(switcher, "Escape")
    expect(switcher).to_be_focused()
    ada.get_by_role("button", name="Emoji").click()
    press_composing(ada.get_by_placeholder("Search emoji"), "Enter")
    expect(composer).to_have_value("half a wo")


def test_on_touch_screens_enter_breaks_the_line_and_the_button_sends(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(viewport=PHONE, has_touch=True, is_mobile=True), "ada", room)
    composer = ada.locator("#composer-text")

    composer.tap()
    composer.press_sequentially("one")
    composer.press("Enter")
    composer.press_sequentially("two")
    expect(composer).to_have_value("one\ntwo")
    ada.get_by_role("button", name="Send", exact=True).tap()

    expect(messages(ada)).to_have_count(1)
    assert messages(ada).locator(".text").inner_text() == "one\ntwo"
    expect(composer).to_be_focused()


def test_a_message_of_only_whitespace_is_not_sent(new_context: ContextMaker, room: str) -> None:
    context, tap = new_context.with_tap()
    ada = enter(context, "ada", room)

    submit(ada, " \n  ")
    expect(ada.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    submit(ada, "x")

    expect_texts(ada, ["x"])
    assert tap.sent_texts() == ["x"]


def test_a_text_that_is_too_long_is_counted_and_not_sent(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    ada.locator("#composer-text").fill("α" * 3990)
    expect(ada.locator("#composer-counter")).to_have_text("10")

    submit(ada, "😀" * 4001)

    expect(ada.locator("#composer-error")).to_have_text("1 character too many.")
    expect(ada.locator("#composer-text")).to_have_value("😀" * 4001)
    submit(ada, "😀" * 4000)
    ada.get_by_role("button", name="Show all").click()
    expect_texts(ada, ["😀" * 4000])


def test_an_edit_is_shown_to_others(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    send_message(ada, "Helo")
    message(bob, "Helo").get_by_role("button", name="Message options").click()
    expect(bob.get_by_role("menuitem")).to_have_text(["Reply", "React", "Copy link", "Copy text"])
    bob.keyboard.press("Escape")

    edit_message(ada, "Helo", "Hello")
    ada.get_by_role("button", name="Save").click()

    expect_texts(bob, ["Hello"])
    expect(messages(bob).locator(".edited")).to_have_text("edited")
    bob.reload()
    expect_texts(bob, ["Hello"])


def test_an_edit_can_be_cancelled(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    send_message(ada, "As it was")

    edit_message(ada, "As it was", "Something else")
    ada.get_by_label("Edit message").press("Escape")

    expect_texts(ada, ["As it was"])
    expect(ada.locator("#composer-text")).to_be_focused()


def test_a_deleted_message_is_removed_for_others(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    send_message(ada, "A secret")
    expect_texts(bob, ["A secret"])

    choose_action(ada, "A secret", "Delete")
    ada.get_by_role("button", name="Cancel").click()
    expect_texts(ada, ["A secret"])
    choose_action(ada, "A secret", "Delete")
    ada.locator("#confirm-yes").click()

    for page in (ada, bob):
        expect(messages(page)).to_have_attribute("data-deleted", "")
        expect_texts(page, ["Message deleted"])
        assert "A secret" not in page.content()


def test_messages_can_be_sent_edited_and_deleted_by_keyboard(new_context: ContextMaker, room: str) -> None:
    bob, ada = enter(new_context(), "bob", room), new_page(new_context())
    ada.goto(room)
    expect(ada.locator("#nickname")).to_be_focused()
    ada.keyboard.type("ada")
    ada.keyboard.press("Enter")
    expect(ada.locator("#composer-text")).to_be_focused()
    ada.keyboard.type("First")
    ada.keyboard.press("Enter")
    for page in (ada, bob):
        expect_texts(page, ["First"])

    press(ada, *["Shift+Tab"] * 4)
    expect(ada.get_by_role("button", name="Every letter", exact=True)).to_be_focused()
    press(ada, "Enter")
    expect(ada.locator("#composer-text")).to_be_focused()

    # To the messages, to the last one, then to the second to last item of its menu.
    press(ada, "Shift+Tab", "Shift+Tab", "ArrowUp", "Enter", "End", "ArrowUp", "Enter")
    expect(ada.get_by_label("Edit message")).to_be_focused()
    ada.keyboard.type(" and last")
    press(ada, "Enter")
    for page in (ada, bob):
        expect_texts(page, ["First and last"])

    expect(ada.locator("#composer-text")).to_be_focused()
    press(ada, "Shift+Tab", "Shift+Tab", "ArrowUp", "Enter", "End", "Enter")
    expect(ada.get_by_role("button", name="Cancel")).to_be_focused()
    press(ada, "Tab", "Enter")
    expect_texts(bob, ["Message deleted"])


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_the_up_arrow_edits_the_last_own_message(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    send_message(ada, "older")
    send_message(ada, "newer")

    ada.locator("#composer-text").press("ArrowUp")

    expect(ada.get_by_label("Edit message")).to_have_value("newer")


def test_commands_send_messages_and_show_notices(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    submit(ada, "/me waves")
    expect_texts(ada, ["* ada waves"])
    submit(ada, "//me is how to do that")

    expect_texts(bob, ["* ada waves", "/me is how to do that"])
    expect(messages(bob).first).to_have_class(r"message action begins ends")
    submit(ada, "/nosuch thing")
    expect(ada.locator("#unknown-command")).to_contain_text("There is no command /nosuch.")
    expect(ada.locator("#composer-text")).to_have_value("/nosuch thing")


def test_two_users_who_write_concurrently_see_the_same_order(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    for number in range(10):
        submit(ada, f"ada {number}")
        submit(bob, f"bob {number}")

    for page in (ada, bob):
        expect(messages(page)).to_have_count(20)
    until(ada, lambda: texts(ada) == texts(bob))
