"""/mute: a muted user can read, but not write."""

from datetime import timedelta
from typing import Annotated

from ting.commands import Context, Duration, Plugin, Range, Rest, User

MAX_DURATION = timedelta(days=365)

plugin = Plugin("mute")


@plugin.command("mute", permission="moderator")
async def mute(
    ctx: Context,
    user: User,
    duration: Annotated[Duration, Range(timedelta(minutes=1), MAX_DURATION)] = timedelta(minutes=10),
    reason: Rest = "",
    *,
    off: bool = False,
) -> str:
    """Mute a user for a while (10m by default), or unmute them with --off."""
    if off:
        await ctx.unmute(user)
        return f"{user.name} is no longer muted."
    minutes = round(duration.total_seconds() / 60)
    await ctx.mute(user, minutes=minutes, reason=reason)
    return f"{user.name} is muted for {minutes} minute{'' if minutes == 1 else 's'}."
