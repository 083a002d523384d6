"""Nothing is lost and nothing comes twice, whatever breaks on the way."""

import signal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ContextMaker, enter, say, write
from tests.browser.devices import new_page
from tests.browser.page_state import expect_texts, messages, post, stored, texts, until, waiting
from tests.browser.serving import RunningTing
from tests.browser.websocket_tap import Frame, Wire

TEN_LINES = [f"line {number}" for number in range(10)]


def assert_stored_once(page: Page, wanted: list[str]) -> None:
    """The server has exactly these, under seqs without a gap."""
    found = stored(page)
    assert [message["text"] for message in found] == wanted
    assert [message["seq"] for message in found] == list(range(1, len(wanted) + 1))


def test_what_is_written_offline_is_delivered_once_and_in_order(new_context: ContextMaker, room: str) -> None:
    (context, wire), bob = new_context.wired(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room)
    banner = ada.locator("#connection-banner")
    expect(banner).to_be_hidden()

    context.set_offline(True)
    wire.cut()
    expect(banner).to_have_attribute("data-state", "offline")
    expect(banner).to_be_visible()
    expect(ada.locator("#connection")).not_to_have_attribute("data-state", "live")
    for line in TEN_LINES:
        write(ada, line)
    expect(waiting(ada).locator(".text")).to_have_text(TEN_LINES)
    ada.locator("#composer-text").fill("and one in the compo")

    context.set_offline(False)
    wire.mend()
    expect_texts(bob, TEN_LINES)
    expect_texts(ada, TEN_LINES)
    expect(waiting(ada)).to_have_count(0)
    expect(banner).to_be_hidden()
    expect(ada.locator("#composer-text")).to_have_value("and one in the compo")
    assert_stored_once(ada, TEN_LINES)


def test_without_the_server_the_banner_says_that_it_is_reconnecting(new_context: ContextMaker, room: str) -> None:
    context, wire = new_context.wired()
    ada = enter(context, "ada", room)

    wire.cut()

    expect(ada.locator("#connection-banner")).to_have_attribute("data-state", "reconnecting")
    expect(ada.locator("#connection-banner")).to_have_text("Connection lost. Reconnecting…")
    wire.mend()
    expect(ada.locator("#connection-banner")).to_be_hidden()
    expect(ada.locator("#connection")).to_have_attribute("data-state", "live")


def test_it_comes_back_by_itself(new_context: ContextMaker, room: str) -> None:
    context, wire = new_context.wired()
    ada = enter(context, "ada", room)

    wire.cut()
    expect(ada.locator("#connection")).not_to_have_attribute("data-state", "live")
    wire.heal()

    expect(ada.locator("#connection")).to_have_attribute("data-state", "live")
    say(ada, "Here again")


def test_what_waits_survives_closing_the_page(new_context: ContextMaker, room: str) -> None:
    (context, wire), bob = new_context.wired(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room)
    wire.cut()
    for line in TEN_LINES:
        write(ada, line)
    expect(waiting(ada)).to_have_count(10)

    ada.close()
    ada = new_page(context)
    ada.goto(room)
    expect(waiting(ada).locator(".text")).to_have_text(TEN_LINES)
    expect(messages(bob)).to_have_count(0)

    wire.mend()
    expect_texts(bob, TEN_LINES)
    expect_texts(ada, TEN_LINES)
    expect(waiting(ada)).to_have_count(0)
    assert_stored_once(ada, TEN_LINES)
    ada.reload()
    expect_texts(ada, TEN_LINES)
    expect(waiting(ada)).to_have_count(0)


def test_an_answer_that_was_lost_does_not_send_twice(new_context: ContextMaker, room: str) -> None:
    (context, wire), bob = new_context.wired(), enter(new_context(), "bob", room)
    ada = enter(context, "ada", room)
    wire.arrival = lambda frame: [] if frame["type"] in ("ack", "message") else [frame]

    write(ada, "Did you get this?")
    expect_texts(bob, ["Did you get this?"])
    expect(waiting(ada)).to_have_count(1)
    wire.cut()
    wire.arrival = lambda frame: [frame]
    wire.mend()

    expect_texts(ada, ["Did you get this?"])
    expect(waiting(ada)).to_have_count(0)
    assert_stored_once(ada, ["Did you get this?"])


def test_two_tabs_send_it_once(new_context: ContextMaker, room: str) -> None:
    (context, wire), bob = new_context.wired(), enter(new_context(), "bob", room)
    first, second = enter(context, "ada", room), new_page(context)
    second.goto(room)
    expect(second.locator("#connection")).to_have_attribute("data-state", "live")

    wire.cut()
    write(first, "from the first")
    expect(waiting(second).locator(".text")).to_have_text(["from the first"])
    write(second, "from the second")
    expect(waiting(first).locator(".text")).to_have_text(["from the first", "from the second"])
    wire.mend()

    for page in (first, second, bob):
        expect_texts(page, ["from the first", "from the second"])
        expect(waiting(page)).to_have_count(0)
    assert wire.sends() == ["from the first", "from the second"]
    assert_stored_once(bob, ["from the first", "from the second"])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_ends_amid_messages_and_comes_back(
    new_context: ContextMaker, ting: RunningTing, room: str, number: signal.Signals
) -> None:
    ada, bob = enter(new_context(), "ada", room), enter(new_context(), "bob", room)
    say(bob, "before")
    mine, theirs = ([f"{name} {count}" for count in range(8)] for name in ("ada", "bob"))

    for count, (own, other) in enumerate(zip(mine, theirs, strict=True)):
        write(ada, own)
        write(bob, other)
        if count == 4:
            ting.stop(number)
    expect(waiting(ada).locator(".text").last).to_have_text("ada 7")
    ting.start()

    for page in (ada, bob):
        expect(messages(page)).to_have_count(17)
        expect(waiting(page)).to_have_count(0)
    assert texts(ada) == texts(bob)
    for name, said in (("ada", mine), ("bob", theirs)):
        assert [text for text in texts(ada) if text.startswith(name)] == said
    found = stored(ada)
    assert [message["seq"] for message in found] == list(range(1, 18))
    assert sorted(message["text"] for message in found) == sorted(["before", *mine, *theirs])


def test_a_connection_that_says_nothing_any_more_is_replaced(new_context: ContextMaker, room: str) -> None:
    context, bob = new_context.once(), enter(new_context(), "bob", room)
    context.clock.install()
    wire = Wire(context)
    ada = enter(context, "ada", room)
    expect(ada.locator("#people li")).to_have_count(2)

    wire.freeze()
    post(bob, "into the void")
    write(ada, "Anybody there?")
    context.clock.fast_forward(16_000)
    context.clock.fast_forward(11_000)

    expect_texts(bob, ["into the void", "Anybody there?"])
    expect_texts(ada, ["into the void", "Anybody there?"])


def test_the_outbox_tells_waiting_from_sent(new_context: ContextMaker, room: str) -> None:
    context, wire = new_context.wired()
    ada = enter(context, "ada", room)
    held: list[Frame] = []

    def hold(frame: Frame) -> list[Frame]:
        held.append(frame)
        return []

    wire.arrival = hold

    write(ada, "On its way")

    expect(waiting(ada).get_by_text("Waiting to be sent")).to_be_attached()
    until(ada, lambda: {"ack", "message"} <= {frame["type"] for frame in held})
    expect(waiting(ada)).to_have_count(1)
    for frame in held:
        wire.push(frame)
    expect_texts(ada, ["On its way"])
    expect(ada.get_by_text("Waiting to be sent")).to_have_count(0)
