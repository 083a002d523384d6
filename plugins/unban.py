"""/unban: lift a ban."""

from ting.commands import Context, Plugin

plugin = Plugin("unban")


@plugin.command("unban", permission="moderator")
async def unban(ctx: Context, name: str) -> str:
    """Unban a user."""
    await ctx.unban(name.removeprefix("@") or name)
    return f"{name} is no longer banned."
