"""Messages: formatting, mentions, replies, reactions, copying, conflicting edits, links."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, ContextMaker, enter, enter_without_page, send_message, submit
from tests.browser.page_state import (
    choose_action,
    edit_message,
    expect_texts,
    message,
    messages,
    overflowing,
    post,
    stored_messages,
    until,
)
from tests.browser.websocket_tap import Frame

CODE = "```python\nprint('*no*')\n```"


def test_a_text_is_formatted_and_stays_editable_as_written(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "bob", room)
    written = "*bold* _it_ ~no~ `x*y*` :) :tada:\n> quoted\n- one\n- two"

    post(bob, written, CODE, "👍 :)")

    expect(messages(ada)).to_have_count(3)
    first = messages(ada).first.locator(".text")
    for part, text in (("strong", "bold"), ("em", "it"), ("del", "no"), ("code", "x*y*"), ("blockquote", "quoted")):
        expect(first.locator(part)).to_contain_text(text)
    expect(first.locator(".emoji")).to_have_text(["🙂", "🎉"])
    expect(first.locator("li")).to_have_count(2)
    assert first.inner_text().split() == ["bold", "it", "no", "x*y*", "🙂", "🎉", "quoted", "one", "two"]
    expect(messages(ada).last.locator(".text.large")).to_be_visible()
    assert [message["text"] for message in stored_messages(ada)] == [written, CODE, "👍 :)"]


def test_code_is_coloured_and_copied_as_it_was_written(new_context: ContextMaker, room: str) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    ada = enter(context, "ada", room)
    post(ada, CODE, "`inline`")
    inline = messages(ada).last.locator("code")
    own = messages(ada).last.locator(".bubble").evaluate("node => getComputedStyle(node).backgroundColor")
    expect(inline).not_to_have_css("background-color", own)
    expect(inline).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")

    expect(messages(ada).locator("pre .code-string")).to_have_text("'*no*'")
    messages(ada).get_by_role("button", name="Copy").click()
    expect(messages(ada).get_by_role("button", name="Copied")).to_be_visible()

    assert clipboard_text(ada) == "print('*no*')"


def clipboard_text(page: Page) -> str:
    """The text in the clipboard."""
    expect(page.locator("body")).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_a_spoiler_is_covered_until_it_is_pressed(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    bob.locator("#composer-text").press_sequentially("He ||dies")
    expect(ada.locator("[data-ghost] .text")).to_have_text("He ||▒▒▒▒")
    bob.locator("#composer-text").press_sequentially("||")
    bob.keyboard.press("Enter")
    spoiler = message(ada, "He").get_by_role("button", name="Spoiler")
    expect(message(ada, "He").locator(".spoiler-text")).not_to_be_visible()
    choose_action(ada, "He", "Reply")
    expect(ada.locator(".composer-answering")).to_contain_text("He ▒▒▒▒")

    spoiler.press("Enter")
    expect(message(ada, "He").locator(".spoiler-text")).to_be_visible()
    message(ada, "He").hover()
    message(ada, "He").get_by_role("button", name="React with 👍").click()
    expect(message(ada, "He").locator(".reaction-count")).to_have_text("1")
    expect(message(ada, "He").locator(".spoiler-text")).to_be_visible()


def test_a_link_with_a_text_of_its_own_shows_its_host(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    post(ada, "see [our docs](https://example.org/a) or [bank.com](https://example.org)")

    links = messages(ada).locator("a")
    expect(links).to_have_count(2)
    expect(links.first).to_have_accessible_name(re.compile(r"^our docs.*\(.*example\.org.*\)$"))
    expect(links.first).to_have_attribute("href", "https://example.org/a")
    expect(links.last).to_have_text("https://example.org")


# The distances of each line of a text from the left and the right edge of the bubble.
LINE_EDGES = """(text) => {
    const bubble = text.closest(".bubble").getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(text);
    return [...range.getClientRects()].filter(({ width }) => width > 0)
        .map(({ left, right }) => [left - bubble.left, bubble.right - right]);
}"""


def test_each_paragraph_has_its_own_direction(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    post(ada, "שלום\nand a second line that is longer\nمرحبا")

    first, second, third = messages(ada).locator(".text").evaluate(LINE_EDGES)
    assert first[1] < first[0]
    assert second[0] == min(first[0], second[0], third[0])
    assert third[1] < third[0]


def test_a_wide_table_scrolls_sideways_on_a_phone(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(viewport=PHONE, has_touch=True, is_mobile=True), "ada", room)
    heads = [f"column {number}" for number in range(8)]
    post(ada, f"|{'|'.join(heads)}|\n{'|-' * 8}|\n| *one* | ||two|| |")

    expect(messages(ada).get_by_role("columnheader")).to_have_text(
        [f"|{head}" for head in heads[:7]] + [re.compile("7")]
    )
    expect(messages(ada).get_by_role("cell").first.locator("strong")).to_contain_text("one")
    widths = messages(ada).locator(".table").evaluate("node => [node.scrollWidth, node.clientWidth]")
    assert widths[0] > widths[1]
    assert overflowing(ada) == []


def test_mentions_of_the_user_are_highlighted(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    composer = bob.locator("#composer-text")

    composer.press_sequentially("hi @a")
    expect(bob.get_by_role("option")).to_have_text(re.compile("ada$"))
    composer.press("Tab")
    composer.press_sequentially(":tad")
    expect(bob.get_by_role("option").first).to_contain_text(":tada:")
    composer.press("Enter")
    composer.press("Enter")

    expect_texts(ada, ["hi @ada 🎉"])
    expect(messages(ada).locator(".mention.mine")).to_have_text("@ada")
    expect(messages(bob).locator(".mention:not(.mine)")).to_have_text("@ada")


def test_a_mention_stays_highlighted_after_a_change_of_name(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "Άννα", room), enter_without_page(new_context.without_page(), "bob", room)

    post(bob, "@ΑΝΝΑ, see `@Άννα` and _@αννα_")

    mine = messages(ada).locator(".mention.mine")
    expect(mine).to_have_text(["@ΑΝΝΑ", "@αννα"])
    submit(ada, "/nick zoe")
    expect(messages(ada).first.locator(".author")).to_have_text("bob")
    expect(ada.locator("#people")).to_contain_text("zoe")
    ada.reload()
    expect(mine).to_have_text(["@ΑΝΝΑ", "@αννα"])


def test_saving_an_edit_without_a_change_changes_nothing(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    post(ada, "    indented\n  text  \n")
    before = stored_messages(ada)

    choose_action(ada, "indented", "Edit")
    editor = ada.get_by_label("Edit message")
    expect(editor).to_be_focused()
    editor.press("Enter")
    expect(editor).to_have_count(0)
    assert stored_messages(ada) == before

    edit_message(ada, "indented", "    indented more\n")
    ada.get_by_label("Edit message").press("Enter")
    expect(messages(ada).locator(".edited")).to_have_count(1)
    assert stored_messages(ada)[0]["text"] == "    indented more"


def test_long_messages_are_drawn_in_part_until_all_of_one_is_shown(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "bob", room)
    hostile = [
        "😀" * 4000,
        "*a* " * 1000,
        "> a\n" * 1000,
        "- a\n" * 1000,
        "```\n" * 1000,
        ":+1:" * 1000,
        "\n.\n" * 1000,
    ]
    post(bob, *(text.strip() for text in hostile * 4))

    ada.reload()
    expect(messages(ada)).to_have_count(len(hostile) * 4)
    # The names of emoji are loaded last. Then all messages are drawn again.
    expect(messages(ada).nth(hostile.index(":+1:" * 1000))).to_contain_text("👍")
    lines = messages(ada).evaluate_all("lines => lines.map(line => line.querySelectorAll('*').length)")
    assert max(lines) < 200, lines
    first = messages(ada).first
    assert len(first.locator(".text").text_content() or "") < 1700
    first.get_by_role("button", name="Show all").click()
    expect(first.locator(".text")).to_have_text(hostile[0])
    expect(first.locator(".text")).to_be_focused()
    expect(first.get_by_role("button", name="Show all")).to_have_count(0)
    assert first.locator("*").count() < 100


def test_the_heading_of_a_day_changes_at_midnight(new_context: ContextMaker, room: str) -> None:
    context = new_context.disposable(timezone_id="Pacific/Auckland")
    context.clock.install()
    ada = enter(context, "ada", room)
    send_message(ada, "before midnight")
    heading = ada.locator("#timeline .day").first
    expect(heading).to_have_text("Today")

    left = ada.evaluate("new Date().setHours(24, 0, 0, 0) - Date.now()")
    context.clock.fast_forward(left + 60_000)

    expect(heading).to_have_text("Yesterday")


def test_a_reply_shows_its_original_and_leads_there(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    post(bob, "Where shall *we* meet?")

    choose_action(ada, "Where shall", "Reply")
    expect(ada.locator(".composer-answering")).to_contain_text("bob")
    send_message(ada, "At the station")
    expect(ada.locator(".composer-answering")).to_be_hidden()
    quote = message(bob, "At the station").locator(".reply-quote")
    expect(quote).to_contain_text("Where shall we meet?")
    edit_message(bob, "shall *we*", "Where shall *they* meet?")
    bob.get_by_label("Edit message").press("Enter")
    expect(quote).to_contain_text("Where shall they meet?")

    post(bob, *(f"line {number}" for number in range(150)))
    bob.reload()
    post(ada, "one more")
    bob.goto(f"{room}?m={stored_messages(ada)[1]['id']}")
    quote.click()
    expect(message(bob, "Where shall").first).to_be_in_viewport()


def test_reactions_are_one_press_away_and_name_people(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    send_message(ada, "Cake!")

    message(bob, "Cake!").hover()
    message(bob, "Cake!").get_by_role("button", name="React with 👍").click()
    reaction = message(ada, "Cake!").locator(".reaction").first
    expect(reaction).to_have_accessible_name("bob: 👍")
    expect(reaction).to_have_attribute("aria-pressed", "false")

    reaction.click()
    expect(reaction).to_have_accessible_name("bob and you: 👍")
    expect(message(bob, "Cake!").locator(".reaction-count")).to_have_text("2")
    message(bob, "Cake!").hover()
    message(bob, "Cake!").get_by_role("button", name="React with 👍").click()
    expect(message(ada, "Cake!").locator(".reaction-count")).to_have_text("1")


def test_a_chosen_emoji_is_one_press_away_in_the_menu(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(viewport=PHONE, has_touch=True, is_mobile=True), "ada", room)
    post(ada, "Cake!")
    choose_action(ada, "Cake!", "React")
    ada.get_by_placeholder("Search emoji").press_sequentially("heart_eyes")
    ada.keyboard.press("Enter")
    reactions = message(ada, "Cake!").locator(".reaction:not(.add)")
    expect(reactions).to_have_count(1)

    message(ada, "Cake!").get_by_role("button", name="Message options").click()
    first = ada.get_by_role("menuitemcheckbox").first
    expect(first).to_have_accessible_name("React with 😍")
    expect(first).to_be_checked()
    expect(first).to_be_focused()
    ada.keyboard.press("ArrowRight")
    ada.keyboard.press("Enter")
    expect(reactions).to_have_count(2)


def test_emoji_are_inserted_at_the_caret(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    composer = ada.locator("#composer-text")
    composer.fill("see you")
    composer.press("Home")

    ada.get_by_role("button", name="Emoji").click()
    expect(ada.get_by_placeholder("Search emoji")).to_be_focused()
    ada.set_viewport_size({"width": 390, "height": 420})
    expect(ada.locator(".emoji-picker")).to_be_in_viewport(ratio=1)
    ada.keyboard.press("ArrowDown")
    ada.keyboard.press("ArrowRight")
    ada.keyboard.press("Enter")

    expect(composer).to_have_value("❤️see you")
    expect(composer).to_be_focused()


def test_the_picker_draws_only_the_emoji_in_sight(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    ada.get_by_role("button", name="Emoji").click()
    drawn = ada.locator(".emoji-grid button")
    assert 50 < drawn.count() < 250

    ada.get_by_role("dialog").get_by_role("button", name="Flags").click()
    flags = ada.locator('.emoji-grid [data-group="flags"] button')
    expect(flags.first).to_be_in_viewport()
    assert 50 < drawn.count() < 250
    ada.get_by_placeholder("Search emoji").press("ArrowDown")
    expect(ada.locator('.emoji-grid [data-group="recent"] button').first).to_be_focused()
    for _ in range(15):
        ada.keyboard.press("ArrowDown")
    focused = ada.locator(".emoji-grid button:focus")
    expect(focused).to_be_in_viewport(ratio=1)
    ada.locator(".emoji-body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
    expect(flags.last).to_be_in_viewport()
    expect(focused).to_have_count(1)
    ada.keyboard.press("ArrowUp")
    expect(focused).to_be_in_viewport(ratio=1)
    assert drawn.count() < 250


def test_a_conflicting_edit_keeps_both_versions(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    send_message(ada, "Meet at nine")
    [sent] = stored_messages(ada)
    edit_message(ada, "Meet at nine", "Meet at ten")
    ada.context.request.patch(f"/api/messages/{sent['id']}", data={"text": "Meet at eight"})

    editor = ada.get_by_label("Edit message")
    editor.press("Enter")
    expect(ada.locator(".edit-theirs-text")).to_have_text("Meet at eight")
    expect(editor).to_have_value("Meet at ten")
    editor.press("Enter")

    expect_texts(ada, ["Meet at ten"])


def test_a_late_save_does_not_affect_an_edit_begun_meanwhile(new_context: ContextMaker, room: str) -> None:
    context, tap = new_context.with_tap()
    ada = enter(context, "ada", room)
    post(ada, "Meet at nine", "Bring cake")
    editor = ada.get_by_label("Edit message")
    held: list[Frame] = []

    def hold_edit_acks(frame: Frame) -> list[Frame]:
        if frame["type"] != "ack" or frame["ref"] not in [sent["ref"] for sent in tap.sent if sent["type"] == "edit"]:
            return [frame]
        held.append(frame)
        return []

    edit_message(ada, "Meet at nine", "Meet at ten")
    tap.on_event = hold_edit_acks
    editor.press("Enter")
    edit_message(ada, "Bring cake", "Bring cake and")
    until(ada, lambda: held)
    tap.push(held.pop())

    expect_texts(ada, ["Meet at ten"])
    expect(editor).to_be_focused()
    editor.press_sequentially(" tea")
    editor.press("Enter")
    until(ada, lambda: held)
    ada.locator("#search-here").focus()
    tap.push(held.pop())
    expect_texts(ada, ["Meet at ten", "Bring cake and tea"])
    expect(ada.locator("#search-here")).to_be_focused()


def test_a_link_to_a_message_opens_there(new_context: ContextMaker, room: str) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    ada = enter(context, "ada", room)
    post(ada, "The first", *(f"line {number}" for number in range(120)))
    link = f"{room}?m={stored_messages(ada)[0]['id']}"
    ada.goto(link)
    expect(message(ada, "The first")).to_be_in_viewport()

    choose_action(ada, "The first", "Copy link")
    expect(message(ada, "The first").get_by_role("button", name="Copied")).to_be_visible()
    expect(ada.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert clipboard_text(ada).endswith(link)
    choose_action(ada, "The first", "Copy text")
    assert clipboard_text(ada) == "The first"


def test_a_long_press_opens_the_menu(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(viewport=PHONE, has_touch=True, is_mobile=True), "ada", room)
    [_] = post(ada, "Hold me")
    box = message(ada, "Hold me").locator(".bubble").bounding_box()
    assert box
    at = {"x": box["x"] + 20, "y": box["y"] + 10}
    finger = ada.context.new_cdp_session(ada)

    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    expect(messages(ada)).to_have_class(re.compile("held"))
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    ada.get_by_role("menuitem", name="Reply").tap()
    expect(ada.locator(".composer-answering")).to_be_visible()
