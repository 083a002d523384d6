"""All loaded plugins: lists their commands by permission, completes them, and runs them."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from ting.commands.arguments import Argument
from ting.commands.context import Context
from ting.commands.converters import Option
from ting.commands.invocation import Invocation
from ting.commands.lexer import ArgumentError
from ting.commands.plugin import Command
from ting.commands.ports import PERMISSIONS, Permission, Services
from ting.commands.runtime import completion
from ting.commands.runtime.completion import Completion
from ting.commands.runtime.loader import LoadedEntry, PluginOptions, bare_names
from ting.commands.runtime.runner import COMMAND_TIMEOUT_S, LoadedPlugin
from ting.commands.runtime.sandbox import Watchdog
from ting.commands.runtime.stored_notices import StoredNotices
from ting.core.errors import BadArguments, ClientAction, CommandPaused, NotAllowed, NotFound, Refused, UnknownCommand
from ting.core.message_ids import new_id
from ting.core.models import ConversationId, Message, MessageId, Milliseconds, Person, UserId
from ting.core.rate_limit import TokenBuckets
from ting.protocol import CommandArgument, CommandUsage

MAX_REMEMBERED_CALLS = 1_000
# The clock of a client may be this far ahead. A command whose id was made later than this after the start cannot be a
# retry of a command from before the start. For all other ids, the registry looks up whether the command ran.
MAX_CLOCK_DIFFERENCE_MS = 60 * 1000

REFUSALS: dict[Permission, str] = {
    "member": "Only users with a password can use {}.",
    "moderator": "Only moderators can use {}.",
    "admin": "Only admins can use {}.",
}
ShowNotice = Callable[[str, str], object]


@dataclass(frozen=True)
class PluginState:
    """A plugin, as admins see it."""

    name: str
    enabled: bool
    commands: list[str]
    reason: str = ""
    paused_s: float = 0
    description: str = ""
    usages: list[CommandUsage] = field(default_factory=list)


class Registry:
    """The plugins, and their commands by name. Each has its full name, `dice:roll`; its owner also has `roll`."""

    def __init__(
        self,
        entries: Iterable[LoadedEntry],
        services: Services,
        options: PluginOptions | None = None,
        *,
        watchdog: Watchdog | None = None,
        timeout_s: float = COMMAND_TIMEOUT_S,
    ) -> None:
        self.found = list(entries)
        self.services = services
        self.notices = StoredNotices(services)
        self.plugins: dict[str, LoadedPlugin] = {}
        self._options = options or PluginOptions()
        self._watchdog = watchdog or Watchdog()
        self._names: dict[str, str] = {}
        self._commands: dict[str, tuple[LoadedPlugin, Command]] = {}
        self._cooldowns: dict[str, TokenBuckets] = {}
        self._calls: OrderedDict[tuple[UserId, MessageId], asyncio.Task[Message | None]] = OrderedDict()
        self._started = services.clock.now()
        self._add(timeout_s)

    def usages(self, permission: Permission) -> list[CommandUsage]:
        """The commands that a permission allows, by name."""
        shown = []
        for name, (plugin, command) in sorted(self._commands.items()):
            is_main = name == self._shown_name(command)
            if is_main and plugin.works and self._may(permission, command):
                shown.append(self._usage(name, command))
        return shown

    def states(self) -> list[PluginState]:
        """The state of every plugin that was found, loaded or not."""
        return [self._state(entry) for entry in self.found]

    def problems(self) -> list[str]:
        """The problems of plugins, as text for admins."""
        problems = []
        for state in self.states():
            if state.reason:
                problems.append(f"{state.name} was not loaded: {state.reason}")
            elif not state.enabled:
                problems.append(f"{state.name} is disabled")
            elif state.paused_s:
                problems.append(f"{state.name} is paused for {round(state.paused_s)} s because it failed too often")
        return problems + [f"{entry.name}: {note}" for entry in self.found for note in entry.notes]

    def state(self, name: str) -> PluginState:
        """The state of the plugin with this name."""
        return next(state for state in self.states() if state.name == name)

    def loaded(self, name: str) -> LoadedPlugin:
        """The loaded plugin with this name. Raises `NotFound`."""
        if name not in self.plugins:
            raise NotFound(f"There is no loaded plugin named {name[:32]}.")
        return self.plugins[name]

    async def complete(self, caller: Person, conversation: ConversationId, text: str, caret: int) -> Completion:
        """Complete a text that begins with a command, at the caret: the command's name, or its arguments."""
        name, start = _name_of(text)
        found = self._commands.get(name)
        permission = await self.services.people.permission(caller.id)
        if found is None or caret < start or not self._may(permission, found[1]) or not found[0].works:
            names = [usage.name for usage in self.usages(permission) if usage.name.startswith(name)]
            return Completion([Option(f"/{name}") for name in names[: completion.MAX_OPTIONS]], 0, min(caret, start))
        plugin, command = found
        invocation = Invocation(caller, caller, conversation, new_id(self.services.clock.now()), name, text[start:])
        completing = completion.complete(command.signature, text[start:], caret - start, Context(plugin, invocation))
        offered = await plugin.run(f"completing /{name}", completing)
        return Completion(offered.options, start + offered.start, start + offered.end)

    async def run(
        self,
        caller: Person,
        conversation: ConversationId,
        message_id: MessageId,
        text: str,
        show_notice: ShowNotice,
        *,
        by_program: bool = False,
    ) -> Message | None:
        """Run a typed command, and return the first message that it posted; None if it posted none.

        A retry with the same id does not run the command again, but gets the first outcome. `show_notice` shows a
        notice (its id and text) to the caller only. Raises `UnknownCommand`, `NotAllowed`, `BadArguments`,
        `CommandFailed`, `CommandPaused`, and what the command's own calls to the server raise.
        """
        key = (caller.id, message_id)
        task = self._calls.get(key)
        if task is None:
            work = self._run(caller, conversation, message_id, text, show_notice, by_program=by_program)
            task = self._calls[key] = asyncio.create_task(work)
            task.add_done_callback(partial(self._forget_postponed, key))
            if len(self._calls) > MAX_REMEMBERED_CALLS:
                self._calls.popitem(last=False)
        return await asyncio.shield(task)

    def close(self) -> None:
        """Close the sandboxes and the watchdog."""
        for plugin in self.plugins.values():
            plugin.sandbox.close()
        self._watchdog.close()

    def _add(self, timeout_s: float) -> None:
        loaded = [entry for entry in self.found if entry.plugin is not None]
        self._names = bare_names([entry.plugin for entry in loaded if entry.plugin], self._options.names)
        for entry in loaded:
            assert entry.plugin is not None
            plugin = LoadedPlugin(
                entry.plugin,
                entry.config,
                self.services,
                self._watchdog,
                directory=self,
                timeout_s=timeout_s,
            )
            plugin.is_on = plugin.name not in self._options.disabled
            self.plugins[plugin.name] = plugin
            for command in entry.plugin.commands.values():
                self._commands[f"{plugin.name}:{command.name}"] = (plugin, command)
                if self._names[command.name] == plugin.name:
                    self._commands[command.name] = (plugin, command)
                if command.cooldown is not None:
                    key = f"{plugin.name}:{command.name}"
                    self._cooldowns[key] = TokenBuckets(command.cooldown, lambda: self.services.clock.now() / 1000)

    async def _run(
        self,
        caller: Person,
        conversation: ConversationId,
        message_id: MessageId,
        text: str,
        show_notice: ShowNotice,
        *,
        by_program: bool,
    ) -> Message | None:
        name, start = _name_of(text)
        found = self._commands.get(name)
        if found is None:
            raise UnknownCommand(f"There is no command /{name[:32]}.")
        plugin, command = found
        await self._check(caller, plugin, command)
        stored = await self._earlier_outcome(caller, message_id)
        if stored is not None:
            return stored
        shown = self._shown_name(command)
        arguments = text[start:].strip()
        invocation = Invocation(
            caller, caller, conversation, message_id, shown, arguments, show_notice=show_notice, by_program=by_program
        )
        context = Context(plugin, invocation)
        try:
            await plugin.run(f"/{shown}", _call(plugin, command, context))
        except ArgumentError as error:
            raise BadArguments(f"{error.message} Usage: {self._usage(shown, command).usage}") from None
        return context.first_said

    async def _check(self, caller: Person, plugin: LoadedPlugin, command: Command) -> None:
        if not plugin.is_on:
            raise UnknownCommand(f"The command /{command.name} is disabled.")
        if plugin.paused_s:
            raise CommandPaused(f"/{command.name} failed too often and is paused.", retry_after=plugin.paused_s)
        needed = self._permission(command)
        if needed != "everyone" and not self._may(await self.services.people.permission(caller.id), command):
            raise NotAllowed(REFUSALS[needed].format(f"/{command.name}"))
        cooldown = self._cooldowns.get(f"{command.plugin}:{command.name}")
        if cooldown is not None:
            cooldown.consume(caller.id)

    async def _earlier_outcome(self, caller: Person, message_id: MessageId) -> Message | None:
        """Return the message that this command posted if it ran before a restart and is retried now."""
        if _time_of(message_id) > self._started + MAX_CLOCK_DIFFERENCE_MS:
            return None
        stored = await self.services.messaging.get(message_id)
        return stored if stored is not None and stored.author.id == caller.id else None

    def _forget_postponed(self, key: tuple[UserId, MessageId], task: "asyncio.Task[Message | None]") -> None:
        """Forget a call that the client is to retry later: it has no outcome yet."""
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or (isinstance(error, Refused) and error.action in (ClientAction.RETRY, ClientAction.WAIT)):
            self._calls.pop(key, None)

    def owns(self, plugin: str, via: str) -> bool:
        found = self._commands.get(via)
        return found is not None and found[0].name == plugin

    def _shown_name(self, command: Command) -> str:
        owns_name = self._names[command.name] == command.plugin
        return command.name if owns_name else f"{command.plugin}:{command.name}"

    def _permission(self, command: Command) -> Permission:
        chosen = self._options.permissions
        name = chosen.get(f"{command.plugin}:{command.name}") or chosen.get(self._shown_name(command))
        return next((permission for permission in PERMISSIONS if permission == name), command.permission)

    def _may(self, permission: Permission, command: Command) -> bool:
        return PERMISSIONS.index(permission) >= PERMISSIONS.index(self._permission(command))

    def _usage(self, name: str, command: Command) -> CommandUsage:
        arguments = [_described(argument) for argument in command.signature.arguments]
        usage = f"/{name} {command.signature.usage}".strip()
        return CommandUsage(name, command.plugin, usage, command.summary, arguments, self._permission(command))

    def _state(self, entry: LoadedEntry) -> PluginState:
        plugin = self.plugins.get(entry.name) if entry.plugin is not None else None
        if plugin is None:
            return PluginState(entry.name, False, [], entry.reason)
        named = {self._shown_name(command): command for command in plugin.plugin.commands.values()}
        return PluginState(
            entry.name,
            plugin.is_on,
            list(named),
            paused_s=plugin.paused_s,
            description=entry.description,
            usages=[self._usage(name, command) for name, command in named.items()],
        )


async def _call(plugin: LoadedPlugin, command: Command, context: Context) -> None:
    """Parse the arguments, call the function and reply with its result.

    All of it runs in the sandbox, since converters are plugin code, too.
    """
    call = await command.signature.parse(context.arguments, context)
    answer = await plugin.call(command.function, context, *call.positional, **call.keywords)
    if answer is not None:
        await context.reply(str(answer))


def _described(argument: Argument) -> CommandArgument:
    """An argument for the list of commands. Only an argument without a value is a "flag"; yes or no is a "choice"."""
    is_flag, kind = argument.shape == "flag", argument.converter.kind
    return CommandArgument(
        name=argument.written,
        kind="choice" if kind == "flag" and not is_flag else kind,
        required=argument.required,
        choices=[] if is_flag else list(argument.converter.choices),
        keyword=argument.shape in ("option", "flag"),
        many=argument.shape == "many",
    )


def _name_of(text: str) -> tuple[str, int]:
    """Return the name in "/name arguments", and the index at which the arguments begin."""
    end = 1
    while end < len(text) and not text[end].isspace():
        end += 1
    start = end
    while start < len(text) and text[start].isspace():
        start += 1
    return text[1:end].casefold(), start


def _time_of(message_id: MessageId) -> Milliseconds:
    """Return when a UUIDv7 was created, by the clock of its creator (RFC 9562, 5.7)."""
    return int(message_id[:8] + message_id[9:13], 16)
