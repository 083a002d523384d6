"""/unban: let somebody in again."""

from ting.commands import Context, Plugin

plugin = Plugin("unban")


@plugin.command("unban", permission="moderator")
async def unban(ctx: Context, name: str) -> str:
    """Let somebody in again who was banned."""
    await ctx.unban(name.removeprefix("@") or name)
    return f"{name} may come in again."
