"""Brings what the database says of people's standing into memory, and makes it hold for those who are here.

Whoever changed it, a moderator through this server or an operator at the command line, the same code then reads the
user anew: roles and mutes are known from then on, sockets of ended sessions and of the banned are closed.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from ting.core.errors import CloseCode
from ting.core.models import Ban, Milliseconds, User, UserId
from ting.moderation.restrictions import Standing
from ting.protocol import Removed, encode
from ting.realtime.draft_broadcast import Ghosts
from ting.realtime.framing import framed
from ting.realtime.presence import Listener, Presence
from ting.realtime.user_broadcast import Persons
from ting.store.moderation import BanStore
from ting.store.sessions import SessionStore
from ting.store.users import UserStore


class Enforcer(Protocol):
    """Told of every user whose role, mute, ban or sessions were changed in the database."""

    async def changed(self, user_id: UserId) -> None: ...


class Enforcement:
    """The `Enforcer` of a server that runs."""

    def __init__(
        self,
        users: UserStore,
        bans: BanStore,
        sessions: SessionStore,
        standing: Standing,
        presence: Presence,
        ghosts: Ghosts,
        persons: Persons,
    ) -> None:
        self._users = users
        self._bans = bans
        self._sessions = sessions
        self._standing = standing
        self._presence = presence
        self._ghosts = ghosts
        self._persons = persons
        # What was read later is applied later.
        self._in_turn = asyncio.Lock()

    async def reload(self, now: Milliseconds) -> None:
        """Read everything anew: at the start, and when changes may have been missed. Raises `Busy`."""
        async with self._in_turn:
            users, bans = await asyncio.gather(self._users.notable(), self._bans.all(now))
            self._standing.replace(users, bans)
        for user_id in {connection.person.id for connection in self._presence.everyone()}:
            await self.changed(user_id)

    async def changed(self, user_id: UserId) -> None:
        """A user was changed in the database: let it hold. Raises `Busy`."""
        async with self._in_turn:
            # Only those: who connects while the database is asked may have a session that was not there yet. If it was
            # read before this, it is read again before they connect.
            self._presence.changes.note(user_id)
            here = self._presence.of_user(user_id)
            user, ban, sessions = await asyncio.gather(
                self._users.reread(user_id), self._bans.get(user_id), self._sessions.of(user_id)
            )
            self._standing.put(user_id, user, ban)
        if self._standing.mute_of(user_id):
            self._ghosts.silence(user_id)
        self._remove_banned(user_id, ban)
        signed_in = {session["_id"] for session in sessions}
        self._end([connection for connection in here if connection.session not in signed_in])
        if user is None or user.former:
            self._forget(user_id, user)
        else:
            self._persons.tell_me(user)

    def admits(self, connection: Listener) -> bool:
        """Whether a connection may stay; if not, it is told why, and closed."""
        ban = self._standing.ban_of(connection.person.id, connection.address)
        if ban is None:
            return True
        connection.push(framed(encode(Removed(how="banned", reason=ban.reason, until=ban.until))))
        connection.close(CloseCode.BANNED)
        return False

    def _remove_banned(self, user_id: UserId, ban: Ban | None) -> None:
        """Send a user away who is banned, and, if their address is, everybody who comes from there."""
        if ban is not None:
            concerned = self._presence.everyone() if ban.networks else self._presence.of_user(user_id)
            for connection in concerned:
                self.admits(connection)

    def _forget(self, user_id: UserId, user: User | None) -> None:
        """Somebody was deleted, perhaps by another process: whoever is here still knows them by their name."""
        self._end(self._presence.of_user(user_id))
        if user is not None:
            self._persons.changed(user)

    @staticmethod
    def _end(connections: Iterable[Listener]) -> None:
        for connection in connections:
            connection.close(CloseCode.SESSION_ENDED)
