"""Timers and scheduled tasks: tasks that are refused for now, and a clock that is set back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from ting.commands import Context, Plugin
from ting.core.errors import Muted
from ting.testing import Chat

bell = Plugin("bell")


@bell.command("bell")
async def wind(ctx: Context, muted: int) -> None:
    """Ring in a minute. From then on, ringing is refused for `muted` minutes."""
    await ctx.later(timedelta(minutes=1), "ring", (ctx.now + timedelta(minutes=1 + muted)).isoformat())


@bell.task("ring")
async def ring(ctx: Context, allowed: str) -> None:
    wait = datetime.fromisoformat(allowed) - ctx.now
    await ctx.store.increment("tries")
    if wait > timedelta():
        raise Muted(retry_after=wait.total_seconds())
    await ctx.say("ding")


@bell.command("crack")
async def crack(ctx: Context) -> None:
    """Fail."""
    raise RuntimeError


@bell.every("1h")
async def strike(ctx: Context) -> None:
    await ctx.store.increment("strikes")


@pytest.fixture
def chat_plugins() -> Sequence[Plugin]:
    return [bell]


def stored_count(chat: Chat, key: str) -> int:
    value = chat.wait(chat.memory.values.get("bell", key, chat.memory.clock.now()))
    assert isinstance(value, int)
    return value


def set_back(chat: Chat) -> None:
    chat.memory.clock.move(-30 * 24 * 3_600_000)
    chat.wait(chat.engine.scheduler.run_due())


def test_a_task_that_is_refused_for_a_time_runs_again_afterwards(chat: Chat) -> None:
    chat.as_("ada").run("/bell 5")

    assert chat.advance("5m59s").said == []
    assert stored_count(chat, "tries") == 1
    chat.restart()
    assert chat.advance("1s").said == ["ding"]
    assert stored_count(chat, "tries") == 2
    assert chat.advance("1h").said == []


def test_a_task_that_is_refused_for_long_is_retried_every_ten_minutes(chat: Chat) -> None:
    chat.as_("ada").run("/bell 60")

    chat.advance("31m")
    assert stored_count(chat, "tries") == 4
    assert chat.advance("30m").said == ["ding"]


@pytest.mark.parametrize("restarted", [False, True])
def test_a_timer_continues_when_the_clock_is_set_back(chat: Chat, restarted: bool) -> None:
    chat.wait(chat.engine.scheduler.run_due())
    chat.advance("2h")
    assert stored_count(chat, "strikes") == 2

    if restarted:
        chat.restart()
    set_back(chat)
    assert stored_count(chat, "strikes") == 2
    chat.advance("2h")
    assert stored_count(chat, "strikes") == 4


def test_a_pause_does_not_last_longer_when_the_clock_is_set_back(chat: Chat) -> None:
    ada = chat.as_("ada")
    while chat.engine.registry.plugins["bell"].works:
        ada.run("/crack")

    set_back(chat)

    assert chat.engine.registry.plugins["bell"].works
