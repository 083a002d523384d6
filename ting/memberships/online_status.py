"""Tells those who list a private with somebody whether that person is online, if the person shows it.

Told a little later, so that a connection that comes back at once is no news.
"""

from ting.core.delayed_flush import Later
from ting.core.models import UserId
from ting.memberships.cache import Lists
from ting.protocol import OnlineChange, encode
from ting.realtime.framing import framed
from ting.realtime.presence import Presence
from ting.store.users import UserStore

INTERVAL_S = 1.0


class Sightings:
    """Who came and who went, for those who look at it in their lists."""

    def __init__(self, presence: Presence, lists: Lists, users: UserStore, *, interval_s: float = INTERVAL_S) -> None:
        self._presence = presence
        self._lists = lists
        self._users = users
        self._moved: set[UserId] = set()
        self._later = Later(self._tell, interval_s)

    def moved(self, user: UserId) -> None:
        """Somebody's first connection came, or the last one went."""
        if self._lists.watchers(user):
            self._moved.add(user)
            self._later.soon()

    async def stop(self) -> None:
        """Nobody is told any more."""
        self._moved.clear()
        await self._later.stop()

    async def _tell(self) -> None:
        moved, self._moved = self._moved, set()
        if not moved:
            return
        try:
            users = await self._users.many(moved)
        except BaseException:
            self._moved |= moved
            raise
        for user in users.values():
            if "last_seen" in user.shown:
                self._tell_of(user.id)

    def _tell_of(self, user: UserId) -> None:
        frame = framed(encode(OnlineChange(user=user, online=bool(self._presence.of_user(user)))))
        for watcher in self._lists.watchers(user):
            for connection in self._presence.of_user(watcher):
                connection.push(frame)
