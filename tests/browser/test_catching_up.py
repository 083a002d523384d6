"""After lost frames or a disconnection, the page fetches what it missed."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import ContextMaker, enter, enter_without_page, register
from tests.browser.devices import new_page
from tests.browser.page_state import expect_texts, messages, post, texts
from tests.browser.websocket_tap import Frame, WebSocketTap


def enter_with_tap(new_context: ContextMaker, room: str) -> tuple[Page, WebSocketTap]:
    """Open a conversation as a user whose websockets the test controls."""
    context, tap = new_context.with_tap()
    page = enter(context, "bob", room)
    expect(page.locator("#people .you")).to_be_attached()
    return page, tap


def edit(context: BrowserContext, id: str, text: str) -> None:
    assert context.request.patch(f"/api/messages/{id}", data={"text": text}).ok


def delete(context: BrowserContext, id: str) -> None:
    assert context.request.delete(f"/api/messages/{id}").ok


def test_a_lost_frame_is_fetched(new_context: ContextMaker, room: str) -> None:
    ada = enter_without_page(new_context.without_page(), "ada", room)
    bob, tap = enter_with_tap(new_context, room)
    post(ada, "one")
    expect_texts(bob, ["one"])

    tap.on_event = lambda frame: [] if frame.get("text") == "two" else [frame]
    with bob.expect_request("**/changes?after=1&*"):
        post(ada, "two", "three")

    expect_texts(bob, ["one", "two", "three"])


def test_duplicate_and_reordered_frames_change_nothing(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    bob, tap = enter_with_tap(new_context, room)
    late: list[Frame] = []

    def shuffled(frame: Frame) -> list[Frame]:
        if frame["type"] != "message":
            return [frame]
        late.append(frame)
        return [frame, *reversed(late)]

    tap.on_event = shuffled
    first, _, third = post(ada, "one", "two", "three")
    edit(ada.context, first, "one, changed")
    delete(ada.context, third)

    expect_texts(bob, ["one, changed", "two", "Message deleted"])
    expect_texts(ada, ["one, changed", "two", "Message deleted"])


def test_changes_during_a_disconnection_are_fetched(new_context: ContextMaker, room: str) -> None:
    ada = enter_without_page(new_context.without_page(), "ada", room)
    bob, tap = enter_with_tap(new_context, room)
    first, second, _ = post(ada, "one", "two", "three")
    expect_texts(bob, ["one", "two", "three"])

    tap.cut()
    expect(bob.locator("#connection")).not_to_have_attribute("data-state", "live")
    edit(ada.context, first, "one, changed")
    delete(ada.context, second)
    post(ada, "four")
    ada.context.request.patch(f"/api/channels{room}", data={"topic": "What was missed"})
    assert texts(bob) == ["one", "two", "three"]
    tap.reconnect()

    expect_texts(bob, ["one, changed", "Message deleted", "three", "four"])
    expect(messages(bob).nth(0).locator(".edited")).to_be_visible()
    expect(messages(bob).nth(1)).to_have_attribute("data-deleted", "")
    expect(bob.locator("#topic")).to_have_text("What was missed")


def test_more_than_a_page_of_changes_is_fetched(new_context: ContextMaker, room: str) -> None:
    ada = enter_without_page(new_context.without_page(), "ada", room)
    bob, tap = enter_with_tap(new_context, room)
    post(ada, "one")
    expect_texts(bob, ["one"])

    tap.cut()
    missed = [f"message {number:03}" for number in range(120)]
    post(ada, *missed)
    tap.reconnect()

    expect_texts(bob, ["one", *missed])


def test_a_failed_history_request_is_shown_and_retried(new_context: ContextMaker, room: str) -> None:
    ada = enter_without_page(new_context.without_page(), "ada", room)
    post(ada, "here")
    context = new_context()
    context.route("**/messages?limit=*", lambda route: route.abort())
    register(context, "bob")
    bob = new_page(context)
    bob.goto(room)
    expect(bob.locator("#timeline-state")).to_have_text("The messages could not be loaded. Trying again…")

    context.unroute("**/messages?limit=*")

    expect_texts(bob, ["here"])
    expect(bob.locator("#timeline-state")).to_be_hidden()


def test_a_session_that_ended_elsewhere_leads_to_the_first_screen(new_context: ContextMaker, room: str) -> None:
    context, bob = new_context(), enter(new_context(), "bob", room)
    first, second = enter(context, "ada", room), new_page(context)
    second.goto("/elsewhere")
    expect(second.locator("#connection")).to_have_attribute("data-state", "live")
    post(first, "one")
    expect_texts(first, ["one"])

    context.request.delete("/api/session")

    for page in (first, second):
        expect(page.locator("#nickname")).to_be_focused()
        expect(page.locator("#timeline")).to_have_count(0)
    expect(bob.locator("#people .person-name")).to_have_text(["bob"])


def test_a_session_that_ended_while_disconnected_leads_to_the_first_screen(
    new_context: ContextMaker, room: str
) -> None:
    context, tap = new_context.with_tap()
    ada = enter(context, "ada", room)
    tap.cut()
    expect(ada.locator("#connection")).not_to_have_attribute("data-state", "live")

    context.request.delete("/api/session")
    tap.reconnect()

    expect(ada.locator("#nickname")).to_be_focused()
