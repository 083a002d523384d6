"""What plugins need from the server, as small interfaces.

Each has two implementations: the server's, which uses the chat and MongoDB, and one in memory for the tests of
plugins. The same tests run against both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ting.core.models import (
    ConversationId,
    Message,
    MessageId,
    MessageKind,
    Milliseconds,
    Person,
    ScheduledTask,
    UserId,
)

# Who may run a command. "everyone" is any user who is signed in; a "member" has a password.
Permission = Literal["everyone", "member", "moderator", "admin"]
PERMISSIONS: Sequence[Permission] = ("everyone", "member", "moderator", "admin")


class Clock(Protocol):
    """The current time, and sleeping."""

    def now(self) -> Milliseconds: ...

    async def sleep(self, seconds: float) -> None: ...


class Messaging(Protocol):
    """Messages, drafts and notices."""

    async def send(
        self,
        author: Person,
        conversation: ConversationId,
        message_id: MessageId,
        text: str,
        *,
        kind: MessageKind,
        via: str,
    ) -> Message:
        """Post a message. Sending the same id again posts it only once. Raises `Refused`."""

    async def get(self, message_id: MessageId) -> Message | None:
        """The message with this id; None if there is none, or it was deleted."""

    async def edit(self, message: Message, text: str) -> Message:
        """Edit a message on behalf of its author. Raises `Refused`."""

    async def delete(self, message: Message) -> Message:
        """Delete a message on behalf of its author. Raises `Refused`."""

    async def draft(self, author: Person, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        """Show a draft as a ghost; an empty text removes it. Raises `Refused`."""

    def notify(self, user: UserId, conversation: ConversationId, notice_id: str, text: str) -> bool:
        """Show a notice on all connections of a user. Returns whether there are any."""

    def alert(self, text: str) -> None:
        """Show a notice to all admins who are connected."""


class People(Protocol):
    """Users, their presence and their permissions."""

    def present(self, conversation: ConversationId) -> Sequence[Person]: ...

    def is_online(self, user: UserId) -> bool: ...

    async def person(self, user: UserId) -> Person: ...

    async def find(self, name: str) -> Person | None:
        """The user with this name; None if there is none. Raises `Refused` for an invalid name."""

    async def permission(self, user: UserId) -> Permission: ...

    async def plugin_user(self, plugin: str) -> Person:
        """The user that is the author of a plugin's own messages."""


class Actions(Protocol):
    """Actions on behalf of a user other than messages. Each checks the user's permissions, and raises `Refused`."""

    async def topic(self, conversation: ConversationId) -> str: ...

    async def change_topic(self, by: Person, conversation: ConversationId, topic: str) -> None: ...

    async def send_direct(self, by: Person, to: Person, message_id: MessageId, text: str, via: str) -> Message: ...

    async def rename(self, by: Person, name: str) -> Person: ...

    async def invite(self, by: Person, uses: int, days: float) -> str: ...

    async def kick(self, by: Person, target: Person, conversation: ConversationId, reason: str) -> None: ...

    async def ban(self, by: Person, target: Person, days: float | None, reason: str) -> None: ...

    async def unban(self, by: Person, name: str) -> None: ...

    async def mute(self, by: Person, target: Person, minutes: int, reason: str) -> None: ...

    async def unmute(self, by: Person, target: Person) -> None: ...

    async def ignore(self, by: Person, target: Person, on: bool) -> None: ...


class KeyValues(Protocol):
    """Values by plugin and key, validated by `storage.Store`. A value is JSON or a whole number."""

    async def get(self, plugin: str, key: str, now: Milliseconds) -> bytes | int | None: ...

    async def put(
        self, plugin: str, key: str, value: bytes | int, expires: Milliseconds | None, now: Milliseconds
    ) -> None:
        """Raises `StoreFull`."""

    async def swap(
        self, plugin: str, key: str, old: bytes | int | None, new: bytes | int, expires: Milliseconds | None, now: int
    ) -> bool:
        """Set `new` if the current value is `old` (None: no value). Returns whether it was. Raises `StoreFull`."""

    async def add(self, plugin: str, key: str, by: int, now: Milliseconds) -> int | None:
        """Add to a number, and return the sum; None if the value is not a number. Raises `StoreFull`."""

    async def remove(self, plugin: str, key: str, now: Milliseconds) -> bool: ...

    async def page(
        self, plugin: str, prefix: str, after: str, limit: int, now: Milliseconds
    ) -> list[tuple[str, bytes | int]]:
        """Up to `limit` keys with a prefix, after the key `after`, and their values, ordered by key."""


class TaskQueue(Protocol):
    """Scheduled tasks, the last runs of timers, and the plugins that admins switched on or off."""

    async def schedule(self, job: ScheduledTask) -> None: ...

    async def due(self, until: Milliseconds, plugins: Sequence[str], limit: int) -> list[ScheduledTask]:
        """The tasks of these plugins that are due at `until`, the oldest first."""

    async def next_due(self, plugins: Sequence[str]) -> Milliseconds | None: ...

    async def count(self, plugin: str) -> int:
        """The number of scheduled tasks of a plugin."""

    async def postpone(self, job_id: str, due: Milliseconds) -> bool:
        """Change when a task is due. Returns whether there was such a task."""

    async def remove(self, job_id: str) -> bool:
        """Delete a task. Returns whether there was such a task."""

    async def last_runs(self) -> Mapping[tuple[str, str], Milliseconds]:
        """The last run of each timer, by plugin and timer."""

    async def record_run(self, plugin: str, timer: str, at: Milliseconds) -> None: ...

    async def switches(self) -> Mapping[str, bool]:
        """Whether each plugin that an admin switched is on."""

    async def switch(self, plugin: str, on: bool) -> None: ...


@dataclass(frozen=True)
class Services:
    """All interfaces together."""

    clock: Clock
    messaging: Messaging
    people: People
    actions: Actions
    values: KeyValues
    tasks: TaskQueue
