"""Misbehaving plugins: other plugins and the chat continue, and the log says what went wrong."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest

from ting.commands import Context, Plugin
from ting.commands.runtime.sandbox import Watchdog
from ting.core.models import Message
from ting.testing import Chat

good = Plugin("good")
rogue = Plugin("rogue")
released = threading.Event()


@good.command("hello")
async def hello(ctx: Context) -> str:
    """Say hello."""
    return f"Hello, {ctx.caller.name}!"


@rogue.command("raise")
async def raising(ctx: Context) -> None:
    """Fail."""
    raise RuntimeError("a bug with secrets")


@rogue.command("exit")
async def leaving(ctx: Context) -> None:
    """Try to end the server."""
    raise SystemExit


@rogue.command("wait")
async def waiting(ctx: Context) -> None:
    """Never end."""
    await asyncio.get_running_loop().create_future()


@rogue.command("tale")
async def tale(ctx: Context, seconds: float) -> None:
    """Write a ghost for some seconds, partly in a task of its own."""
    async with ctx.typing() as ghost:
        await ghost.write("a" * round(20 * seconds))
        await asyncio.create_task(ghost.write("b" * round(20 * seconds)))


@rogue.command("two-tales")
async def two_tales(ctx: Context) -> None:
    """Write two ghosts."""
    for _ in range(2):
        async with ctx.typing() as ghost:
            await ghost.write("a" * 240)


@rogue.command("stubborn")
async def stubborn(ctx: Context) -> None:
    """Run for long, and suppress every cancellation."""
    for _ in range(1_000):
        with suppress(BaseException):
            await asyncio.sleep(0.01)


@rogue.command("loop")
async def looping(ctx: Context) -> None:
    """Block the event loop forever."""
    while True:
        with suppress(Exception):
            time.time()


@rogue.command("block")
async def blocking(ctx: Context) -> str:
    """Block the event loop for a moment."""
    time.sleep(0.15)
    return "done"


@rogue.command("sleep")
async def sleeping(ctx: Context) -> None:
    """Block the event loop in a system call."""
    time.sleep(60)


@rogue.command("thread")
def in_thread(ctx: Context) -> None:
    """Never end, in a thread."""
    released.wait(30)


@rogue.command("huge")
async def huge(ctx: Context) -> str:
    """Answer with a very long text."""
    return "x" * 10_000_000


@rogue.command("flood")
async def flood(ctx: Context) -> None:
    """Answer too often."""
    for number in range(1_000):
        await ctx.reply(str(number))


@rogue.command("leak")
async def leaking(ctx: Context) -> str:
    """Leave tasks behind."""

    async def forever() -> None:
        leaked.append(asyncio.create_task(asyncio.sleep(60)))
        await asyncio.sleep(60)

    leaked.append(asyncio.create_task(forever()))
    await asyncio.sleep(0)
    return "done"


@rogue.command("change")
async def changing(ctx: Context, *words: str) -> None:
    """Change an object that the server passed."""
    ctx.caller.name = "eve"  # type: ignore[misc]


@rogue.command("pretend")
async def pretending(ctx: Context) -> None:
    """Act as another user."""
    ctx.caller = ctx.here[0]  # type: ignore[misc]


@rogue.command("number")
async def number(ctx: Context) -> int:
    """Return a value that is not a text."""
    return 5


@rogue.on("message")
async def on_message(ctx: Context, message: Message) -> None:
    raise RuntimeError("on message")


@rogue.on("join")
async def on_join(ctx: Context, person: object) -> None:
    raise RuntimeError("on join")


@rogue.on("start")
async def on_start(ctx: Context) -> None:
    raise RuntimeError("on start")


@rogue.on("stop")
async def on_stop(ctx: Context) -> None:
    raise RuntimeError("on stop")


@rogue.every("1h")
async def hourly(ctx: Context) -> None:
    raise RuntimeError("every hour")


leaked: list[asyncio.Task[Any]] = []
kept: list[Chat] = []  # one of them holds a coroutine that would warn when it is garbage-collected


@pytest.fixture
def chat_plugins() -> Sequence[Plugin]:
    return [good, rogue]


@pytest.fixture
def impatient_chat(chat_plugins: Sequence[Plugin]) -> Iterator[Chat]:
    """A chat with short time limits for plugins."""
    released.clear()
    chat = Chat(chat_plugins, timeout_s=0.05)
    vars(chat.engine.registry)["_watchdog"]._blocked_s = 0.2
    chat.engine.registry.plugins["rogue"].resume()
    yield chat
    released.set()
    chat.close()
    kept.append(chat)


@pytest.mark.parametrize(
    ("typed", "error", "logged"),
    [
        ("/raise", r"/raise failed (error ", "a bug with secrets"),
        ("/exit", r"/exit failed (error ", "Exited: SystemExit"),
        ("/wait", "/wait took too long and was stopped.", "/wait took more than 0.05 s"),
        ("/stubborn", "/stubborn took too long and was stopped.", "/stubborn took more than 0.05 s"),
        ("/loop", "/loop failed (error ", "Blocked: It blocked the event loop"),
        ("/sleep", "/sleep failed (error ", "Blocked: It blocked the event loop"),
        ("/thread", "/thread took too long and was stopped.", "/thread took more than 0.05 s"),
        ("/flood", "/flood failed (error ", "One call can send at most 20 replies."),
        ("/change", "/change failed (error ", "immutable type: 'Person'"),
        ("/pretend", "/pretend failed (error ", "has no setter"),
    ],
)
def test_a_rogue_is_stopped_and_logged_while_other_commands_work(
    impatient_chat: Chat, caplog: pytest.LogCaptureFixture, typed: str, error: str, logged: str
) -> None:
    ada, bob = impatient_chat.as_("ada"), impatient_chat.as_("bob")
    impatient_chat.engine.registry.plugins["rogue"].resume()

    outcome = ada.run(typed)

    assert outcome.error.startswith(error)
    assert outcome.refusal is not None and outcome.refusal.code == "command_failed"
    assert logged in caplog.text
    if "(error " in error:
        assert (
            f"Plugin rogue: {typed} failed, error {outcome.error.partition('(error ')[2].rstrip(').')}" in caplog.text
        )
    assert bob.run("/hello").replies == ["Hello, bob!"]


def test_a_plugin_that_blocks_the_event_loop_is_named_in_the_log(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    assert chat.as_("ada").run("/block").replies == ["done"]

    assert "Plugin rogue: /block blocked the event loop for 1" in caplog.text


def test_a_huge_answer_is_shortened(chat: Chat) -> None:
    (answer,) = chat.as_("ada").run("/huge").replies

    assert len(answer) == 4000
    assert answer.endswith("x … (shortened)")


def test_the_result_of_a_command_is_shown_as_text(chat: Chat) -> None:
    assert chat.as_("ada").run("/number").replies == ["5"]


def test_tasks_that_a_command_leaves_are_cancelled(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    leaked.clear()

    assert chat.as_("ada").run("/leak").replies == ["done"]

    assert len(leaked) == 2
    assert all(task.cancelled() for task in leaked)
    assert "Plugin rogue: /leak left 2 tasks running, which were cancelled" in caplog.text


def test_hooks_that_fail_are_only_logged(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    ada = chat.as_("ada")
    ada.say("hello")
    chat.advance("1h")
    chat.restart()

    for what in ("on message", "on join", "on start", "on stop", "every hour"):
        assert f"RuntimeError: {what}" in caplog.text
    assert ada.run("/hello").replies == ["Hello, ada!"]


def test_a_plugin_that_keeps_failing_is_paused_and_admins_are_notified(chat: Chat) -> None:
    ada = chat.as_("ada")
    chat.engine.registry.plugins["rogue"].resume()
    for _ in range(5):
        assert ada.run("/raise").error.startswith("/raise failed")

    assert ada.run("/raise").error == "/raise failed too often and is paused."
    assert ada.run("/hello").replies == ["Hello, ada!"]
    assert chat.alerts == [
        "The plugin rogue failed 5 times in a row (/raise: RuntimeError) and is paused for 10 minutes."
    ]
    assert chat.engine.registry.problems() == ["rogue is paused for 600 s because it failed too often"]
    assert [usage.name for usage in chat.commands()] == ["hello"]

    chat.advance("11m")

    assert ada.run("/number").replies == ["5"]


def test_too_many_threads_are_refused(impatient_chat: Chat) -> None:
    sandbox = impatient_chat.engine.registry.plugins["rogue"].sandbox

    async def eleven() -> list[object]:
        tasks = [asyncio.create_task(sandbox.run_in_thread(lambda: released.wait(30))) for _ in range(11)]
        await asyncio.sleep(0)
        released.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = impatient_chat.wait(eleven())

    assert str(answers[-1]) == "The plugin rogue is busy with 10 commands."


def test_a_watchdog_restores_the_signal_handler() -> None:
    import signal

    before = signal.getsignal(signal.SIGALRM)
    watchdog = Watchdog()
    watchdog.begin()
    watchdog.end()
    watchdog.close()

    assert signal.getsignal(signal.SIGALRM) is before


def test_shutting_down_does_not_wait_for_a_rogue(impatient_chat: Chat) -> None:
    started = time.monotonic()
    impatient_chat.restart()

    assert time.monotonic() - started < 2


@pytest.mark.parametrize(("seconds", "is_stopped"), [(9, False), (11, True), (14, True)])
def test_the_time_that_a_ghost_takes_counts_for_the_time_limit(chat: Chat, seconds: float, is_stopped: bool) -> None:
    outcome = chat.as_("ada").run(f"/tale {seconds}")

    assert outcome.error == ("/tale took too long and was stopped." if is_stopped else "")
    assert len(outcome.said) == (not is_stopped)
    assert (chat.ghosts[-1] == "") == is_stopped
    assert max(map(len, chat.ghosts)) <= 404  # 40 letters a second


def test_all_ghosts_of_a_call_share_its_time_limit_and_later_calls_have_their_own(chat: Chat) -> None:
    ada = chat.as_("ada")

    outcome = ada.run("/two-tales")

    assert outcome.error == "/two-tales took too long and was stopped."
    assert outcome.said == ["a" * 240]
    assert ada.run("/tale 9").error == ""
    ada.say("hello")  # handlers of events have their own limits, too
    assert ada.run("/tale 9").error == ""
