"""/stats: who said how much in a channel, since this plugin is there.

Every message is counted in memory and kept once a minute, so that counting costs the database little. It is counted for
an id, so that the counts of a user are deleted with the account, and stay after a rename.
"""

from collections import Counter
from typing import Annotated

from ting.commands import Context, Message, Plugin, Range

plugin = Plugin("stats")
uncounted: Counter[tuple[str, str]] = Counter()


@plugin.on("message")
async def count(ctx: Context, message: Message) -> None:
    """Count a message of a user."""
    uncounted[message.conversation, message.author.id] += 1


@plugin.every("1m")
async def keep(ctx: Context) -> None:
    """Keep what was counted."""
    while uncounted:
        (conversation, person), messages = uncounted.popitem()
        if (await ctx.person(person)).name:  # nothing is stored of a user who deleted their account
            await ctx.store.increment(f"{conversation} {person}", messages)


@plugin.on("stop")
async def keep_the_rest(ctx: Context) -> None:
    """Keep what was counted since the last minute."""
    await keep(ctx)


@plugin.command("stats")
async def stats(ctx: Context, top: Annotated[int, Range(1, 50)] = 10) -> str:
    """Show who has sent the most messages in this channel."""
    await keep(ctx)
    totals: Counter[str] = Counter()
    async for key, messages in ctx.store.scan(f"{ctx.conversation} "):
        totals[key.partition(" ")[2]] = messages
    if not totals:
        return "No messages have been counted here yet."
    lines = [
        f"{rank}. {(await ctx.person(person)).name}: {messages}"
        for rank, (person, messages) in enumerate(totals.most_common(top), 1)
    ]
    in_all = f"{totals.total()} message{'' if totals.total() == 1 else 's'}"
    return "\n".join([f"{in_all} by {len(totals)} {'person' if len(totals) == 1 else 'people'}", *lines])
