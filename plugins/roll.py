"""/roll: roll dice, visible to all."""

import secrets
from typing import Annotated

from ting.commands import ArgumentError, Context, Pattern, Plugin

MAX_DICE = 100
MAX_SIDES = 1_000
MAX_SHOWN = 20

plugin = Plugin("roll")
Dice = Annotated[
    str, Pattern(r"\d{0,3}[dD]\d{1,4}([+-]\d{1,4})?", "is not a dice roll: write it like d20, 2d6 or 3d8+2")
]


@plugin.command("roll", cooldown="5/10s")
async def roll(ctx: Context, dice: Dice = "1d6") -> None:
    """Roll dice: d20, 2d6, 3d8+2."""
    count_text, _, rest = dice.lower().partition("d")
    sides_text, sign, bonus_text = rest.partition("-" if "-" in rest else "+")
    count, sides = int(count_text or 1), int(sides_text)
    bonus = int(sign + bonus_text) if bonus_text else 0
    if not (1 <= count <= MAX_DICE and 2 <= sides <= MAX_SIDES):
        raise ArgumentError(f"Roll 1 to {MAX_DICE} dice with 2 to {MAX_SIDES} sides.")
    rolled = [1 + secrets.randbelow(sides) for _ in range(count)]
    shown = f" ({' + '.join(map(str, rolled))}{f' {sign} {bonus_text}' if bonus else ''})"
    detail = shown if (count > 1 or bonus) and count <= MAX_SHOWN else ""
    await ctx.say(f"rolls {dice.lower()}: {sum(rolled) + bonus}{detail}", kind="action")
