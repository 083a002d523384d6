"""/invite: a link that lets somebody in."""

from typing import Annotated

from ting.commands import Context, Plugin, Range

plugin = Plugin("invite")


@plugin.command("invite", permission="moderator")
async def invite(
    ctx: Context, *, uses: Annotated[int, Range(1, 1000)] = 1, days: Annotated[int, Range(1, 365)] = 7
) -> str:
    """Make a link that lets somebody in."""
    link = await ctx.invite(uses=uses, days=days)
    return f"Whoever opens this link may come in ({uses} in all, within {days} days): {link}"
