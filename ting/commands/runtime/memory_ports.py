"""The ports of plugins in memory, for tests of plugins without a database or a server."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from ting.commands.ports import Permission, Services
from ting.commands.runtime.sandbox import deadline
from ting.core import names
from ting.core.conversation_ids import direct_id
from ting.core.errors import IdTaken, NameTaken, NotAllowed, NotJoined
from ting.core.models import (
    PLUGIN_USER_PREFIX,
    ConversationId,
    Message,
    MessageId,
    MessageKind,
    Milliseconds,
    Person,
    ScheduledTask,
    UserId,
)
from ting.core.text import check_text

START_MS = 1_800_000_000_000
MODERATORS: Sequence[Permission] = ("moderator", "admin")


class MemoryClock:
    """A clock that moves only by `move`. Sleeping takes no time, but it counts for the time limit of a call."""

    def __init__(self, now: Milliseconds = START_MS) -> None:
        self._now = now

    def now(self) -> Milliseconds:
        return self._now

    async def sleep(self, seconds: float) -> None:
        limit = deadline.get()
        if limit is not None:
            await limit.spend(seconds)
        await asyncio.sleep(0)

    def move(self, milliseconds: Milliseconds) -> None:
        self._now += milliseconds


class MemoryKeyValues:
    """The stored values of plugins."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], tuple[bytes | int, Milliseconds | None]] = {}

    async def get(self, plugin: str, key: str, now: Milliseconds) -> bytes | int | None:
        value, expires = self._values.get((plugin, key), (None, None))
        return value if expires is None or expires > now else None

    async def put(
        self, plugin: str, key: str, value: bytes | int, expires: Milliseconds | None, now: Milliseconds
    ) -> None:
        self._values[plugin, key] = (value, expires)

    async def swap(
        self, plugin: str, key: str, old: bytes | int | None, new: bytes | int, expires: Milliseconds | None, now: int
    ) -> bool:
        if await self.get(plugin, key, now) != old:
            return False
        await self.put(plugin, key, new, expires, now)
        return True

    async def add(self, plugin: str, key: str, by: int, now: Milliseconds) -> int | None:
        value = await self.get(plugin, key, now)
        if isinstance(value, bytes):
            return None
        _, expires = self._values.get((plugin, key), (None, None))
        total = (value or 0) + by
        if not -(2**63) <= total < 2**63:
            return None
        self._values[plugin, key] = (total, expires if value is not None else None)
        return total

    async def remove(self, plugin: str, key: str, now: Milliseconds) -> bool:
        was_there = await self.get(plugin, key, now) is not None
        self._values.pop((plugin, key), None)
        return was_there

    async def page(
        self, plugin: str, prefix: str, after: str, limit: int, now: Milliseconds
    ) -> list[tuple[str, bytes | int]]:
        found = []
        for (owner, key), (value, expires) in sorted(self._values.items(), key=lambda item: item[0][1].encode()):
            is_after = key.encode() > after.encode()
            if owner == plugin and key.startswith(prefix) and is_after and (expires is None or expires > now):
                found.append((key, value))
        return found[:limit]


class MemoryTaskQueue:
    """Scheduled tasks, last runs of timers, and switched plugins."""

    def __init__(self) -> None:
        self.jobs: dict[str, ScheduledTask] = {}
        self._ran: dict[tuple[str, str], Milliseconds] = {}
        self._switched: dict[str, bool] = {}

    async def schedule(self, job: ScheduledTask) -> None:
        self.jobs[job.id] = job

    async def due(self, until: Milliseconds, plugins: Sequence[str], limit: int) -> list[ScheduledTask]:
        jobs = [job for job in self.jobs.values() if job.due <= until and job.plugin in plugins]
        return sorted(jobs, key=lambda job: (job.due, job.id))[:limit]

    async def next_due(self, plugins: Sequence[str]) -> Milliseconds | None:
        return min((job.due for job in self.jobs.values() if job.plugin in plugins), default=None)

    async def count(self, plugin: str) -> int:
        return sum(job.plugin == plugin for job in self.jobs.values())

    async def postpone(self, job_id: str, due: Milliseconds) -> bool:
        if job_id not in self.jobs:
            return False
        self.jobs[job_id] = replace(self.jobs[job_id], due=due)
        return True

    async def remove(self, job_id: str) -> bool:
        return self.jobs.pop(job_id, None) is not None

    async def last_runs(self) -> Mapping[tuple[str, str], Milliseconds]:
        return dict(self._ran)

    async def record_run(self, plugin: str, timer: str, at: Milliseconds) -> None:
        self._ran[plugin, timer] = at

    async def switches(self) -> Mapping[str, bool]:
        return dict(self._switched)

    async def switch(self, plugin: str, on: bool) -> None:
        self._switched[plugin] = on


class MemoryMessaging:
    """Messages by id, and what was shown: ghosts, notices, and alerts to admins."""

    def __init__(self, clock: MemoryClock) -> None:
        self.messages: dict[MessageId, Message] = {}
        self.ghosts: list[str] = []
        self.notices: dict[UserId, dict[str, str]] = {}
        self.alerts: list[str] = []
        self.listener: Callable[[ConversationId, Sequence[Message]], None] = lambda conversation, messages: None
        self._clock = clock
        self._seq = 0

    async def send(
        self,
        author: Person,
        conversation: ConversationId,
        message_id: MessageId,
        text: str,
        *,
        kind: MessageKind = "text",
        via: str | None = None,
    ) -> Message:
        checked = check_text(text)
        stored = self.messages.get(message_id)
        if stored is not None:
            if stored.author.id != author.id:
                raise IdTaken
            return stored
        self._seq += 1
        now = self._clock.now()
        return self._put(
            Message(
                id=message_id,
                conversation=conversation,
                seq=self._seq,
                first=self._seq,
                position=self._seq,
                author=author,
                kind=kind,
                text=checked,
                started=now,
                sent=now,
                via=via,
            )
        )

    async def get(self, message_id: MessageId) -> Message | None:
        found = self.messages.get(message_id)
        return found if found is not None and found.deleted is None else None

    async def edit(self, message: Message, text: str) -> Message:
        checked = check_text(text)
        return self._change(message, text=checked, edited=self._clock.now())

    async def delete(self, message: Message) -> Message:
        return self._change(message, text="", deleted=self._clock.now())

    async def draft(self, author: Person, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        self.ghosts.append(text)

    def notify(self, user: UserId, conversation: ConversationId, notice_id: str, text: str) -> bool:
        if user not in self.notices:
            return False
        self.notices[user][notice_id] = text
        return True

    def alert(self, text: str) -> None:
        self.alerts.append(text)

    def _change(self, message: Message, **fields: object) -> Message:
        self._seq += 1
        return self._put(msgspec.structs.replace(self.messages[message.id], seq=self._seq, **fields))

    def _put(self, message: Message) -> Message:
        self.messages[message.id] = message
        self.listener(message.conversation, [message])
        return message


class MemoryPeople:
    """Users, their permissions, and who is present where."""

    def __init__(self) -> None:
        self.persons: dict[UserId, Person] = {}
        self.permissions: dict[UserId, Permission] = {}
        self.rooms: dict[ConversationId, dict[UserId, Person]] = {}

    def present(self, conversation: ConversationId) -> Sequence[Person]:
        return tuple(self.rooms.get(conversation, {}).values())

    def is_online(self, user: UserId) -> bool:
        return any(user in room for room in self.rooms.values())

    async def person(self, user: UserId) -> Person:
        return self.persons[user]

    async def find(self, name: str) -> Person | None:
        keys = set(names.name_keys(names.user_name(name)))
        return next((person for person in self.persons.values() if keys & set(names.name_keys(person.name))), None)

    async def permission(self, user: UserId) -> Permission:
        return self.permissions.get(user, "everyone")

    async def plugin_user(self, plugin: str) -> Person:
        return Person(f"{PLUGIN_USER_PREFIX}{plugin}", f"{plugin} bot")


@dataclass
class MemoryActions:
    """What users do besides sending messages. `done` records it."""

    people: MemoryPeople
    messaging: MemoryMessaging
    topics: dict[ConversationId, str] = field(default_factory=dict)
    done: list[tuple[str, ...]] = field(default_factory=list)

    async def topic(self, conversation: ConversationId) -> str:
        return self.topics.get(conversation, "")

    async def change_topic(self, by: Person, conversation: ConversationId, topic: str) -> None:
        self.topics[conversation] = topic

    async def send_direct(self, by: Person, to: Person, message_id: MessageId, text: str, via: str) -> Message:
        return await self.messaging.send(by, direct_id(by.id, to.id), message_id, text, via=via)

    async def rename(self, by: Person, name: str) -> Person:
        if await self.people.find(name) not in (None, by):
            raise NameTaken
        renamed = msgspec.structs.replace(by, name=names.user_name(name))
        self.people.persons[by.id] = renamed
        for room in self.people.rooms.values():
            if by.id in room:
                room[by.id] = renamed
        return renamed

    async def invite(self, by: Person, uses: int, days: float) -> str:
        self._record("moderator", by, "invite", str(uses), f"{days:g}")
        return "http://127.0.0.1/#invitation=TOKEN"

    async def kick(self, by: Person, target: Person, conversation: ConversationId, reason: str) -> None:
        self._record("moderator", by, "kick", target.name, conversation, reason)
        if target.id not in self.people.rooms.get(conversation, {}):
            raise NotJoined(f"{target.name} is not in this channel.")
        del self.people.rooms[conversation][target.id]

    async def ban(self, by: Person, target: Person, days: float | None, reason: str) -> None:
        self._record("moderator", by, "ban", target.name, "for good" if days is None else f"{days:g}", reason)

    async def unban(self, by: Person, name: str) -> None:
        self._record("moderator", by, "unban", name)

    async def mute(self, by: Person, target: Person, minutes: int, reason: str) -> None:
        self._record("moderator", by, "mute", target.name, f"{minutes}", reason)

    async def unmute(self, by: Person, target: Person) -> None:
        self._record("moderator", by, "unmute", target.name)

    async def ignore(self, by: Person, target: Person, on: bool) -> None:
        self._record("everyone", by, "ignore" if on else "unignore", target.name)

    def _record(self, permission: Permission, by: Person, action: str, *details: str) -> None:
        if permission != "everyone" and self.people.permissions.get(by.id) not in MODERATORS:
            raise NotAllowed
        self.done.append((action, *details))


class Memory:
    """All ports in memory."""

    def __init__(self) -> None:
        self.clock = MemoryClock()
        self.messaging = MemoryMessaging(self.clock)
        self.people = MemoryPeople()
        self.actions = MemoryActions(self.people, self.messaging)
        self.values = MemoryKeyValues()
        self.tasks = MemoryTaskQueue()

    @property
    def services(self) -> Services:
        return Services(self.clock, self.messaging, self.people, self.actions, self.values, self.tasks)
