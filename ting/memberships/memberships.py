"""What users do with their list of conversations: visit, read, pin, mute, leave; and how messages get into it.

A list has at most `MAX_LISTED` conversations; the least recently active one is dropped. A conversation that was dropped
or removed keeps its read mark, and comes back when a message for the user arrives.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from ting.core import visibility
from ting.core.clock import Clock
from ting.core.conversation_ids import direct_id
from ting.core.errors import NoSuchConversation, UnknownName
from ting.core.fair_slots import FairSlots
from ting.core.models import ConversationId, Entry, Membership, Notify, UnreadCounts, UserId
from ting.memberships.cache import MembershipCache, UserMemberships
from ting.memberships.entries import EntryBuilder
from ting.memberships.online_status import OnlineStatusNotifier
from ting.memberships.visits import VisitQueue
from ting.protocol import ConversationChange, EntryChange, ReadChange, Unlisted
from ting.realtime.framing import broadcast
from ting.realtime.live_conversations import LiveConversation
from ting.realtime.presence import Subscriber
from ting.realtime.services import RealtimeServices
from ting.store.unread import ReadPosition
from ting.store.users import UserStore

MAX_LISTED = 50
CACHED_LISTED = 100_000
COUNT_TRIES = 3
MAX_READS_WAITING = 10_000  # of one user; more than all frames in work of many connections


@dataclass(frozen=True)
class EntryChanges:
    """Changes of an entry. None leaves a field unchanged."""

    pinned: bool | None = None
    notify: Notify | None = None


class Memberships:
    """The use cases of lists. All of them raise `Busy` if the database does not answer."""

    def __init__(
        self,
        users: UserStore,
        realtime: RealtimeServices,
        cache: MembershipCache,
        entries: EntryBuilder,
        online_status: OnlineStatusNotifier,
        clock: Clock,
        *,
        max_listed: int = MAX_LISTED,
    ) -> None:
        self._users = users
        self._live = realtime.live
        self._presence = realtime.presence
        self._cache = cache
        self._entries = entries
        self._online_status = online_status
        self._clock = clock
        self._max_listed = max_listed
        self._connections: set[Subscriber] = set()
        self._visits = VisitQueue(lambda user, conversation: self._change(user, conversation, active=clock()))
        self._read_turns = FairSlots(per_key=1, waiting=MAX_READS_WAITING)
        # Which users have which conversation in their list, durably. Looked up for every direct message.
        self._known_listed: OrderedDict[tuple[UserId, ConversationId], None] = OrderedDict()

    def connected(self, connection: Subscriber) -> None:
        """A connection opened: send it the activity in the conversations of its user's list."""
        self._connections.add(connection)
        user = connection.person.id
        self._cache.acquire(user)
        if len(self._presence.user_connections(user)) == 1:
            self._online_status.status_changed(user)

    def disconnected(self, connection: Subscriber) -> None:
        """A connection closed. Safe to repeat."""
        if connection in self._connections:
            self._connections.remove(connection)
            user = connection.person.id
            self._cache.release(user)
            if not self._presence.is_connected(user):
                self._online_status.status_changed(user)

    async def list(self, user: UserId) -> list[Entry]:
        """The list of a user, the most recently active first."""
        async with self._cache.lease(user) as own:
            listed = sorted(own.listed, key=lambda membership: membership.active, reverse=True)
            return await self._entries.build(user, listed)

    async def open(self, user: UserId, name: str) -> Entry:
        """List the direct conversation with the user of this name. Raises `BadName`, `UnknownName`."""
        try:
            other = await self._users.find_by_name(name)
        except UnknownName:
            raise UnknownName(field="user") from None
        if other.id == user:
            raise NoSuchConversation("You cannot send direct messages to yourself.", field="user")
        return await self._change(user, direct_id(user, other.id))

    async def visit(self, user: UserId, conversation: ConversationId) -> Entry:
        """Move a conversation to the top of the list. Raises `BadConversation`, `NoSuchConversation`, `TooMany`."""
        return await self._visits.add(user, visibility.resolve_conversation(conversation, user))

    async def update(self, user: UserId, conversation: ConversationId, choices: EntryChanges) -> Entry:
        """Pin, or choose the notifications. A conversation that is not in the list is added.

        Raises `BadConversation`, `NoSuchConversation`.
        """
        chosen = {name: value for name, value in asdict(choices).items() if value is not None}
        return await self._change(user, conversation, **chosen)

    async def remove(self, user: UserId, conversation: ConversationId) -> None:
        """Remove a conversation from the list, if it is there. Raises `BadConversation`, `NoSuchConversation`."""
        conversation = visibility.resolve_conversation(conversation, user)
        async with self._cache.lease(user) as own:
            membership = own.get(conversation)
            if membership is not None and membership.listed:
                self._unlist(own, membership)
                await self._cache.flush()

    async def forget(self, user: UserId, conversation: ConversationId) -> None:
        """Remove a conversation from the list permanently, with its read mark."""
        await self.remove(user, conversation)
        async with self._cache.lease(user) as own:
            await self._cache.delete(own, conversation)

    async def read(self, connection: Subscriber, conversation: ConversationId, seq: int) -> None:
        """Mark everything up to a seq as read, and send that to the user's other connections. Written a moment later.

        Raises `BadConversation`, `NoSuchConversation`.
        """
        user = connection.person.id
        async with self._leased(user, conversation) as (own, live):
            membership = await self._cache.membership(own, live.id)
            if membership is None:
                membership = Membership(user=user, conversation=live.id, active=self._clock(), listed=False)
            mark = min(seq, live.head)
            if mark <= membership.read:
                return
            self._cache.put(own, msgspec.structs.replace(membership, read=mark))
            others = [one for one in self._presence.user_connections(user) if one is not connection]
            if others:
                async with self._read_turns.turn(user):
                    await self._send_read_mark(own, live, mark, others)

    async def read_mark(self, user: UserId, conversation: ConversationId) -> int | None:
        """The read mark of a user in a conversation; None if it is new to them."""
        async with self._cache.lease(user) as own:
            membership = await self._cache.membership(own, conversation)
            return membership.read if membership else None

    def all_listed(self, live: LiveConversation, users: Iterable[UserId]) -> bool:
        """Whether all these users are known to list the conversation durably."""
        return all((user, live.id) in self._known_listed for user in users)

    async def ensure_listed(self, live: LiveConversation, author: UserId, users: Iterable[UserId]) -> None:
        """Add the conversation to the lists of those users who do not list it. Users who ignore the author are skipped.

        Call it before a message of interest to these users is stored. Otherwise a failure between the two steps could
        leave the message in a conversation that its recipients do not list.
        """
        missing = [user for user in users if (user, live.id) not in self._known_listed]
        if not missing:
            return
        await asyncio.gather(*(self._ensure_listed(live, author, user) for user in missing))
        while len(self._known_listed) > CACHED_LISTED:
            self._known_listed.popitem(last=False)

    def broadcast_topic(self, live: LiveConversation) -> None:
        """A channel's topic changed: notify the users who list it, on connections that are not subscribed to it."""
        away = self._presence.connections_elsewhere(live.id, self._cache.users_listing(live.id))
        broadcast(away, ConversationChange(conversation=live.id, topic=live.stored.topic))

    async def _ensure_listed(self, live: LiveConversation, author: UserId, user: UserId) -> None:
        if author in await self._entries.ignored_by(user):
            return
        async with self._cache.lease(user) as own:
            membership = await self._cache.membership(own, live.id)
            if membership is None or not membership.listed:
                await self._list(own, live, active=self._clock())
            await self._cache.flush()
            if own.is_listed(live.id):  # otherwise it was removed meanwhile
                self._known_listed[user, live.id] = None

    async def _change(self, user: UserId, conversation: ConversationId, **fields: Any) -> Entry:
        """Change an entry of a user's list, durably."""
        async with self._leased(user, conversation) as (own, live):
            await self._cache.membership(own, live.id)  # loads an unlisted membership into memory
            entry = await self._list(own, live, **fields)
            await self._cache.flush()
            return entry

    async def _list(self, own: UserMemberships, live: LiveConversation, **fields: Any) -> Entry:
        """Add a conversation to a list, or change its entry, and send the entry to the user's connections."""
        self._put(own, live, fields)
        self._drop_oldest(own, live.id)
        entry = await self._entry(own, live.id)
        if own.is_listed(live.id):  # otherwise it was removed meanwhile, and `Unlisted` was sent
            broadcast(self._presence.user_connections(own.user), EntryChange(entry=entry))
        return entry

    def _put(self, own: UserMemberships, live: LiveConversation, fields: dict[str, Any]) -> None:
        known = own.get(live.id)
        if known is None:  # for a new member, only later messages are unread
            known = Membership(user=own.user, conversation=live.id, active=self._clock(), read=live.head)
        if not known.listed:
            fields = {"active": self._clock(), **fields}
        self._cache.put(own, msgspec.structs.replace(known, listed=True, **fields))

    async def _entry(self, own: UserMemberships, conversation: ConversationId) -> Entry:
        """The entry of a conversation, counted again if it changed meanwhile, a few times at most."""
        for _ in range(COUNT_TRIES):
            membership = own.get(conversation)
            assert membership is not None, "what is in a list is known from then on"
            (entry,) = await self._entries.build(own.user, [membership])
            if own.get(conversation) is membership:
                break
        return entry

    def _drop_oldest(self, own: UserMemberships, keep: ConversationId) -> None:
        listed = own.listed
        if len(listed) > self._max_listed:
            others = (membership for membership in listed if membership.conversation != keep)
            self._unlist(own, min(others, key=lambda membership: (membership.pinned, membership.active)))

    def _unlist(self, own: UserMemberships, membership: Membership) -> None:
        self._known_listed.pop((own.user, membership.conversation), None)
        self._cache.put(own, msgspec.structs.replace(membership, listed=False, pinned=False))
        broadcast(self._presence.user_connections(own.user), Unlisted(conversation=membership.conversation))

    @asynccontextmanager
    async def _leased(self, user: UserId, conversation: str) -> AsyncIterator[tuple[UserMemberships, LiveConversation]]:
        """The list of a user, and a live conversation that is visible to them."""
        id = visibility.resolve_conversation(conversation, user)
        async with self._cache.lease(user) as own, self._live.lease(id) as live:
            yield own, live

    async def _send_read_mark(
        self, own: UserMemberships, live: LiveConversation, mark: int, others: Sequence[Subscriber]
    ) -> None:
        """Send a read mark and the unread counts to the user's other connections, unless a newer one will be sent."""
        membership = own.get(live.id)
        if membership is None or membership.read != mark:
            return
        left, head = await self._count_unread(own.user, live, mark)
        now = own.get(live.id)
        if now is not None and now.read == mark:
            unread, mentions = left.unread, left.mentions
            broadcast(others, ReadChange(conversation=live.id, seq=mark, head=head, unread=unread, mentions=mentions))

    async def _count_unread(self, user: UserId, live: LiveConversation, mark: int) -> tuple[UnreadCounts, int]:
        """The unread counts, and the head that they are counted up to. Outdated if the head moves at every try."""
        for _ in range(COUNT_TRIES):
            head = live.head
            counts = await self._entries.count_unread(user, [ReadPosition(live.id, mark, head)])
            if head == live.head:
                break
        return counts.get(live.id, UnreadCounts()), head
