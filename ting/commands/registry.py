"""Finds plugins, keeps their failures visible, and runs their commands so that none can harm the chat."""

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from ting import access
from ting.chat import Chat
from ting.commands.api import Command, Plugin
from ting.errors import BadFile, CommandFailed, Refused, UnknownCommand
from ting.models import ConversationId, Message, MessageId, MessageKind, Person, UserId
from ting.protocol import CommandUsage

GROUP = "ting.commands"
COMMAND_TIMEOUT_S = 10.0
REMEMBERED_CALLS = 1_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """An entry point, with its plugin or the reason why it has none."""

    name: str
    plugin: Plugin | None
    reason: str = ""


def installed() -> Sequence[EntryPoint]:
    """The entry points of all installed plugins."""
    return sorted(entry_points(group=GROUP), key=lambda entry: entry.name)


def find(entries: Iterable[EntryPoint]) -> list[Found]:
    """Load each plugin alone: one that fails is left out, with the reason."""
    found: list[Found] = []
    taken: dict[str, str] = {}
    for entry in entries:
        loaded = _load(entry, taken)
        if loaded.plugin is None:
            logger.error("Plugin %s is left out: %s", loaded.name, loaded.reason)
        else:
            taken.update(dict.fromkeys(loaded.plugin.commands, loaded.name))
        found.append(loaded)
    return found


def _load(entry: EntryPoint, taken: dict[str, str]) -> Found:
    try:
        plugin = entry.load()
    except (Exception, SystemExit) as error:  # a plugin may raise anything
        return Found(entry.name, None, f"{type(error).__name__}: {error}")
    if not isinstance(plugin, Plugin):
        return Found(entry.name, None, f"{entry.value} is no ting.commands.Plugin, but {type(plugin).__name__}")
    for name in plugin.commands:
        if name in taken:
            return Found(entry.name, None, f"its command /{name} is taken by the plugin {taken[name]}")
    return Found(entry.name, plugin)


class Call:
    """The `Context` of one call."""

    def __init__(
        self,
        chat: Chat,
        caller: Person,
        conversation: ConversationId,
        message_id: MessageId,
        arguments: str,
        tell: Callable[[str], None],
    ) -> None:
        self._chat = chat
        self._message_id = message_id
        self._tell = tell
        self.caller = caller
        self.conversation = conversation
        self.arguments = arguments
        self.said: Message | None = None

    def reply(self, text: str) -> None:
        self._tell(text)

    async def say(self, text: str, *, kind: MessageKind = "text") -> None:
        # The id that the client gave, so that a retry of the same command posts nothing twice.
        if self.said is not None:
            raise RuntimeError("A command posts at most one message.")
        self.said = await self._chat.send(self.caller, self.conversation, self._message_id, text, kind)


class Commands:
    """The commands of all plugins that could be loaded."""

    def __init__(self, found: Iterable[Found], chat: Chat, *, timeout_s: float = COMMAND_TIMEOUT_S) -> None:
        self._chat = chat
        self._timeout_s = timeout_s
        plugins = [one.plugin for one in found if one.plugin is not None]
        self._commands = {name: command for plugin in plugins for name, command in plugin.commands.items()}
        self._called: OrderedDict[tuple[UserId, MessageId], asyncio.Task[Message | None]] = OrderedDict()

    def usages(self) -> list[CommandUsage]:
        """All commands by name."""
        every = sorted(self._commands.values(), key=lambda command: command.name)
        return [CommandUsage(command.name, command.usage, command.summary) for command in every]

    async def submit(
        self,
        caller: Person,
        conversation: ConversationId,
        message_id: MessageId,
        text: str,
        tell: Callable[[str], None],
        *,
        reply_to: MessageId | None = None,
        file: str | None = None,
    ) -> Message | None:
        """Do what was typed: post a message, or run a command. The message it posted, if it posted one.

        `tell` shows a text to the caller alone. Raises what `Chat.send` raises, `UnknownCommand`, `CommandFailed`.
        """
        conversation = access.conversation_id(conversation, caller.id)
        if not text.startswith("/") or text.startswith("//"):
            said = text.removeprefix("/")
            return await self._chat.send(caller, conversation, message_id, said, reply_to=reply_to, file=file)
        if file is not None:
            raise BadFile("A command takes no file.")
        name, *arguments = text[1:].split(maxsplit=1) if text[1:2].strip() else [""]
        command = self._commands.get(name.lower())
        if command is None:
            raise UnknownCommand(f"There is no command /{name[:32]}.")
        call = Call(self._chat, caller, conversation, message_id, "".join(arguments).strip(), tell)
        return await self._once((caller.id, message_id), partial(self._run, command, call))

    async def _once(
        self, key: tuple[UserId, MessageId], run: Callable[[], Coroutine[None, None, Message | None]]
    ) -> Message | None:
        """Run a command whose message was not sent before; to a retry, the first outcome is the answer."""
        task = self._called.get(key)
        if task is None:
            task = self._called[key] = asyncio.create_task(run())
            if len(self._called) > REMEMBERED_CALLS:
                self._called.popitem(last=False)
        return await asyncio.shield(task)

    async def _run(self, command: Command, call: Call) -> Message | None:
        try:
            async with asyncio.timeout(self._timeout_s) as limit:
                answer = await command.function(call)
        except Refused:
            raise
        except (Exception, SystemExit):  # a plugin may raise anything; argparse, for one, exits
            if limit.expired():
                logger.warning("Command /%s took more than %g s and was stopped", command.name, self._timeout_s)
                raise CommandFailed(f"/{command.name} took too long and was stopped.") from None
            error_id = secrets.token_hex(4)
            logger.exception("Command /%s failed, error %s", command.name, error_id)
            raise CommandFailed(f"/{command.name} failed (error {error_id}).") from None
        if answer is not None:
            call.reply(str(answer))
        return call.said
