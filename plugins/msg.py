"""/msg: write to somebody in private, from wherever one is."""

from ting.commands import ArgumentError, Context, Plugin, Rest, User

plugin = Plugin("msg")


@plugin.command("msg")
async def msg(ctx: Context, user: User, text: Rest) -> str:
    """Write to somebody in private."""
    if user.id == ctx.caller.id:
        raise ArgumentError("This is you.")
    await ctx.whisper(user, text)
    return f"To {user.name}, in private: {text}"
