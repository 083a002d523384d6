"""/stats: the number of messages of each user in a channel, since this plugin was installed.

Messages are counted in memory and the counts are stored once a minute, so that the load on the database is small. The
counts are stored by user id: they survive a rename, and are deleted with the account.
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
    """Store the counts."""
    while uncounted:
        (conversation, person), messages = uncounted.popitem()
        if (await ctx.person(person)).name:  # store no counts of a user who deleted the account
            await ctx.store.increment(f"{conversation} {person}", messages)


@plugin.on("stop")
async def store_the_rest(ctx: Context) -> None:
    """Store the counts since the last run of the timer."""
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
