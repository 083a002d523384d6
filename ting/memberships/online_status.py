"""Sends a user's online status to the users who list a direct conversation with them, if the user shows it.

It is sent a moment later, so that a quick reconnect changes nothing.
"""

from ting.core.delayed_flush import DelayedFlush
from ting.core.models import UserId
from ting.memberships.cache import MembershipCache
from ting.protocol import OnlineChange
from ting.realtime.framing import broadcast
from ting.realtime.presence import Presence
from ting.store.users import UserStore

INTERVAL_S = 1.0


class OnlineStatusNotifier:
    """Notifies the users who see the status in their lists."""

    def __init__(
        self, presence: Presence, cache: MembershipCache, users: UserStore, *, interval_s: float = INTERVAL_S
    ) -> None:
        self._presence = presence
        self._cache = cache
        self._users = users
        self._changed: set[UserId] = set()
        self._flush_timer = DelayedFlush(self._flush, interval_s)

    def status_changed(self, user: UserId) -> None:
        """A user's first connection opened, or the last one closed."""
        if self._cache.users_watching(user):
            self._changed.add(user)
            self._flush_timer.schedule()

    async def flush_and_stop(self) -> None:
        """Drop what waits."""
        self._changed.clear()
        await self._flush_timer.flush_and_stop()

    async def _flush(self) -> None:
        moved, self._changed = self._changed, set()
        if not moved:
            return
        try:
            users = await self._users.get_many(moved)
        except BaseException:
            self._changed |= moved
            raise
        for user in users.values():
            if "last_seen" in user.shown:
                self._notify(user.id)

    def _notify(self, user: UserId) -> None:
        watchers = self._cache.users_watching(user)
        connections = [each for watcher in watchers for each in self._presence.user_connections(watcher)]
        broadcast(connections, OnlineChange(user=user, online=self._presence.is_connected(user)))
