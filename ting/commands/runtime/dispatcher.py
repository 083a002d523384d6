"""What people type, on its way to message or command; and which commands there are for them."""

import asyncio
import logging
from collections.abc import Sequence

from ting.commands.runtime.completion import Completion
from ting.commands.runtime.engine import Engine
from ting.commands.runtime.loader import LoadedEntry, PluginOptions
from ting.commands.runtime.registry import PluginState, ShowNotice
from ting.commands.runtime.server_ports import ServerParts, permission_of
from ting.core import visibility
from ting.core.errors import BadFile, Busy, StartupError
from ting.core.models import ConversationId, Message, MessageId, Person, User
from ting.protocol import CommandsChange, CommandUsage, encode
from ting.realtime.framing import encode_frame

logger = logging.getLogger(__name__)


class CommandDispatcher:
    """What people type: a message, or a command."""

    def __init__(
        self, entries: Sequence[LoadedEntry], server: ServerParts, options: PluginOptions | None = None
    ) -> None:
        self._server = server
        self._engine = Engine(entries, server.services, options, changed=self._schedule_broadcast)
        self._broadcasts: set[asyncio.Task[None]] = set()
        server.conversations.on_messages(self._engine.events.committed)
        server.conversations.on_presence(self._engine.events.presence_changed)

    async def start(self) -> None:
        """Begin timers and events. Raises `StartupError`."""
        try:
            await self._engine.start()
        except Busy as error:
            raise StartupError(error.message) from error

    async def stop(self) -> None:
        """End them."""
        await self._engine.stop()

    def usages(self, user: User) -> list[CommandUsage]:
        """The commands that somebody may run, by name."""
        return self._engine.registry.usages(permission_of(user))

    def plugins(self) -> list[PluginState]:
        """All plugins that were found."""
        return self._engine.registry.states()

    def problems(self) -> list[str]:
        """What is wrong with plugins, in words."""
        return self._engine.registry.problems()

    async def switch(self, name: str, on: bool) -> PluginState:
        """Switch a plugin on or off, for good. Raises `NotFound`, `Busy`."""
        return await self._engine.switch(name, on)

    async def complete(self, caller: Person, conversation: ConversationId, text: str, caret: int) -> Completion:
        """What could stand at the caret in a text that begins with a command."""
        place = visibility.resolve_conversation(conversation, caller.id)
        return await self._engine.registry.complete(caller, place, text, caret)

    async def dispatch(
        self,
        caller: Person,
        conversation: ConversationId,
        message_id: MessageId,
        text: str,
        show_notice: ShowNotice,
        *,
        reply_to: MessageId | None = None,
        file: str | None = None,
    ) -> Message | None:
        """Do what was typed: post a message, or run a command. The message it posted, if it posted one.

        `tell` shows a notice (its id and its text) to the caller alone. Raises what `Chat.send` raises, and what
        `Registry.run` does.
        """
        if not text.startswith("/") or text.startswith("//"):
            said = text.removeprefix("/")
            return await self._server.chat.send(caller, conversation, message_id, said, reply_to=reply_to, file=file)
        if file is not None:
            raise BadFile("A command takes no file.")
        place = visibility.resolve_conversation(conversation, caller.id)
        self._server.standing.check_write(caller.id, place)
        return await self._engine.registry.run(caller, place, message_id, text, show_notice)

    def _schedule_broadcast(self) -> None:
        """Tell everybody the commands there are now."""
        task = asyncio.get_running_loop().create_task(self._broadcast_commands())
        self._broadcasts.add(task)
        task.add_done_callback(self._broadcasts.discard)

    async def _broadcast_commands(self) -> None:
        for connection in self._server.presence.connections():
            try:
                permission = await self._server.services.people.permission(connection.person.id)
            except Busy:
                logger.warning("Not everybody was told which commands there are now: their next connection is")
                return
            usages = self._engine.registry.usages(permission)
            connection.push(encode_frame(encode(CommandsChange(commands=usages))))
