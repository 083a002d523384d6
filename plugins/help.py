"""/help: list the commands, or show how to use one of them."""

from ting.commands import ArgumentError, Context, Plugin

plugin = Plugin("help")


@plugin.command("help")
async def help_(ctx: Context, command: str = "") -> str:
    """Show the commands that you can use, or how to use one of them.

    Admins also see problems with plugins.
    """
    usages = await ctx.catalogue()
    if not command:
        lines = [f"{usage.usage}: {usage.summary}" for usage in usages]
        return "\n".join(lines + [f"! {trouble}" for trouble in await ctx.troubles()])
    name = command.removeprefix("/").casefold()
    for usage in usages:
        if name in (usage.name, f"{usage.plugin}:{usage.name}"):
            return f"{usage.usage}\n{usage.summary}"
    raise ArgumentError(f"There is no command /{name[:32]} that you can use.")
