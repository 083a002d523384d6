"""/me: describe what you are doing."""

from ting.commands import Context, Plugin, Rest

plugin = Plugin("me")


@plugin.command("me")
async def me(ctx: Context, what_you_do: Rest) -> None:
    """Describe what you are doing: /me waves."""
    await ctx.say(what_you_do, kind="action")
