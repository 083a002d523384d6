"""Everything can be done with the keyboard alone, and screen readers get names and new messages."""

from playwright.sync_api import Page, expect

from tests.browser.account_steps import open_account_menu
from tests.browser.conftest import ContextMaker, enter, enter_without_page, send_message
from tests.browser.page_state import expect_texts, message, messages, post


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def enter_with_messages(new_context: ContextMaker, room: str, *texts: str) -> Page:
    """Enter a room, and send some messages."""
    ada = enter(new_context(), "ada", room)
    for text in texts:
        send_message(ada, text)
    return ada


def test_arrows_move_between_messages_and_letters_act_on_them(new_context: ContextMaker, room: str) -> None:
    bob = enter_without_page(new_context.without_page(), "bob", room)
    post(bob, "A question", "Another one")
    ada = enter_with_messages(new_context, room, "My answer", "Too much")

    press(ada, "Shift+F6", "ArrowUp")
    expect(message(ada, "Too much")).to_be_focused()
    press(ada, "Delete")
    expect(ada.get_by_role("button", name="Cancel")).to_be_focused()
    press(ada, "Tab", "Enter")
    expect(message(ada, "Message deleted")).to_be_focused()

    press(ada, "ArrowUp", "e")
    expect(ada.get_by_label("Edit message")).to_be_focused()
    press(ada, "Escape")
    expect(ada.locator("#composer-text")).to_be_focused()
    press(ada, "Shift+F6", "ArrowUp", "Home", "+")
    ada.get_by_placeholder("Search emoji").press_sequentially("tada")
    press(ada, "Enter")
    expect(message(ada, "A question").locator(".reaction .emoji")).to_have_text("🎉")

    message(ada, "Another one").focus()
    press(ada, "e", "Delete")
    expect(ada.locator("dialog[open], .editor")).to_have_count(0)  # another user's message
    press(ada, "r")
    expect(ada.locator(".composer-answering")).to_contain_text("Another one")
    expect(ada.locator("#composer-text")).to_be_focused()


def test_the_timeline_is_one_tab_stop_and_a_message_leads_through_its_controls(
    new_context: ContextMaker, room: str
) -> None:
    ada = enter_with_messages(new_context, room, "See https://one.example", "See https://two.example", "Last")

    ada.locator("#timeline").focus()
    press(ada, "Tab")
    expect(ada.get_by_role("button", name="Attach files")).to_be_focused()

    press(ada, "Shift+Tab", "ArrowUp", "ArrowUp", "Tab")
    expect(ada.get_by_role("link", name="https://two.example")).to_be_focused()
    press(ada, "Tab")
    expect(message(ada, "two.example").locator("[aria-haspopup=menu]")).to_be_focused()
    press(ada, "Tab")
    expect(ada.get_by_role("button", name="Attach files")).to_be_focused()
    press(ada, "Shift+Tab", "Shift+Tab", "Shift+Tab")
    expect(message(ada, "two.example")).to_be_focused()

    press(ada, "Escape")
    expect(ada.locator("#composer-text")).to_be_focused()
    press(ada, "Shift+F6", "ArrowDown", "ArrowDown")
    expect(ada.locator("#composer-text")).to_be_focused()


def test_the_focus_stays_on_a_message_that_changes(new_context: ContextMaker, room: str) -> None:
    ada = enter_with_messages(new_context, room, "One", "Two")
    press(ada, "Shift+F6", "ArrowUp")
    id = message(ada, "Two").get_attribute("data-id")

    ada.context.request.patch(f"/api/messages/{id}", data={"text": "Three"})

    expect(message(ada, "Three")).to_be_focused()
    press(ada, "ArrowUp")
    expect(message(ada, "One")).to_be_focused()


def test_a_high_message_is_scrolled_to_its_end_before_the_next_one(new_context: ContextMaker, room: str) -> None:
    bob = enter_without_page(new_context.without_page(), "bob", room)
    post(bob, "Above", "\n".join(map(str, range(60))), "Below")
    ada = enter(new_context(viewport={"width": 1280, "height": 400}), "ada", room)
    expect(message(ada, "Below")).to_be_in_viewport()
    high = messages(ada).nth(1)

    press(ada, "Shift+F6", "ArrowUp", "ArrowUp")
    expect(high).to_be_focused()
    press(ada, "ArrowUp")
    expect(high).to_be_focused()
    press(ada, *["ArrowUp"] * 40)
    expect(message(ada, "Above")).to_be_focused()
    expect(message(ada, "Above")).to_be_in_viewport()


def test_typing_anywhere_goes_to_the_composer(new_context: ContextMaker, room: str) -> None:
    ada = enter_with_messages(new_context, room, "Hello")
    ada.locator("#menu").focus()
    ada.keyboard.type("Καλημέρα")
    expect(ada.locator("#composer-text")).to_have_value("Καλημέρα")

    message(ada, "Hello").focus()
    ada.keyboard.type("!x")
    expect(ada.locator("#composer-text")).to_have_value("Καλημέρα!x")

    ada.locator("#menu").focus()
    press(ada, "Space")
    expect(ada.get_by_role("menu")).to_be_visible()
    ada.keyboard.type("y")
    press(ada, "Escape")
    expect(ada.locator("#composer-text")).to_have_value("Καλημέρα!x")


def test_page_keys_scroll_the_messages_from_the_composer(new_context: ContextMaker, room: str) -> None:
    bob = enter_without_page(new_context.without_page(), "bob", room)
    post(bob, *[f"Message {number}" for number in range(40)])
    ada = enter(new_context(), "ada", room)
    expect(message(ada, "Message 39")).to_be_in_viewport()

    press(ada, "PageUp")
    expect(message(ada, "Message 39")).not_to_be_in_viewport()
    expect(ada.locator("#composer-text")).to_be_focused()
    press(ada, "PageDown", "PageDown")
    expect(message(ada, "Message 39")).to_be_in_viewport()


def test_f6_moves_between_the_parts_of_the_window_and_a_link_skips_to_the_composer(
    new_context: ContextMaker, room: str
) -> None:
    ada = enter_with_messages(new_context, room, "Hello")
    expect(ada.locator("#list a[aria-current=page]")).to_be_visible()
    stops = [
        ada.locator("#people .person"), ada.locator("#list a[aria-current=page]"), ada.locator("#timeline"),
        ada.locator("#composer-text"),
    ]  # fmt: skip
    for stop in stops:
        press(ada, "F6")
        expect(stop).to_be_focused()
    for stop in stops[-2::-1]:
        press(ada, "Shift+F6")
        expect(stop).to_be_focused()

    ada.locator("#list").get_by_role("button", name="Close").focus()
    press(ada, "Shift+Tab")
    skip = ada.get_by_role("link", name="Skip to the message field")
    expect(skip).to_be_focused()
    press(ada, "Enter")
    expect(ada.locator("#composer-text")).to_be_focused()


def test_a_question_mark_shows_all_shortcuts(new_context: ContextMaker, room: str) -> None:
    ada = enter_with_messages(new_context, room)
    help = ada.get_by_role("dialog", name="Keyboard shortcuts")
    press(ada, "Control+/")
    expect(help).to_be_visible()
    press(ada, "Escape")
    expect(help).to_have_count(0)
    expect(ada.locator("#composer-text")).to_be_focused()

    ada.keyboard.type("Why?")
    expect(ada.locator("#composer-text")).to_have_value("Why?")
    ada.locator("#menu").focus()
    press(ada, "?")
    expect(help).to_be_visible()
    press(ada, "Escape")
    open_account_menu(ada)
    ada.get_by_role("menuitem", name="Keyboard shortcuts").click()
    expect(help).to_be_visible()


def test_a_message_and_its_menu_have_names_for_screen_readers(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    post(ada, "Hello **world**", "/me waves")
    expect(messages(ada)).to_have_count(2)
    time = messages(ada).first.locator("time").inner_text()

    expect(ada.get_by_role("article", name=f"ada {time} Hello world", exact=True)).to_be_visible()
    expect(ada.get_by_role("article", name="* ada waves")).to_be_visible()
    menu = messages(ada).first.get_by_role("button", name=f"Message options: ada, {time}")
    menu.focus()
    press(ada, "Enter")
    expect(ada.get_by_role("menu", name=f"Message options: ada, {time}")).to_be_visible()


def test_only_new_messages_of_others_are_announced_without_the_words_of_their_menus(
    new_context: ContextMaker, room: str
) -> None:
    bob = enter_without_page(new_context.without_page(), "bob", room)
    post(bob, "old", "older")
    ada = enter(new_context(), "ada", room)
    expect(messages(ada)).to_have_count(2)
    announced = ada.locator("#announced[aria-live=polite] > p")

    [first] = post(bob, "**new**")
    expect(announced).to_have_text(["bob: new"])
    send_message(ada, "My own")
    bob.context.request.patch(f"/api/messages/{first}", data={"text": "changed"})
    expect(message(ada, "changed")).to_be_visible()
    post(bob, "/me waves", "x" * 600)

    expect(announced).to_have_text(["bob waves", f"bob: {'x' * 500}…"])
    expect_texts(ada, ["old", "older", "changed", "My own", "* bob waves", "x" * 600])
    expect(ada.get_by_role("log")).to_have_attribute("aria-live", "off")
