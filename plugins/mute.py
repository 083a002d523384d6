"""/mute: let somebody read, but not write."""

from datetime import timedelta
from typing import Annotated

from ting.commands import Context, Duration, Plugin, Range, Rest, User

LONGEST = timedelta(days=365)

plugin = Plugin("mute")


@plugin.command("mute", permission="moderator")
async def mute(
    ctx: Context,
    user: User,
    duration: Annotated[Duration, Range(timedelta(minutes=1), LONGEST)] = timedelta(minutes=10),
    reason: Rest = "",
    *,
    off: bool = False,
) -> str:
    """Keep somebody from writing for a while (10m unless told), or let them write again with --off."""
    if off:
        await ctx.unmute(user)
        return f"{user.name} may write again."
    minutes = round(duration.total_seconds() / 60)
    await ctx.mute(user, minutes=minutes, reason=reason)
    return f"{user.name} may read, but not write, for {minutes} minutes."
