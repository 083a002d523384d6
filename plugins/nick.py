"""/nick: another name for oneself."""

from ting.commands import Context, Plugin

plugin = Plugin("nick")


@plugin.command("nick", cooldown="5/10m")
async def nick(ctx: Context, name: str) -> str:
    """Take another name; what you wrote carries it, too."""
    person = await ctx.rename(name)
    return f"You are {person.name} now."
