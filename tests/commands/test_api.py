"""What the author of a plugin can say, and what is refused at once."""

import pytest

from ting.commands import Context, Plugin


@pytest.mark.parametrize("name", ["a", "roll", "a1", "roll-dice_2", "x" * 32])
def test_a_good_name_is_taken(name: str) -> None:
    plugin = Plugin(name)

    @plugin.command(name)
    async def command(ctx: Context) -> None:
        """Do it."""

    assert plugin.commands[name].name == name


@pytest.mark.parametrize("name", ["", "Roll", "1a", "-a", "_a", "a b", "a/b", "ρ", "x" * 33, "roll\n", "/roll"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no name for a plugin or command"):
        Plugin(name)
    with pytest.raises(ValueError, match="is no name for a plugin or command"):
        Plugin("good").command(name)


def test_a_command_says_how_it_is_used_and_what_it_does() -> None:
    plugin = Plugin("dice")

    @plugin.command("roll", arguments="[sides]")
    async def roll(ctx: Context) -> None:
        """Roll a die.

        It has six sides, unless told otherwise.
        """

    @plugin.command("silent")
    async def silent(ctx: Context) -> None:
        pass

    assert (plugin.commands["roll"].usage, plugin.commands["roll"].summary) == ("/roll [sides]", "Roll a die.")
    assert (plugin.commands["silent"].usage, plugin.commands["silent"].summary) == ("/silent", "")
    assert plugin.commands["roll"].function is roll


def test_two_commands_of_a_plugin_have_two_names() -> None:
    plugin = Plugin("dice")

    @plugin.command("roll")
    async def roll(ctx: Context) -> None:
        """Roll a die."""

    with pytest.raises(ValueError, match='Plugin "dice" has two commands "roll"'):
        plugin.command("roll")


def test_a_command_is_a_coroutine_function() -> None:
    def roll(ctx: Context) -> None:
        """Roll a die."""

    with pytest.raises(TypeError, match='Command "roll" must be a coroutine function'):
        Plugin("dice").command("roll")(roll)  # type: ignore[arg-type]
