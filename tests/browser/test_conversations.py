"""Several conversations: the list, direct messages, unread counts, notifications. Ada has two devices, Bob has one."""

import re
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.appearance import assert_contrast, assert_named, assert_touchable
from tests.browser.conftest import PHONE, ContextMaker, enter, enter_without_page, register, send_message, submit
from tests.browser.devices import new_page
from tests.browser.page_state import (
    conversation_of,
    expect_texts,
    message,
    overflowing,
    post,
    post_messages,
    wait_for_hits,
)

AWAY = """() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.hasFocus = () => false;
    dispatchEvent(new Event("blur"));
    document.dispatchEvent(new Event("visibilitychange"));
}"""
BACK = """() => {
    delete document.hidden;
    delete document.hasFocus;
    dispatchEvent(new Event("focus"));
    document.dispatchEvent(new Event("visibilitychange"));
}"""
# Records sounds and desktop notifications instead of playing and showing them.
RECORD_NOTIFICATIONS = """() => {
    window.rung = 0;
    window.shown = [];
    const { createOscillator } = AudioContext.prototype;
    AudioContext.prototype.createOscillator = function () { window.rung += 1; return createOscillator.call(this); };
    window.Notification = class {
        static permission = "default";
        static async requestPermission() { return (this.permission = "granted"); }
        constructor(title, { body, tag } = {}) {
            Object.assign(this, { title, body, tag });
            if (Notification.permission === "granted") window.shown.push(this);
        }
        close() { this.closed = true; }
    };
}"""
SHOWN = "() => window.shown.map(({ title, body, closed }) => [title, body, Boolean(closed)])"


def entry(page: Page, conversation: str) -> Locator:
    """The list entry of a channel, or of a direct conversation with a user."""
    return page.locator("#list-entries li").filter(
        has=page.locator(".entry-name", has_text=re.compile(f"^{conversation}$"))
    )


def order(page: Page) -> list[str]:
    return page.locator("#list-entries .entry-name").all_text_contents()


def expect_order(page: Page, *names: str) -> None:
    expect(page.locator("#list-entries .entry-name")).to_have_text(list(names))


def expect_badge(page: Page, conversation: str, count: int, *, of_interest: bool) -> None:
    badge = entry(page, conversation).locator(".badge")
    expect(badge.locator("[aria-hidden]")).to_have_text(str(count))
    expect(badge).to_have_class(re.compile("of-interest" if of_interest else "^badge$"))


def go_to(page: Page, query: str, title: str) -> None:
    """Open a conversation with the switcher above the list."""
    page.keyboard.press("Control+k")
    expect(page.locator("#switcher")).to_be_focused()
    page.keyboard.type(query)
    expect(page.locator("#switcher-options [aria-selected=true] .entry-name")).to_have_text(title)
    page.keyboard.press("Enter")


def another_device(new_context: ContextMaker, context: BrowserContext, path: str, **options: object) -> Page:
    device = new_context(**options)
    device.add_cookies(context.cookies())  # type: ignore[arg-type]
    page = new_page(device)
    page.goto(path)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    return page


def test_a_direct_message_reaches_all_devices_and_is_read_once(new_context: ContextMaker) -> None:
    ada, bob = enter(new_context(), "ada", "/tea"), enter(new_context(), "bob", "/coffee")
    phone = another_device(new_context, ada.context, "/tea", viewport=PHONE, has_touch=True, is_mobile=True)
    for page in (ada, phone):
        page.evaluate(AWAY)

    go_to(bob, "ad", "ada")
    expect(bob).to_have_url(re.compile("/u/ada$"))
    expect(bob.locator("#channel-name")).to_have_text("ada")
    expect(bob.locator("#private-line")).to_have_text("online")
    send_message(bob, "Only for you")

    for page in (ada, phone):
        expect_badge(page, "bob", 1, of_interest=True)
        expect(page).to_have_title("(1) #tea · Ting")
        expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("^data:image/svg"))
    expect(phone.locator(".list-button")).to_have_accessible_name("Your conversations, 1 new message")
    ada.evaluate(BACK)
    expect(ada).to_have_title("#tea · Ting")
    entry(ada, "bob").locator("a").click()
    expect(ada).to_have_url(re.compile("/u/bob$"))
    expect_texts(ada, ["Only for you"])
    expect(ada.locator("#new-messages")).to_have_text("New")

    for page in (ada, phone):
        expect(entry(page, "bob").locator(".badge")).to_be_hidden()
    expect(phone).to_have_title("#tea · Ting")
    expect(phone.locator("link[rel=icon]")).to_have_attribute("href", re.compile("ting.svg$"))
    ada.locator("#composer-text").press_sequentially("I see")
    expect(bob.locator("[data-ghost] .text")).to_have_text("I see")
    ada.locator("#composer-text").press("Enter")
    expect_texts(bob, ["Only for you", "I see"])

    expect(entry(ada, "bob").locator("[data-online]")).to_have_count(1)
    bob.close()
    expect(entry(ada, "bob").locator("[data-online]")).to_have_count(0)
    expect(ada.locator("#private-line")).to_have_text("last seen now")


def test_a_direct_conversation_with_a_deleted_account_is_read_only(new_context: ContextMaker) -> None:
    ada, bob = enter(new_context(), "ada", "/tea"), enter(new_context(), "bob", "/u/ada")
    go_to(ada, "bob", "bob")
    send_message(ada, "Are you still there?")
    send_message(bob, "Not for long")
    expect(message(ada, "Not for long")).to_be_visible()
    assert bob.context.request.delete("/api/me", data={"messages": "keep"}).status == 204

    expect(ada.locator("#standing")).to_contain_text("This user’s account no longer exists.")
    expect(ada.locator("#channel-name")).to_have_text("Deleted account")
    expect(ada.locator("#private-line")).to_have_text("former user")
    ada.locator("#composer-text").focus()
    expect(ada.locator("#composer-text")).not_to_be_focused()
    expect(ada).to_have_url(re.compile("/u/~[0-9a-f]{20}$"))
    ada.reload()
    expect_texts(ada, ["Are you still there?", "Not for long"])
    expect(ada.locator("#standing")).to_be_visible()
    go_to(ada, "tea", "Create #tea")
    expect(ada.locator("#standing")).to_be_hidden()
    entry(ada, "Deleted account").locator("a").click()
    expect_texts(ada, ["Are you still there?", "Not for long"])


def test_the_sections_of_the_list_stay_in_place(new_context: ContextMaker) -> None:
    ada, bob = enter(new_context(), "ada", "/calm-one"), enter(new_context(), "bob", "/u/ada")
    send_message(ada, "I stay here")
    expect_order(ada, "calm-one")
    for number in ("two", "three"):
        go_to(ada, f"calm-{number}", f"Create #calm-{number}")
        expect(ada.locator("#channel-name")).to_have_text(f"#calm-{number}")
        send_message(ada, "first!")
    send_message(bob, "Hello")
    expect_order(ada, "bob", "calm-one", "calm-three", "calm-two")
    expect(ada.get_by_role("navigation").get_by_role("heading")).to_have_text(["Direct messages", "Channels"])

    entry(ada, "calm-two").locator("a").click()
    expect(ada.locator("#channel-name")).to_have_text("#calm-two")
    expect_order(ada, "bob", "calm-one", "calm-three", "calm-two")
    entry(ada, "calm-two").get_by_role("button").press("Enter")
    ada.keyboard.press("Enter")
    expect_order(ada, "calm-two", "bob", "calm-one", "calm-three")
    expect(entry(ada, "calm-two").get_by_role("button")).to_be_focused()
    expect(ada.get_by_role("group", name="Pinned")).to_contain_text("calm-two")

    ada.locator("#composer-text").focus()
    for title in ("bob", "#calm-one", "#calm-three", "#calm-two"):
        ada.keyboard.press("Alt+ArrowDown")
        expect(ada.locator("#channel-name")).to_have_text(title)


def test_unread_conversations_can_be_filtered_and_wait_out_of_view(new_context: ContextMaker) -> None:
    ada = enter(new_context.disposable(viewport={"width": 1100, "height": 420}), "ada", "/filter-a")
    bob = enter_without_page(new_context.without_page(), "bob", "/filter-z")
    for name in "zbcdefgh":
        ada.goto(f"/filter-{name}")
        expect(ada.locator("#channel-name")).to_have_text(f"#filter-{name}")
        send_message(ada, "I was here")
    ada.goto("/filter-b")
    expect(entry(ada, "filter-z")).to_have_count(1)
    post(bob, "News")

    below = ada.get_by_role("button", name="1 unread below")
    below.click()
    expect(entry(ada, "filter-z")).to_be_in_viewport()
    expect(below).to_be_hidden()
    ada.get_by_role("button", name="Unread only").click()
    expect_order(ada, "filter-b", "filter-z")
    ada.mouse.move(900, 100)
    entry(ada, "filter-z").locator("a").click()
    expect(ada.locator("#channel-name")).to_have_text("#filter-z")
    ada.mouse.move(900, 100)
    expect_order(ada, "filter-z")
    ada.get_by_role("button", name="Unread only", pressed=True).click()
    expect(entry(ada, "filter-c")).to_have_count(1)


def test_nothing_moves_under_the_pointer_or_the_focus(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", "/calm-pointer")
    send_message(ada, "I stay here")
    bob, eve = (enter(new_context(), name, "/u/ada") for name in ("bob", "eve"))
    send_message(bob, "First")
    expect_badge(ada, "bob", 1, of_interest=True)
    send_message(eve, "Second")
    expect_order(ada, "eve", "bob", "calm-pointer")
    entry(ada, "bob").hover()
    send_message(bob, "Third")
    expect_badge(ada, "bob", 2, of_interest=True)
    assert order(ada)[:2] == ["eve", "bob"]
    entry(ada, "bob").locator("a").focus()
    ada.mouse.move(900, 300)
    expect(entry(ada, "bob").locator("a")).to_be_focused()
    assert order(ada)[:2] == ["eve", "bob"]
    ada.locator("#composer-text").focus()
    expect_order(ada, "bob", "eve", "calm-pointer")


def test_the_list_can_be_ordered_by_activity_and_pins(new_context: ContextMaker) -> None:
    ada, bob = enter(new_context(), "ada", "/one"), enter_without_page(new_context.without_page(), "bob", "/one")
    ada.goto("/settings")
    ada.get_by_role("radio", name="By activity").check()
    expect(ada.get_by_role("radio", name="By activity")).to_be_checked()
    ada.goto("/one")
    ada.locator("#composer-text").fill("typing is staying")
    expect_order(ada, "one")
    for channel in ("two", "three"):
        go_to(ada, channel, f"Create #{channel}")
        expect(ada.locator("#channel-name")).to_have_text(f"#{channel}")
        send_message(ada, "first!")
    expect_order(ada, "three", "two", "one")
    phone = another_device(new_context, ada.context, "/two", viewport=PHONE, has_touch=True, is_mobile=True)
    expect_order(phone, "three", "two", "one")

    post(bob, "Nobody in particular")
    expect_badge(ada, "one", 1, of_interest=False)
    assert order(ada) == ["three", "two", "one"]
    post(bob, "But you, @ada!")
    for page in (ada, phone):
        expect_order(page, "one", "three", "two")
        expect_badge(page, "one", 1, of_interest=True)
    entry(ada, "two").get_by_role("button").press("Enter")
    expect(ada.get_by_role("menuitem", name="Pin to top")).to_be_focused()
    ada.keyboard.press("Enter")
    for page in (ada, phone):
        expect_order(page, "two", "one", "three")
    expect(entry(ada, "two").get_by_role("button")).to_be_focused()
    entry(ada, "one").hover()
    entry(ada, "one").get_by_role("button").click()
    ada.get_by_role("menuitemradio", name="Turn off notifications").click()
    expect(entry(phone, "one").locator(".badge")).to_have_class("badge silent")

    ada.locator("#composer-text").focus()
    ada.keyboard.press("Alt+ArrowUp")
    expect(ada.locator("#channel-name")).to_have_text("#one")
    expect_texts(ada, ["Nobody in particular", "But you, @ada!"])
    expect(message(ada, "But you")).to_be_visible()
    ada.keyboard.press("Alt+ArrowUp")
    expect(ada.locator("#channel-name")).to_have_text("#two")
    entry(ada, "three").hover()
    entry(ada, "three").get_by_role("button").click()
    ada.get_by_role("menuitem", name="Leave channel").click()
    for page in (ada, phone):
        expect_order(page, "two", "one")


def test_a_conversation_opens_at_the_first_unread_message(new_context: ContextMaker) -> None:
    ada, bob = enter(new_context(), "ada", "/long"), enter_without_page(new_context.without_page(), "bob", "/long")
    send_message(ada, "I was here")
    expect_order(ada, "long")
    go_to(ada, "short", "Create #short")
    expect(ada.locator("#channel-name")).to_have_text("#short")
    post(bob, *(f"line {number}." for number in range(130)))
    expect(entry(ada, "long").locator(".badge [aria-hidden]")).to_have_text("99+")

    entry(ada, "long").locator("a").click()

    expect(ada.locator("#new-messages")).to_be_in_viewport()
    expect(message(ada, "line 0.")).to_be_in_viewport()
    expect(ada.locator("#above")).to_be_hidden()
    ada.locator("#newer").click()
    expect(message(ada, "line 129.")).to_be_in_viewport()
    expect(entry(ada, "long").locator(".badge")).to_be_hidden()


def test_a_conversation_opens_at_its_end_if_all_unread_messages_fit(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "bob", room)
    post(bob, *(f"line {number}." for number in range(60)))
    expect(message(ada, "line 59.")).to_be_in_viewport()
    expect_badge_hidden(ada, room)
    ada.goto("/elsewhere")
    expect(ada.locator("#channel-name")).to_have_text("#elsewhere")
    post(bob, *(f"new {number}." for number in range(3)))

    ada.goto(room)
    expect(message(ada, "new 2.")).to_be_in_viewport()
    expect(ada.locator("#new-messages")).to_be_in_viewport()
    expect_badge_hidden(ada, room)

    ada.goto("/elsewhere")
    expect(ada.locator("#channel-name")).to_have_text("#elsewhere")
    post(bob, *(f"more {number}." for number in range(30)))
    ada.goto(room)
    expect(ada.locator("#new-messages")).to_be_in_viewport()
    expect(message(ada, "more 29.")).not_to_be_in_viewport()


def expect_badge_hidden(page: Page, room: str) -> None:
    expect(entry(page, room[1:]).locator(".badge")).to_be_hidden()


def test_a_message_url_opens_the_message_in_its_context(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    ids = post(ada, *(f"line {number}." for number in range(260)))

    ada.goto(f"{room}?m={ids[50]}")

    expect(message(ada, "line 50.")).to_be_in_viewport()
    expect(message(ada, "line 259.")).to_have_count(0)
    submit(ada, "and back to the end")
    expect(message(ada, "and back to the end")).to_be_in_viewport()
    ada.goto(f"{room}?m=01890000-0000-7000-8000-000000000000")
    expect(message(ada, "and back to the end")).to_be_in_viewport()
    expect(ada.locator(".private-line")).to_contain_text("This message does not exist.")


def test_a_search_that_finds_nothing_here_offers_to_search_everywhere(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    post_messages(ada.context, f"#{room[1:]}-2", "the wandering albatross")
    wait_for_hits(ada, f"#{room[1:]}-2", "albatross", 1)

    ada.locator("#search-here").click()
    ada.locator("#search-words").fill("albatross")
    ada.keyboard.press("Enter")
    ada.get_by_role("button", name="Search everywhere").click()

    expect(ada.locator(".hit mark")).to_have_text(["albatross"])
    expect(ada.locator("#search-in")).to_have_value("")
    expect(ada.locator("#search-words")).to_be_focused()
    expect(ada.get_by_role("button", name="Search everywhere")).to_be_hidden()


def test_search_ignores_accents_and_results_open_their_message(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    post(ada, "Η Μουσική του δάσους", *(f"line {number}." for number in range(120)), "μουσικές βραδιές")
    wait_for_hits(ada, conversation_of(ada), "μουσικ", 2)

    ada.locator("#search-here").click()
    ada.locator("#search-words").fill("ΜΟΥΣΙΚ")
    ada.keyboard.press("Enter")

    expect(ada.locator(".hit mark")).to_have_text(["μουσικ", "Μουσικ"])
    ada.locator(".hit-link").last.click()
    expect(message(ada, "Η Μουσική του δάσους")).to_be_in_viewport()
    expect(ada.locator("#search")).to_be_hidden()
    ada.go_back()
    expect(ada.locator(".hit")).to_have_count(2)
    expect(ada.locator("#search-words")).to_have_value("ΜΟΥΣΙΚ")
    ada.locator(".screen-back:visible").click()
    expect(ada.locator("#composer-text")).to_be_focused()


def test_notifications_follow_the_settings_when_the_page_is_in_the_background(new_context: ContextMaker) -> None:
    context = new_context.disposable()
    context.add_init_script(f"({RECORD_NOTIFICATIONS})()")
    ada, bob = enter(context, "ada", "/home"), enter(new_context(), "bob", "/u/ada")
    ada.locator("#composer-text").click()
    ada.evaluate(AWAY)

    send_message(bob, "Are you there?")
    expect(ada.locator("#desktop-question")).to_be_attached()
    assert ada.evaluate("() => window.rung") > 0
    assert ada.evaluate(SHOWN) == []
    ada.evaluate(BACK)
    ada.locator("#desktop-yes").click()
    expect(ada.locator("#desktop-question")).to_have_count(0)
    ada.wait_for_function("() => Notification.permission === 'granted'")
    ada.evaluate(AWAY)
    send_message(bob, "Hello again")
    ada.wait_for_function("() => window.shown.length === 1")
    assert ada.evaluate(SHOWN) == [["bob", "Hello again", False]]

    other = another_device(new_context, context, "/u/bob")
    expect(message(other, "Hello again")).to_be_visible()
    ada.wait_for_function("() => window.shown[0].closed")
    expect(ada).to_have_title("#home · Ting")


def test_the_directory_lists_channels_with_their_activity(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", "/garden-dir")
    send_message(ada, "Tomatoes")
    ada.context.request.patch("/api/channels/garden-dir", data={"topic": "What grows"})
    eve = new_context()
    register(eve, "eve")
    page = new_page(eve)
    page.goto("/channels")

    listed = page.locator('.directory [data-conversation="#garden-dir"]')
    expect(listed).to_contain_text("What grows")
    expect(listed).to_contain_text("1 person online")
    page.locator("#directory-filter").fill("GARDEN-D")
    expect(page.locator(".directory li")).to_have_count(1)
    listed.locator("a").click()

    expect(page.locator("#channel-name")).to_have_text("#garden-dir")
    expect_texts(page, ["Tomatoes"])


def test_the_parts_for_many_conversations_are_accessible(new_context: ContextMaker) -> None:
    touch = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "locale": "el"}
    ada, bob = enter(new_context(**touch), "ada", "/phone"), enter(new_context(), "bob", "/u/ada")
    send_message(bob, "Προτιμώ το τηλέφωνο")
    post(enter_without_page(new_context.without_page(), "eve", "/phone"), "@ada, μίλα πιο σιγά", "και συ @bob")
    expect(ada.locator(".list-button .badge")).to_have_text("1")

    ada.locator(".list-button").tap()
    expect(ada.locator("#list-entries [data-conversation]").first).to_be_in_viewport()
    direct = ada.locator("#list-entries [data-conversation^='@']").first.get_attribute("data-conversation") or ""
    assert_usable(ada)
    ada.locator("#switcher").fill("ph")
    expect(ada.locator("#switcher-options [data-kind=search]")).to_be_in_viewport()
    assert_usable(ada)
    ada.goto("/channels")
    expect(ada.locator(".directory li").first).to_be_visible()
    assert_usable(ada)
    wait_for_hits(ada, direct, "προτιμω", 1)
    ada.goto(f"/search?q={quote('προτιμω')}&from=bob")
    expect(ada.locator(".hit mark")).to_have_text("Προτιμώ")
    assert_usable(ada)
    ada.locator(".hit-link").tap()
    expect(ada.locator("#private-line")).to_have_text("σε σύνδεση")
    assert_usable(ada)


def assert_usable(page: Page) -> None:
    assert_contrast(page)
    assert_named(page)
    assert_touchable(page)
    assert overflowing(page) == []
