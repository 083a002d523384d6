"""/remind: set a reminder, for yourself or for everyone in the channel. It survives a restart.

Who is away when the time comes is reminded on coming back.
"""

from datetime import datetime, timedelta
from typing import Any

from ting.commands import ArgumentError, Context, Duration, Person, Plugin, Rest, Time

MOST_PER_PERSON = 50

plugin = Plugin("remind")


@plugin.command("remind", cooldown="10/1m")
async def remind(ctx: Context, when: Duration | Time, what: Rest, *, here: bool = False) -> str:
    """Set a reminder: /remind 20m tea, /remind tomorrow at 9 call Bob; with --here, for everyone in the channel."""
    due = ctx.now + when if isinstance(when, timedelta) else when
    if due <= ctx.now:
        raise ArgumentError("This time is in the past.")
    key = f"count {ctx.caller.id}"
    if await ctx.store.increment(key) > MOST_PER_PERSON:
        await ctx.store.increment(key, -1)
        raise ArgumentError(f"You cannot have more than {MOST_PER_PERSON} reminders.")
    await ctx.later(due, "remind", {"what": what, "here": here})
    return f"Reminder set for {shown(due)}: {what}"


@plugin.task("remind")
async def ring(ctx: Context, payload: dict[str, Any]) -> None:
    """The time has come."""
    text = f"⏰ {payload['what']}"
    if payload["here"]:
        await ctx.say(text)  # first: it may be refused for now, and is said once however often this runs
    await ctx.store.increment(f"count {ctx.caller.id}", -1)
    if not payload["here"] and not await ctx.notify(ctx.caller, text):
        await ctx.store.set(f"missed {ctx.caller.id} {ctx.message_id}", text, expires=timedelta(days=30))


@plugin.on("join")
async def tell_missed(ctx: Context, person: Person) -> None:
    """A user is back: show the reminders that they missed."""
    async for key, text in ctx.store.scan(f"missed {person.id} "):
        if await ctx.notify(person, text):
            await ctx.store.delete(key)


def shown(moment: datetime) -> str:
    """A moment, for people."""
    return moment.strftime("%Y-%m-%d at %H:%M")
