"""What people do with their own list of conversations: visit, read, pin, mute, leave; and how others reach them.

At most `MOST_LISTED` conversations are in a list; the one that was not active for longest falls off. What falls off,
or is taken off, keeps its read mark, and comes back when something of interest arrives.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from ting.core import conversation_ids, names, visibility
from ting.core.errors import NoSuchConversation, UnknownName
from ting.core.models import ConversationId, Counts, Entry, Membership, Milliseconds, Notify, UserId
from ting.memberships.cache import Lists, OwnList
from ting.memberships.entries import Entries
from ting.memberships.online_status import Sightings
from ting.protocol import AnyEvent, ConversationChange, EntryChange, ReadChange, Unlisted, encode
from ting.realtime.framing import framed
from ting.realtime.live_conversations import Conversations, LiveConversation
from ting.realtime.presence import Listener, Presence
from ting.store.messages import Behind
from ting.store.users import UserStore

MOST_LISTED = 50
REMEMBERED_REACHED = 100_000
COUNT_TRIES = 3


@dataclass(frozen=True)
class Choices:
    """What is changed of an entry; None stays as it is."""

    pinned: bool | None = None
    notify: Notify | None = None


class Memberships:
    """The use cases of lists. All of them raise `Busy` when the database does not answer."""

    def __init__(
        self,
        lists: Lists,
        entries: Entries,
        conversations: Conversations,
        users: UserStore,
        presence: Presence,
        clock: Callable[[], Milliseconds],
        sightings: Sightings,
        *,
        most_listed: int = MOST_LISTED,
    ) -> None:
        self._lists = lists
        self._entries = entries
        self._conversations = conversations
        self._users = users
        self._presence = presence
        self._clock = clock
        self._sightings = sightings
        self._most_listed = most_listed
        self._connections: set[Listener] = set()
        # Who has which conversation in their list, durably: asked for with every message of a private.
        self._reached: OrderedDict[tuple[UserId, ConversationId], None] = OrderedDict()

    def connected(self, connection: Listener) -> None:
        """From now on a connection is told of what goes on in the conversations of its user's list."""
        self._connections.add(connection)
        user = connection.person.id
        self._lists.begin(user)
        if len(self._presence.of_user(user)) == 1:
            self._sightings.moved(user)

    def disconnected(self, connection: Listener) -> None:
        """A connection is gone. Safe to repeat."""
        if connection in self._connections:
            self._connections.remove(connection)
            user = connection.person.id
            self._lists.release(user)
            if not self._presence.of_user(user):
                self._sightings.moved(user)

    async def list(self, user: UserId) -> list[Entry]:
        """Somebody's list, the most recently active first."""
        async with self._lists.held(user) as own:
            listed = sorted(own.listed, key=lambda membership: membership.active, reverse=True)
            return await self._entries.of(user, listed)

    async def open(self, user: UserId, name: str) -> Entry:
        """The private with whoever has this name, in one's list. Raises `BadName`, `UnknownName`."""
        other = await self._users.named(names.user_keys(names.user_name(name)))
        if other is None:
            raise UnknownName(field="user")
        if other.id == user:
            raise NoSuchConversation("There is no private with oneself.", field="user")
        return await self._change(user, conversation_ids.private_id(user, other.id))

    async def visit(self, user: UserId, conversation: ConversationId) -> Entry:
        """To the top of one's list, on all devices. Raises `BadConversation`, `NoSuchConversation`."""
        return await self._change(user, conversation, active=self._clock())

    async def choose(self, user: UserId, conversation: ConversationId, choices: Choices) -> Entry:
        """Pin, or say of what to be notified; what is not in the list comes into it.

        Raises `BadConversation`, `NoSuchConversation`.
        """
        chosen = {name: value for name, value in asdict(choices).items() if value is not None}
        return await self._change(user, conversation, **chosen)

    async def remove(self, user: UserId, conversation: ConversationId) -> None:
        """Off one's list; nothing happens if it is not in it. Raises `BadConversation`, `NoSuchConversation`."""
        conversation = visibility.conversation_id(conversation, user)
        async with self._lists.held(user) as own:
            membership = own.get(conversation)
            if membership is not None and membership.listed:
                self._unlist(own, membership)
                await self._lists.flush()

    async def read(self, connection: Listener, conversation: ConversationId, seq: int) -> None:
        """Everything up to a seq was read; the user's other connections are told. It is written in a moment.

        Raises `BadConversation`, `NoSuchConversation`.
        """
        user = connection.person.id
        async with self._held(user, conversation) as (own, live):
            membership = await self._lists.membership(own, live.id)
            if membership is None:
                membership = Membership(user=user, conversation=live.id, active=self._clock(), listed=False)
            mark = min(seq, live.head)
            if mark <= membership.read:
                return
            self._lists.put(own, msgspec.structs.replace(membership, read=mark))
            await self._tell_read(own, live, [one for one in self._presence.of_user(user) if one is not connection])

    async def mark(self, user: UserId, conversation: ConversationId) -> int | None:
        """How far somebody has read a conversation that exists for them; None if it is new to them."""
        async with self._lists.held(user) as own:
            membership = await self._lists.membership(own, conversation)
            return membership.read if membership else None

    def reaches(self, live: LiveConversation, users: Iterable[UserId]) -> bool:
        """Whether all of these are known to have the conversation in their lists, durably."""
        return all((user, live.id) in self._reached for user in users)

    async def reach(self, live: LiveConversation, author: UserId, users: Iterable[UserId]) -> None:
        """Before something of interest to these users is said: it comes into the lists of those who do not have it.

        Done before, so that nothing that is said can be where nobody looks, whatever happens in between. Whoever
        ignores the author is left alone.
        """
        missing = [user for user in users if (user, live.id) not in self._reached]
        if not missing:
            return
        await asyncio.gather(*(self._reach(live, author, user) for user in missing))
        while len(self._reached) > REMEMBERED_REACHED:
            self._reached.popitem(last=False)

    def described(self, live: LiveConversation) -> None:
        """A channel's topic changed: those who list it and are not there hear of it, too."""
        here = self._presence.connections(live.id)
        users = self._lists.listers(live.id)
        away = [one for user in users for one in self._presence.of_user(user) if one not in here]
        _tell(away, ConversationChange(conversation=live.id, topic=live.stored.topic))

    async def _reach(self, live: LiveConversation, author: UserId, user: UserId) -> None:
        if author in await self._entries.ignored_by(user):
            return
        async with self._lists.held(user) as own:
            membership = await self._lists.membership(own, live.id)
            if membership is None or not membership.listed:
                await self._list(own, live, active=self._clock())
            await self._lists.flush()
            if own.lists(live.id):  # else it fell or was taken off meanwhile
                self._reached[user, live.id] = None

    async def _change(self, user: UserId, conversation: ConversationId, **fields: Any) -> Entry:
        """Change an entry of somebody's list, durably."""
        async with self._held(user, conversation) as (own, live):
            await self._lists.membership(own, live.id)  # so that what is known of it is in memory
            entry = await self._list(own, live, **fields)
            await self._lists.flush()
            return entry

    async def _list(self, own: OwnList, live: LiveConversation, **fields: Any) -> Entry:
        """Put a conversation into a list, or change it there; what falls off, falls off."""
        known = own.get(live.id)
        if known is None:  # who comes to a conversation begins with what is said from now on
            known = Membership(user=own.user, conversation=live.id, active=self._clock(), read=live.head)
        if not known.listed:
            fields = {"active": self._clock(), **fields}
        self._lists.put(own, msgspec.structs.replace(known, listed=True, **fields))
        self._drop_oldest(own, live.id)
        entry = await self._entry(own, live.id)
        if own.lists(live.id):  # else whoever took it off meanwhile has told so
            _tell(self._presence.of_user(own.user), EntryChange(entry=entry))
        return entry

    async def _entry(self, own: OwnList, conversation: ConversationId) -> Entry:
        """A conversation as it stands in a list now, if that does not change too fast."""
        for _ in range(COUNT_TRIES):
            membership = own.get(conversation)
            assert membership is not None, "what is in a list is known from then on"
            (entry,) = await self._entries.of(own.user, [membership])
            if own.get(conversation) is membership:
                break
        return entry

    def _drop_oldest(self, own: OwnList, keep: ConversationId) -> None:
        listed = own.listed
        if len(listed) > self._most_listed:
            others = (membership for membership in listed if membership.conversation != keep)
            self._unlist(own, min(others, key=lambda membership: (membership.pinned, membership.active)))

    def _unlist(self, own: OwnList, membership: Membership) -> None:
        self._reached.pop((own.user, membership.conversation), None)
        self._lists.put(own, msgspec.structs.replace(membership, listed=False, pinned=False))
        _tell(self._presence.of_user(own.user), Unlisted(conversation=membership.conversation))

    @asynccontextmanager
    async def _held(self, user: UserId, conversation: str) -> AsyncIterator[tuple[OwnList, LiveConversation]]:
        """Somebody's list and a conversation that exists for them."""
        id = visibility.conversation_id(conversation, user)
        async with self._lists.held(user) as own, self._conversations.held(id) as live:
            yield own, live

    async def _tell_read(self, own: OwnList, live: LiveConversation, others: Sequence[Listener]) -> None:
        """Tell the user's other connections how far they have read, and what is left."""
        membership = own.get(live.id)
        if not others or membership is None:
            return
        left, head = await self._left(own.user, live, membership.read)
        now = own.get(live.id)
        if now is not None and now.read == membership.read:  # else somebody tells of a newer mark
            mark, unread, mentions = membership.read, left.unread, left.mentions
            _tell(others, ReadChange(conversation=live.id, seq=mark, head=head, unread=unread, mentions=mentions))

    async def _left(self, user: UserId, live: LiveConversation, mark: int) -> tuple[Counts, int]:
        """What is left to read, and the head up to which it was counted: the newest, if it does not move too fast."""
        for _ in range(COUNT_TRIES):
            head = live.head
            counts = await self._entries.counts(user, [Behind(live.id, mark, head)])
            if head == live.head:
                break
        return counts.get(live.id, Counts()), head


def _tell(connections: Iterable[Listener], event: AnyEvent) -> None:
    frame = framed(encode(event))
    for connection in connections:
        connection.push(frame)
