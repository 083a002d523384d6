"""Live typing: users see each other's drafts as far as both sides allow it."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ContextMaker, enter, send_message, submit
from tests.browser.devices import new_page
from tests.browser.page_state import expect_texts, message, post, until
from tests.browser.serving import ServerProcess, run_server
from tests.client import message_id

DRAFT_EVERY_MS = 100
TOP = "element => element.getBoundingClientRect().top"


def ghosts(page: Page) -> Locator:
    """The ghosts of other users."""
    return page.locator("#timeline article.ghost:not([data-own])")


def type_text(page: Page, text: str) -> None:
    """Type a text key by key, without sending it."""
    page.locator("#composer-text").press_sequentially(text)


def rows(page: Page) -> list[str]:
    """The texts of messages and of other users' ghosts, from top to bottom."""
    return page.locator("#timeline article:not([data-own]) .text").all_text_contents()


def test_of_a_long_draft_the_end_is_shown(new_context: ContextMaker, room: str) -> None:
    ada, bob = (enter(new_context(), name, room) for name in ("ada", "bob"))

    bob.locator("#composer-text").fill("😀" * 3000)
    type_text(bob, "end")

    ghost = ghosts(ada).locator(".text")
    expect(ghost).to_have_text(re.compile("^…(😀){700,800}end$"))
    expect(ghost.locator("*")).to_have_count(0)
    bob.locator("#composer-text").press("Enter")
    expect(message(ada, "😀")).to_have_count(1)
    expect(ghost).to_have_count(0)
    assert len(message(ada, "😀").locator(".text").text_content() or "") < 1700


def test_three_users_see_each_other_type_and_positions_stay(new_context: ContextMaker, room: str) -> None:
    ada, bob, eve = (enter(new_context(), name, room) for name in ("ada", "bob", "eve"))
    send_message(ada, "What shall we eat?")

    type_text(bob, "Pizz")
    expect(ghosts(eve).locator(".text")).to_have_text(["Pizz"])
    type_text(eve, "Soup")
    expect(ghosts(ada).locator(".text")).to_have_text(["Pizz", "Soup"])
    type_text(bob, "a")
    expect(ghosts(ada).locator(".text")).to_have_text(["Pizza", "Soup"])
    expect(bob.locator("[data-own]")).to_be_visible()

    submit(eve, "Soup!")
    expect_texts(ada, ["What shall we eat?", "Soup!"])
    until(ada, lambda: rows(ada) == ["What shall we eat?", "Pizza", "Soup!"])
    submit(bob, "Pizza.")
    for page in (ada, bob, eve):
        expect_texts(page, ["What shall we eat?", "Pizza.", "Soup!"])
        expect(ghosts(page)).to_have_count(0)


def test_an_erased_draft_disappears(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)

    type_text(ada, "Never mind")
    expect(ghosts(bob).locator(".text")).to_have_text(["Never mind"])
    ada.locator("#composer-text").fill("")

    expect(ghosts(bob)).to_have_count(0)
    expect(ada.locator("[data-own]")).to_have_count(0)


def test_a_ghost_becomes_the_message_without_moving(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    send_message(ada, "Hello")
    type_text(bob, "Hello, Ada")
    expect(ghosts(ada).locator(".text")).to_have_text(["Hello, Ada"])
    before = ghosts(ada).bounding_box()
    ghost = ghosts(ada).element_handle()

    bob.locator("#composer-text").press("Enter")
    expect(message(ada, "Hello, Ada")).to_be_visible()

    after = message(ada, "Hello, Ada").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 1
    assert message(ada, "Hello, Ada").evaluate("(element, ghost) => element === ghost", ghost)


def test_a_pause_before_sending_keeps_the_position(new_context: ContextMaker, room: str) -> None:
    ada, context = enter(new_context(), "ada", room), new_context.disposable()
    sent: list[dict[str, object]] = []
    context.on("page", lambda page: page.on("websocket", lambda socket: socket.on("framesent", note)))

    def note(frame: str | bytes) -> None:
        sent.append(json.loads(frame))

    bob = enter(context, "bob", room)
    type_text(bob, "First")
    expect(ghosts(ada).locator(".text")).to_have_text(["First"])
    bob.wait_for_timeout(2 * DRAFT_EVERY_MS)  # longer than the delay before a draft is sent
    bob.locator("#composer-text").press("Enter")
    expect_texts(ada, ["First"])

    ids = [frame["id"] for frame in sent if frame["type"] in ("draft", "send")]
    assert len(set(ids)) == 1, "what is being sent is no draft a second time"


@pytest.mark.parametrize(
    ("share", "see"), [pytest.param("indicator", "letters", marks=pytest.mark.slow), ("letters", "indicator")]
)
def test_draft_texts_are_shown_only_if_both_sides_allow_it(
    new_context: ContextMaker, room: str, share: str, see: str
) -> None:
    ada, bob = enter(new_context(), "ada", room, share=share), enter(new_context(), "bob", room)
    bob.context.request.patch("/api/me", data={"see_typing": see})

    type_text(ada, "marker")

    expect(ghosts(bob)).to_have_count(1)
    assert ghosts(bob).get_attribute("data-letters") is None
    assert "marker" not in bob.content()


@pytest.mark.parametrize(
    ("share", "see"), [("nothing", "letters"), pytest.param("letters", "nothing", marks=pytest.mark.slow)]
)
def test_no_drafts_are_shown_if_one_side_disables_them(
    new_context: ContextMaker, room: str, share: str, see: str
) -> None:
    ada, bob = enter(new_context(), "ada", room, share=share), enter(new_context(), "bob", room)
    bob.context.request.patch("/api/me", data={"see_typing": see})

    type_text(ada, "marker")
    post(ada, "said meanwhile")

    expect_texts(bob, ["said meanwhile"])
    expect(ghosts(bob)).to_have_count(0)


def test_a_new_user_is_asked_about_sharing_at_the_first_keystroke(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room, share=None), enter(new_context(), "bob", room)

    type_text(ada, "Hi")
    expect(ghosts(bob)).to_have_count(1)
    assert ghosts(bob).get_attribute("data-letters") is None
    ada.locator('#typing-question [data-share="letters"]').click()

    expect(ada.locator("#typing-question")).to_be_hidden()
    expect(ghosts(bob).locator(".text")).to_have_text(["Hi"])
    expect(ada.locator("#typing-choice")).to_have_attribute("data-share", "letters")


def test_another_device_takes_over_a_draft(new_context: ContextMaker, room: str) -> None:
    laptop, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    context = new_context()
    context.add_cookies(laptop.context.cookies())  # type: ignore[arg-type]
    phone = new_page(context)
    phone.goto(room)
    type_text(laptop, "From the lap")

    phone.locator("#timeline .continue").click()
    expect(phone.locator("#composer-text")).to_have_value("From the lap")
    type_text(phone, "top and the phone")
    expect(ghosts(bob).locator(".text")).to_have_text(["From the laptop and the phone"])
    phone.locator("#composer-text").press("Enter")

    expect_texts(bob, ["From the laptop and the phone"])
    expect(laptop.locator("#composer-text")).to_have_value("")


def test_ghosts_below_do_not_move_the_reading_position(new_context: ContextMaker, room: str) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    post(ada, *(f"line {number}" for number in range(60)))
    expect(message(bob, "line 59")).to_be_visible()
    bob.locator("#timeline").evaluate("element => { element.scrollTop = 300; }")
    read = bob.locator("#timeline article", has_text="line 10").first
    before = read.evaluate(TOP)

    type_text(ada, "something long that grows " * 4)
    expect(ghosts(bob).locator(".text")).to_contain_text(["grows"])
    assert abs(read.evaluate(TOP) - before) < 1
    ada.locator("#composer-text").fill("")
    expect(ghosts(bob)).to_have_count(0)

    assert abs(read.evaluate(TOP) - before) < 1


@pytest.fixture(scope="module")
def impatient_server() -> Iterator[ServerProcess]:
    """A server that hides idle drafts after seconds."""
    with run_server("tests.browser.short_timeouts") as running:
        yield running


def test_an_idle_ghost_is_hidden_and_returns_to_its_position(
    new_context: ContextMaker, impatient_server: ServerProcess, room: str
) -> None:
    ada, bob = (enter(new_context(base_url=impatient_server.url), name, room) for name in ("ada", "bob"))
    type_text(ada, "Well")
    expect(ghosts(bob).locator(".text")).to_have_text(["Well"])

    expect(ghosts(bob)).to_have_count(0)
    send_message(bob, "Are you there?")
    type_text(ada, ", yes")

    until(bob, lambda: rows(bob) == ["Well, yes", "Are you there?"])


# Messages that are not cut off at an edge of the timeline.
WHOLLY_VISIBLE = """() => {
    const log = document.querySelector("#timeline").getBoundingClientRect();
    return [...document.querySelectorAll("#timeline article[data-seq]")].filter((line) => {
        const { top, bottom } = line.getBoundingClientRect();
        return top >= log.top - 1 && bottom <= log.bottom + 1;
    }).length;
}"""


def test_several_users_without_letters_share_a_row_and_letters_leave_room_for_messages(
    new_context: ContextMaker, room: str
) -> None:
    context, tap = new_context.with_tap(viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True)
    ada = enter(context, "ada", room)
    post(ada, *(f"Message {number}" for number in range(8)))
    expect(message(ada, "Message 7")).to_be_in_viewport()

    texts = ["a long text " * 20] * 5 + [""] * 3
    drafts = [
        {
            "id": message_id(),
            "author": {"id": f"u{number}", "name": f"user{number}"},
            "position": 9 + number,
            "text": text,
        }
        for number, text in enumerate(texts)
    ]
    tap.push({"type": "draft", "conversation": f"#{room[1:]}", "drafts": drafts, "all": True})

    expect(ghosts(ada)).to_have_count(5)
    expect(ghosts(ada).first.locator(".text")).to_be_visible()
    expect(ada.locator("#crowd")).to_have_text("user5, user6 and 1 more are typing…")
    assert ada.evaluate(WHOLLY_VISIBLE) >= 4
