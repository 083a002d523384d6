"""Tea for Ting: users make tea, Ting counts the cups, and posts a message when the tea is ready."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from msgspec import Struct

from ting.commands import ArgumentError, Context, Duration, Plugin, Range

Kind = Literal["green", "black", "mint"]
MINUTES = {"green": 2, "black": 4, "mint": 6}


class Settings(Struct):
    """The settings in `[plugins.tea]`."""

    cups: int = 4


plugin = Plugin("tea", config=Settings, api=1)


@plugin.command("tea", cooldown="3/1m")
async def tea(
    ctx: Context,
    kind: Kind = "green",
    cups: Annotated[int, Range(1, 12)] = 1,
    *,
    steep: Annotated[Duration, Range(timedelta(seconds=10), timedelta(hours=1))] | None = None,
) -> str:
    """Put tea on: /tea mint 2 --steep 5m."""
    if cups > ctx.config.cups:
        raise ArgumentError(f"The pot holds {ctx.config.cups} cups.")
    await ctx.later(steep or timedelta(minutes=MINUTES[kind]), "ready", {"kind": kind, "cups": cups})
    return "The kettle is on."


@plugin.task("ready")
async def ready(ctx: Context, payload: dict[str, Any]) -> None:
    """It has steeped long enough, perhaps while Ting was down."""
    total = await ctx.store.increment(f"cups {payload['kind']}", payload["cups"])
    await ctx.say(f"{payload['cups']} of {payload['kind']} tea, the {total}. in all", kind="action")


@plugin.command("teas")
async def teas(ctx: Context) -> str:
    """Show how much tea was made."""
    lines = [f"{key.removeprefix('cups ')}: {cups}" async for key, cups in ctx.store.scan("cups ")]
    return "\n".join(lines) or "No tea was made yet."


@plugin.every("1d")
async def wash_up(ctx: Context) -> None:
    """A new day, a clean pot."""
    for kind in MINUTES:
        await ctx.store.delete(f"cups {kind}")
