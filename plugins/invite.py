"""/invite: create an invitation link."""

from typing import Annotated

from ting.commands import Context, Plugin, Range

plugin = Plugin("invite")


@plugin.command("invite", permission="moderator")
async def invite(
    ctx: Context, *, uses: Annotated[int, Range(1, 1000)] = 1, days: Annotated[int, Range(1, 365)] = 7
) -> str:
    """Create an invitation link."""
    link = await ctx.invite(uses=uses, days=days)
    how_often = "once" if uses == 1 else f"{uses} times"
    how_long = "1 day" if days == 1 else f"{days} days"
    return f"This invitation link can be used {how_often} within {how_long}: {link}"
