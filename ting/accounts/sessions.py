"""Sessions of browsers: begin, find, list and end them. The tokens of programs are looked up here, too."""

import secrets
from collections.abc import Callable

from ting.core.clock import DAY_MS, MINUTE_MS, Clock
from ting.core.errors import CloseCode
from ting.core.models import (
    TOKEN_BYTES,
    ClientInfo,
    Milliseconds,
    Session,
    SessionView,
    StoredSession,
    UserId,
    session_id,
)
from ting.core.settings import DEFAULT_SESSION_DAYS
from ting.realtime.presence import Presence
from ting.store.stores import Stores

MAX_SESSIONS = 100  # in browsers, per user; no user has as many devices
RECORD_USE_EVERY_MS = 10 * MINUTE_MS


class Sessions:
    """The use cases of sessions. All of them raise `Busy` when the database does not answer."""

    def __init__(
        self, stores: Stores, presence: Presence, clock: Clock, *, unused_days: float = DEFAULT_SESSION_DAYS
    ) -> None:
        """The session of a browser ends when it was not used for `unused_days`."""
        self._sessions = stores.sessions
        self._users = stores.users
        self._presence = presence
        self._audit = stores.audit
        self._clock = clock
        self._unused_ms = int(unused_days * DAY_MS)

    async def begin(self, user: UserId, client: ClientInfo) -> str:
        """Begin a session; returns its token."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self._sessions.add(session_id(token), user, client, self._clock())
        return token

    async def find(
        self, token: str, *, program: bool = False, if_ended: Callable[[UserId], None] = lambda _: None
    ) -> Session | None:
        """The session of a token, of a browser or of a `program`.

        None if there is none, it has ended, or its user has no name any more. If it has ended and is still stored,
        `if_ended` gets its user, and may raise the reason.
        """
        stored = await self._sessions.get(session_id(token))
        if stored is None or stored.is_token != program:
            return None
        if self._is_over(stored):
            if_ended(stored.user)
            return None
        user = await self._users.get(stored.user)
        if user is None or user.former:
            return None
        used = stored.used if stored.address else 0
        return Session(id=stored.id, user=user, used=used, program=program, expires=stored.expires)

    async def has_ended(self, session: Session) -> bool:
        """Whether a session that was found has ended in the meantime."""
        stored = await self._sessions.get(session.id)
        return stored is None or self._is_over(stored)

    async def record_use(self, session: Session, client: ClientInfo) -> None:
        """Store that a session is used by a client, unless that was stored recently."""
        now = self._clock()
        if now - session.used > RECORD_USE_EVERY_MS:
            await self._sessions.record_use(session.id, client, now)
            await self._users.record_use(session.user.id, now)

    async def views(self, session: Session) -> list[SessionView]:
        """All sessions of a session's user, the most recently used first."""
        return [
            SessionView(
                id=stored.public_id,
                agent=stored.agent,
                address=stored.address,
                created=stored.created,
                used=stored.used,
                current=stored.id == session.id,
            )
            for stored in await self._of_browsers(session.user.id)
        ]

    async def end(self, user: UserId, session: str) -> None:
        """End a session or a token, and close its connections."""
        await self._sessions.remove(session)
        self._close_connections(user, session)

    async def end_other(self, session: Session, public_id: str) -> None:
        """End a session of the same user. Nothing happens if it has ended."""
        for stored in await self._of_browsers(session.user.id):
            if stored.public_id == public_id:
                await self._audit.append(self._clock(), stored.user, "end-session", whom=stored.user)
                await self.end(stored.user, stored.id)

    async def end_all(self, user: UserId, *, keep: str | None = None) -> None:
        """End the sessions and tokens of a user, except for one, and close their connections."""
        for ended in await self._sessions.remove_all(user, keep=keep):
            self._close_connections(user, ended)

    async def end_surplus(self, user: UserId) -> None:
        """If a user has more than `MAX_SESSIONS` sessions, end the least recently used ones."""
        for surplus in (await self._of_browsers(user))[MAX_SESSIONS:]:
            await self.end(user, surplus.id)

    async def discard(self, token: str) -> None:
        """Remove a new session whose token was not sent to a client."""
        await self._sessions.remove(session_id(token))

    def unused_before(self, now: Milliseconds) -> Milliseconds:
        """The sessions of browsers that were last used then, or earlier, have ended at this time."""
        return now - self._unused_ms

    def seconds_left(self, session: Session) -> float | None:
        """The seconds until a session expires; None if it does not."""
        return None if session.expires is None else max(0.0, (session.expires - self._clock()) / 1000)

    async def _of_browsers(self, user: UserId) -> list[StoredSession]:
        stored = await self._sessions.for_user(user)
        return [session for session in stored if not session.is_token and not self._is_over(session)]

    def _is_over(self, stored: StoredSession) -> bool:
        now = self._clock()
        return stored.is_expired(now) or (not stored.is_token and stored.used <= self.unused_before(now))

    def _close_connections(self, user: UserId, session: str) -> None:
        self._presence.changes.record(user)
        for connection in self._presence.session_connections(user, session):
            connection.close(CloseCode.SESSION_ENDED)
