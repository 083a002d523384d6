"""Channels: their URL, roster and topic."""

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import ContextMaker, enter, send_message
from tests.browser.devices import new_page
from tests.browser.page_state import expect_texts, message, texts, until
from tests.browser.serving import ServerProcess


def people(page: Page) -> list[str]:
    """The names in the roster next to the conversation."""
    return page.locator("#people li[data-user] .person-name").all_text_contents()


def test_the_url_is_the_channel(new_context: ContextMaker) -> None:
    ada, bob = enter(new_context(), "ada", "/music"), enter(new_context(), "bob")
    expect(ada.locator("#channel-name")).to_have_text("#music")
    expect(ada).to_have_title("#music · Ting")
    expect(bob.locator("#channel-name")).to_have_text("#ting")

    send_message(ada, "Only for music")
    send_message(bob, "Only for everybody")

    expect_texts(ada, ["Only for music"])
    assert "Only for music" not in texts(bob)
    assert people(ada) == ["ada"]


def test_channel_names_are_case_insensitive(new_context: ContextMaker) -> None:
    ada, bob = enter(new_context(), "ada", "/JaZZ"), enter(new_context(), "bob", "/jazz")

    send_message(ada, "Blue notes")

    expect_texts(bob, ["Blue notes"])
    assert ada.url == bob.url


def test_where_there_is_nothing_the_page_says_so_and_leads_on(new_context: ContextMaker, ting: ServerProcess) -> None:
    page = enter(new_context(), "ada", "/music")

    for path in (
        "/two words",
        "/μουσική☺",
        "/this-is-a-far-too-long-name",
        "/%3Cb%3E",
        "/javascript:alert(1)",
        "/a/b/c",
    ):
        page.goto(path)

        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
        expect(page).to_have_title("There is nothing here · Ting")

    page.get_by_role("link", name="See all channels").click()
    expect(page).to_have_url(f"{ting.url}/channels")
    page.goto("/a/b/c")
    page.get_by_role("button", name="Back to the conversation").click()
    expect(page.locator("#channel-name")).to_have_text("#ting")
    expect(page).to_have_url(f"{ting.url}/")


def test_a_slash_after_a_channel_is_left_out(new_context: ContextMaker, ting: ServerProcess) -> None:
    page = enter(new_context(), "ada", "/music/?x=1")

    expect(page.locator("#channel-name")).to_have_text("#music")
    expect(page).to_have_url(f"{ting.url}/music?x=1")


def test_channel_names_can_be_greek_and_a_lookalike_leads_to_the_same_channel(new_context: ContextMaker) -> None:
    ada, bob = enter(new_context(), "ada", "/Μουσική"), enter(new_context(), "bob", "/music")
    expect(ada.locator("#channel-name")).to_have_text("#μουσική")
    send_message(ada, "Καλημέρα")

    bob.goto("/μουσικη")
    expect(bob.locator("#channel-name")).to_have_text("#μουσική")
    expect_texts(bob, ["Καλημέρα"])
    assert bob.url == ada.url


def test_a_channel_link_opens_the_channel_and_the_back_button_returns(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", "/first")
    send_message(ada, "See you in #second!")

    ada.get_by_role("link", name="#second").click()
    expect(ada.locator("#channel-name")).to_have_text("#second")
    send_message(ada, "Here")
    ada.go_back()

    expect(ada.locator("#channel-name")).to_have_text("#first")
    expect_texts(ada, ["See you in #second!"])
    ada.go_forward()
    expect_texts(ada, ["Here"])


def test_a_draft_stays_in_its_channel(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", "/desk")
    send_message(ada, "Go to #garden")
    ada.locator("#composer-text").fill("half a tho")

    ada.get_by_role("link", name="#garden").click()
    expect(ada.locator("#composer-text")).to_have_value("")
    ada.go_back()

    expect(ada.locator("#composer-text")).to_have_value("half a tho")


def test_a_user_with_three_tabs_is_listed_once(new_context: ContextMaker, room: str) -> None:
    context, bob = new_context(), enter(new_context(), "bob", room)
    tabs = [enter(context, "ada", room), new_page(context), new_page(context)]
    for tab in tabs[1:]:
        tab.goto(room)
        expect(tab.locator("#connection")).to_have_attribute("data-state", "live")

    expect(bob.locator("#people-title")).to_have_text("2 people online")
    assert people(bob) == ["ada", "bob"]
    for tab in tabs[:2]:
        tab.close()
    send_message(tabs[2], "Still here with one tab")
    expect(message(bob, "Still here with one tab")).to_be_visible()
    assert people(bob) == ["ada", "bob"]
    tabs[2].close()
    expect(bob.locator("#people li[data-user] .person-name")).to_have_text(["bob"])


def test_on_a_phone_the_roster_is_in_a_drawer(new_context: ContextMaker, room: str) -> None:
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = enter(context, "ada", room)
    expect(page.locator("#people")).not_to_be_visible()
    expect(page.locator(".people-button")).to_have_accessible_name("1 person online")

    page.locator(".people-button").tap()
    expect(page.locator("#people li[data-user]")).to_be_in_viewport()
    page.keyboard.press("Escape")

    expect(page.locator("#people")).not_to_be_visible()
    expect(page.locator(".people-button")).to_be_focused()


def change_topic(page: Page, topic: str) -> None:
    page.locator(".topic-button").click()
    page.locator("#topic-input").fill(topic)
    page.locator("#topic-input").press("Enter")


def test_a_new_topic_is_shown_to_all_and_stored(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    change_topic(ada, "Τι θα φάμε;")

    expect(bob.locator("#topic")).to_have_text("Τι θα φάμε;")
    bob.reload()
    expect(bob.locator("#topic")).to_have_text("Τι θα φάμε;")
    change_topic(bob, "")
    expect(ada.locator("#topic")).to_have_text("Add a topic")


def test_a_topic_saved_late_does_not_close_another_editor(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    ada.route("**/api/channels/*", hold)
    change_topic(ada, "Books")
    until(ada, lambda: held)
    ada.locator("#topic-input").press("Escape")
    ada.locator(".topic-button").click()
    ada.locator("#topic-input").fill("Films")

    with ada.expect_response("**/api/channels/*"):
        held.pop().continue_()

    expect(ada.locator("#topic")).to_have_text("Books")
    expect(ada.locator("#topic-input")).to_be_focused()
    expect(ada.locator("#topic-input")).to_have_value("Films")


def test_editing_a_topic_can_be_cancelled(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    change_topic(ada, "Books")
    expect(ada.locator("#topic")).to_have_text("Books")

    ada.locator(".topic-button").click()
    expect(ada.locator("#topic-input")).to_have_value("Books")
    ada.locator("#topic-input").fill("Films")
    ada.locator("#topic-input").press("Escape")

    expect(ada.locator(".topic-button")).to_be_focused()
    expect(ada.locator("#topic")).to_have_text("Books")


def test_a_topic_that_is_too_long_is_refused_at_its_field(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)

    change_topic(ada, "x" * 201)

    expect(ada.locator(".topic-form .error")).to_have_text("A topic must be a single line of at most 200 characters.")
    expect(ada.locator("#topic-input")).to_have_value("x" * 201)
