"""/me: say what one does."""

from ting.commands import Context, Plugin

plugin = Plugin("me")


@plugin.command("me", arguments="what you do")
async def me(ctx: Context) -> str | None:
    """Tell what you do: /me waves."""
    if not ctx.arguments:
        return "Tell what you do, like: /me waves"
    await ctx.say(ctx.arguments, kind="action")
    return None
