"""Reading a history of 250 messages, without moving the reading position."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import ContextMaker, enter, enter_without_page, send_message
from tests.browser.drag_and_drop import dispatch_files, png_file
from tests.browser.page_state import expect_texts, message, messages, post, texts, until
from tests.browser.serving import ServerProcess

LIBRARY = "/library"
BOOKS = [f"Book {number:03}" + " and a long subtitle" * (number % 7) for number in range(250)]
OLDER_PAGES = "**/messages?before=*"
NEWER_PAGES = "**/messages?after=*"


@pytest.fixture(scope="module", autouse=True)
def library(browser: Browser, ting: ServerProcess) -> Iterator[None]:
    """A channel with 250 messages."""
    with browser.new_context(base_url=ting.url) as context:
        post(enter(context, "librarian", LIBRARY), *BOOKS)
    yield


def distance_to_end(page: Page) -> float:
    distance: float = page.locator("#timeline").evaluate("(t) => t.scrollHeight - t.scrollTop - t.clientHeight")
    return distance


def scroll_up(page: Page, pixels: int) -> None:
    """Scroll with the mouse wheel."""
    before = distance_to_end(page)
    page.locator("#timeline").hover()
    page.mouse.wheel(0, -pixels)
    until(page, lambda: distance_to_end(page) > before)


def scroll_to_top(page: Page) -> None:
    page.locator("#timeline").evaluate("(timeline) => { timeline.scrollTop = 0; }")


def test_the_newest_hundred_messages_load_first_and_older_ones_above(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", LIBRARY)
    expect_texts(ada, BOOKS[-100:])
    expect(message(ada, "Book 249")).to_be_in_viewport()
    assert distance_to_end(ada) < 1

    for shown in (200, 250):
        expect(ada.locator("#older")).to_be_visible()
        scroll_to_top(ada)
        expect(messages(ada)).to_have_count(shown)

    assert texts(ada) == BOOKS
    expect(ada.locator("#older")).to_be_hidden()


def test_the_button_loads_older_messages(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", LIBRARY)
    expect(messages(ada)).to_have_count(100)

    ada.locator("#older").focus()
    ada.keyboard.press("Enter")

    # It can be the whole history: scrolling to the button may already have started loading a page.
    expect(messages(ada).nth(199)).to_be_attached()


def test_the_reading_position_does_not_move_while_older_messages_load(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", LIBRARY)
    held: list[Route] = []
    ada.route(OLDER_PAGES, lambda route: hold(held, route))
    expect(messages(ada)).to_have_count(100)
    scroll_to_top(ada)
    until(ada, lambda: held)

    record_position(ada, "Book 152")
    held[0].continue_()
    expect(messages(ada)).to_have_count(200)

    tops = recorded_positions(ada)
    assert len(tops) > 1
    assert max(tops) - min(tops) < 1, set(tops)


def hold(held: list[Route], route: Route) -> None:
    """Delay a request."""
    held.append(route)


def record_position(page: Page, text: str) -> None:
    """Record the position of a message in every animation frame."""
    id = message(page, text).get_attribute("data-id")
    page.evaluate(
        """(id) => {
            window.tops = [];
            const look = () => {
                const line = document.querySelector(`article[data-id="${id}"]`);
                if (line) window.tops.push(line.getBoundingClientRect().top);
                requestAnimationFrame(look);
            };
            look();
        }""",
        id,
    )


def recorded_positions(page: Page) -> list[float]:
    """The recorded positions of the message, including a few more frames from now."""
    recorded: int = page.evaluate("window.tops.length")
    until(page, lambda: page.evaluate("window.tops.length") > recorded + 3)
    tops: list[float] = page.evaluate("window.tops")
    return tops


def test_a_reader_at_the_end_stays_at_the_end(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "bob", room)
    post(bob, *(f"Line {number:02}" for number in range(40)))
    expect(message(ada, "Line 39")).to_be_in_viewport()

    post(bob, "The\nnewest\nof\nall")

    expect(message(ada, "newest")).to_be_in_viewport(ratio=1)
    assert distance_to_end(ada) < 1
    for width, height in ((1280, 500), (400, 500)):
        ada.set_viewport_size({"width": width, "height": height})
        expect(message(ada, "newest")).to_be_in_viewport(ratio=1)
    expect(ada.locator("#newer")).to_be_hidden()


def test_a_reader_who_scrolled_up_is_not_moved_and_gets_a_button_to_new_messages(
    new_context: ContextMaker, room: str
) -> None:
    ada, bob = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "bob", room)
    post(bob, *(f"Line {number:02}" for number in range(60)))
    expect(messages(ada)).to_have_count(60)
    scroll_up(ada, 900)
    expect(ada.locator("#newer")).to_have_attribute("data-count", "0")

    record_position(ada, "Line 30")
    post(bob, "news 1", "news 2", "news 3")
    expect(ada.locator("#newer")).to_have_text("3 new messages")
    expect(ada.locator("#newer")).to_have_attribute("data-count", "3")
    tops = recorded_positions(ada)
    assert max(tops) - min(tops) < 1

    ada.locator("#newer").click()
    expect(message(ada, "news 3")).to_be_in_viewport(ratio=1)
    expect(ada.locator("#newer")).to_be_hidden()
    assert distance_to_end(ada) < 1


def test_a_reader_at_the_last_loaded_message_is_at_the_end_when_the_rest_loads(
    new_context: ContextMaker, room: str
) -> None:
    ada = enter(new_context(), "ada", room)
    first, *_ = post(ada, *(f"Line {number:03}" for number in range(101)))
    held: list[Route] = []
    ada.route(NEWER_PAGES, lambda route: hold(held, route))
    ada.goto(f"{room}?m={first}")
    expect(messages(ada)).to_have_count(100)
    ada.locator("#timeline").press("End")
    expect(message(ada, "Line 099")).to_be_in_viewport(ratio=1)
    expect(ada.locator("#newer")).to_be_visible()
    until(ada, lambda: held)

    held[0].continue_()

    expect(message(ada, "Line 100")).to_be_in_viewport(ratio=1)
    expect(ada.locator("#newer")).to_be_hidden()


def test_sending_scrolls_to_the_sent_message(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    post(ada, *(f"Line {number:02}" for number in range(60)))
    expect(messages(ada)).to_have_count(60)
    scroll_up(ada, 900)

    send_message(ada, "My word")

    expect(message(ada, "My word")).to_be_in_viewport(ratio=1)


def test_an_edit_above_does_not_move_the_reading_position(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter_without_page(new_context.without_page(), "bob", room)
    first, *_ = post(bob, *(f"Line {number:02}" for number in range(60)))
    expect(messages(ada)).to_have_count(60)
    scroll_up(ada, 900)

    record_position(ada, "Line 30")
    bob.context.request.patch(f"/api/messages/{first}", data={"text": "a much\n\nhigher\n\nmessage"})
    expect(message(ada, "higher")).to_be_attached()

    tops = recorded_positions(ada)
    assert max(tops) - min(tops) < 1


def test_images_and_drafts_above_do_not_move_the_reading_position(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    held: list[Route] = []
    ada.route("**/files/**", lambda route: hold(held, route))
    composer = bob.locator("#composer-text")
    dispatch_files(bob, "drop", png_file("tall.png", "red", (300, 900)), png_file("wide.png", "blue", (900, 300)))
    expect(bob.locator(".attachment[data-state=stored]")).to_have_count(2)
    composer.press("Enter")
    expect(messages(ada).locator(".picture")).to_have_count(2)
    composer.fill("I am")
    ghost = ada.locator("article.ghost .text")
    expect(ghost).to_have_text("I am")
    post(enter_without_page(new_context.without_page(), "eve", room), *(f"Line {number:02}" for number in range(40)))
    message(ada, "Line 04").evaluate("(line) => line.scrollIntoView({ block: 'start' })")
    expect(ghost).not_to_be_in_viewport()
    until(ada, lambda: len(held) == 2)

    record_position(ada, "Line 10")
    composer.fill("I am\n\nthinking\n\nof\nsomething\nlong")
    expect(ghost).to_contain_text("something")
    for route in held:
        route.continue_()
    until(
        ada,
        lambda: (
            messages(ada).locator(".picture img").evaluate_all("(images) => images.every((image) => image.complete)")
        ),
    )
    composer.fill("")
    expect(ghost).to_have_count(0)

    tops = recorded_positions(ada)
    assert max(tops) - min(tops) < 1, set(tops)


def test_days_are_separated(new_context: ContextMaker) -> None:
    ada = enter(new_context(), "ada", LIBRARY)

    expect(ada.locator("#timeline h2.day")).to_have_text(["Today"])
