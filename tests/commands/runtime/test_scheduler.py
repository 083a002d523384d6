"""What plugins planned, when it cannot be done yet, and when the clock is set back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from ting.commands import Context, Plugin
from ting.core.errors import Muted
from ting.testing import Chat

bell = Plugin("bell")


@bell.command("bell")
async def wind(ctx: Context, muted: int) -> None:
    """Ring in a minute; by then nobody may ring for so many minutes."""
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


def count(chat: Chat, what: str) -> int:
    found = chat.wait(chat.memory.values.get("bell", what, chat.memory.clock.now()))
    assert isinstance(found, int)
    return found


def set_back(chat: Chat) -> None:
    chat.memory.clock.move(-30 * 24 * 3_600_000)
    chat.wait(chat.engine.scheduler.run_due())


def test_a_task_that_is_refused_for_a_while_runs_again_after_it(chat: Chat) -> None:
    chat.as_("ada").run("/bell 5")

    assert chat.advance("5m59s").said == []
    assert count(chat, "tries") == 1
    chat.restart()
    assert chat.advance("1s").said == ["ding"]
    assert count(chat, "tries") == 2
    assert chat.advance("1h").said == []


def test_a_task_that_is_refused_for_long_is_tried_now_and_then_since_it_may_be_allowed_sooner(chat: Chat) -> None:
    chat.as_("ada").run("/bell 60")

    chat.advance("31m")
    assert count(chat, "tries") == 4
    assert chat.advance("30m").said == ["ding"]


@pytest.mark.parametrize("restarted", [False, True])
def test_a_timer_goes_on_when_the_clock_is_set_back(chat: Chat, restarted: bool) -> None:
    chat.wait(chat.engine.scheduler.run_due())
    chat.advance("2h")
    assert count(chat, "strikes") == 2

    if restarted:
        chat.restart()
    set_back(chat)
    assert count(chat, "strikes") == 2
    chat.advance("2h")
    assert count(chat, "strikes") == 4


def test_a_pause_does_not_last_longer_when_the_clock_is_set_back(chat: Chat) -> None:
    ada = chat.as_("ada")
    while chat.engine.registry.plugins["bell"].works:
        ada.run("/crack")

    set_back(chat)

    assert chat.engine.registry.plugins["bell"].works
