"""/ignore: hear nothing more from somebody."""

from ting.commands import Context, Plugin, User

plugin = Plugin("ignore")


@plugin.command("ignore")
async def ignore(ctx: Context, user: User, *, off: bool = False) -> str:
    """See nothing of somebody any more, or again with --off."""
    await ctx.ignore(user, on=not off)
    return f"You see what {user.name} writes again." if off else f"You see nothing of {user.name} any more."
