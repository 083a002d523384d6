"""All plugins that were loaded: which commands there are for whom, which are on, and running what was typed."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

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
from ting.core.errors import BadArguments, ClientAction, CommandPaused, NotAllowed, Refused, UnknownCommand
from ting.core.message_ids import new_id
from ting.core.models import ConversationId, Message, MessageId, Milliseconds, Person, UserId
from ting.core.rate_limit import TokenBuckets
from ting.protocol import CommandArgument, CommandUsage

REMEMBERED_CALLS = 1_000
# Clients' clocks are ahead of ours by so much at most: a command that was made that long after the start is no retry of
# one from before it. Whether one ran is looked up for all others.
CLOCKS_DIFFER_MS = 60 * 1000

WHO_MAY: dict[Permission, str] = {
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


class Registry:
    """The plugins, and their commands by name: `roll`, and always `dice:roll`."""

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
        self.plugins: dict[str, LoadedPlugin] = {}
        self._options = options or PluginOptions()
        self._watchdog = watchdog or Watchdog()
        self._names: dict[str, str] = {}
        self._commands: dict[str, tuple[LoadedPlugin, Command]] = {}
        self._cooldowns: dict[str, TokenBuckets] = {}
        self._called: OrderedDict[tuple[UserId, MessageId], asyncio.Task[Message | None]] = OrderedDict()
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
        """Every plugin that was found."""
        return [self._state(one) for one in self.found]

    def problems(self) -> list[str]:
        """What is wrong with plugins, in words."""
        wrong = []
        for state in self.states():
            if state.reason:
                wrong.append(f"{state.name} was not loaded: {state.reason}")
            elif not state.enabled:
                wrong.append(f"{state.name} is disabled")
            elif state.paused_s:
                wrong.append(f"{state.name} is paused for {round(state.paused_s)} s because it failed too often")
        return wrong + [f"{one.name}: {note}" for one in self.found for note in one.notes]

    def state(self, name: str) -> PluginState:
        """A plugin that was loaded."""
        return next(state for state in self.states() if state.name == name)

    async def complete(self, caller: Person, conversation: ConversationId, text: str, caret: int) -> Completion:
        """What could stand at the caret in a text that begins with a command."""
        name, start = _name_of(text)
        found = self._commands.get(name)
        permission = await self.services.people.permission(caller.id)
        if found is None or caret < start or not self._may(permission, found[1]) or not found[0].works:
            names = [usage.name for usage in self.usages(permission) if usage.name.startswith(name)]
            return Completion([Option(f"/{one}") for one in names[: completion.MOST_OPTIONS]], 0, min(caret, start))
        plugin, command = found
        occasion = Invocation(caller, caller, conversation, new_id(self.services.clock.now()), name, text[start:])
        completing = completion.complete(command.signature, text[start:], caret - start, Context(plugin, occasion))
        offered = await plugin.run(f"completing /{name}", completing)
        return Completion(offered.options, start + offered.start, start + offered.end)

    async def run(
        self, caller: Person, conversation: ConversationId, message_id: MessageId, text: str, show_notice: ShowNotice
    ) -> Message | None:
        """Run the command that was typed; the first message it posted, if it posted one. To a retry of the same id,
        the first outcome is the answer.

        `show_notice` shows a notice (its id and text) to the caller only. Raises `UnknownCommand`, `NotAllowed`,
        `BadArguments`, `CommandFailed`, `CommandPaused`, and what the chat refuses.
        """
        key = (caller.id, message_id)
        task = self._called.get(key)
        if task is None:
            work = self._run(caller, conversation, message_id, text, show_notice)
            task = self._called[key] = asyncio.create_task(work)
            task.add_done_callback(partial(self._forget_postponed, key))
            if len(self._called) > REMEMBERED_CALLS:
                self._called.popitem(last=False)
        return await asyncio.shield(task)

    def close(self) -> None:
        """Nothing runs any more."""
        for plugin in self.plugins.values():
            plugin.sandbox.close()
        self._watchdog.close()

    def _add(self, timeout_s: float) -> None:
        loaded = [one for one in self.found if one.plugin is not None]
        self._names = bare_names([one.plugin for one in loaded if one.plugin], self._options.names)
        for one in loaded:
            assert one.plugin is not None
            plugin = LoadedPlugin(
                one.plugin,
                one.config,
                self.services,
                self._watchdog,
                directory=self,
                timeout_s=timeout_s,
            )
            plugin.is_on = plugin.name not in self._options.disabled
            self.plugins[plugin.name] = plugin
            for command in one.plugin.commands.values():
                self._commands[f"{plugin.name}:{command.name}"] = (plugin, command)
                if self._names[command.name] == plugin.name:
                    self._commands[command.name] = (plugin, command)
                if command.cooldown is not None:
                    key = f"{plugin.name}:{command.name}"
                    self._cooldowns[key] = TokenBuckets(command.cooldown, lambda: self.services.clock.now() / 1000)

    async def _run(
        self, caller: Person, conversation: ConversationId, message_id: MessageId, text: str, show_notice: ShowNotice
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
        occasion = Invocation(caller, caller, conversation, message_id, shown, arguments, show_notice=show_notice)
        context = Context(plugin, occasion)
        try:
            answer = await plugin.run(f"/{shown}", _called(plugin, command, context))
        except ArgumentError as error:
            raise BadArguments(f"{error.message} Usage: {self._usage(shown, command).usage}") from None
        if answer is not None:
            await context.reply(str(answer))
        return context.first_said

    async def _check(self, caller: Person, plugin: LoadedPlugin, command: Command) -> None:
        if not plugin.is_on:
            raise UnknownCommand(f"The command /{command.name} is disabled.")
        if plugin.paused_s:
            raise CommandPaused(f"/{command.name} failed too often and is paused.", retry_after=plugin.paused_s)
        needed = self._permission(command)
        if needed != "everyone" and not self._may(await self.services.people.permission(caller.id), command):
            raise NotAllowed(WHO_MAY[needed].format(f"/{command.name}"))
        cooldown = self._cooldowns.get(f"{command.plugin}:{command.name}")
        if cooldown is not None:
            cooldown.consume(caller.id)

    async def _earlier_outcome(self, caller: Person, message_id: MessageId) -> Message | None:
        """What a command posted that ran before a restart, and is retried now."""
        if _made(message_id) > self._started + CLOCKS_DIFFER_MS:
            return None
        stored = await self.services.messaging.get(message_id)
        return stored if stored is not None and stored.author.id == caller.id else None

    def _forget_postponed(self, key: tuple[UserId, MessageId], task: "asyncio.Task[Message | None]") -> None:
        """What is to be tried again later has no outcome yet."""
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or (isinstance(error, Refused) and error.action in (ClientAction.RETRY, ClientAction.WAIT)):
            self._called.pop(key, None)

    def owns(self, plugin: str, via: str) -> bool:
        found = self._commands.get(via)
        return found is not None and found[0].name == plugin

    def _shown_name(self, command: Command) -> str:
        mine = self._names[command.name] == command.plugin
        return command.name if mine else f"{command.plugin}:{command.name}"

    def _permission(self, command: Command) -> Permission:
        chosen = self._options.permissions
        name = chosen.get(f"{command.plugin}:{command.name}") or chosen.get(self._shown_name(command))
        return next((one for one in PERMISSIONS if one == name), command.permission)

    def _may(self, permission: Permission, command: Command) -> bool:
        return PERMISSIONS.index(permission) >= PERMISSIONS.index(self._permission(command))

    def _usage(self, name: str, command: Command) -> CommandUsage:
        arguments = [
            CommandArgument(
                name=one.name,
                kind=one.converter.kind,
                required=one.required,
                choices=list(one.converter.choices),
                keyword=one.shape in ("option", "flag"),
                many=one.shape == "many",
            )
            for one in command.signature.arguments
        ]
        usage = f"/{name} {command.signature.usage}".strip()
        return CommandUsage(name, command.plugin, usage, command.summary, arguments, self._permission(command))

    def _state(self, one: LoadedEntry) -> PluginState:
        plugin = self.plugins.get(one.name) if one.plugin is not None else None
        if plugin is None:
            return PluginState(one.name, False, [], one.reason)
        names = [self._shown_name(command) for command in plugin.plugin.commands.values()]
        return PluginState(one.name, plugin.is_on, names, paused_s=plugin.paused_s)


async def _called(plugin: LoadedPlugin, command: Command, context: Context) -> object:
    """Read the arguments and call the function: all in the sandbox, since converters are the plugin's, too."""
    call = await command.signature.parse(context.arguments, context)
    return await plugin.call(command.function, context, *call.positional, **call.keywords)


def _name_of(text: str) -> tuple[str, int]:
    """The name in "/name arguments", and where the arguments begin."""
    end = 1
    while end < len(text) and not text[end].isspace():
        end += 1
    start = end
    while start < len(text) and text[start].isspace():
        start += 1
    return text[1:end].casefold(), start


def _made(message_id: MessageId) -> Milliseconds:
    """When a UUIDv7 was made, by its maker's clock (RFC 9562, 5.7)."""
    return int(message_id[:8] + message_id[9:13], 16)
