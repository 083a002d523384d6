"""/shrug: send a shrug, after a text if there is one."""

from ting.commands import Context, Plugin, Rest

SHRUG = r"¯\_(ツ)_/¯"

plugin = Plugin("shrug")


@plugin.command("shrug")
async def shrug(ctx: Context, text: Rest = "") -> None:
    """Send a shrug, after your text if there is one."""
    await ctx.say(f"{text} {SHRUG}".strip())
