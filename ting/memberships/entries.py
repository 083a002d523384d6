"""Builds the entries of a user's conversation list, for all conversations with a few queries."""

import asyncio
from collections.abc import Collection, Sequence

from ting.core.conversation_ids import is_channel, is_direct, member_ids
from ting.core.models import ConversationId, Entry, Membership, Notify, Person, UnreadCounts, User, UserId
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores
from ting.store.unread import ReadPosition
from ting.store.users import UNKNOWN_NAME


class EntryBuilder:
    """Builds entries from memberships. All methods raise `Busy` when the database does not answer."""

    def __init__(self, stores: Stores, realtime: RealtimeServices) -> None:
        self._stored = stores.conversations
        self._unread = stores.unread
        self._users = stores.users
        self._live = realtime.live
        self._presence = realtime.presence

    async def build(self, user: UserId, memberships: Sequence[Membership]) -> list[Entry]:
        """The entries of these memberships of a user, in the same order."""
        ids = [membership.conversation for membership in memberships]
        heads, topics, others = await asyncio.gather(
            self._heads(ids),
            self._stored.topics(id for id in ids if is_channel(id)),
            self._others(user, ids),
        )
        counts = await self.count_unread(
            user, [ReadPosition(one.conversation, one.read, heads[one.conversation]) for one in memberships]
        )
        return [
            self._entry(one, heads[one.conversation], topics, others, counts.get(one.conversation, UnreadCounts()))
            for one in memberships
        ]

    async def count_unread(self, user: UserId, behind: Sequence[ReadPosition]) -> dict[ConversationId, UnreadCounts]:
        """The unread counts of a user."""
        if all(one.read >= one.head for one in behind):
            return {}
        return dict(await self._unread.count(user, behind, ignoring=await self.ignored_by(user)))

    async def ignored_by(self, user: UserId) -> Collection[UserId]:
        """The users that a user ignores, who need not be connected."""
        if self._presence.is_connected(user):
            return self._presence.ignored_by(user)
        stored = await self._users.get(user)
        return stored.ignored if stored else ()

    async def _heads(self, ids: Sequence[ConversationId]) -> dict[ConversationId, int]:
        stored = await self._unread.heads(ids)
        # Looked up afterwards: a head in memory is durable, while the database may return one that is not.
        live = {id: found.head for id in ids if (found := self._live.peek(id)) is not None}
        return stored | live

    async def _others(self, user: UserId, ids: Sequence[ConversationId]) -> dict[UserId, User]:
        others = {member for id in ids for member in member_ids(id) if member != user}
        return await self._users.get_many(others) if others else {}

    def _entry(
        self,
        membership: Membership,
        head: int,
        topics: dict[ConversationId, str],
        others: dict[UserId, User],
        counts: UnreadCounts,
    ) -> Entry:
        id = membership.conversation
        other = next((member for member in member_ids(id) if member != membership.user), None)
        user = others.get(other) if other else None
        return Entry(
            conversation=id,
            with_=(user.person if user else Person(other, UNKNOWN_NAME)) if other else None,
            topic=topics.get(id, ""),
            people=self._presence.count(id),
            online=self._is_online(user) if user else None,
            head=head,
            read=membership.read,
            unread=counts.unread,
            mentions=counts.mentions,
            active=membership.active,
            pinned=membership.pinned,
            notify=membership.notify or default_notify(id),
        )

    def _is_online(self, user: User) -> bool | None:
        return self._presence.is_connected(user.id) if "last_seen" in user.shown else None


def default_notify(conversation: ConversationId) -> Notify:
    """The notification setting of a user who chose none."""
    return "all" if is_direct(conversation) else "mentions"
