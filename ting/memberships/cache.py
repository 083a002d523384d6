"""The conversation lists of connected users, in memory. Changes are written a moment later.

A list is in memory while something holds it: a connection of its user, an operation in progress, or a change that is
not written yet. Read marks and activity are lost when the process is killed within the interval. An operation that
needs its change to be durable waits for `flush`.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ting.core.conversation_ids import member_ids
from ting.core.delayed_flush import DelayedFlush
from ting.core.held_cache import HeldCache, Lease
from ting.core.models import ConversationId, Membership, Milliseconds, UserId
from ting.store.conversations import MembershipStore

WRITE_EVERY_S = 1.0


class UserMemberships:
    """The memberships of one user: all that are listed, and others that were looked up."""

    def __init__(self, user: UserId, memberships: Collection[Membership]) -> None:
        self.user = user
        self._memberships = {membership.conversation: membership for membership in memberships}

    @property
    def listed(self) -> list[Membership]:
        return [membership for membership in self._memberships.values() if membership.listed]

    def get(self, conversation: ConversationId) -> Membership | None:
        """The membership, if it is in memory. All listed ones are."""
        return self._memberships.get(conversation)

    def is_listed(self, conversation: ConversationId) -> bool:
        membership = self._memberships.get(conversation)
        return membership is not None and membership.listed

    def put(self, membership: Membership) -> None:
        self._memberships[membership.conversation] = membership

    def remove(self, conversation: ConversationId) -> Membership | None:
        return self._memberships.pop(conversation, None)


@dataclass(frozen=True)
class Bumps:
    """When conversations were bumped, in the list of one user or in all lists. Only bumps that are not written yet."""

    of_users: dict[tuple[UserId, ConversationId], Milliseconds] = field(default_factory=dict)
    of_all: dict[ConversationId, Milliseconds] = field(default_factory=dict)


class MembershipCache:
    """The lists that are held by a connection, an operation in progress, or a change that is not written yet."""

    def __init__(self, store: MembershipStore, *, interval_s: float = WRITE_EVERY_S) -> None:
        self._store = store
        self._lists: HeldCache[UserId, UserMemberships] = HeldCache(
            self._read, on_loaded=self._index_all, on_dropped=self._unindex_all
        )
        self._users_listing: dict[ConversationId, set[UserId]] = {}
        self._users_watching: dict[UserId, set[UserId]] = {}
        # The list of each user in this dict is held until the changes are written.
        self._changed: dict[UserId, set[ConversationId]] = {}
        self._bumps = Bumps()
        # Bumps that are being written, and bumps of lists that are being read. A read may not return either yet.
        self._flushing_bumps = Bumps()
        self._missed: dict[UserId, dict[ConversationId, Milliseconds]] = {}
        self._flush_lock = asyncio.Lock()
        self._flush_timer = DelayedFlush(self.flush, interval_s)

    def lease(self, user: UserId) -> Lease[UserId, UserMemberships]:
        """The list of a user, held for the length of an `async with` block. Raises `Busy`."""
        return self._lists.lease(user)

    def acquire(self, user: UserId) -> None:
        """Hold the list of a user until `release`, and begin to load it."""
        self._lists.hold(user)
        if self._lists.peek(user) is None:
            self._lists.preload(user)

    def release(self, user: UserId) -> None:
        """Release a list that `acquire` holds."""
        self._lists.release(user)

    def peek(self, user: UserId) -> UserMemberships | None:
        """The list of a user, if it is in memory."""
        return self._lists.peek(user)

    def users_listing(self, conversation: ConversationId) -> Collection[UserId]:
        """The users whose lists contain this conversation, of the lists in memory."""
        return self._users_listing.get(conversation, ())

    def users_watching(self, user: UserId) -> Collection[UserId]:
        """The users whose lists contain the direct conversation with this user, of the lists in memory."""
        return self._users_watching.get(user, ())

    async def membership(self, own: UserMemberships, conversation: ConversationId) -> Membership | None:
        """The membership of the list's owner in a conversation, listed or not. Raises `Busy`."""
        known = own.get(conversation)
        if known is None:
            stored = await self._store.get(own.user, conversation)
            if stored is not None and own.get(conversation) is None:
                own.put(stored)  # it is not listed: all listed ones are in memory
        return own.get(conversation)

    def put(self, own: UserMemberships, membership: Membership) -> None:
        """Change the list of a user. It is written a moment later."""
        own.put(membership)
        self._index(membership)
        self._mark_changed(own.user, {membership.conversation})
        self._flush_timer.schedule()

    def bump(self, user: UserId, conversation: ConversationId, now: Milliseconds) -> None:
        """Move a conversation to the top of a user's list, if the list contains it."""
        own = self.peek(user)
        if own is None:
            self._bumps.of_users[user, conversation] = now
            if user in self._missed:
                self._missed[user][conversation] = now
            self._flush_timer.schedule()
            return
        membership = own.get(conversation)
        if membership is not None and membership.listed:
            self.put(own, msgspec.structs.replace(membership, active=max(membership.active, now)))

    def bump_all(self, conversation: ConversationId, now: Milliseconds) -> None:
        """Move a conversation to the top of all lists that contain it."""
        self._bumps.of_all[conversation] = now
        for missed in self._missed.values():
            missed[conversation] = now
        self._flush_timer.schedule()
        for user in self.users_listing(conversation):
            self.bump(user, conversation, now)

    def limit_times(self, now: Milliseconds) -> None:
        """The clock was set back: what was active later than now counts as active now."""
        for own in self._lists.values:
            for membership in own.listed:
                if membership.active > now:
                    own.put(msgspec.structs.replace(membership, active=now))
        _limit(self._bumps.of_users, now)
        for bumps in (self._bumps.of_all, *self._missed.values()):
            _limit(bumps, now)

    async def flush(self) -> None:
        """Return when all earlier changes are durable. Raises `Busy`; the write is then retried a moment later."""
        async with self._flush_lock:
            changed, self._changed = self._changed, {}
            bumps, self._bumps = self._bumps, Bumps()
            self._flushing_bumps = bumps
            try:
                await self._store.write(self._current(changed), bumps.of_users, bumps.of_all)
            except BaseException:
                for user, conversations in changed.items():
                    self._mark_changed(user, conversations)
                self._bumps = Bumps(bumps.of_users | self._bumps.of_users, bumps.of_all | self._bumps.of_all)
                self._flush_timer.schedule()
                raise
            finally:
                self._flushing_bumps = Bumps()
                for user in changed:
                    self._lists.release(user)

    async def delete_all(self, user: UserId) -> None:
        """Delete all memberships of a user permanently, and drop changes not written yet. Raises `Busy`."""
        async with self._flush_lock:
            if self._changed.pop(user, None) is not None:
                self._lists.release(user)
            of_users = {key: at for key, at in self._bumps.of_users.items() if key[0] != user}
            self._bumps = Bumps(of_users, self._bumps.of_all)
            await self._store.delete_all(user)

    async def delete(self, own: UserMemberships, conversation: ConversationId) -> None:
        """Delete a membership permanently, and drop changes of it that are not written yet. Raises `Busy`."""
        async with self._flush_lock:
            membership = own.remove(conversation)
            if membership is not None:
                self._unindex(membership)
            await self._store.delete(own.user, conversation)

    async def flush_and_stop(self) -> None:
        """Write the pending changes a last time, and stop. Raises `Busy`."""
        await self._flush_timer.flush_and_stop()

    def _mark_changed(self, user: UserId, conversations: set[ConversationId]) -> None:
        if user not in self._changed:
            self._changed[user] = set()
            self._lists.hold(user)
        self._changed[user] |= conversations

    def _current(self, changed: dict[UserId, set[ConversationId]]) -> list[Membership]:
        found = []
        for user, conversations in changed.items():
            own = self.peek(user)
            assert own is not None, "a changed list is held until it is written"
            found += [membership for key in conversations if (membership := own.get(key)) is not None]
        return found

    async def _read(self, user: UserId) -> UserMemberships:
        missed = self._missed[user] = self._unwritten(user)
        try:
            own = UserMemberships(user, await self._store.listed(user))
        finally:
            if self._missed.get(user) is missed:
                del self._missed[user]
        for membership in own.listed:
            active = max(membership.active, missed.get(membership.conversation, 0))
            own.put(msgspec.structs.replace(membership, active=active))
        return own

    def _unwritten(self, user: UserId) -> dict[ConversationId, Milliseconds]:
        """When conversations were bumped for a user. Only bumps that the database may not return yet."""
        unwritten: dict[ConversationId, Milliseconds] = {}
        for bumps in (self._flushing_bumps, self._bumps):
            unwritten |= bumps.of_all
        for bumps in (self._flushing_bumps, self._bumps):
            for (owner, conversation), at in bumps.of_users.items():
                if owner == user:
                    unwritten[conversation] = max(at, unwritten.get(conversation, 0))
        return unwritten

    def _index_all(self, own: UserMemberships) -> None:
        for membership in own.listed:
            self._index(membership)

    def _unindex_all(self, own: UserMemberships) -> None:
        for membership in own.listed:
            self._unindex(membership)

    def _index(self, membership: Membership) -> None:
        if membership.listed:
            self._users_listing.setdefault(membership.conversation, set()).add(membership.user)
            for other in _others(membership):
                self._users_watching.setdefault(other, set()).add(membership.user)
        else:
            self._unindex(membership)

    def _unindex(self, membership: Membership) -> None:
        listers = self._users_listing.get(membership.conversation, set())
        listers.discard(membership.user)
        if not listers:
            self._users_listing.pop(membership.conversation, None)
        for other in _others(membership):
            watchers = self._users_watching.get(other, set())
            watchers.discard(membership.user)
            if not watchers:
                self._users_watching.pop(other, None)


def _limit(bumps: dict[Any, Milliseconds], now: Milliseconds) -> None:
    bumps.update({key: now for key, at in bumps.items() if at > now})


def _others(membership: Membership) -> list[UserId]:
    """The other member of a direct conversation; empty for a channel."""
    return [member for member in member_ids(membership.conversation) if member != membership.user]
