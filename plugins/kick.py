"""/kick: out of a channel, for a moment."""

from ting.commands import Context, Plugin, Rest, User

plugin = Plugin("kick")


@plugin.command("kick", permission="moderator")
async def kick(ctx: Context, user: User, reason: Rest = "") -> str:
    """Send somebody out of this channel; they can come back after a minute."""
    await ctx.kick(user, reason)
    return f"{user.name} was sent out."
