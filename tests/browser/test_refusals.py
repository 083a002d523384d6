"""Refused messages are shown where they were written, and requests to a busy server are retried."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ContextMaker, enter, submit
from tests.browser.page_state import edit_message, expect_texts, messages, pending, stored_messages
from tests.browser.websocket_tap import Frame, WebSocketTap, no_answer

KEYSTROKE_MS = 70  # slow enough for drafts to be broadcast between keystrokes
MESSAGE_LIMITS = "A message must have at least one visible character, and at most 4000."


def refuse_sends(tap: WebSocketTap, code: str, **fields: object) -> None:
    """Answer every message with an error."""

    def answer(frame: Frame) -> Frame | None:
        return {"type": "error", "code": code, "message": "No.", **fields} if frame["type"] == "send" else None

    tap.on_request = answer


def refused(page: Page) -> Locator:
    return page.locator("#timeline article[data-refused]")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param("bad_text", MESSAGE_LIMITS, marks=pytest.mark.slow),
        ("id_taken", "This message could not be stored. Please try again."),
        pytest.param("some_new_code", "No.", marks=pytest.mark.slow),
    ],
)
def test_a_refusal_is_shown_on_the_message_and_can_be_retried(
    new_context: ContextMaker, room: str, code: str, reason: str
) -> None:
    (context, tap), bob = new_context.with_tap(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room, share="nothing")
    refuse_sends(tap, code)
    submit(ada, "Take this")
    submit(ada, "and this")
    expect(refused(ada).locator(".text")).to_have_text(["Take this", "and this"])
    expect(refused(ada).first).to_have_attribute("data-refused", code)
    expect(refused(ada).first.locator(".reason")).to_have_text(reason)

    tap.on_request = no_answer
    refused(ada).first.get_by_role("button", name="Try again").click()

    expect_texts(bob, ["Take this"])
    expect_texts(ada, ["Take this"])
    expect(refused(ada).locator(".text")).to_have_text(["and this"])
    assert len(stored_messages(ada)) == 1


def test_a_refused_message_can_be_removed_permanently(new_context: ContextMaker, room: str) -> None:
    context, tap = new_context.with_tap()
    ada = enter(context, "ada", room, share="nothing")
    refuse_sends(tap, "bad_text")
    submit(ada, "Never mind")
    expect(refused(ada)).to_have_count(1)
    ada.reload()
    expect(refused(ada).locator(".text")).to_have_text(["Never mind"])

    refused(ada).get_by_role("button", name="Remove").click()

    expect(refused(ada)).to_have_count(0)
    tap.on_request = no_answer
    ada.reload()
    expect(ada.locator("#timeline-state")).to_contain_text("Write the first one!")
    assert stored_messages(ada) == []


def test_a_request_to_a_busy_server_is_retried(new_context: ContextMaker, room: str) -> None:
    context, tap = new_context.with_tap()
    ada = enter(context, "ada", room)
    refuse_sends(tap, "busy", retry_after=0.1)
    submit(ada, "one")
    submit(ada, "two")
    expect(pending(ada)).to_have_count(2)

    tap.on_request = no_answer

    expect_texts(ada, ["one", "two"])
    expect(refused(ada)).to_have_count(0)


def test_messages_retried_after_a_busy_server_keep_their_order(new_context: ContextMaker, room: str) -> None:
    (context, tap), bob = new_context.with_tap(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room)
    refuse_sends(tap, "busy", retry_after=0.1)
    for line in ("one", "two", "three"):
        ada.locator("#composer-text").press_sequentially(line, delay=KEYSTROKE_MS)
        expect(bob.locator("[data-ghost] .text")).to_have_text("one")
        ada.locator("#composer-text").press("Enter")
    expect(pending(ada).locator(".text")).to_have_text(["one", "two", "three"])

    tap.on_request = no_answer

    expect_texts(ada, ["one", "two", "three"])
    expect_texts(bob, ["one", "two", "three"])


def test_a_refused_edit_can_be_corrected(new_context: ContextMaker, room: str) -> None:
    ada = enter(new_context(), "ada", room)
    submit(ada, "short")
    expect_texts(ada, ["short"])
    editor = ada.get_by_label("Edit message")

    edit_message(ada, "short", "x" * 4001)
    editor.press("Enter")
    expect(ada.locator(".editor .error")).to_have_text(
        "A message must have at least one visible character, and at most 4000."
    )
    expect(editor).to_be_focused()
    editor.fill("better")
    editor.press("Enter")

    expect_texts(ada, ["better"])


def test_an_edit_without_a_connection_says_so(new_context: ContextMaker, room: str) -> None:
    context, tap = new_context.with_tap()
    ada = enter(context, "ada", room)
    submit(ada, "as it was")
    expect_texts(ada, ["as it was"])

    tap.cut()
    edit_message(ada, "as it was", "as it shall be")
    ada.get_by_label("Edit message").press("Enter")

    expect(ada.locator(".editor .error")).to_have_text(
        "The server cannot be reached. Check your connection and try again."
    )
    tap.reconnect()
    expect(ada.locator("#connection")).to_have_attribute("data-state", "live")
    ada.get_by_label("Edit message").press("Enter")
    expect(messages(ada).locator(".text")).to_have_text(["as it shall be"])
