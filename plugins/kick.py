"""/kick: remove a user from a channel for a short time."""

from ting.commands import Context, Plugin, Rest, User

plugin = Plugin("kick")


@plugin.command("kick", permission="moderator")
async def kick(ctx: Context, user: User, reason: Rest = "") -> str:
    """Remove a user from this channel; they can rejoin after a minute."""
    await ctx.kick(user, reason)
    return f"{user.name} was removed from this channel."
