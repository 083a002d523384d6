"""What plugins reach in the server: their interfaces, over the real chat."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ting.accounts.accounts import Accounts
from ting.commands.ports import Agenda, KeyValues, Permission, Services
from ting.conversations.history import Reading
from ting.conversations.messages import Chat
from ting.core import conversation_ids, names
from ting.core.errors import UnknownName
from ting.core.models import (
    ConversationId,
    Message,
    MessageId,
    MessageKind,
    Milliseconds,
    Person,
    TypingChoices,
    User,
    UserId,
)
from ting.moderation.external_changes import House
from ting.moderation.restrictions import Standing
from ting.protocol import Notice, encode
from ting.realtime.framing import framed
from ting.realtime.live_conversations import Conversations
from ting.realtime.presence import Presence
from ting.store.users import UserStore


@dataclass(frozen=True)
class Puppet:
    """What a plugin's ghost is typed on."""

    person: Person

    @property
    def typing(self) -> TypingChoices:
        return TypingChoices("letters")


@dataclass(frozen=True)
class Backing:
    """The parts of the server that plugins reach, each through an interface."""

    chat: Chat
    reading: Reading
    conversations: Conversations
    presence: Presence
    accounts: Accounts
    users: UserStore
    standing: Standing
    house: House
    values: KeyValues
    agenda: Agenda
    clock: Callable[[], Milliseconds]

    @property
    def services(self) -> Services:
        people = HostedPeople(self)
        return Services(HostedClock(self), HostedVoice(self), people, HostedActs(self), self.values, self.agenda)


@dataclass(frozen=True)
class HostedClock:
    """The server's clock."""

    backing: Backing

    def now(self) -> Milliseconds:
        return self.backing.clock()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass(frozen=True)
class HostedVoice:
    """Saying something in the chat."""

    backing: Backing

    async def say(
        self,
        author: Person,
        conversation: ConversationId,
        message_id: MessageId,
        text: str,
        *,
        kind: MessageKind,
        via: str,
    ) -> Message:
        return await self.backing.chat.send(author, conversation, message_id, text, kind, via=via)

    async def message(self, message_id: MessageId) -> Message | None:
        found = await self.backing.reading.any(message_id)
        return found if found is None or found.deleted is None else None

    async def edit(self, message: Message, text: str) -> Message:
        return await self.backing.chat.edit(message.author, message.id, text, on_behalf=True)

    async def delete(self, message: Message) -> Message:
        return await self.backing.chat.delete(message.author, message.id)

    async def type(self, author: Person, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        await self.backing.chat.haunt(Puppet(author), conversation, message_id, text)

    def notify(self, user: UserId, conversation: ConversationId, notice_id: str, text: str) -> bool:
        connections = self.backing.presence.of_user(user)
        for connection in connections:
            joined = self.backing.presence.joined(connection)
            place = conversation if conversation in joined or not joined else min(joined)
            connection.push(framed(encode(Notice(conversation=place, text=text, id=notice_id))))
        return bool(connections)

    def alert(self, text: str) -> None:
        for connection in self.backing.presence.everyone():
            if self.backing.standing.has(connection.person.id, "admin"):
                place = min(self.backing.presence.joined(connection), default="#" + names.DEFAULT_CHANNEL)
                connection.push(framed(encode(Notice(conversation=place, text=text))))


@dataclass(frozen=True)
class HostedPeople:
    """Who there is."""

    backing: Backing
    _personas: dict[str, Person] = field(default_factory=dict)

    def here(self, conversation: ConversationId) -> Sequence[Person]:
        return self.backing.presence.people(conversation)

    def is_online(self, user: UserId) -> bool:
        return bool(self.backing.presence.of_user(user))

    async def person(self, user: UserId) -> Person:
        return (await self.backing.users.persons([user]))[user]

    async def named(self, name: str) -> Person | None:
        user = await self.backing.users.named(names.user_keys(names.user_name(name)))
        return user.person if user else None

    async def permission(self, user: UserId) -> Permission:
        role = self.backing.standing.role(user)
        if role != "member":
            return role
        known = await self.backing.users.get(user)
        return permission_of(known) if known else "everyone"

    async def persona(self, plugin: str) -> Person:
        if plugin not in self._personas:
            self._personas[plugin] = await self.backing.users.persona(plugin, self.backing.clock())
        return self._personas[plugin]


@dataclass(frozen=True)
class HostedActs:
    """What people do beside talking; the use cases check who may."""

    backing: Backing

    async def topic(self, conversation: ConversationId) -> str:
        channel, _ = await self.backing.chat.channel(conversation.removeprefix(conversation_ids.CHANNEL))
        return channel.topic

    async def change_topic(self, by: Person, conversation: ConversationId, topic: str) -> None:
        await self.backing.chat.change_topic(by, conversation.removeprefix(conversation_ids.CHANNEL), topic)

    async def whisper(self, by: Person, to: Person, message_id: MessageId, text: str, via: str) -> Message:
        private = conversation_ids.private_id(by.id, to.id)
        return await self.backing.chat.send(by, private, message_id, text, via=via)

    async def rename(self, by: Person, name: str) -> Person:
        return (await self.backing.house.registration.rename(await self._user(by), name)).person

    async def invite(self, by: Person, uses: int, days: float) -> str:
        house = self.backing.house
        _, token = await house.invitations.create(by.id, uses, days, "member")
        return house.invitations.link(house.address, token)

    async def kick(self, by: Person, whom: Person, conversation: ConversationId, reason: str) -> None:
        await self.backing.house.moderation.kick(await self._user(by), whom.name, conversation, reason)

    async def ban(self, by: Person, whom: Person, days: float | None, reason: str) -> None:
        await self.backing.house.moderation.ban(await self._user(by), whom.name, days, reason)

    async def unban(self, by: Person, name: str) -> None:
        await self.backing.house.moderation.unban(await self._user(by), name)

    async def mute(self, by: Person, whom: Person, minutes: int, reason: str) -> None:
        await self.backing.house.moderation.mute(await self._user(by), whom.name, minutes, reason)

    async def unmute(self, by: Person, whom: Person) -> None:
        await self.backing.house.moderation.unmute(await self._user(by), whom.name)

    async def ignore(self, by: Person, whom: Person, on: bool) -> None:
        user, ignoring = await self._user(by), self.backing.house.ignoring
        await (ignoring.ignore(user, whom.name) if on else ignoring.heed(user, whom.name))

    async def _user(self, person: Person) -> User:
        user = await self.backing.users.get(person.id)
        if user is None:
            raise UnknownName
        return user


def permission_of(user: User) -> Permission:
    """What somebody may do: their role, and whether they have kept their name."""
    if user.role != "member":
        return user.role
    return "member" if user.password is not None else "everyone"
