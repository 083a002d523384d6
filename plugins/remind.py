"""/remind: set a reminder, for yourself or for everyone in the channel. It survives a restart.

A user who is offline when the time comes is reminded when they return.
"""

from datetime import datetime, timedelta
from typing import Any

from ting.commands import ArgumentError, Context, Duration, Person, Plugin, Rest, Time

MAX_PER_USER = 50

plugin = Plugin("remind")


@plugin.command("remind", cooldown="10/1m")
async def remind(ctx: Context, when: Duration | Time, what: Rest, *, here: bool = False) -> str:
    """Set a reminder: /remind 20m tea, /remind tomorrow at 9 call Bob; with --here, for everyone in the channel."""
    due = ctx.now + when if isinstance(when, timedelta) else when
    key = f"count {ctx.caller.id}"
    if await ctx.store.increment(key) > MAX_PER_USER:
        await ctx.store.increment(key, -1)
        raise ArgumentError(f"You cannot have more than {MAX_PER_USER} reminders.")
    await ctx.later(due, "remind", {"what": what, "here": here})
    return f"Reminder set for {shown(due)}: {what}"


@plugin.task("remind")
async def ring(ctx: Context, payload: dict[str, Any]) -> None:
    """Show a reminder that is due."""
    text = f"⏰ {payload['what']}"
    if payload["here"]:
        await ctx.say(text)  # first, since it may be refused for now. A retry of the task posts no message twice
    await ctx.store.increment(f"count {ctx.caller.id}", -1)
    if not payload["here"] and not await ctx.notify(ctx.caller, text):
        await ctx.store.set(f"missed {ctx.caller.id} {ctx.message_id}", text, expires=timedelta(days=30))


@plugin.on("join")
async def show_missed(ctx: Context, person: Person) -> None:
    """Show a user who returns the reminders that they missed."""
    async for key, text in ctx.store.scan(f"missed {person.id} "):
        if await ctx.notify(person, text):
            await ctx.store.delete(key)


def shown(moment: datetime) -> str:
    """Return a time as text, as the server's clock shows it on that date, with the time zone."""
    return moment.astimezone().strftime("%Y-%m-%d at %H:%M %Z")
