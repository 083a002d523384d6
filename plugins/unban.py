"""/unban: lift a ban."""

from ting.commands import Context, Plugin, Refused

plugin = Plugin("unban")


@plugin.command("unban", permission="moderator")
async def unban(ctx: Context, name: str) -> str:
    """Unban a user."""
    try:
        await ctx.unban(name)  # by name: a banned user may have lost theirs. "@bob" can be a whole name
    except Refused:
        if not name.startswith("@"):
            raise
        name = name[1:]
        await ctx.unban(name)
    return f"{name} is no longer banned."
