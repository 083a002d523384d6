"""What plugins need from the rest of Ting, as small interfaces.

The server implements them (`runtime/server_ports.py`, `store/plugins.py`), and so does the fixture for tests, in memory
(`runtime/memory_ports.py`). A test holds both to the same behaviour.
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

# Who may run a command. "everyone" is every signed-in user; a "member" has a password.
Permission = Literal["everyone", "member", "moderator", "admin"]
PERMISSIONS: Sequence[Permission] = ("everyone", "member", "moderator", "admin")


class Clock(Protocol):
    """The time, and waiting for it to pass."""

    def now(self) -> Milliseconds: ...

    async def sleep(self, seconds: float) -> None: ...


class Messaging(Protocol):
    """Sending messages, drafts and notices."""

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
        """Post a message, once however often it is said. Raises `Refused`."""

    async def get(self, message_id: MessageId) -> Message | None:
        """A message that was not deleted."""

    async def edit(self, message: Message, text: str) -> Message:
        """Change a message in its author's name. Raises `Refused`."""

    async def delete(self, message: Message) -> Message:
        """Delete a message in its author's name. Raises `Refused`."""

    async def draft(self, author: Person, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        """Show a draft; an empty text drops it. Raises `Refused`."""

    def notify(self, user: UserId, conversation: ConversationId, notice_id: str, text: str) -> bool:
        """Show a notice on all connections of a user. Whether there are any."""

    def alert(self, text: str) -> None:
        """Show a notice to all connected admins."""


class People(Protocol):
    """The users."""

    def present(self, conversation: ConversationId) -> Sequence[Person]: ...

    def is_online(self, user: UserId) -> bool: ...

    async def person(self, user: UserId) -> Person: ...

    async def find(self, name: str) -> Person | None:
        """Raises `Refused` for what cannot be a name."""

    async def permission(self, user: UserId) -> Permission: ...

    async def plugin_user(self, plugin: str) -> Person:
        """The author of what a plugin says by itself."""


class Actions(Protocol):
    """What users do besides sending messages. Each checks what its caller may do, and raises `Refused`."""

    async def topic(self, conversation: ConversationId) -> str: ...

    async def change_topic(self, by: Person, conversation: ConversationId, topic: str) -> None: ...

    async def send_direct(self, by: Person, to: Person, message_id: MessageId, text: str, via: str) -> Message: ...

    async def rename(self, by: Person, name: str) -> Person: ...

    async def invite(self, by: Person, uses: int, days: float) -> str: ...

    async def kick(self, by: Person, whom: Person, conversation: ConversationId, reason: str) -> None: ...

    async def ban(self, by: Person, whom: Person, days: float | None, reason: str) -> None: ...

    async def unban(self, by: Person, name: str) -> None: ...

    async def mute(self, by: Person, whom: Person, minutes: int, reason: str) -> None: ...

    async def unmute(self, by: Person, whom: Person) -> None: ...

    async def ignore(self, by: Person, whom: Person, on: bool) -> None: ...


class KeyValues(Protocol):
    """Values by plugin and key; checked and limited by `storage.Store`. A value is JSON, or a number for counting."""

    async def get(self, plugin: str, key: str, now: Milliseconds) -> bytes | int | None: ...

    async def put(
        self, plugin: str, key: str, value: bytes | int, expires: Milliseconds | None, now: Milliseconds
    ) -> None:
        """Raises `StoreFull`."""

    async def swap(
        self, plugin: str, key: str, old: bytes | int | None, new: bytes | int, expires: Milliseconds | None, now: int
    ) -> bool:
        """Put `new` if what is there is `old`; None: nothing. Raises `StoreFull`."""

    async def add(self, plugin: str, key: str, by: int, now: Milliseconds) -> int | None:
        """Count; None if what is there is no number. Raises `StoreFull`."""

    async def remove(self, plugin: str, key: str, now: Milliseconds) -> bool: ...

    async def page(
        self, plugin: str, prefix: str, after: str, limit: int, now: Milliseconds
    ) -> list[tuple[str, bytes | int]]:
        """Keys with a prefix, above another key, by key."""


class TaskQueue(Protocol):
    """What is planned, what timers ran when, and which plugins admins switched."""

    async def schedule(self, job: ScheduledTask) -> None: ...

    async def due(self, until: Milliseconds, plugins: Sequence[str], limit: int) -> list[ScheduledTask]:
        """What is due by then of these plugins, the oldest first."""

    async def next_due(self, plugins: Sequence[str]) -> Milliseconds | None: ...

    async def count(self, plugin: str) -> int:
        """How many jobs of a plugin wait."""

    async def postpone(self, job_id: str, due: Milliseconds) -> bool:
        """Have a job be due at another time. Whether it was there."""

    async def remove(self, job_id: str) -> bool:
        """Forget a job. Whether it was there."""

    async def last_runs(self) -> Mapping[tuple[str, str], Milliseconds]:
        """When each plugin's timers ran last."""

    async def record_run(self, plugin: str, timer: str, at: Milliseconds) -> None: ...

    async def switches(self) -> Mapping[str, bool]:
        """Which plugins admins switched on or off."""

    async def switch(self, plugin: str, on: bool) -> None: ...


@dataclass(frozen=True)
class Services:
    """Everything above."""

    clock: Clock
    messaging: Messaging
    people: People
    actions: Actions
    values: KeyValues
    tasks: TaskQueue
