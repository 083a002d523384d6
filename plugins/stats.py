"""/stats: the number of messages of each user in a channel, since this plugin was installed.

Messages are counted in memory and the counts are stored once a minute, so that the load on the database is small. A run
stores what it can within a few seconds, so that it stays within the time limit, however busy the server is. The counts
are stored by user id: they survive a rename, and are deleted with the account.
"""

import asyncio
import time
from collections import Counter
from itertools import islice
from typing import Annotated

from ting.commands import Context, Message, Plugin, Range

plugin = Plugin("stats")
uncounted: Counter[tuple[str, str]] = Counter()
AT_ONCE = 20
STORE_S = 4.0  # a run may take 10 s; what is stored last may take long


@plugin.on("message")
async def count(ctx: Context, message: Message) -> None:
    """Count a message of a user."""
    uncounted[message.conversation, message.author.id] += 1


@plugin.every("1m")
async def keep(ctx: Context) -> None:
    """Store the counts, as many as a few seconds allow. The rest stays in memory until the next run."""
    end = time.monotonic() + STORE_S
    while uncounted and time.monotonic() < end:
        keys = list(islice(uncounted, AT_ONCE))  # the oldest ones
        await asyncio.gather(*(keep_one(ctx, key, uncounted.pop(key)) for key in keys))


async def keep_one(ctx: Context, key: tuple[str, str], messages: int) -> None:
    """Store one count."""
    conversation, person = key
    try:
        if (await ctx.person(person)).name:  # store no counts of a user who deleted the account
            await ctx.store.increment(f"{conversation} {person}", messages)
    except Exception:
        uncounted[key] += messages
        raise


@plugin.on("stop")
async def store_the_rest(ctx: Context) -> None:
    """Store the counts since the last run of the timer."""
    await keep(ctx)


@plugin.command("stats")
async def stats(ctx: Context, top: Annotated[int, Range(1, 50)] = 10) -> str:
    """Show who has sent the most messages in this channel."""
    totals: Counter[str] = Counter()
    async for key, messages in ctx.store.scan(f"{ctx.conversation} "):
        totals[key.partition(" ")[2]] = messages
    for (conversation, person), messages in uncounted.items():
        if conversation == ctx.conversation:
            totals[person] += messages
    if not totals:
        return "No messages have been counted here yet."
    lines = [
        f"{rank}. {(await ctx.person(person)).name}: {messages}"
        for rank, (person, messages) in enumerate(totals.most_common(top), 1)
    ]
    in_all = f"{totals.total()} message{'' if totals.total() == 1 else 's'}"
    return "\n".join([f"{in_all} by {len(totals)} {'person' if len(totals) == 1 else 'people'}", *lines])
