"""The ports of plugins, implemented with the parts of the server."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from ting.accounts.services import AccountServices
from ting.commands.ports import Permission, Services
from ting.conversations.services import ConversationServices
from ting.core.clock import Clock
from ting.core.conversation_ids import CHANNEL, channel_id, direct_id
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
from ting.core.names import DEFAULT_CHANNEL
from ting.moderation.services import ModerationServices
from ting.protocol import Notice
from ting.realtime.framing import broadcast
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores


@dataclass(frozen=True)
class PluginAuthor:
    """The author of a plugin's drafts. It stands in for a connection, which plugins do not have."""

    person: Person

    @property
    def typing(self) -> TypingPreferences:
        return TypingPreferences("letters")


@dataclass(frozen=True)
class ServerParts:
    """The parts of the server that plugins use through the ports."""

    stores: Stores
    realtime: RealtimeServices
    moderation: ModerationServices
    conversations: ConversationServices
    accounts: AccountServices
    clock: Clock

    @property
    def services(self) -> Services:
        return Services(
            ServerClock(self.clock),
            ServerMessaging(self),
            ServerPeople(self),
            ServerActions(self),
            self.stores.values,
            self.stores.tasks,
        )


@dataclass(frozen=True)
class ServerClock:
    """The server's clock."""

    clock: Clock

    def now(self) -> Milliseconds:
        return self.clock()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass(frozen=True)
class ServerMessaging:
    """Messages, drafts and notices of the server."""

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
        return await self.server.conversations.messages.send(author, conversation, message_id, text, kind, via=via)

    async def get(self, message_id: MessageId) -> Message | None:
        found = await self.server.conversations.history.get_unchecked(message_id)
        return found if found is None or found.deleted is None else None

    async def edit(self, message: Message, text: str) -> Message:
        return await self.server.conversations.messages.edit(message.author, message.id, text, on_behalf=True)

    async def delete(self, message: Message) -> Message:
        return await self.server.conversations.messages.delete(message.author, message.id)

    async def draft(self, author: Person, conversation: ConversationId, message_id: MessageId, text: str) -> None:
        await self.server.conversations.subscriptions.draft_as(PluginAuthor(author), conversation, message_id, text)

    def notify(self, user: UserId, conversation: ConversationId, notice_id: str, text: str) -> bool:
        presence = self.server.realtime.presence
        connections = presence.user_connections(user)
        for connection in connections:
            joined = presence.subscriptions(connection)
            shown_in = conversation if conversation in joined or not joined else min(joined)
            broadcast([connection], Notice(conversation=shown_in, text=text, id=notice_id))
        return bool(connections)

    def alert(self, text: str) -> None:
        presence = self.server.realtime.presence
        for connection in presence.connections():
            if self.server.moderation.restrictions.has_role(connection.person.id, "admin"):
                shown_in = min(presence.subscriptions(connection), default=channel_id(DEFAULT_CHANNEL))
                broadcast([connection], Notice(conversation=shown_in, text=text))


@dataclass(frozen=True)
class ServerPeople:
    """The users of the server."""

    server: ServerParts
    _plugin_users: dict[str, Person] = field(default_factory=dict)

    def present(self, conversation: ConversationId) -> Sequence[Person]:
        return self.server.realtime.presence.people(conversation)

    def is_online(self, user: UserId) -> bool:
        return self.server.realtime.presence.is_connected(user)

    async def person(self, user: UserId) -> Person:
        return (await self.server.stores.users.persons([user]))[user]

    async def find(self, name: str) -> Person | None:
        try:
            return (await self.server.stores.users.find_by_name(name)).person
        except UnknownName:
            return None

    async def permission(self, user: UserId) -> Permission:
        role = self.server.moderation.restrictions.role(user)
        if role != "member":
            return role
        found = await self.server.stores.users.get(user)
        return permission_of(found) if found else "everyone"

    async def plugin_user(self, plugin: str) -> Person:
        if plugin not in self._plugin_users:
            self._plugin_users[plugin] = await self.server.stores.users.plugin_user(plugin, self.server.clock())
        return self._plugin_users[plugin]


@dataclass(frozen=True)
class ServerActions:
    """Actions on behalf of a user. The use cases check the caller's permissions."""

    server: ServerParts

    async def topic(self, conversation: ConversationId) -> str:
        channel, _ = await self.server.conversations.channels.get(conversation.removeprefix(CHANNEL))
        return channel.topic

    async def change_topic(self, by: Person, conversation: ConversationId, topic: str) -> None:
        await self.server.conversations.channels.change_topic(by, conversation.removeprefix(CHANNEL), topic)

    async def send_direct(self, by: Person, to: Person, message_id: MessageId, text: str, via: str) -> Message:
        return await self.server.conversations.messages.send(by, direct_id(by.id, to.id), message_id, text, via=via)

    async def rename(self, by: Person, name: str) -> Person:
        return (await self.server.accounts.registration.rename(await self._user(by), name)).person

    async def invite(self, by: Person, uses: int, days: float) -> str:
        invitations = self.server.accounts.invitations
        _, token = await invitations.create(by.id, uses, days, "member")
        return invitations.link(token)

    async def kick(self, by: Person, target: Person, conversation: ConversationId, reason: str) -> None:
        await self.server.moderation.actions.kick(await self._user(by), target.name, conversation, reason)

    async def ban(self, by: Person, target: Person, days: float | None, reason: str) -> None:
        await self.server.moderation.actions.ban(await self._user(by), target.name, days, reason)

    async def unban(self, by: Person, name: str) -> None:
        await self.server.moderation.actions.unban(await self._user(by), name)

    async def mute(self, by: Person, target: Person, minutes: int, reason: str) -> None:
        await self.server.moderation.actions.mute(await self._user(by), target.name, minutes, reason)

    async def unmute(self, by: Person, target: Person) -> None:
        await self.server.moderation.actions.unmute(await self._user(by), target.name)

    async def ignore(self, by: Person, target: Person, on: bool) -> None:
        user, ignore_lists = await self._user(by), self.server.moderation.ignore_lists
        await (ignore_lists.ignore(user, target.name) if on else ignore_lists.unignore(user, target.name))

    async def _user(self, person: Person) -> User:
        user = await self.server.stores.users.get(person.id)
        if user is None:
            raise UnknownName
        return user


def permission_of(user: User) -> Permission:
    """Return the permission level of a user: from the role, or whether there is a password."""
    if user.role != "member":
        return user.role
    return "member" if user.password is not None else "everyone"
