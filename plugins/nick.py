"""/nick: change your own name."""

from ting.commands import Context, Plugin

plugin = Plugin("nick")


@plugin.command("nick", cooldown="5/10m")
async def nick(ctx: Context, name: str) -> str:
    """Change your nickname, also on the messages that you have already sent."""
    person = await ctx.rename(name)
    return f"Your nickname is now {person.name}."
