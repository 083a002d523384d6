"""/ignore: ignore a user."""

from ting.commands import Context, Plugin, User

plugin = Plugin("ignore")


@plugin.command("ignore")
async def ignore(ctx: Context, user: User, *, off: bool = False) -> str:
    """Ignore a user and hide their messages; stop ignoring them with --off."""
    await ctx.ignore(user, on=not off)
    return f"You no longer ignore {user.name}." if off else f"You now ignore {user.name}."
