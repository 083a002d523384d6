"""The lists of conversations of those who are connected, in memory, and written a little later.

A list is in memory while somebody holds it: a connection of its user, an operation under way, or a change that is not
written yet. Read marks and activity are lost when the process is killed within the interval; whoever needs a change
to be durable waits for `flush`.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import msgspec

from ting.core import conversation_ids
from ting.core.delayed_flush import DelayedFlush
from ting.core.models import ConversationId, Membership, Milliseconds, UserId
from ting.store.conversations import MembershipStore

WRITE_EVERY_S = 1.0


class UserMemberships:
    """Somebody's memberships: all that are listed, and others that were asked for."""

    def __init__(self, user: UserId, memberships: Collection[Membership]) -> None:
        self.user = user
        self._memberships = {membership.conversation: membership for membership in memberships}

    @property
    def listed(self) -> list[Membership]:
        return [membership for membership in self._memberships.values() if membership.listed]

    def get(self, conversation: ConversationId) -> Membership | None:
        """What is known without asking the database: of what is listed, everything."""
        return self._memberships.get(conversation)

    def is_listed(self, conversation: ConversationId) -> bool:
        membership = self._memberships.get(conversation)
        return membership is not None and membership.listed

    def put(self, membership: Membership) -> None:
        self._memberships[membership.conversation] = membership


class MembershipCache:
    """All lists that somebody holds."""

    def __init__(self, store: MembershipStore, *, interval_s: float = WRITE_EVERY_S) -> None:
        self._store = store
        self._loading: dict[UserId, asyncio.Task[UserMemberships]] = {}
        self._holders: dict[UserId, int] = {}
        self._users_listing: dict[ConversationId, set[UserId]] = {}
        self._users_watching: dict[UserId, set[UserId]] = {}
        self._changed: dict[UserId, set[ConversationId]] = {}
        self._flushing: dict[UserId, set[ConversationId]] = {}
        self._bumped: dict[tuple[UserId, ConversationId], Milliseconds] = {}
        self._bumped_all: dict[ConversationId, Milliseconds] = {}
        # What is being written of both, and what came to lists that are being read: the database may not show it yet.
        self._flushing_bumps: tuple[
            dict[tuple[UserId, ConversationId], Milliseconds], dict[ConversationId, Milliseconds]
        ]
        self._flushing_bumps = {}, {}
        self._missed: dict[UserId, dict[ConversationId, Milliseconds]] = {}
        self._flush_lock = asyncio.Lock()
        self._flush_timer = DelayedFlush(self.flush, interval_s)

    @asynccontextmanager
    async def lease(self, user: UserId) -> AsyncIterator[UserMemberships]:
        """Somebody's list, for as long as the block lasts. Raises `Busy`."""
        self.acquire(user)
        try:
            yield await self._loaded(user)
        finally:
            self.release(user)

    def acquire(self, user: UserId) -> None:
        """Hold somebody's list until `release`; it will be there in a moment."""
        self._holders[user] = self._holders.get(user, 0) + 1
        self._load(user)

    def release(self, user: UserId) -> None:
        """The opposite of `begin`."""
        self._holders[user] -= 1
        self._drop_unheld(user)

    def peek(self, user: UserId) -> UserMemberships | None:
        """Somebody's list, if it is in memory."""
        task = self._loading.get(user)
        return task.result() if task is not None and _succeeded(task) else None

    def users_listing(self, conversation: ConversationId) -> Collection[UserId]:
        """Whose lists, of those in memory, have this conversation."""
        return self._users_listing.get(conversation, ())

    def users_watching(self, user: UserId) -> Collection[UserId]:
        """Whose lists, of those in memory, have a private with this user."""
        return self._users_watching.get(user, ())

    async def membership(self, own: UserMemberships, conversation: ConversationId) -> Membership | None:
        """What a conversation is to the owner of a list. Raises `Busy`."""
        known = own.get(conversation)
        if known is None:
            stored = await self._store.get(own.user, conversation)
            if stored is not None and own.get(conversation) is None:
                own.put(stored)  # it is not listed: those are all there
        return own.get(conversation)

    def put(self, own: UserMemberships, membership: Membership) -> None:
        """Change somebody's list; it is written in a moment."""
        own.put(membership)
        self._index(membership)
        self._changed.setdefault(own.user, set()).add(membership.conversation)
        self._flush_timer.schedule()

    def bump(self, user: UserId, conversation: ConversationId, now: Milliseconds) -> None:
        """Something of interest came: to the top of the list, if it is in it."""
        own = self.peek(user)
        if own is None:
            self._bumped[user, conversation] = now
            if user in self._missed:
                self._missed[user][conversation] = now
            self._flush_timer.schedule()
            return
        membership = own.get(conversation)
        if membership is not None and membership.listed:
            self.put(own, msgspec.structs.replace(membership, active=max(membership.active, now)))

    def bump_all(self, conversation: ConversationId, now: Milliseconds) -> None:
        """Everybody was called: to the top of all lists that have this conversation."""
        self._bumped_all[conversation] = now
        for missed in self._missed.values():
            missed[conversation] = now
        self._flush_timer.schedule()
        for user in self.users_listing(conversation):
            self.bump(user, conversation, now)

    async def flush(self) -> None:
        """Return when everything changed before is durable. Raises `Busy`: then it is tried again in a moment."""
        async with self._flush_lock:
            self._flushing, self._changed = self._changed, {}
            touched, self._bumped = self._bumped, {}
            called, self._bumped_all = self._bumped_all, {}
            self._flushing_bumps = touched, called
            try:
                await self._store.write(self._current(self._flushing), touched, called)
            except BaseException:
                for user, conversations in self._flushing.items():
                    self._changed.setdefault(user, set()).update(conversations)
                self._bumped = touched | self._bumped
                self._bumped_all = called | self._bumped_all
                self._flush_timer.schedule()
                raise
            finally:
                written, self._flushing = self._flushing, {}
                self._flushing_bumps = {}, {}
        for user in written:
            self._drop_unheld(user)

    async def delete_all(self, user: UserId) -> None:
        """Remove all of somebody's, for good, with what would be written of it. Raises `Busy`."""
        async with self._flush_lock:
            self._changed.pop(user, None)
            self._bumped = {key: at for key, at in self._bumped.items() if key[0] != user}
            await self._store.delete_all(user)
        if user in self._holders:
            self._drop_unheld(user)

    async def flush_and_stop(self) -> None:
        """Write what there is to write. Raises `Busy`."""
        await self._flush_timer.flush_and_stop()

    def _current(self, changed: dict[UserId, set[ConversationId]]) -> list[Membership]:
        found = []
        for user, conversations in changed.items():
            own = self.peek(user)
            assert own is not None, "a changed list is kept until it is written"
            found += [membership for key in conversations if (membership := own.get(key)) is not None]
        return found

    def _load(self, user: UserId) -> asyncio.Task[UserMemberships]:
        task = self._loading.get(user)
        if task is None or (task.done() and not _succeeded(task)):
            task = self._loading[user] = asyncio.create_task(self._read(user))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever needs it asks for it
        return task

    async def _loaded(self, user: UserId) -> UserMemberships:
        # However many wait for it, it is loaded once; one of them giving up does not stop it for the others.
        return await asyncio.shield(self._load(user))

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
        if self._loading.get(user) is asyncio.current_task():  # else nobody holds it any more
            for membership in own.listed:
                self._index(membership)
        return own

    def _unwritten(self, user: UserId) -> dict[ConversationId, Milliseconds]:
        """When something of interest came for somebody, as far as it is on its way to the database."""
        unwritten: dict[ConversationId, Milliseconds] = {}
        noting, calling = self._flushing_bumps
        for called in (calling, self._bumped_all):
            unwritten |= called
        for touched in (noting, self._bumped):
            for (whose, conversation), at in touched.items():
                if whose == user:
                    unwritten[conversation] = max(at, unwritten.get(conversation, 0))
        return unwritten

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

    def _drop_unheld(self, user: UserId) -> None:
        if self._holders.get(user) or user in self._changed or user in self._flushing:
            return
        self._holders.pop(user, None)
        own = self.peek(user)
        self._loading.pop(user, None)
        for membership in own.listed if own else ():
            self._unindex(membership)


def _others(membership: Membership) -> list[UserId]:
    """The other one of a private; nobody for a channel."""
    return [member for member in conversation_ids.member_ids(membership.conversation) if member != membership.user]


def _succeeded(task: "asyncio.Task[UserMemberships]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
