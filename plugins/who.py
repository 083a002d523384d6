"""/who: the people here."""

from ting.commands import Context, Plugin

MOST_NAMED = 200

plugin = Plugin("who")


@plugin.command("who")
async def who(ctx: Context) -> str:
    """Show who is here."""
    names = sorted((person.name for person in ctx.here), key=str.casefold)
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{len(names)} here: {', '.join(names[:MOST_NAMED])}{more}"
