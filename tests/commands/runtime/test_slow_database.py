"""A plugin is not blamed for a timeout if the server did not answer it in time."""

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
    """Make one short call to the server, and then never end."""
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
async def on_message(ctx: Context, message: Message) -> None:
    await ctx.store.increment("count")


@pytest.fixture
def chat() -> Iterator[Chat]:
    """A chat with a short time limit for plugins."""
    chat = Chat([tally], timeout_s=0.05)
    yield chat
    chat.close()


@pytest.fixture
def database(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> "SilentDatabase":
    return SilentDatabase(chat, monkeypatch)


class SilentDatabase:
    """Makes the next `unanswered` additions wait forever."""

    def __init__(self, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
        self.unanswered = 0
        self._add = chat.memory.values.add
        monkeypatch.setattr(chat.memory.values, "add", self._add_or_hang)

    async def _add_or_hang(self, *arguments: Any) -> int | None:
        if self.unanswered:
            self.unanswered -= 1
            await asyncio.get_running_loop().create_future()
        return await self._add(*arguments)


def test_a_command_can_be_retried_after_the_database_did_not_answer(chat: Chat, database: SilentDatabase) -> None:
    ada, database.unanswered = chat.as_("ada"), 6
    id = new_id(chat.memory.clock.now())

    refusals = [ada.run("/count", message_id=id).refusal for _ in range(6)]

    assert [refusal.code for refusal in refusals if refusal] == ["busy"] * 6
    assert chat.alerts == []
    assert ada.run("/count", message_id=id).replies == ["1"]


def test_a_plugin_that_takes_long_itself_is_blamed_even_after_a_call_to_the_server(chat: Chat) -> None:
    assert chat.as_("ada").run("/dawdle").error == "/dawdle took too long and was stopped."


def test_a_task_runs_when_the_database_answers_again(chat: Chat, database: SilentDatabase) -> None:
    chat.as_("ada").run("/soon")
    database.unanswered = 1

    assert chat.advance("1m").said == ["1"]
    assert chat.memory.tasks.jobs == {}


def test_a_plugin_is_not_paused_if_the_database_does_not_answer_its_handlers(
    chat: Chat, database: SilentDatabase
) -> None:
    ada, database.unanswered = chat.as_("ada"), 6
    for _ in range(6):
        ada.say("hello")

    assert chat.alerts == []
    assert ada.run("/count").replies == ["1"]
