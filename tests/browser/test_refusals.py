"""What the server does not take is shown where it was written, and what it cannot take now is sent again."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ContextMaker, enter, write
from tests.browser.page_state import expect_texts, messages, rewrite, stored, waiting
from tests.browser.websocket_tap import Frame, Wire, no_answer

A_KEYSTROKE_MS = 70  # slow enough for drafts to be told in between


def refuse_sends(wire: Wire, code: str, **fields: object) -> None:
    """Answer every message with an error."""

    def answer(frame: Frame) -> Frame | None:
        return {"type": "error", "code": code, "message": "No.", **fields} if frame["type"] == "send" else None

    wire.answer = answer


def refused(page: Page) -> Locator:
    return page.locator("#timeline article[data-refused]")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("bad_text", "A message must have 1 to 4000 characters."),
        ("id_taken", "This message could not be stored. Please try again."),
        ("some_new_code", "No."),
    ],
)
def test_a_refusal_stands_on_the_message_and_can_be_tried_again(
    new_context: ContextMaker, room: str, code: str, reason: str
) -> None:
    (context, wire), bob = new_context.wired(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room, share="nothing")
    refuse_sends(wire, code)
    write(ada, "Take this")
    write(ada, "and this")
    expect(refused(ada).locator(".text")).to_have_text(["Take this", "and this"])
    expect(refused(ada).first).to_have_attribute("data-refused", code)
    expect(refused(ada).first.locator(".reason")).to_have_text(reason)

    wire.answer = no_answer
    refused(ada).first.get_by_role("button", name="Try again").click()

    expect_texts(bob, ["Take this"])
    expect_texts(ada, ["Take this"])
    expect(refused(ada).locator(".text")).to_have_text(["and this"])
    assert len(stored(ada)) == 1


def test_a_refused_message_can_be_removed_for_good(new_context: ContextMaker, room: str) -> None:
    context, wire = new_context.wired()
    ada = enter(context, "ada", room, share="nothing")
    refuse_sends(wire, "bad_text")
    write(ada, "Never mind")
    expect(refused(ada)).to_have_count(1)
    ada.reload()
    expect(refused(ada).locator(".text")).to_have_text(["Never mind"])

    refused(ada).get_by_role("button", name="Remove").click()

    expect(refused(ada)).to_have_count(0)
    wire.answer = no_answer
    ada.reload()
    expect(ada.locator("#timeline-state")).to_contain_text("Write the first one!")
    assert stored(ada) == []


def test_a_busy_server_is_asked_again(new_context: ContextMaker, room: str) -> None:
    context, wire = new_context.wired()
    ada = enter(context, "ada", room)
    refuse_sends(wire, "busy", retry_after=0.1)
    write(ada, "one")
    write(ada, "two")
    expect(waiting(ada)).to_have_count(2)

    wire.answer = no_answer

    expect_texts(ada, ["one", "two"])
    expect(refused(ada)).to_have_count(0)


def test_what_a_busy_server_gets_later_keeps_its_order(new_context: ContextMaker, room: str) -> None:
    (context, wire), bob = new_context.wired(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room)
    refuse_sends(wire, "busy", retry_after=0.1)
    for line in ("one", "two", "three"):
        ada.locator("#composer-text").press_sequentially(line, delay=A_KEYSTROKE_MS)
        expect(bob.locator("[data-ghost] .text")).to_have_text("one")
        ada.locator("#composer-text").press("Enter")
    expect(waiting(ada).locator(".text")).to_have_text(["one", "two", "three"])

    wire.answer = no_answer

    expect_texts(ada, ["one", "two", "three"])
    expect_texts(bob, ["one", "two", "three"])


def test_an_edit_that_is_refused_can_be_corrected(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    write(ada, "short")
    expect_texts(ada, ["short"])
    editor = ada.get_by_label("Edit message")

    rewrite(ada, "short", "x" * 4001)
    editor.press("Enter")
    expect(ada.locator(".editor .error")).to_have_text("A message must have 1 to 4000 characters.")
    expect(editor).to_be_focused()
    editor.fill("better")
    editor.press("Enter")

    expect_texts(ada, ["better"])


def test_while_the_connection_is_down_an_edit_says_so(new_context: ContextMaker, room: str) -> None:
    context, wire = new_context.wired()
    ada = enter(context, "ada", room)
    write(ada, "as it was")
    expect_texts(ada, ["as it was"])

    wire.cut()
    rewrite(ada, "as it was", "as it shall be")
    ada.get_by_label("Edit message").press("Enter")

    expect(ada.locator(".editor .error")).to_have_text(
        "The server cannot be reached. Check your connection and try again."
    )
    wire.mend()
    expect(ada.locator("#connection")).to_have_attribute("data-state", "live")
    ada.get_by_label("Edit message").press("Enter")
    expect(messages(ada).locator(".text")).to_have_text(["as it shall be"])
