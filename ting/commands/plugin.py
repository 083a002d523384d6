"""`Plugin`: a named set of commands, timers, tasks and event handlers.

    plugin = Plugin("greet")

    @plugin.command("hello")
    async def hello(ctx: Context, name: str = "everyone") -> None:
        \"\"\"Greet a user, or everyone.\"\"\"
        await ctx.say(f"Hello, {name}!")

To make a plugin available, declare an entry point in the group `ting.commands` that refers to the plugin object.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeVar, get_args

from msgspec import Struct

from ting.commands import times
from ting.commands.arguments import Signature
from ting.commands.lexer import ArgumentError
from ting.commands.ports import PERMISSIONS, Permission
from ting.core.rate_limit import RateLimit

API_VERSION = 1
COMMAND_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
MIN_INTERVAL_S = 1.0

EventName = Literal["message", "join", "leave", "start", "stop"]
EVENTS: Sequence[EventName] = get_args(EventName)
EVENT_PARAMETERS: dict[EventName, int] = {"message": 2, "join": 2, "leave": 2, "start": 1, "stop": 1}

Function = Callable[..., Any]
AnyFunction = TypeVar("AnyFunction", bound=Function)


class NoConfig(Struct, frozen=True):
    """The configuration of a plugin that has no settings."""


@dataclass(frozen=True)
class Command:
    """A slash command. `summary` is the first line of `help`, `cooldown` the rate limit per user."""

    name: str
    plugin: str
    summary: str
    help: str
    signature: Signature
    function: Function
    permission: Permission
    cooldown: RateLimit | None

    @property
    def usage(self) -> str:
        return f"/{self.name} {self.signature.usage}".strip()


@dataclass(frozen=True)
class Timer:
    """A function that runs at a fixed interval."""

    name: str
    every: timedelta
    function: Function


class Plugin:
    """A named set of commands, timers, tasks and event handlers."""

    def __init__(self, name: str, *, config: type[Struct] | None = None, api: int = 1) -> None:
        """Create a plugin.

        `config` is the type of its settings, which are read from the table `[plugins.NAME]`. `api` is the
        `API_VERSION` that the plugin was written for. Raises `ValueError` for a name that is not 1 to 32 lower-case
        letters, digits, `_` and `-`, starting with a letter.
        """
        self.name = _checked(name)
        self.api = api
        self.config: type[Struct] = config or NoConfig
        self.commands: dict[str, Command] = {}
        self.timers: dict[str, Timer] = {}
        self.tasks: dict[str, Function] = {}
        self.events: dict[EventName, list[Function]] = {}

    def command(
        self, name: str, *, permission: Permission = "everyone", cooldown: str | None = None
    ) -> Callable[[AnyFunction], AnyFunction]:
        """Decorator: make a function a slash command.

        The parameters after the context are the arguments of the command. The docstring is its help, and the first
        line is its summary. A coroutine function runs in the event loop, any other function in a thread.
        `permission` is the lowest level that may run it. `cooldown` limits how often one user may run it: "5/10s" is
        5 times in 10 seconds.
        Raises `ValueError` for an invalid or repeated name, an invalid permission or an invalid cooldown, `TypeError`
        for a signature that a user cannot call by typing.
        """
        if _checked(name) in self.commands:
            raise ValueError(f'Plugin "{self.name}" already has a command "{name}".')
        if permission not in PERMISSIONS:
            raise ValueError(f'Command "{name}": the permission must be one of {", ".join(PERMISSIONS)}.')
        rate = _rate(name, cooldown) if cooldown else None

        def add(function: AnyFunction) -> AnyFunction:
            doc = inspect.getdoc(function) or ""
            try:
                signature = Signature.of(function)
            except (TypeError, NameError) as error:
                raise TypeError(f'Command "{name}" ({function.__qualname__}): {error}.') from None
            self.commands[name] = Command(
                name, self.name, doc.partition("\n")[0], doc, signature, function, permission, rate
            )
            return function

        return add

    def every(self, interval: str) -> Callable[[AnyFunction], AnyFunction]:
        """Decorator: run a coroutine function at an interval, like "90s", "1h30m" or "1d".

        If runs were missed while the server was down, the function runs once to catch up.
        Raises `ValueError` for an invalid interval, an interval under a second, or a repeated function name,
        `TypeError` for a function that cannot be called with the context alone.
        """
        try:
            span = times.duration(interval)
        except ArgumentError as error:
            raise ValueError(error.message) from None
        if span.total_seconds() < MIN_INTERVAL_S:
            raise ValueError("A timer can run at most once a second.")

        def add(function: AnyFunction) -> AnyFunction:
            _check_parameters(function, 1, "A timer")
            if function.__name__ in self.timers:
                raise ValueError(f'Plugin "{self.name}" already has a timer "{function.__name__}".')
            self.timers[function.__name__] = Timer(function.__name__, span, function)
            return function

        return add

    def task(self, name: str) -> Callable[[AnyFunction], AnyFunction]:
        """Decorator: make a coroutine function a task, which `ctx.later(when, name, payload)` schedules.

        The function is called with the context and the payload. Raises `ValueError` for an invalid or repeated name,
        `TypeError` for a function that cannot be called this way.
        """
        if _checked(name) in self.tasks:
            raise ValueError(f'Plugin "{self.name}" already has a task "{name}".')

        def add(function: AnyFunction) -> AnyFunction:
            _check_parameters(function, 2, "A task")
            self.tasks[name] = function
            return function

        return add

    def on(self, event: EventName) -> Callable[[AnyFunction], AnyFunction]:
        """Decorator: call a coroutine function after an event: "message", "join", "leave", "start" or "stop".

        The function is called with the context; for "message" also with the `Message`, for "join" and "leave" with the
        `Person`.
        Raises `ValueError` for an unknown event, `TypeError` for a function that cannot be called this way.
        """
        if event not in EVENTS:
            raise ValueError(f'There is no event "{event}". The events are: {", ".join(EVENTS)}.')

        def add(function: AnyFunction) -> AnyFunction:
            _check_parameters(function, EVENT_PARAMETERS[event], f'A handler of "{event}"')
            self.events.setdefault(event, []).append(function)
            return function

        return add


def _checked(name: str) -> str:
    if not COMMAND_NAME.fullmatch(name):
        raise ValueError(
            f'"{name}" is not a valid plugin or command name: use 1 to 32 of a-z 0-9 _ -, starting with a letter.'
        )
    return name


def _rate(name: str, cooldown: str) -> RateLimit:
    count, _, span = cooldown.partition("/")
    try:
        seconds = times.duration(span).total_seconds()
        return RateLimit(burst=int(count), interval_s=seconds / int(count))
    except (ArgumentError, ValueError, ZeroDivisionError):
        raise ValueError(f'Command "{name}": write the cooldown like "5/10s", not "{cooldown}".') from None


def _check_parameters(function: Function, count: int, what: str) -> None:
    if not inspect.iscoroutinefunction(function):
        raise TypeError(f'{what} ("{function.__qualname__}") must be a coroutine function ("async def").')
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        takes = "the Context" if count == 1 else "the Context and one other argument"
        raise TypeError(f'{what} ("{function.__qualname__}") must take {takes}.') from None
