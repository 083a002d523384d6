"""What plugins planned, when it cannot be done yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from ting.commands import Context, Plugin
from ting.errors import Muted
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


@pytest.fixture
def chat_plugins() -> Sequence[Plugin]:
    return [bell]


def tries(chat: Chat) -> int:
    found = chat.wait(chat.memory.values.get("bell", "tries", chat.memory.clock.now()))
    assert isinstance(found, int)
    return found


def test_a_task_that_is_refused_for_a_while_runs_again_after_it(chat: Chat) -> None:
    chat.as_("ada").run("/bell 5")

    assert chat.advance("5m59s").said == []
    assert tries(chat) == 1
    chat.restart()
    assert chat.advance("1s").said == ["ding"]
    assert tries(chat) == 2
    assert chat.advance("1h").said == []


def test_a_task_that_is_refused_for_long_is_tried_now_and_then_since_it_may_be_allowed_sooner(chat: Chat) -> None:
    chat.as_("ada").run("/bell 60")

    chat.advance("31m")
    assert tries(chat) == 4
    assert chat.advance("30m").said == ["ding"]
