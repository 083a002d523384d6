"""/kick: out of a channel, for a moment."""

from ting.commands import Context, Plugin, Rest, User

plugin = Plugin("kick")


@plugin.command("kick", permission="moderator")
async def kick(ctx: Context, user: User, reason: Rest = "") -> str:
    """Remove a user from this channel; they can rejoin after a minute."""
    await ctx.kick(user, reason)
    return f"{user.name} was removed from this channel."
