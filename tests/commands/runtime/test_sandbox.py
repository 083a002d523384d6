"""A rogues' gallery: whatever a plugin does, the others and the chat go on, and its author reads what was wrong."""

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


@rogue.command("stubborn")
async def stubborn(ctx: Context) -> None:
    """Not end for long, and not listen either."""
    for _ in range(1_000):
        with suppress(BaseException):
            await asyncio.sleep(0.01)


@rogue.command("loop")
async def looping(ctx: Context) -> None:
    """Never give the event loop back."""
    while True:
        with suppress(Exception):
            time.time()


@rogue.command("block")
async def blocking(ctx: Context) -> str:
    """Sleep where one must not."""
    time.sleep(0.15)
    return "done"


@rogue.command("sleep")
async def sleeping(ctx: Context) -> None:
    """Sleep there for good."""
    time.sleep(60)


@rogue.command("thread")
def in_thread(ctx: Context) -> None:
    """Never end, in a thread."""
    released.wait(30)


@rogue.command("huge")
async def huge(ctx: Context) -> str:
    """Answer at length."""
    return "x" * 10_000_000


@rogue.command("flood")
async def flood(ctx: Context) -> None:
    """Answer a lot."""
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
    """Change what it was given."""
    ctx.caller.name = "eve"  # type: ignore[misc]


@rogue.command("pretend")
async def pretending(ctx: Context) -> None:
    """Be somebody else."""
    ctx.caller = ctx.here[0]  # type: ignore[misc]


@rogue.command("number")
async def number(ctx: Context) -> int:
    """Return what is no text."""
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
kept: list[Chat] = []  # one of them holds a coroutine that complains when it is collected


@pytest.fixture
def chat_plugins() -> Sequence[Plugin]:
    return [good, rogue]


@pytest.fixture
def hurried(chat_plugins: Sequence[Plugin]) -> Iterator[Chat]:
    """A chat in which nothing may take long."""
    released.clear()
    chat = Chat(chat_plugins, timeout_s=0.05)
    vars(chat.engine.registry)["_watchdog"]._blocked_s = 0.2
    chat.engine.registry.plugins["rogue"].resume()
    yield chat
    released.set()
    chat.close()
    kept.append(chat)


@pytest.mark.parametrize(
    ("typed", "said", "logged"),
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
def test_a_rogue_is_stopped_and_told_of_while_others_go_on(
    hurried: Chat, caplog: pytest.LogCaptureFixture, typed: str, said: str, logged: str
) -> None:
    ada, bob = hurried.as_("ada"), hurried.as_("bob")
    hurried.engine.registry.plugins["rogue"].resume()

    outcome = ada.run(typed)

    assert outcome.error.startswith(said)
    assert outcome.refusal is not None and outcome.refusal.code == "command_failed"
    assert logged in caplog.text
    if "(error " in said:
        assert (
            f"Plugin rogue: {typed} failed, error {outcome.error.partition('(error ')[2].rstrip(').')}" in caplog.text
        )
    assert bob.run("/hello").replies == ["Hello, bob!"]


def test_who_blocks_the_loop_is_named(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    assert chat.as_("ada").run("/block").replies == ["done"]

    assert "Plugin rogue: /block blocked the event loop for 1" in caplog.text


def test_a_huge_answer_is_shortened(chat: Chat) -> None:
    (answer,) = chat.as_("ada").run("/huge").replies

    assert len(answer) == 4000
    assert answer.endswith("x … (shortened)")


def test_what_a_command_returns_is_told_as_a_text(chat: Chat) -> None:
    assert chat.as_("ada").run("/number").replies == ["5"]


def test_tasks_that_a_command_leaves_are_cancelled(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    leaked.clear()

    assert chat.as_("ada").run("/leak").replies == ["done"]

    assert len(leaked) == 2
    assert all(task.cancelled() for task in leaked)
    assert "Plugin rogue: /leak left 2 tasks running, which were cancelled" in caplog.text


def test_hooks_that_fail_harm_nothing(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    ada = chat.as_("ada")
    ada.say("hello")
    chat.advance("1h")
    chat.restart()

    for what in ("on message", "on join", "on start", "on stop", "every hour"):
        assert f"RuntimeError: {what}" in caplog.text
    assert ada.run("/hello").replies == ["Hello, ada!"]


def test_a_plugin_that_keeps_failing_is_paused_and_admins_are_told(chat: Chat) -> None:
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


def test_too_many_threads_are_refused(hurried: Chat) -> None:
    sandbox = hurried.engine.registry.plugins["rogue"].sandbox

    async def eleven() -> list[object]:
        tasks = [asyncio.create_task(sandbox.run_in_thread(lambda: released.wait(30))) for _ in range(11)]
        await asyncio.sleep(0)
        released.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = hurried.wait(eleven())

    assert str(answers[-1]) == "The plugin rogue is busy with 10 commands."


def test_a_watchdog_leaves_the_signal_as_it_was() -> None:
    import signal

    before = signal.getsignal(signal.SIGALRM)
    watchdog = Watchdog()
    watchdog.begin()
    watchdog.end()
    watchdog.close()

    assert signal.getsignal(signal.SIGALRM) is before


def test_shutting_down_waits_for_no_rogue(hurried: Chat) -> None:
    began = time.monotonic()
    hurried.restart()

    assert time.monotonic() - began < 2
