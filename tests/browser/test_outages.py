"""Outages: no message is lost or duplicated when connections, pages or the server fail."""

import signal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ContextMaker, enter, send_message, submit
from tests.browser.devices import new_page
from tests.browser.page_state import expect_texts, messages, pending, post, stored_messages, texts, until
from tests.browser.serving import ServerProcess
from tests.browser.websocket_tap import Frame, WebSocketTap

TEN_LINES = [f"line {number}" for number in range(10)]


def assert_stored_once(page: Page, expected: list[str]) -> None:
    """Check that the server has exactly these messages, with seqs without gaps."""
    stored = stored_messages(page)
    assert [message["text"] for message in stored] == expected
    assert [message["seq"] for message in stored] == list(range(1, len(expected) + 1))


def test_messages_written_offline_are_delivered_once_and_in_order(new_context: ContextMaker, room: str) -> None:
    (context, tap), bob = new_context.with_tap(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room)
    banner = ada.locator("#connection-banner")
    expect(banner).to_be_hidden()

    context.set_offline(True)
    tap.cut()
    expect(banner).to_have_attribute("data-state", "offline")
    expect(banner).to_be_visible()
    expect(ada.locator("#connection")).not_to_have_attribute("data-state", "live")
    for line in TEN_LINES:
        submit(ada, line)
    expect(pending(ada).locator(".text")).to_have_text(TEN_LINES)
    ada.locator("#composer-text").fill("and one in the compo")

    context.set_offline(False)
    tap.reconnect()
    expect_texts(bob, TEN_LINES)
    expect_texts(ada, TEN_LINES)
    expect(pending(ada)).to_have_count(0)
    expect(banner).to_be_hidden()
    expect(ada.locator("#composer-text")).to_have_value("and one in the compo")
    assert_stored_once(ada, TEN_LINES)


def test_without_the_server_the_banner_shows_reconnecting(new_context: ContextMaker, room: str) -> None:
    context, tap = new_context.with_tap()
    ada = enter(context, "ada", room)

    tap.cut()

    expect(ada.locator("#connection-banner")).to_have_attribute("data-state", "reconnecting")
    expect(ada.locator("#connection-banner")).to_have_text("Connection lost. Reconnecting…")
    tap.reconnect()
    expect(ada.locator("#connection-banner")).to_be_hidden()
    expect(ada.locator("#connection")).to_have_attribute("data-state", "live")


def test_the_page_reconnects_by_itself(new_context: ContextMaker, room: str) -> None:
    context, tap = new_context.with_tap()
    ada = enter(context, "ada", room)

    tap.cut()
    expect(ada.locator("#connection")).not_to_have_attribute("data-state", "live")
    tap.allow_connections()

    expect(ada.locator("#connection")).to_have_attribute("data-state", "live")
    send_message(ada, "Here again")


def test_unsent_messages_survive_closing_the_page(new_context: ContextMaker, room: str) -> None:
    (context, tap), bob = new_context.with_tap(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room)
    tap.cut()
    for line in TEN_LINES:
        submit(ada, line)
    expect(pending(ada)).to_have_count(10)

    ada.close()
    ada = new_page(context)
    ada.goto(room)
    expect(pending(ada).locator(".text")).to_have_text(TEN_LINES)
    expect(messages(bob)).to_have_count(0)

    tap.reconnect()
    expect_texts(bob, TEN_LINES)
    expect_texts(ada, TEN_LINES)
    expect(pending(ada)).to_have_count(0)
    assert_stored_once(ada, TEN_LINES)
    ada.reload()
    expect_texts(ada, TEN_LINES)
    expect(pending(ada)).to_have_count(0)


def test_a_lost_answer_does_not_send_twice(new_context: ContextMaker, room: str) -> None:
    (context, tap), bob = new_context.with_tap(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room)
    tap.on_event = lambda frame: [] if frame["type"] in ("ack", "message") else [frame]

    submit(ada, "Did you get this?")
    expect_texts(bob, ["Did you get this?"])
    expect(pending(ada)).to_have_count(1)
    tap.cut()
    tap.on_event = lambda frame: [frame]
    tap.reconnect()

    expect_texts(ada, ["Did you get this?"])
    expect(pending(ada)).to_have_count(0)
    assert_stored_once(ada, ["Did you get this?"])


def test_two_tabs_send_a_message_once(new_context: ContextMaker, room: str) -> None:
    (context, tap), bob = new_context.with_tap(), enter(new_context(), "bob", room)
    first, second = enter(context, "ada", room), new_page(context)
    second.goto(room)
    expect(second.locator("#connection")).to_have_attribute("data-state", "live")

    tap.cut()
    submit(first, "from the first")
    expect(pending(second).locator(".text")).to_have_text(["from the first"])
    submit(second, "from the second")
    expect(pending(first).locator(".text")).to_have_text(["from the first", "from the second"])
    tap.reconnect()

    for page in (first, second, bob):
        expect_texts(page, ["from the first", "from the second"])
        expect(pending(page)).to_have_count(0)
    assert tap.sent_texts() == ["from the first", "from the second"]
    assert_stored_once(bob, ["from the first", "from the second"])


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_the_server_restarts_while_messages_are_sent(
    new_context: ContextMaker, ting: ServerProcess, room: str, number: signal.Signals
) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    send_message(bob, "before")
    adas, bobs = ([f"{name} {count}" for count in range(8)] for name in ("ada", "bob"))

    for count, (own, other) in enumerate(zip(adas, bobs, strict=True)):
        submit(ada, own)
        submit(bob, other)
        if count == 4:
            ting.stop(number)
    expect(pending(ada).locator(".text").last).to_have_text("ada 7")
    ting.start()

    for page in (ada, bob):
        expect(messages(page)).to_have_count(17)
        expect(pending(page)).to_have_count(0)
    assert texts(ada) == texts(bob)
    for name, own_texts in (("ada", adas), ("bob", bobs)):
        assert [text for text in texts(ada) if text.startswith(name)] == own_texts
    stored = stored_messages(ada)
    assert [message["seq"] for message in stored] == list(range(1, 18))
    assert sorted(message["text"] for message in stored) == sorted(["before", *adas, *bobs])


def test_a_silent_connection_is_replaced(new_context: ContextMaker, room: str) -> None:
    context, bob = new_context.disposable(), enter(new_context(), "bob", room)
    context.clock.install()
    tap = WebSocketTap(context)
    ada = enter(context, "ada", room)
    expect(ada.locator("#people li")).to_have_count(2)

    tap.freeze()
    post(bob, "into the void")
    submit(ada, "Anybody there?")
    context.clock.fast_forward(16_000)
    context.clock.fast_forward(11_000)

    expect_texts(bob, ["into the void", "Anybody there?"])
    expect_texts(ada, ["into the void", "Anybody there?"])


def test_the_outbox_shows_whether_a_message_waits_or_was_sent(new_context: ContextMaker, room: str) -> None:
    context, tap = new_context.with_tap()
    ada = enter(context, "ada", room)
    held: list[Frame] = []

    def hold(frame: Frame) -> list[Frame]:
        held.append(frame)
        return []

    tap.on_event = hold

    submit(ada, "On its way")

    expect(pending(ada).get_by_text("Waiting to be sent")).to_be_attached()
    until(ada, lambda: {"ack", "message"} <= {frame["type"] for frame in held})
    expect(pending(ada)).to_have_count(1)
    for frame in held:
        tap.push(frame)
    expect_texts(ada, ["On its way"])
    expect(ada.get_by_text("Waiting to be sent")).to_have_count(0)
