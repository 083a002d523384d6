"""/msg: send a direct message from any conversation."""

from ting.commands import ArgumentError, Context, Plugin, Rest, User

plugin = Plugin("msg")


@plugin.command("msg")
async def msg(ctx: Context, user: User, text: Rest) -> str:
    """Send a direct message to a user."""
    if user.id == ctx.caller.id:
        raise ArgumentError("You cannot send direct messages to yourself.")
    await ctx.whisper(user, text)
    return f"Direct message to {user.name}: {text}"
