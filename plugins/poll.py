"""/poll and /vote: a question to the channel. The result is updated with every vote."""

from datetime import timedelta
from typing import Annotated, Any

from ting.commands import ArgumentError, Context, Duration, Plugin, Range

MOST_OPTIONS = 10
BAR = 10  # blocks
KEPT = timedelta(days=90)

plugin = Plugin("poll")


@plugin.command("poll", cooldown="3/1m")
async def poll(
    ctx: Context,
    question: str,
    *options: str,
    ends: Annotated[Duration, Range(timedelta(seconds=10), timedelta(days=30))] | None = None,
) -> None:
    """Start a poll: /poll "Lunch?" pizza "fish and chips" --ends 1h. Others vote with /vote 1."""
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise ArgumentError(
            f"A poll must have 2 to {MOST_OPTIONS} options. Put quotes around options of several words."
        )
    asked = {"question": question, "options": list(options), "open": True}
    said = await ctx.say(shown(asked, {}))
    await ctx.store.set(f"poll {said.id}", asked, expires=KEPT)
    await ctx.store.set(f"latest {ctx.conversation}", said.id, expires=KEPT)
    if ends is not None:
        await ctx.later(ends, "end", said.id)


@plugin.command("vote")
async def vote(ctx: Context, option: Annotated[int, Range(1, MOST_OPTIONS)]) -> str:
    """Vote in the latest poll here, by the number of an option; vote again to change your vote."""
    message_id = await ctx.store.get(f"latest {ctx.conversation}")
    asked = await ctx.store.get(f"poll {message_id}") if message_id else None
    if asked is None or not asked["open"]:
        raise ArgumentError("There is no open poll here.")
    if option > len(asked["options"]):
        raise ArgumentError(f"This poll has only {len(asked['options'])} options.")
    await ctx.store.set(f"vote {message_id} {ctx.caller.id}", option, expires=KEPT)
    await show(ctx, message_id)
    return f"You voted for {asked['options'][option - 1]}."


@plugin.task("end")
async def end(ctx: Context, message_id: str) -> None:
    """The time is over: show the result."""
    asked = await ctx.store.get(f"poll {message_id}")
    if asked is not None:
        asked["open"] = False
        await ctx.store.set(f"poll {message_id}", asked, expires=KEPT)
        await show(ctx, message_id)


async def show(ctx: Context, message_id: str) -> None:
    """Bring the poll's message up to date.

    Others may do so at the same time, and an older look come last: so each looks again after it has shown one.
    """
    said = await ctx.said(message_id)
    look = None
    while said is not None and (newest := await looks(ctx, message_id)) not in (None, look):
        look = newest
        await said.edit(look)


async def looks(ctx: Context, message_id: str) -> str | None:
    """How a poll looks now; None if it is not kept any more."""
    asked = await ctx.store.get(f"poll {message_id}")
    votes: dict[int, int] = {}
    async for _, option in ctx.store.scan(f"vote {message_id} "):
        votes[option] = votes.get(option, 0) + 1
    return None if asked is None else shown(asked, votes)


def shown(asked: dict[str, Any], votes: dict[int, int]) -> str:
    """The question, and how many voted for what."""
    total = sum(votes.values())
    lines = [f"📊 {asked['question']}"]
    for number, option in enumerate(asked["options"], 1):
        count = votes.get(number, 0)
        filled = round(BAR * count / total) if total else 0
        lines.append(f"{number}. {option}  {'▰' * filled}{'▱' * (BAR - filled)} {count}")
    in_all = f"{total} vote{'' if total == 1 else 's'}"
    lines.append(
        f"{in_all}. Vote with /vote and the number." if asked["open"] else f"The poll is closed, with {in_all}."
    )
    return "\n".join(lines)
