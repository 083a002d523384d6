"""What plugins reach in the server: their interfaces, over the real chat."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ting.accounts.accounts import Accounts
from ting.commands.ports import KeyValues, Permission, Services, TaskQueue
from ting.conversations.history import History
from ting.conversations.messages import Messages
from ting.core import conversation_ids, names
from ting.core.errors import UnknownName
from ting.core.models import (
    ConversationId,
    Message,
    MessageId,
    MessageKind,
    Milliseconds,
    Person,
    TypingPreferences,
    User,
    UserId,
)
from ting.moderation.external_changes import House
from ting.moderation.restrictions import Restrictions
from ting.protocol import Notice, encode
from ting.realtime.framing import encode_frame
from ting.realtime.live_conversations import LiveConversations
from ting.realtime.presence import Presence
from ting.store.users import UserStore


@dataclass(frozen=True)
class PluginAuthor:
    """What a plugin's ghost is typed on."""

    person: Person

    @property
    def typing(self) -> TypingPreferences:
        return TypingPreferences("letters")


@dataclass(frozen=True)
class ServerParts:
    """The parts of the server that plugins reach, each through an interface."""

    chat: Messages
    reading: History
    conversations: LiveConversations
    presence: Presence
    accounts: Accounts
    users: UserStore
    standing: Restrictions
    house: House
    values: KeyValues
    tasks: TaskQueue
    clock: Callable[[], Milliseconds]

    @property
    def services(self) -> Services:
        people = ServerPeople(self)
        return Services(ServerClock(self), ServerMessaging(self), people, ServerActions(self), self.values, self.tasks)


@dataclass(frozen=True)
class ServerClock:
    """The server's clock."""

    server: ServerParts

    def now(self) -> Milliseconds:
        return self.server.clock()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass(frozen=True)
class ServerMessaging:
    """Saying something in the chat."""

    server: ServerParts

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
        return await self.server.chat.send(author, conversation, message_id, text, kind, via=via)

    async def get(self, message_id: MessageId) -> Message | None:
        found = await self.server.reading.get_unchecked(message_id)
        return found if found is None or found.deleted is None else None

    async def edit(self, message: Message, text: str) -> Message:
        return await self.server.chat.edit(message.author, message.id, text, on_behalf=True)

    async def delete(self, message: Message) -> Message:
        return await self.server.chat.delete(message.author, message.id)

    async def draft(self, author: Person, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        await self.server.chat.draft_as(PluginAuthor(author), conversation, message_id, text)

    def notify(self, user: UserId, conversation: ConversationId, notice_id: str, text: str) -> bool:
        connections = self.server.presence.user_connections(user)
        for connection in connections:
            joined = self.server.presence.subscriptions(connection)
            place = conversation if conversation in joined or not joined else min(joined)
            connection.push(encode_frame(encode(Notice(conversation=place, text=text, id=notice_id))))
        return bool(connections)

    def alert(self, text: str) -> None:
        for connection in self.server.presence.connections():
            if self.server.standing.has_role(connection.person.id, "admin"):
                place = min(self.server.presence.subscriptions(connection), default="#" + names.DEFAULT_CHANNEL)
                connection.push(encode_frame(encode(Notice(conversation=place, text=text))))


@dataclass(frozen=True)
class ServerPeople:
    """Who there is."""

    server: ServerParts
    _plugin_users: dict[str, Person] = field(default_factory=dict)

    def present(self, conversation: ConversationId) -> Sequence[Person]:
        return self.server.presence.people(conversation)

    def is_online(self, user: UserId) -> bool:
        return bool(self.server.presence.user_connections(user))

    async def person(self, user: UserId) -> Person:
        return (await self.server.users.persons([user]))[user]

    async def find(self, name: str) -> Person | None:
        user = await self.server.users.find_by_keys(names.user_keys(names.user_name(name)))
        return user.person if user else None

    async def permission(self, user: UserId) -> Permission:
        role = self.server.standing.role(user)
        if role != "member":
            return role
        known = await self.server.users.get(user)
        return permission_of(known) if known else "everyone"

    async def plugin_user(self, plugin: str) -> Person:
        if plugin not in self._plugin_users:
            self._plugin_users[plugin] = await self.server.users.plugin_user(plugin, self.server.clock())
        return self._plugin_users[plugin]


@dataclass(frozen=True)
class ServerActions:
    """What people do beside talking; the use cases check who may."""

    server: ServerParts

    async def topic(self, conversation: ConversationId) -> str:
        channel, _ = await self.server.chat.channel(conversation.removeprefix(conversation_ids.CHANNEL))
        return channel.topic

    async def change_topic(self, by: Person, conversation: ConversationId, topic: str) -> None:
        await self.server.chat.change_topic(by, conversation.removeprefix(conversation_ids.CHANNEL), topic)

    async def send_direct(self, by: Person, to: Person, message_id: MessageId, text: str, via: str) -> Message:
        private = conversation_ids.direct_id(by.id, to.id)
        return await self.server.chat.send(by, private, message_id, text, via=via)

    async def rename(self, by: Person, name: str) -> Person:
        return (await self.server.house.registration.rename(await self._user(by), name)).person

    async def invite(self, by: Person, uses: int, days: float) -> str:
        house = self.server.house
        _, token = await house.invitations.create(by.id, uses, days, "member")
        return house.invitations.link(house.address, token)

    async def kick(self, by: Person, whom: Person, conversation: ConversationId, reason: str) -> None:
        await self.server.house.moderation.kick(await self._user(by), whom.name, conversation, reason)

    async def ban(self, by: Person, whom: Person, days: float | None, reason: str) -> None:
        await self.server.house.moderation.ban(await self._user(by), whom.name, days, reason)

    async def unban(self, by: Person, name: str) -> None:
        await self.server.house.moderation.unban(await self._user(by), name)

    async def mute(self, by: Person, whom: Person, minutes: int, reason: str) -> None:
        await self.server.house.moderation.mute(await self._user(by), whom.name, minutes, reason)

    async def unmute(self, by: Person, whom: Person) -> None:
        await self.server.house.moderation.unmute(await self._user(by), whom.name)

    async def ignore(self, by: Person, whom: Person, on: bool) -> None:
        user, ignoring = await self._user(by), self.server.house.ignoring
        await (ignoring.ignore(user, whom.name) if on else ignoring.unignore(user, whom.name))

    async def _user(self, person: Person) -> User:
        user = await self.server.users.get(person.id)
        if user is None:
            raise UnknownName
        return user


def permission_of(user: User) -> Permission:
    """What somebody may do: their role, and whether they have kept their name."""
    if user.role != "member":
        return user.role
    return "member" if user.password is not None else "everyone"
