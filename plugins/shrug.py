"""/shrug: a shrug, perhaps after some words."""

from ting.commands import Context, Plugin

SHRUG = r"¯\_(ツ)_/¯"

plugin = Plugin("shrug")


@plugin.command("shrug", arguments="[text]")
async def shrug(ctx: Context) -> None:
    """Shrug, after a text if there is one."""
    await ctx.say(f"{ctx.arguments} {SHRUG}".strip())
