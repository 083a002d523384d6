"""Loads roles and restrictions from the database, and applies them to the open connections.

A user may have been changed by a moderator through this server, or by an operator at the command line. Either way the
same code reads the user again. It updates the role and the mute, and closes the connections of ended sessions and of
banned users.
"""

import asyncio
from collections.abc import Iterable

from ting.core.errors import CloseCode
from ting.core.models import Ban, Milliseconds, User, UserId
from ting.moderation.restrictions import Restrictions
from ting.protocol import Removed
from ting.realtime.framing import broadcast
from ting.realtime.presence import Subscriber
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores


class Enforcement:
    """Keeps `Restrictions` equal to the database."""

    def __init__(self, stores: Stores, realtime: RealtimeServices, restrictions: Restrictions) -> None:
        self._users = stores.users
        self._bans = stores.bans
        self._sessions = stores.sessions
        self._presence = realtime.presence
        self._drafts = realtime.drafts
        self._broadcaster = realtime.broadcaster
        self._restrictions = restrictions
        # Without it, an older state of a user could be applied after a newer one.
        self._lock = asyncio.Lock()

    async def reload(self, now: Milliseconds) -> None:
        """Read everything again: at the start, and when changes may have been missed. Raises `Busy`."""
        async with self._lock:
            await self._bans.delete_expired(now)
            users, bans = await asyncio.gather(self._users.with_role_or_mute(), self._bans.all())
            self._restrictions.replace(users, bans)
        for user_id in {connection.person.id for connection in self._presence.connections()}:
            await self.apply(user_id)

    async def apply(self, user_id: UserId) -> None:
        """Read a user that was changed in the database, and apply the change. Raises `Busy`."""
        async with self._lock:
            # Only these connections are checked against the sessions below. A connection that opens while the database
            # is read may have a newer session. Because of the recorded change, its user is read again before it opens.
            self._presence.changes.record(user_id)
            connections = self._presence.user_connections(user_id)
            user, ban, sessions = await asyncio.gather(
                self._users.reread(user_id), self._bans.get(user_id), self._sessions.for_user(user_id)
            )
            self._restrictions.set(user_id, user, ban)
        if self._restrictions.mute_of(user_id):
            self._drafts.drop_all_of(user_id)
        self._remove_banned(user_id, ban)
        signed_in = {session.id for session in sessions}
        self._close([connection for connection in connections if connection.session not in signed_in])
        if user is None or user.former:
            self._close_deleted(user_id, user)
        else:
            self._broadcaster.send_me(user)

    def admit(self, connection: Subscriber) -> bool:
        """Whether a connection may stay open. If its user is banned, send the reason and close it."""
        ban = self._restrictions.ban_of(connection.person.id, connection.address)
        if ban is None:
            return True
        broadcast([connection], Removed(how="banned", reason=ban.reason, until=ban.until))
        connection.close(CloseCode.BANNED)
        return False

    def _remove_banned(self, user_id: UserId, ban: Ban | None) -> None:
        """Close the connections of a banned user, and those from networks that are banned with the user."""
        if ban is not None:
            affected = self._presence.connections() if ban.networks else self._presence.user_connections(user_id)
            for connection in affected:
                self.admit(connection)

    def _close_deleted(self, user_id: UserId, user: User | None) -> None:
        """Close the connections of a user who was deleted or has lost the name, and broadcast the change.

        Another process may have made the change, so connected users may still see the old name.
        """
        self._close(self._presence.user_connections(user_id))
        if user is not None:
            self._broadcaster.broadcast_person(user)

    @staticmethod
    def _close(connections: Iterable[Subscriber]) -> None:
        for connection in connections:
            connection.close(CloseCode.SESSION_ENDED)
