"""/ban: keep somebody out."""

from typing import Annotated

from ting.commands import Context, Plugin, Range, Rest, User

plugin = Plugin("ban")


@plugin.command("ban", permission="moderator")
async def ban(
    ctx: Context, user: User, reason: Rest = "", *, days: Annotated[int, Range(1, 3650)] | None = None
) -> str:
    """Keep somebody out, for some days or for good."""
    await ctx.ban(user, days=days, reason=reason)
    return f"{user.name} is kept out {f'for {days} days' if days else 'for good'}."
