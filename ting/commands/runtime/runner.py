"""A loaded plugin: its configuration, whether it is on or paused, and how its functions are run."""

import asyncio
import inspect
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from msgspec import Struct

from ting.commands.context import Context
from ting.commands.invocation import NoAddressee
from ting.commands.lexer import ArgumentError
from ting.commands.plugin import Function, Plugin
from ting.commands.ports import Permission, Services
from ting.commands.runtime.sandbox import Blocked, Exited, Sandbox, TimedOut, Watchdog
from ting.core.errors import Busy, CommandFailed, CommandPaused, Refused, StoreFull
from ting.core.models import ConversationId, Milliseconds
from ting.protocol import CommandUsage

COMMAND_TIMEOUT_S = 10.0
FAILURES_UNTIL_PAUSE = 5
PAUSE_MS = 10 * 60 * 1000

_Result = TypeVar("_Result")

logger = logging.getLogger(__name__)


class HookCall(NamedTuple):
    """A call of a plugin function whose result is not awaited by a user."""

    what: str
    function: Function
    arguments: Sequence[Any]


class ServerWait:
    """The longest time that a call of a plugin waited for the server."""

    longest_s = 0.0


_server_wait: ContextVar[ServerWait] = ContextVar("waits")  # of the running call, and of the tasks that it created


class PluginDirectory(Protocol):
    """What a plugin may know about all plugins. The registry implements it."""

    def owns(self, plugin: str, via: str) -> bool:
        """Whether the command `via`, which posted a message, belongs to a plugin."""

    def usages(self, permission: Permission) -> list[CommandUsage]:
        """The commands that a permission allows, by name."""

    def problems(self) -> list[str]:
        """The problems of plugins, as text for admins."""


class LoadedPlugin:
    """A loaded plugin. It is the `Host` of its contexts."""

    def __init__(
        self,
        plugin: Plugin,
        config: Struct,
        services: Services,
        watchdog: Watchdog,
        *,
        directory: PluginDirectory,
        timeout_s: float = COMMAND_TIMEOUT_S,
    ) -> None:
        self.plugin = plugin
        self.config = config
        self.services = services
        self.sandbox = Sandbox(plugin.name, watchdog)
        self.log = logging.getLogger(f"ting.plugins.{plugin.name}")
        self.is_on = True
        self.catalogue = directory.usages
        self.problems = directory.problems
        self.wake: Callable[[], None] = lambda: None  # called when a task was scheduled
        self._directory = directory
        self._timeout_s = timeout_s
        self._failures: Counter[str] = Counter()  # in a row, by function
        self._paused_until: Milliseconds = 0
        self._ghosts: dict[ConversationId, asyncio.Lock] = {}

    @property
    def name(self) -> str:
        return self.plugin.name

    @property
    def tasks(self) -> Sequence[str]:
        return list(self.plugin.tasks)

    @property
    def paused_s(self) -> float:
        """The seconds until the pause ends; 0 if the plugin is not paused."""
        left = self._paused_until - self.services.clock.now()
        return left / 1000 if 0 < left <= PAUSE_MS else 0  # more than a whole pause: the clock was set back

    @property
    def works(self) -> bool:
        """Whether its functions may be called now: it is on and not paused."""
        return self.is_on and not self.paused_s

    def owns(self, via: str) -> bool:
        return via == self.name or self._directory.owns(self.name, via)

    async def outside(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            # Not `create_task`: the sandbox would treat the task as one that the plugin created.
            return await asyncio.Task(work, loop=loop)
        finally:
            wait = _server_wait.get(ServerWait())
            wait.longest_s = max(wait.longest_s, loop.time() - began_s)

    def ghost_lock(self, conversation: ConversationId) -> asyncio.Lock:
        """Return the lock for the plugin's ghost: like a user, a plugin has one draft per conversation."""
        if len(self._ghosts) > 100:
            self._ghosts = {key: lock for key, lock in self._ghosts.items() if lock.locked()}
        return self._ghosts.setdefault(conversation, asyncio.Lock())

    async def run(self, what: str, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run a coroutine of the plugin. `what` names it in messages and logs, like "/roll" or "the timer count".

        Raises `Refused` (the server refused a call), `Busy` (the server did not answer in time), `ArgumentError`,
        `CommandPaused`, `CommandFailed`.
        """
        if self.paused_s:
            work.close()
            raise CommandPaused(retry_after=self.paused_s)
        try:
            result = await self._run_in_time(what, work)
        except (Refused, ArgumentError):
            raise
        except TimedOut:
            logger.warning("Plugin %s: %s took more than %g s and was stopped", self.name, what, self._timeout_s)
            self._failed(what, "it took too long")
            raise CommandFailed(f"{what} took too long and was stopped.") from None
        except (Exception, Blocked, Exited) as error:  # a plugin may raise anything
            raise CommandFailed(f"{what} failed (error {self._raised(what, error)}).") from None
        self._failures.pop(what, None)
        return result

    async def run_hook(self, what: str, function: Function, *arguments: Any, even_if_off: bool = False) -> None:
        """Call a function whose result no user awaits. Its errors are logged, not raised."""
        if not (self.works or even_if_off):
            return
        try:
            await self.run(what, self.call_and_reply(function, *arguments))
        except (CommandFailed, CommandPaused):
            pass  # logged by `run`
        except (Refused, ArgumentError, StoreFull) as error:
            logger.warning("Plugin %s: %s was refused: %s", self.name, what, error)

    async def run_all(self, calls: Sequence[HookCall], *, even_if_off: bool = False) -> None:
        """Call functions whose results no user awaits, in order. An error of one does not stop the next."""
        started: list[str] = []
        if not (self.works or even_if_off):
            return
        try:
            await self._run_in_time("a handler", self._each(calls, started))
        except Busy:
            pass  # logged by `_run_in_time`
        except TimedOut:
            logger.warning("Plugin %s: %s took more than %g s and was stopped", self.name, started[-1], self._timeout_s)
            self._failed(started[-1], "it took too long")
        except (Exception, Blocked, Exited) as error:
            self._raised(started[-1], error)

    def resume(self) -> None:
        """End a pause, and reset the counts of failures."""
        self._failures.clear()
        self._paused_until = 0

    async def call(self, function: Function, *arguments: Any, **keywords: Any) -> Any:
        """Call a function of the plugin: a coroutine function in the event loop, any other function in a thread."""
        if inspect.iscoroutinefunction(function):
            return await function(*arguments, **keywords)
        return await self.sandbox.run_in_thread(partial(function, *arguments, **keywords))

    async def call_and_reply(self, function: Function, context: Context, *arguments: Any) -> None:
        """Call a task, a timer or an event handler. A text that it returns is a reply, as in a command."""
        answer = await self.call(function, context, *arguments)
        if isinstance(answer, str) and answer:
            try:
                await context.reply(answer)
            except NoAddressee:
                self.log.warning("A function returned a text that no user can see: %s", function.__qualname__)

    async def _run_in_time(self, what: str, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run a coroutine for at most the plugin's time limit.

        Raises what it raises; after the time limit `TimedOut`, or `Busy` if it mostly waited for the server.
        """
        wait = ServerWait()
        token = _server_wait.set(wait)
        try:
            return await self.sandbox.run(what, work, self._timeout_s)
        except TimedOut:
            if wait.longest_s < self._timeout_s / 2:
                raise
            logger.warning("Plugin %s: %s was stopped because Ting did not answer it in time", self.name, what)
            raise Busy from None
        finally:
            _server_wait.reset(token)

    async def _each(self, calls: Sequence[HookCall], started: list[str]) -> None:
        for call in calls:
            started.append(call.what)
            try:
                await self.call_and_reply(call.function, *call.arguments)
            except (Refused, ArgumentError, StoreFull) as error:
                logger.warning("Plugin %s: %s was refused: %s", self.name, call.what, error)
            except Exception as error:  # a plugin may raise anything
                self._raised(call.what, error)
                if self.paused_s:
                    return
            else:
                self._failures.pop(call.what, None)

    def _raised(self, what: str, error: BaseException) -> str:
        """Log an error of a function, and return the number that identifies it in the log."""
        number = secrets.token_hex(4)
        logger.error("Plugin %s: %s failed, error %s", self.name, what, number, exc_info=error)
        self._failed(what, type(error).__name__)
        return number

    def _failed(self, what: str, how: str) -> None:
        """Count a failure. After several in a row, pause the plugin and alert admins; after a pause, one is enough."""
        self._failures[what] += 1
        if self._failures[what] < FAILURES_UNTIL_PAUSE:
            return
        self._paused_until = self.services.clock.now() + PAUSE_MS
        text = f"The plugin {self.name} failed {self._failures[what]} times in a row ({what}: {how})"
        logger.error("%s and is paused for %d minutes", text, PAUSE_MS // 60_000)
        self.services.messaging.alert(f"{text} and is paused for {PAUSE_MS // 60_000} minutes.")
