"""`Context`: the first argument of every command, timer, task and event handler.

It describes the call, and is the only interface between a plugin and the server. The server's own work runs outside
the plugin's sandbox, so the time limit and the cancellation of a plugin do not apply to it.
"""

import inspect
import logging
import secrets
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec

from ting.commands.converters import Channel
from ting.commands.delays import wait_ms
from ting.commands.handles import Ghost, Said, Told, shortened
from ting.commands.invocation import Host, Invocation
from ting.commands.ports import Permission
from ting.commands.storage import Store
from ting.core.conversation_ids import is_direct
from ting.core.errors import NotAllowed
from ting.core.message_ids import derived_id, new_id
from ting.core.models import (
    ConversationId,
    Message,
    MessageId,
    MessageKind,
    Person,
    ScheduledTask,
    UserId,
)
from ting.protocol import CommandUsage

MAX_REPLIES = 20  # per call
MAX_SAID = 10  # messages per call
MAX_PAYLOAD_BYTES = 16 * 1024
MAX_SCHEDULED = 10_000  # scheduled tasks per plugin

_Result = TypeVar("_Result")


class Context:
    """One call of a plugin. Its attributes are read-only, and changing what they return does not change the chat."""

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
        """The user who ran the command, scheduled the task or caused the event; for a timer, the plugin's own user."""
        return self._invocation.caller

    @property
    def conversation(self) -> ConversationId:
        """The id of the conversation of the call, like "#ting"; "" for timers and for the events "start" and "stop"."""
        return self._invocation.conversation

    @property
    def arguments(self) -> str:
        """The text after the command's name, exactly as typed."""
        return self._invocation.arguments

    @property
    def command(self) -> str:
        """The name of the command, without "/"; "" if the call is not a command."""
        return self._invocation.command

    @property
    def message_id(self) -> MessageId:
        """The id of the command, given by the client, or of the scheduled task; otherwise a new id.

        A retry of a command has the same id, and does not run the command again.
        """
        if self._message_id is None:
            self._message_id = new_id(self._services.clock.now())
        return self._message_id

    @property
    def message(self) -> Message | None:
        """The message of a "message" event; None for other calls."""
        return self._invocation.message

    @property
    def first_said(self) -> Message | None:
        """The first message that this call posted; None if it posted none."""
        return self._said[0] if self._said else None

    @property
    def here(self) -> Sequence[Person]:
        """The users who are in this conversation now."""
        return tuple(self._services.people.present(self.conversation))

    @property
    def now(self) -> datetime:
        """The current time, in the server's time zone."""
        return datetime.fromtimestamp(self._services.clock.now() / 1000, UTC).astimezone()

    @property
    def config(self) -> Any:
        """The plugin's configuration: an instance of the `config` type given to `Plugin`."""
        return self._host.config

    @property
    def store(self) -> Store:
        """The plugin's persistent keys and values."""
        return Store(self._services.values, self._host.name, self._services.clock.now, self._host.outside)

    @property
    def log(self) -> logging.Logger:
        """The plugin's own logger."""
        return self._host.log

    async def reply(self, text: str) -> Told:
        """Show a notice to the caller only. The returned handle edits or deletes it.

        In a task or an event handler, a caller who is not connected gets it when they come back, within 30 days.
        Raises `RuntimeError` after 20 replies in one call, and in a timer and in the events "start" and "stop", which
        have no user to reply to.
        """
        if self._replies == MAX_REPLIES:
            raise RuntimeError(f"One call can send at most {MAX_REPLIES} replies.")
        self._replies += 1
        notice = Told(self._notice_id(), self._show)
        await notice.edit(text)
        return notice

    async def say(self, text: str, *, kind: MessageKind = "text", to: ConversationId | Channel | None = None) -> Said:
        """Post a message in this conversation, or in the channel `to`. The returned handle edits or deletes it.

        The author is the caller in a command or a task, and the plugin in a timer or an event handler.
        Raises `Refused`, `ValueError` if there is no conversation, `RuntimeError` after 10 messages in one call.
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
        """Type a message live, as a ghost. When the block ends, the message replaces the ghost.

        The author is the plugin. In a direct conversation, where only its two members write, the author of the call
        is the author, and the message appears without a ghost. If the block raises, or wrote no text, the ghost is
        removed and no message is posted.
        Raises `Refused`, `ValueError` if there is no conversation, `RuntimeError` after 10 messages in one call.
        """
        conversation, message_id = self._target(to), self._next_id()
        in_direct = is_direct(conversation)
        plugin_user = await self._outside(self._services.people.plugin_user(self._host.name))
        author = self._invocation.author if in_direct else plugin_user
        async with self._host.ghost_lock(conversation):
            show = _show_nothing if in_direct else partial(self._type, author, conversation, message_id)
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
        """The handle of a message that this plugin posted earlier; None if it posted no message with this id."""
        message = await self._outside(self._services.messaging.get(message_id))
        if message is None or not self._host.owns(message.via or ""):
            return None
        return self._handle(message)

    async def notify(self, person: Person, text: str) -> bool:
        """Show a notice to one user only. Returns False if the user is not connected: then the notice is lost."""
        notice_id = secrets.token_hex(8)
        return self._services.messaging.notify(person.id, self.conversation, notice_id, shortened(text))

    async def later(self, when: datetime | timedelta, name: str, payload: Any = None) -> str:
        """Schedule the task `name`, and return an id for `cancel`. A restart of the server does not lose it.

        `when` is a time with a time zone, or a delay. `payload` is any value that JSON can represent, up to 16 KiB.
        Raises `ValueError` for an unknown task, a time that is in the past or has no time zone, a payload that is too
        large, or more than 10,000 scheduled tasks.
        """
        if name not in self._host.tasks:
            raise ValueError(f'There is no task "{name}".')
        encoded = msgspec.json.encode(payload)
        if len(encoded) > MAX_PAYLOAD_BYTES:
            raise ValueError(f"A payload can have at most {MAX_PAYLOAD_BYTES} bytes as JSON.")
        tasks, now = self._services.tasks, self._services.clock.now()
        if await self._outside(tasks.count(self._host.name)) >= MAX_SCHEDULED:
            raise ValueError(f"A plugin can have at most {MAX_SCHEDULED} scheduled tasks.")
        due = now + wait_ms(when, now)
        job = ScheduledTask(new_id(now), self._host.name, name, due, encoded, self.caller, self.conversation)
        await self._outside(tasks.schedule(job))
        self._host.wake()
        return job.id

    async def cancel(self, job_id: str) -> bool:
        """Cancel a scheduled task by the id that `later` returned. Returns False if there is no such task any more."""
        return await self._outside(self._services.tasks.remove(job_id))

    async def find_user(self, name: str) -> Person | None:
        """The user with this name; None if there is none."""
        return await self._outside(self._services.people.find(name))

    async def person(self, user: UserId) -> Person:
        """The user with this id. A deleted user has no name."""
        return await self._outside(self._services.people.person(user))

    def is_online(self, person: Person) -> bool:
        """Whether a user is connected."""
        return self._services.people.is_online(person.id)

    async def permission(self) -> Permission:
        """The caller's permission level: "everyone", "member", "moderator" or "admin"."""
        return await self._outside(self._services.people.permission(self.caller.id))

    async def catalogue(self) -> list[CommandUsage]:
        """The commands that the caller may run."""
        return self._host.catalogue(await self.permission())

    async def troubles(self) -> list[str]:
        """Which plugins were not loaded, are off or are paused, and why. Empty unless the caller is an admin."""
        return self._host.problems() if await self.permission() == "admin" else []

    async def topic(self) -> str:
        """The topic of this channel."""
        return await self._outside(self._services.actions.topic(self.conversation))

    async def change_topic(self, topic: str) -> None:
        """As the caller: change the topic of this channel. Raises `Refused`, like the methods below."""
        await self._outside(self._services.actions.change_topic(self.caller, self.conversation, topic))

    async def whisper(self, to: Person, text: str) -> None:
        """As the caller: send a direct message."""
        await self._outside(self._services.actions.send_direct(self.caller, to, self._next_id(), text, self._via))

    async def rename(self, name: str) -> Person:
        """As the caller: change the caller's own name. Returns the caller under the new name.

        A program with a token cannot: the name belongs to the account.
        """
        if self._invocation.by_program:
            raise NotAllowed("A token cannot change the name. Sign in with a browser.")
        return await self._outside(self._services.actions.rename(self.caller, name))

    async def invite(self, *, uses: int = 1, days: float = 7) -> str:
        """As the caller: create an invitation, and return its link."""
        return await self._outside(self._services.actions.invite(self.caller, uses, days))

    async def kick(self, whom: Person, reason: str = "") -> None:
        """As the caller: kick a user from this channel."""
        await self._outside(self._services.actions.kick(self.caller, whom, self.conversation, reason))

    async def ban(self, whom: Person, *, days: float | None = None, reason: str = "") -> None:
        """As the caller: ban a user, for a number of days or (`days=None`) permanently."""
        await self._outside(self._services.actions.ban(self.caller, whom, days, reason))

    async def unban(self, name: str) -> None:
        """As the caller: lift the ban of a user."""
        await self._outside(self._services.actions.unban(self.caller, name))

    async def mute(self, whom: Person, *, minutes: int, reason: str = "") -> None:
        """As the caller: mute a user, who can then read but not write for this many minutes."""
        await self._outside(self._services.actions.mute(self.caller, whom, minutes, reason))

    async def unmute(self, whom: Person) -> None:
        """As the caller: lift the mute of a user."""
        await self._outside(self._services.actions.unmute(self.caller, whom))

    async def ignore(self, whom: Person, *, on: bool = True) -> None:
        """As the caller: ignore a user, or (`on=False`) stop ignoring them."""
        await self._outside(self._services.actions.ignore(self.caller, whom, on))

    @property
    def _via(self) -> str:
        return self._invocation.command or self._host.name

    def _notice_id(self) -> str:
        """A new id. In a task it is the same if the task runs again, so that no notice is there twice."""
        job = None if self.command else self._invocation.message_id
        return secrets.token_hex(8) if job is None else f"{job}.{self._replies}"

    async def _show(self, notice_id: str, text: str) -> None:
        shown = self._invocation.show_notice(notice_id, text)
        if inspect.iscoroutine(shown):
            await self._outside(shown)

    def _target(self, to: ConversationId | Channel | None) -> ConversationId:
        conversation = to.id if isinstance(to, Channel) else to or self.conversation
        if not conversation:
            raise ValueError('This call has no conversation: name one, like to="#ting".')
        return conversation

    def _next_id(self) -> MessageId:
        """The id of the next message, derived from the id that the client gave: a retry posts no message twice."""
        if self._ids == MAX_SAID:
            raise RuntimeError(f"One call can post at most {MAX_SAID} messages.")
        self._ids += 1
        return derived_id(self.message_id, self._ids - 1)

    def _remember(self, message: Message) -> Said:
        self._said.append(message)
        return self._handle(message)

    def _handle(self, message: Message) -> Said:
        messaging = self._services.messaging
        return Said(
            message,
            lambda said, text: self._outside(messaging.edit(said, text)),
            lambda said: self._outside(messaging.delete(said)),
        )

    async def _type(self, author: Person, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        await self._outside(self._services.messaging.draft(author, conversation, message_id, text))

    async def _outside(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return await self._host.outside(work)


async def _show_nothing(text: str) -> None:
    """Show nothing: a direct conversation has no plugin ghosts."""
