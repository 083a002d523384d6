"""What the author of a plugin can declare, and which declarations are refused."""

import pytest

from ting.commands import Context, Plugin


@pytest.mark.parametrize("name", ["a", "roll", "a1", "roll-dice_2", "x" * 32])
def test_a_valid_name_is_accepted(name: str) -> None:
    plugin = Plugin(name)

    @plugin.command(name)
    async def command(ctx: Context) -> None:
        """Do it."""

    assert plugin.commands[name].name == name


@pytest.mark.parametrize("name", ["", "Roll", "1a", "-a", "_a", "a b", "a/b", "ρ", "x" * 33, "roll\n", "/roll"])
def test_an_invalid_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a valid plugin or command name"):
        Plugin(name)
    with pytest.raises(ValueError, match="is not a valid plugin or command name"):
        Plugin("good").command(name)


def test_a_command_has_a_usage_and_a_summary() -> None:
    plugin = Plugin("dice")

    @plugin.command("roll")
    async def roll(ctx: Context, sides: int = 6) -> None:
        """Roll a die.

        It has six sides by default.
        """

    @plugin.command("silent")
    async def silent(ctx: Context) -> None:
        pass

    assert (plugin.commands["roll"].usage, plugin.commands["roll"].summary) == ("/roll [sides]", "Roll a die.")
    assert (plugin.commands["silent"].usage, plugin.commands["silent"].summary) == ("/silent", "")
    assert plugin.commands["roll"].function is roll


async def handler(ctx: Context) -> None: ...
def blocking(ctx: Context) -> None: ...
async def greedy(ctx: Context, x: dict[str, str]) -> None: ...


def test_invalid_declarations_are_refused_at_the_decorator() -> None:
    plugin = Plugin("dice")
    plugin.command("roll")(handler)
    plugin.every("1h")(handler)
    plugin.task("late")(late)

    for error, message, declare in (
        (ValueError, 'Plugin "dice" already has a command "roll"', lambda: plugin.command("roll")),
        (ValueError, "the permission must be one of everyone, member", lambda: plugin.command("x", permission="king")),  # type: ignore[arg-type]
        (ValueError, 'write the cooldown like "5/10s", not "often"', lambda: plugin.command("x", cooldown="often")),
        (TypeError, r'Command "x" \(greedy\): "x" has the unsupported type dict', lambda: plugin.command("x")(greedy)),
        (ValueError, "at most once a second", lambda: plugin.every("0.1s")),
        (ValueError, "is not a valid duration", lambda: plugin.every("often")),
        (ValueError, 'already has a timer "handler"', lambda: plugin.every("2h")(handler)),
        (TypeError, "A timer .* must be a coroutine function", lambda: plugin.every("2h")(blocking)),
        (ValueError, 'already has a task "late"', lambda: plugin.task("late")),
        (TypeError, "must take the Context and one other argument", lambda: plugin.task("other")(handler)),
        (ValueError, r'There is no event "draft"\. The events are: message', lambda: plugin.on("draft")),  # type: ignore[arg-type]
        (TypeError, "must take the Context and one other argument", lambda: plugin.on("message")(handler)),
    ):
        with pytest.raises(error, match=message):
            declare()


async def late(ctx: Context, payload: object) -> None: ...
