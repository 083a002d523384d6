"""/topic: show or change the topic of a channel."""

from ting.commands import Context, Plugin, Rest

plugin = Plugin("topic")


@plugin.command("topic")
async def topic(ctx: Context, text: Rest = "", *, clear: bool = False) -> str | None:
    """Show or change the topic of this channel; remove it with --clear."""
    if text or clear:
        await ctx.change_topic(text)
        return None
    return await ctx.topic() or "This channel has no topic."
