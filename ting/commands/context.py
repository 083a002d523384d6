"""`Context`: what a command, a timer, a task or an event handler is called with.

It holds what is known of the occasion, and is the one way to the rest of Ting. Whatever it does for a plugin runs
outside of the plugin's sandbox: nothing of the server's is timed or cancelled as if it were the plugin's.
"""

import logging
import secrets
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec

from ting.commands.converters import Channel
from ting.commands.handles import Ghost, Said, Told, shortened
from ting.commands.invocation import Host, Invocation
from ting.commands.ports import Permission
from ting.commands.storage import Store
from ting.core.conversation_ids import is_direct
from ting.core.message_ids import derived_id, new_id
from ting.core.models import ConversationId, Message, MessageId, MessageKind, Person, ScheduledTask, UserId
from ting.protocol import CommandUsage

MAX_REPLIES = 20  # of one call
MAX_SAID = 10
MAX_PAYLOAD_BYTES = 16 * 1024
MAX_PLANNED = 10_000  # of one plugin

_Result = TypeVar("_Result")


class Context:
    """One call. Its attributes cannot be changed; what it hands out cannot change the chat behind its back."""

    __slots__ = ("_host", "_ids", "_invocation", "_message_id", "_replies", "_said", "_services")

    def __init__(self, host: Host, invocation: Invocation) -> None:
        self._host = host
        self._invocation = invocation
        self._services = host.services
        self._said: list[Message] = []
        self._ids = 0
        self._message_id = invocation.message_id
        self._replies = 0

    @property
    def caller(self) -> Person:
        """The user who typed the command, scheduled the task, or caused the event; for a timer, the plugin itself."""
        return self._invocation.caller

    @property
    def conversation(self) -> ConversationId:
        """Where it happens, like "#ting"; "" for timers, "start" and "stop"."""
        return self._invocation.conversation

    @property
    def arguments(self) -> str:
        """What was typed after the command's name, as it was written."""
        return self._invocation.arguments

    @property
    def command(self) -> str:
        """The name under which the command was called."""
        return self._invocation.command

    @property
    def message_id(self) -> MessageId:
        """The id of what was sent. A retry carries the same one, and never runs a command twice."""
        if self._message_id is None:
            self._message_id = new_id(self._services.clock.now())
        return self._message_id

    @property
    def message(self) -> Message | None:
        """The message of an event."""
        return self._invocation.message

    @property
    def first_said(self) -> Message | None:
        """The first message that this call posted."""
        return self._said[0] if self._said else None

    @property
    def here(self) -> Sequence[Person]:
        """The people in this conversation now."""
        return tuple(self._services.people.present(self.conversation))

    @property
    def now(self) -> datetime:
        """The time, in the server's time zone."""
        return datetime.fromtimestamp(self._services.clock.now() / 1000, UTC).astimezone()

    @property
    def config(self) -> Any:
        """The plugin's configuration."""
        return self._host.config

    @property
    def store(self) -> Store:
        """What the plugin keeps."""
        return Store(self._services.values, self._host.name, self._services.clock.now, self._host.outside)

    @property
    def log(self) -> logging.Logger:
        """A log of the plugin's own."""
        return self._host.log

    async def reply(self, text: str) -> Told:
        """Tell the caller alone. The handle edits it or takes it back."""
        if self._replies == MAX_REPLIES:
            raise RuntimeError(f"One call can send at most {MAX_REPLIES} replies.")
        self._replies += 1
        notice = Told(secrets.token_hex(8), lambda id, text: self._invocation.show_notice(id, shortened(text)))
        await notice.edit(text)
        return notice

    async def say(self, text: str, *, kind: MessageKind = "text", to: ConversationId | Channel | None = None) -> Said:
        """Post a message here, or in a channel that is named. The handle edits it or takes it back.

        It carries the caller's name in a command or a task, and the plugin's in a timer or an event. Raises `Refused`.
        """
        conversation = self._target(to)
        message_id = self._next_id()
        message = await self._outside(
            self._services.messaging.send(
                self._invocation.author, conversation, message_id, text, kind=kind, via=self._via
            )
        )
        return self._remember(message)

    @asynccontextmanager
    async def typing(self, *, to: ConversationId | Channel | None = None) -> AsyncIterator[Ghost]:
        """Write a live ghost, letter by letter; at the end of the block it becomes a message at its place.

        It carries the plugin's name; in a private, which only its two members write in, the caller's, and comes at
        once. Where the block raises, or nothing was written, the ghost goes without a message.
        """
        conversation, message_id = self._target(to), self._next_id()
        in_direct = is_direct(conversation)
        persona = await self._outside(self._services.people.plugin_user(self._host.name))
        author = self._invocation.author if in_direct else persona
        async with self._host.ghost_lock(conversation):
            show = _unseen if in_direct else partial(self._type, author, conversation, message_id)
            ghost = Ghost(show, self._services.clock)
            try:
                yield ghost
            except BaseException:
                await show("")
                raise
            if ghost.text.strip():
                said = self._services.messaging.send(
                    author, conversation, message_id, ghost.text, kind="text", via=self._via
                )
                ghost.said = self._remember(await self._outside(said))

    async def said(self, message_id: MessageId) -> Said | None:
        """The handle of a message that this plugin said before; None where there is none of that id."""
        message = await self._outside(self._services.messaging.get(message_id))
        if message is None or not self._host.owns(message.via or ""):
            return None
        return self._handle(message)

    async def notify(self, person: Person, text: str) -> bool:
        """Show a text to one user only, if they are connected; returns whether they are."""
        voice = self._services.messaging
        return voice.notify(person.id, self.conversation, secrets.token_hex(8), shortened(text))

    async def later(self, when: datetime | timedelta, name: str, payload: Any = None) -> str:
        """Run the task of this name then, even after a restart; its id. `payload` is whatever JSON can say.

        Raises `ValueError`.
        """
        if name not in self._host.tasks:
            raise ValueError(f'There is no task "{name}".')
        encoded = msgspec.json.encode(payload)
        if len(encoded) > MAX_PAYLOAD_BYTES:
            raise ValueError(f"A payload can have at most {MAX_PAYLOAD_BYTES} bytes as JSON.")
        agenda, now = self._services.tasks, self._services.clock.now()
        if await self._outside(agenda.count(self._host.name)) >= MAX_PLANNED:
            raise ValueError(f"A plugin can have at most {MAX_PLANNED} scheduled tasks.")
        wait = when if isinstance(when, timedelta) else when.astimezone(UTC) - datetime.fromtimestamp(now / 1000, UTC)
        due = now + max(0, int(wait.total_seconds() * 1000))
        job = ScheduledTask(new_id(now), self._host.name, name, due, encoded, self.caller, self.conversation)
        await self._outside(agenda.schedule(job))
        self._host.wake()
        return job.id

    async def cancel(self, job_id: str) -> bool:
        """Forget what was planned. Whether it was still to come."""
        return await self._outside(self._services.tasks.remove(job_id))

    async def find_user(self, name: str) -> Person | None:
        """The user of this name, or None."""
        return await self._outside(self._services.people.find(name))

    async def person(self, user: UserId) -> Person:
        """Who has this id. Without a name, if they have left."""
        return await self._outside(self._services.people.person(user))

    def is_online(self, person: Person) -> bool:
        """Whether a user is connected."""
        return self._services.people.is_online(person.id)

    async def permission(self) -> Permission:
        """What the caller may do here: "everyone", "member", "moderator" or "admin"."""
        return await self._outside(self._services.people.permission(self.caller.id))

    async def catalogue(self) -> list[CommandUsage]:
        """The commands that the caller may run."""
        return self._host.catalogue(await self.permission())

    async def troubles(self) -> list[str]:
        """Which plugins are left out, off or paused, and why; empty for all but admins."""
        return self._host.problems() if await self.permission() == "admin" else []

    async def topic(self) -> str:
        """The topic of this channel."""
        return await self._outside(self._services.actions.topic(self.conversation))

    async def change_topic(self, topic: str) -> None:
        """As the caller: change the topic of this channel. Raises `Refused`, as the next ones do."""
        await self._outside(self._services.actions.change_topic(self.caller, self.conversation, topic))

    async def whisper(self, to: Person, text: str) -> None:
        """As the caller: send a direct message."""
        await self._outside(self._services.actions.send_direct(self.caller, to, self._next_id(), text, self._via))

    async def rename(self, name: str) -> Person:
        """As the caller: take another name."""
        return await self._outside(self._services.actions.rename(self.caller, name))

    async def invite(self, *, uses: int = 1, days: float = 7) -> str:
        """As the caller: make an invitation; its link."""
        return await self._outside(self._services.actions.invite(self.caller, uses, days))

    async def kick(self, whom: Person, reason: str = "") -> None:
        """As the caller: remove a user from this channel."""
        await self._outside(self._services.actions.kick(self.caller, whom, self.conversation, reason))

    async def ban(self, whom: Person, *, days: float | None = None, reason: str = "") -> None:
        """As the caller: ban a user, for some days or permanently."""
        await self._outside(self._services.actions.ban(self.caller, whom, days, reason))

    async def unban(self, name: str) -> None:
        """As the caller: unban a user."""
        await self._outside(self._services.actions.unban(self.caller, name))

    async def mute(self, whom: Person, *, minutes: int, reason: str = "") -> None:
        """As the caller: mute a user for some minutes."""
        await self._outside(self._services.actions.mute(self.caller, whom, minutes, reason))

    async def unmute(self, whom: Person) -> None:
        """As the caller: unmute a user."""
        await self._outside(self._services.actions.unmute(self.caller, whom))

    async def ignore(self, whom: Person, *, on: bool = True) -> None:
        """As the caller: ignore a user, or stop ignoring them (`on=False`)."""
        await self._outside(self._services.actions.ignore(self.caller, whom, on))

    @property
    def _via(self) -> str:
        return self._invocation.command or self._host.name

    def _target(self, to: ConversationId | Channel | None) -> ConversationId:
        conversation = to.id if isinstance(to, Channel) else to or self.conversation
        if not conversation:
            raise ValueError('This call has no conversation: name one, like to="#ting".')
        return conversation

    def _next_id(self) -> MessageId:
        """The first message has the id that the client gave, the others follow from it: a retry posts none twice."""
        if self._ids == MAX_SAID:
            raise RuntimeError(f"One call can post at most {MAX_SAID} messages.")
        self._ids += 1
        return derived_id(self.message_id, self._ids - 1)

    def _remember(self, message: Message) -> Said:
        self._said.append(message)
        return self._handle(message)

    def _handle(self, message: Message) -> Said:
        voice = self._services.messaging
        return Said(
            message,
            lambda said, text: self._outside(voice.edit(said, text)),
            lambda said: self._outside(voice.delete(said)),
        )

    async def _type(self, author: Person, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        await self._outside(self._services.messaging.draft(author, conversation, message_id, text))

    async def _outside(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return await self._host.outside(work)


async def _unseen(text: str) -> None:
    """Nobody is shown this ghost."""
