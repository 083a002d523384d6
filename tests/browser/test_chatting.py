"""People chat: they write, change and take back what they wrote."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, ContextMaker, enter, say, voice, write
from tests.browser.devices import new_page
from tests.browser.page_state import choose, expect_texts, message, messages, post, rewrite, texts, until
from tests.browser.serving import RunningTing


def test_two_people_chat_and_the_conversation_is_there_after_a_restart(
    new_context: ContextMaker, ting: RunningTing, room: str
) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    say(ada, "Hello, Bob!")
    expect(bob.locator("#timeline")).to_contain_text("Hello, Bob!")
    say(bob, "Γεια σου, Ada!")
    expect(ada.locator("#timeline")).to_contain_text("Γεια σου, Ada!")

    ting.stop()
    ting.start()
    ada.reload()
    expect_texts(ada, ["Hello, Bob!", "Γεια σου, Ada!"])
    say(ada, "Still here?")
    expect(bob.locator("#timeline")).to_contain_text("Still here?")


def test_own_messages_are_on_one_side_and_those_of_others_on_the_other(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), voice(new_context.unseen(), "bob", room)

    say(ada, "Mine")
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


def test_a_key_of_an_input_method_does_nothing_else(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    say(ada, "Tea?")
    composer, switcher = ada.locator("#composer-text"), ada.locator("#switcher")

    def press_composing(field: Locator, key: str) -> None:
        # As Safari tells of the key that ends a word.
        field.dispatch_event("keydown", {"key": key, "keyCode": 229, "bubbles": True, "cancelable": True})

    choose(ada, "Tea?", "Reply")
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


def test_where_fingers_type_enter_breaks_the_line_and_the_button_sends(new_context: ContextMaker, room: str) -> None:
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


def test_nothing_but_space_is_not_sent(new_context: ContextMaker, room: str) -> None:
    context, wire = new_context.wired()
    ada = enter(context, "ada", room)

    write(ada, " \n  ")
    expect(ada.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    write(ada, "x")

    expect_texts(ada, ["x"])
    assert wire.sends() == ["x"]


def test_what_is_too_long_is_counted_and_not_sent(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    ada.locator("#composer-text").fill("α" * 3990)
    expect(ada.locator("#composer-counter")).to_have_text("10")

    write(ada, "😀" * 4001)

    expect(ada.locator("#composer-error")).to_have_text("1 character too many.")
    expect(ada.locator("#composer-text")).to_have_value("😀" * 4001)
    write(ada, "😀" * 4000)
    expect_texts(ada, ["😀" * 4000])


def test_an_edit_is_seen_by_the_other(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    say(ada, "Helo")
    message(bob, "Helo").get_by_role("button", name="Message options").click()
    expect(bob.get_by_role("menuitem")).to_have_text(["Reply", "React", "Copy link", "Copy text"])
    bob.keyboard.press("Escape")

    rewrite(ada, "Helo", "Hello")
    ada.get_by_role("button", name="Save").click()

    expect_texts(bob, ["Hello"])
    expect(messages(bob).locator(".edited")).to_have_text("edited")
    bob.reload()
    expect_texts(bob, ["Hello"])


def test_an_edit_can_be_given_up(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    say(ada, "As it was")

    rewrite(ada, "As it was", "Something else")
    ada.get_by_label("Edit message").press("Escape")

    expect_texts(ada, ["As it was"])
    expect(ada.locator("#composer-text")).to_be_focused()


def test_a_deleted_message_is_gone_for_the_other(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    say(ada, "A secret")
    expect_texts(bob, ["A secret"])

    choose(ada, "A secret", "Delete")
    ada.get_by_role("button", name="Cancel").click()
    expect_texts(ada, ["A secret"])
    choose(ada, "A secret", "Delete")
    ada.locator("#confirm-yes").click()

    for page in (ada, bob):
        expect(messages(page)).to_have_attribute("data-deleted", "")
        expect_texts(page, ["Message deleted"])
        assert "A secret" not in page.content()


def test_everything_works_by_keyboard_alone(new_context: ContextMaker, room: str) -> None:
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

    press(
        ada, "Shift+Tab", "Shift+Tab", "Enter", "End", "ArrowUp", "Enter"
    )  # to the message, its menu, and the last but one in it
    expect(ada.get_by_label("Edit message")).to_be_focused()
    ada.keyboard.type(" and last")
    press(ada, "Enter")
    for page in (ada, bob):
        expect_texts(page, ["First and last"])

    expect(ada.locator("#composer-text")).to_be_focused()
    press(ada, "Shift+Tab", "Shift+Tab", "Enter", "End", "Enter")
    expect(ada.get_by_role("button", name="Cancel")).to_be_focused()
    press(ada, "Tab", "Enter")
    expect_texts(bob, ["Message deleted"])


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_the_arrow_upwards_changes_the_last_own_message(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    say(ada, "older")
    say(ada, "newer")

    ada.locator("#composer-text").press("ArrowUp")

    expect(ada.get_by_label("Edit message")).to_have_value("newer")


def test_commands_do_what_they_say(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    write(ada, "/me waves")
    expect_texts(ada, ["* ada waves"])
    write(ada, "//me is how to do that")

    expect_texts(bob, ["* ada waves", "/me is how to do that"])
    expect(messages(bob).first).to_have_class(r"message action begins ends")
    write(ada, "/nosuch thing")
    expect(ada.locator("#unknown-command")).to_contain_text("There is no command /nosuch.")
    expect(ada.locator("#composer-text")).to_have_value("/nosuch thing")


def test_two_people_who_write_at_once_see_the_same_order(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    for number in range(10):
        write(ada, f"ada {number}")
        write(bob, f"bob {number}")

    for page in (ada, bob):
        expect(messages(page)).to_have_count(20)
    until(ada, lambda: texts(ada) == texts(bob))
