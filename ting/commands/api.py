"""What the author of a plugin uses: a `Plugin`, its `command`s, and the `Context` each of them is called with.

    plugin = Plugin("greet")

    @plugin.command("hello")
    async def hello(ctx: Context) -> None:
        \"\"\"Greet everybody here.\"\"\"
        await ctx.say(f"{ctx.caller.name} greets everybody.")

An entry point in the group `ting.commands` that names the plugin object makes its commands available.
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from ting.models import ConversationId, MessageKind, Person

COMMAND_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)


class Context(Protocol):
    """One call of a command."""

    @property
    def caller(self) -> Person:
        """Who typed the command."""

    @property
    def conversation(self) -> ConversationId:
        """Where it was typed."""

    @property
    def arguments(self) -> str:
        """What was typed after the command's name, without the space between."""

    def reply(self, text: str) -> None:
        """Tell the caller alone."""

    async def say(self, text: str, *, kind: MessageKind = "text") -> None:
        """Post a message of the caller's in the conversation."""


Function = Callable[[Context], Awaitable[str | None]]


@dataclass(frozen=True)
class Command:
    """A slash command: its name, how it is used, what it does in one line, and its function."""

    name: str
    usage: str
    summary: str
    function: Function


class Plugin:
    """A named set of commands."""

    def __init__(self, name: str) -> None:
        """Raises `ValueError` for a name that is not small letters, digits, `_` and `-`."""
        self.name = _checked(name)
        self.commands: dict[str, Command] = {}

    def command(self, name: str, *, arguments: str = "") -> Callable[[Function], Function]:
        """Make a coroutine function a command; the first line of its docstring tells what it does.

        `arguments` is shown after the name, like "[text]". A text that the function returns is told to the caller
        alone. Raises `ValueError` for a bad or repeated name, `TypeError` for what is no coroutine function.
        """
        if _checked(name) in self.commands:
            raise ValueError(f'Plugin "{self.name}" has two commands "{name}".')

        def add(function: Function) -> Function:
            if not inspect.iscoroutinefunction(function):
                raise TypeError(f'Command "{name}" must be a coroutine function ("async def").')
            summary = (inspect.getdoc(function) or "").partition("\n")[0]
            self.commands[name] = Command(name, f"/{name} {arguments}".strip(), summary, function)
            return function

        return add


def _checked(name: str) -> str:
    if not COMMAND_NAME.fullmatch(name):
        raise ValueError(f'"{name}" is no name for a plugin or command: 1 to 32 of a-z 0-9 _ -, a letter first.')
    return name
