"""Brings what the database says of people's standing into memory, and makes it hold for those who are here.

Whoever changed it, a moderator through this server or an operator at the command line, the same code then reads the
user anew: roles and mutes are known from then on, sockets of ended sessions and of the banned are closed.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from ting.core.errors import CloseCode
from ting.core.models import Ban, Milliseconds, User, UserId
from ting.moderation.restrictions import Restrictions
from ting.protocol import Removed, encode
from ting.realtime.draft_broadcast import DraftBroadcaster
from ting.realtime.framing import encode_frame
from ting.realtime.presence import Presence, Subscriber
from ting.realtime.user_broadcast import UserBroadcaster
from ting.store.moderation import BanStore
from ting.store.sessions import SessionStore
from ting.store.users import UserStore


class Enforcer(Protocol):
    """Told of every user whose role, mute, ban or sessions were changed in the database."""

    async def apply(self, user_id: UserId) -> None: ...


class Enforcement:
    """The `Enforcer` of a server that runs."""

    def __init__(
        self,
        users: UserStore,
        bans: BanStore,
        sessions: SessionStore,
        restrictions: Restrictions,
        presence: Presence,
        drafts: DraftBroadcaster,
        broadcaster: UserBroadcaster,
    ) -> None:
        self._users = users
        self._bans = bans
        self._sessions = sessions
        self._restrictions = restrictions
        self._presence = presence
        self._drafts = drafts
        self._broadcaster = broadcaster
        # What was read later is applied later.
        self._lock = asyncio.Lock()

    async def reload(self, now: Milliseconds) -> None:
        """Read everything anew: at the start, and when changes may have been missed. Raises `Busy`."""
        async with self._lock:
            users, bans = await asyncio.gather(self._users.with_role_or_mute(), self._bans.all(now))
            self._restrictions.replace(users, bans)
        for user_id in {connection.person.id for connection in self._presence.connections()}:
            await self.apply(user_id)

    async def apply(self, user_id: UserId) -> None:
        """A user was changed in the database: let it hold. Raises `Busy`."""
        async with self._lock:
            # Only those: who connects while the database is asked may have a session that was not there yet. If it was
            # read before this, it is read again before they connect.
            self._presence.changes.record(user_id)
            here = self._presence.user_connections(user_id)
            user, ban, sessions = await asyncio.gather(
                self._users.reread(user_id), self._bans.get(user_id), self._sessions.for_user(user_id)
            )
            self._restrictions.set(user_id, user, ban)
        if self._restrictions.mute_of(user_id):
            self._drafts.drop_all_of(user_id)
        self._remove_banned(user_id, ban)
        signed_in = {session["_id"] for session in sessions}
        self._close([connection for connection in here if connection.session not in signed_in])
        if user is None or user.former:
            self._close_deleted(user_id, user)
        else:
            self._broadcaster.send_me(user)

    def admit(self, connection: Subscriber) -> bool:
        """Whether a connection may stay; if not, it is told why, and closed."""
        ban = self._restrictions.ban_of(connection.person.id, connection.address)
        if ban is None:
            return True
        connection.push(encode_frame(encode(Removed(how="banned", reason=ban.reason, until=ban.until))))
        connection.close(CloseCode.BANNED)
        return False

    def _remove_banned(self, user_id: UserId, ban: Ban | None) -> None:
        """Send a user away who is banned, and, if their address is, everybody who comes from there."""
        if ban is not None:
            concerned = self._presence.connections() if ban.networks else self._presence.user_connections(user_id)
            for connection in concerned:
                self.admit(connection)

    def _close_deleted(self, user_id: UserId, user: User | None) -> None:
        """Somebody was deleted, perhaps by another process: whoever is here still knows them by their name."""
        self._close(self._presence.user_connections(user_id))
        if user is not None:
            self._broadcaster.broadcast_person(user)

    @staticmethod
    def _close(connections: Iterable[Subscriber]) -> None:
        for connection in connections:
            connection.close(CloseCode.SESSION_ENDED)
