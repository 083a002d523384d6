"""/who: list the users who are here."""

from ting.commands import Context, Plugin

MAX_NAMES = 200

plugin = Plugin("who")


@plugin.command("who")
async def who(ctx: Context) -> str:
    """Show who is here."""
    names = sorted((person.name for person in ctx.here), key=str.casefold)
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return f"{len(names)} here: {', '.join(names[:MAX_NAMES])}{more}"
