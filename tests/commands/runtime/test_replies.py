"""Replies of tasks, event handlers and timers: a user gets them now or later, or the author gets an error."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from ting.commands import Context, Message, Person, Plugin
from ting.commands.runtime.stored_notices import MAX_KEPT, OWNER
from ting.core.errors import Muted
from ting.testing import Chat

bell = Plugin("bell")
dice = Plugin("dice")


@bell.command("bell")
async def wind(ctx: Context, how: str = "reply", times: int = 1) -> None:
    """Ring in a minute."""
    for _ in range(times):
        await ctx.later(timedelta(minutes=1), "ring", how)


@bell.task("ring")
async def ring(ctx: Context, how: str) -> str | None:
    if how == "edit":
        notice = await ctx.reply("ding")
        await notice.edit("dong")
    elif how == "delete":
        await (await ctx.reply("ding")).delete()
    elif how == "retry":
        await ctx.reply("ding")
        if await ctx.store.increment("tries") < 3:
            raise Muted(retry_after=30)
    elif how == "reply":
        await ctx.reply("ding")
    return "a text" if how == "text" else None


@bell.on("message")
async def answer(ctx: Context, message: Message) -> str | None:
    await ctx.reply(f"You said {message.text}.")
    return "And I heard it."


@bell.on("leave")
async def miss(ctx: Context, person: Person) -> str:
    return f"We missed you, {person.name}."


@bell.on("start")
async def begin(ctx: Context) -> str:
    return "A text that no user can see."


@dice.every("1h")
async def strike(ctx: Context) -> None:
    await ctx.reply("No user can see this.")


@dice.command("say")
async def say(ctx: Context) -> None:
    """Post a message as the plugin."""
    async with ctx.typing() as ghost:
        await ghost.write("hello")


@dice.command("flood")
async def flood(ctx: Context) -> str:
    """Reply too often."""
    for number in range(20):
        await ctx.reply(str(number))
    return "one too many"


@dice.command("when")
async def when(ctx: Context, how: str) -> None:
    """Schedule a task at a time that is not possible."""
    times: dict[str, datetime | timedelta] = {
        "past": ctx.now - timedelta(minutes=1),
        "naive": datetime(2100, 1, 1),
        "negative": timedelta(seconds=-1),
        "now": ctx.now,
        "utc": datetime(2100, 1, 1, tzinfo=UTC),
    }
    try:
        await ctx.later(times[how], "roll")
    except ValueError as error:
        await ctx.reply(str(error))


@dice.task("roll")
async def roll(ctx: Context, payload: None) -> None: ...


@pytest.fixture
def chat_plugins() -> Sequence[Plugin]:
    return [bell, dice]


def stored(chat: Chat) -> int:
    return len(chat.wait(chat.memory.values.page(OWNER, "", "", 1_000, chat.memory.clock.now())))


@pytest.mark.parametrize(
    ("how", "seen"), [("reply", ["ding"]), ("text", ["a text"]), ("edit", ["dong"]), ("delete", [])]
)
@pytest.mark.parametrize("is_here", [True, False])
@pytest.mark.parametrize("restarts", [True, False])
def test_a_reply_of_a_task_reaches_its_user_now_or_when_they_come_back(
    chat: Chat, how: str, seen: list[str], is_here: bool, restarts: bool
) -> None:
    ada, bob = chat.as_("ada"), chat.as_("bob")
    ada.run(f"/bell {how}")
    if not is_here:
        ada.leave()
    chat.advance("1m")
    if restarts:
        chat.restart()
    if not is_here:
        ada.come()

    missed = [] if is_here else ["We missed you, ada."]
    assert sorted(ada.notices) == sorted(seen + missed)
    assert bob.notices == []
    assert stored(chat) == 0
    if not is_here:
        ada.leave()
        ada.come()
        assert "ding" not in ada.notices


def test_a_task_that_runs_again_repeats_no_reply(chat: Chat) -> None:
    ada = chat.as_("ada")
    ada.run("/bell retry")

    chat.advance("10m")

    assert chat.wait(chat.memory.values.get("bell", "tries", chat.memory.clock.now())) == 3
    assert ada.notices == ["ding"]


def test_only_so_many_replies_wait_for_a_user(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    ada = chat.as_("ada")
    ada.run(f"/bell reply {MAX_KEPT}")
    ada.leave()

    chat.advance("1m")

    assert stored(chat) == MAX_KEPT
    assert "Plugin bell: a reply was dropped, since 50 others wait for its user" in caplog.text
    ada.come()
    assert len(ada.notices) == MAX_KEPT


def test_a_stored_reply_that_cannot_be_read_does_not_hold_back_the_others(chat: Chat) -> None:
    ada = chat.as_("ada")
    ada.run("/bell")
    ada.leave()
    chat.advance("1m")
    unreadable: list[bytes | int] = [b'"ding"', b"{}", 7]
    for number, broken in enumerate(unreadable):
        values, now = chat.memory.values, chat.memory.clock.now()
        chat.wait(values.put(OWNER, f"{ada.person.id} {number}", broken, None, now))

    ada.come()

    assert "ding" in ada.notices


def test_a_reply_is_not_kept_for_ever(chat: Chat) -> None:
    ada = chat.as_("ada")
    ada.run("/bell")
    ada.leave()
    chat.advance("31d")
    ada.come()

    assert ada.notices == []


def test_a_reply_to_a_message_is_shown_to_its_author(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    ada, bob = chat.as_("ada"), chat.as_("bob")
    ada.say("hello")

    assert ada.notices == ["You said hello.", "And I heard it."]
    assert bob.notices == []
    bob.run("/say")
    assert bob.notices == []
    assert "Plugin bell: a reply to dice bot, which is a plugin, was dropped" in caplog.text


def test_a_call_without_a_user_cannot_reply(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    chat.restart()
    assert "A function returned a text that no user can see: begin" in caplog.text

    chat.advance("1h")
    assert "NoAddressee: This call has no user to reply to: use ctx.notify or ctx.say." in caplog.text


def test_a_returned_text_counts_as_a_reply(chat: Chat) -> None:
    outcome = chat.as_("ada").run("/flood")

    assert len(outcome.replies) == 20
    assert outcome.refusal is not None and outcome.refusal.code == "command_failed"


@pytest.mark.parametrize(
    ("how", "reply"),
    [
        ("past", "is in the past. Tasks can only be scheduled for later."),
        ("naive", "The time 2100-01-01 00:00:00 has no time zone. Use one like ctx.now, or a timedelta."),
        ("negative", "is in the past."),
        ("now", None),
        ("utc", None),
    ],
)
def test_a_task_can_only_be_scheduled_for_later(chat: Chat, how: str, reply: str | None) -> None:
    replies = chat.as_("ada").run(f"/when {how}").replies

    assert (reply in replies[0]) if reply else not replies
    assert len(chat.memory.tasks.jobs) == (reply is None)
