"""Decides whether a typed text is a message or a command, and lists the commands of a user."""

import asyncio
import logging
from collections.abc import Awaitable, Sequence

from ting.commands.runtime.completion import Completion
from ting.commands.runtime.engine import Engine
from ting.commands.runtime.loader import LoadedEntry, PluginOptions
from ting.commands.runtime.registry import PluginState, ShowNotice
from ting.commands.runtime.server_ports import ServerParts, permission_of
from ting.core.errors import BadFile, Busy, StartupError
from ting.core.models import ConversationId, Message, MessageId, Person, User, UserId
from ting.core.visibility import resolve_conversation
from ting.protocol import CommandsChange, CommandUsage
from ting.realtime.framing import broadcast

logger = logging.getLogger(__name__)


class CommandDispatcher:
    """Dispatches what users type: a message, or a command."""

    def __init__(
        self, entries: Sequence[LoadedEntry], server: ServerParts, options: PluginOptions | None = None
    ) -> None:
        self.services = server.services
        self._messages = server.conversations.messages
        self._audit = server.stores.audit
        self._clock = server.clock
        self._restrictions = server.moderation.restrictions
        self._presence = server.realtime.presence
        self._engine = Engine(entries, self.services, options, changed=self._schedule_broadcast)
        self._broadcasts: set[asyncio.Task[None]] = set()
        server.realtime.live.on_messages(self._engine.events.committed)
        server.realtime.live.on_presence(self._engine.events.presence_changed)

    async def start(self) -> None:
        """Start timers and events. Raises `StartupError`."""
        try:
            await self._engine.start()
        except Busy as error:
            raise StartupError(error.message) from error

    async def stop(self) -> None:
        """Stop timers and events."""
        await self._engine.stop()

    def usages(self, user: User) -> list[CommandUsage]:
        """The commands that a user may run, by name."""
        return self._engine.registry.usages(permission_of(user))

    def plugins(self) -> list[PluginState]:
        """All plugins that were found, loaded or not."""
        return self._engine.registry.states()

    def problems(self) -> list[str]:
        """The problems of plugins, as text for admins."""
        return self._engine.registry.problems()

    async def switch(self, name: str, on: bool, by: UserId) -> PluginState:
        """Enable or disable a plugin, permanently. `by` is the admin. Raises `NotFound`, `Busy`."""
        self._engine.registry.loaded(name)
        await self._audit.append(self._clock(), by, "plugin-on" if on else "plugin-off", reason=name)
        return await self._engine.switch(name, on)

    async def complete(self, caller: Person, conversation: ConversationId, text: str, caret: int) -> Completion:
        """Complete a text that begins with a command, at the caret. Raises `BadConversation`, `Busy`."""
        place = resolve_conversation(conversation, caller.id)
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
        by_program: bool = False,
    ) -> Message | None:
        """Send a typed text as a message, or run it as a command.

        Return the message, or the first message that the command posted; None if it posted none.
        `show_notice` shows a notice (its id and its text) to the caller only. `by_program`: a program with a token
        acts for the caller. Raises what `Messages.send` and
        `Registry.run` raise.
        """
        begun = await self.begin(
            caller,
            conversation,
            message_id,
            text,
            show_notice,
            reply_to=reply_to,
            file=file,
            by_program=by_program,
        )
        return await begun

    async def begin(
        self,
        caller: Person,
        conversation: ConversationId,
        message_id: MessageId,
        text: str,
        show_notice: ShowNotice,
        *,
        reply_to: MessageId | None = None,
        file: str | None = None,
        by_program: bool = False,
    ) -> Awaitable[Message | None]:
        """Do the first half of `dispatch`: a message has its position when this returns; a command has not started.

        The result must be awaited; it gives what `dispatch` returns. Raises what `dispatch` raises.
        """
        if not text.startswith("/") or text.startswith("//"):
            plain = text.removeprefix("/")
            return await self._messages.place(caller, conversation, message_id, plain, reply_to=reply_to, file=file)
        if file is not None:
            raise BadFile("A command cannot have an attachment.")
        target = resolve_conversation(conversation, caller.id)
        self._restrictions.check_write(caller.id, target)
        return self._engine.registry.run(caller, target, message_id, text, show_notice, by_program=by_program)

    def _schedule_broadcast(self) -> None:
        """Send every connection its current list of commands, in the background."""
        task = asyncio.get_running_loop().create_task(self._broadcast_commands())
        self._broadcasts.add(task)
        task.add_done_callback(self._broadcasts.discard)

    async def _broadcast_commands(self) -> None:
        for connection in self._presence.connections():
            try:
                permission = await self.services.people.permission(connection.person.id)
            except Busy:
                logger.warning("The new list of commands did not reach all clients; they get it when they reconnect")
                return
            broadcast([connection], CommandsChange(commands=self._engine.registry.usages(permission)))
