"""When Ting does not answer in time what a plugin asks of it, the plugin is not to blame."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ting.commands import Context, Plugin
from ting.core.message_ids import new_id
from ting.core.models import Message
from ting.testing import Chat

tally = Plugin("tally")


@tally.command("count")
async def count(ctx: Context) -> str:
    """Count."""
    return str(await ctx.store.increment("count"))


@tally.command("dawdle")
async def dawdle(ctx: Context) -> None:
    """Ask a little of Ting, and take long over it."""
    await ctx.store.increment("count")
    await asyncio.get_running_loop().create_future()


@tally.command("soon")
async def soon(ctx: Context) -> None:
    """Count in a minute."""
    await ctx.later(timedelta(minutes=1), "counted")


@tally.task("counted")
async def counted(ctx: Context, _: Any) -> None:
    await ctx.say(str(await ctx.store.increment("count")))


@tally.on("message")
async def heard(ctx: Context, message: Message) -> None:
    await ctx.store.increment("count")


@pytest.fixture
def chat() -> Iterator[Chat]:
    """A chat that has no patience with plugins."""
    chat = Chat([tally], timeout_s=0.05)
    yield chat
    chat.close()


@pytest.fixture
def silent(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> "Silence":
    return Silence(chat, monkeypatch)


class Silence:
    """The database does not answer, so many times."""

    def __init__(self, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        self._add = chat.memory.values.add
        monkeypatch.setattr(chat.memory.values, "add", self._asked)

    async def _asked(self, *asked: Any) -> int | None:
        if self.left:
            self.left -= 1
            await asyncio.get_running_loop().create_future()
        return await self._add(*asked)


def test_a_command_can_be_tried_again_when_the_database_was_silent(chat: Chat, silent: Silence) -> None:
    ada, silent.left = chat.as_("ada"), 6
    id = new_id(chat.memory.clock.now())

    refusals = [ada.run("/count", message_id=id).refusal for _ in range(6)]

    assert [refusal.code for refusal in refusals if refusal] == ["busy"] * 6
    assert chat.alerts == []
    assert ada.run("/count", message_id=id).replies == ["1"]


def test_a_plugin_that_takes_long_itself_is_to_blame_whatever_it_asked_before(chat: Chat) -> None:
    assert chat.as_("ada").run("/dawdle").error == "/dawdle took too long and was stopped."


def test_a_task_is_done_when_the_database_answers_again(chat: Chat, silent: Silence) -> None:
    chat.as_("ada").run("/soon")
    silent.left = 1

    assert chat.advance("1m").said == ["1"]
    assert chat.memory.tasks.jobs == {}


def test_handlers_are_not_paused_for_a_silent_database(chat: Chat, silent: Silence) -> None:
    ada, silent.left = chat.as_("ada"), 6
    for _ in range(6):
        ada.say("hello")

    assert chat.alerts == []
    assert ada.run("/count").replies == ["1"]
