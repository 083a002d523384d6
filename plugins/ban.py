"""/ban: ban a user."""

from typing import Annotated

from ting.commands import Context, Plugin, Range, Rest, User

plugin = Plugin("ban")


@plugin.command("ban", permission="moderator")
async def ban(
    ctx: Context, user: User, reason: Rest = "", *, days: Annotated[int, Range(1, 3650)] | None = None
) -> str:
    """Ban a user, for some days or permanently."""
    await ctx.ban(user, days=days, reason=reason)
    duration = f"for {days} day{'' if days == 1 else 's'}" if days else "permanently"
    return f"{user.name} is banned {duration}."
