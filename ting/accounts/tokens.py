"""Tokens for programs: each is a session of its user that has a name, and may have an end.

Who has it may do whatever the user may. As of every session, the database has its hash alone.
"""

import secrets
from collections.abc import Awaitable, Callable

from ting.core.errors import BadRequest, NotFound, TooMany
from ting.core.models import ClientInfo, Milliseconds, TokenView, UserId, is_text, session_id
from ting.store.database import Document
from ting.store.sessions import SessionStore, is_over

PREFIX = "ting_"  # so that scanners of sources and logs know one when they see it
TOKEN_BYTES = 32
PUBLIC_ID_CHARS = 16
MAX_NAME_CHARS = 60
MAX_DAYS = 3650
MAX_TOKENS = 50
DAY_MS = 24 * 3600 * 1000
NOT_USED = ClientInfo("", "")

# Told of a user and a session of theirs that is over.
OnRevoked = Callable[[UserId, str], Awaitable[None]]


class Tokens:
    """The use cases of tokens. All of them raise `Busy` when the database does not answer."""

    def __init__(self, sessions: SessionStore, ended: OnRevoked, clock: Callable[[], Milliseconds]) -> None:
        self._sessions = sessions
        self._ended = ended
        self._clock = clock

    async def create(self, user: UserId, name: str, days: int | None) -> tuple[TokenView, str]:
        """A new token, good for so many days (None: until it is revoked), and its secret: shown once.

        Raises `BadRequest`, `TooMany`.
        """
        name = " ".join(name.split())
        if not name or len(name) > MAX_NAME_CHARS or not is_text(name):
            raise BadRequest(f"A token's name is one line of 1 to {MAX_NAME_CHARS} characters.", field="name")
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise BadRequest(f"A token is good for 1 to {MAX_DAYS} days.", field="days")
        if len(await self.for_user(user)) >= MAX_TOKENS:
            raise TooMany(f"There are {MAX_TOKENS} tokens already: revoke one first.")
        secret, now = PREFIX + secrets.token_urlsafe(TOKEN_BYTES), self._clock()
        expires = None if days is None else now + days * DAY_MS
        key = session_id(secret)
        await self._sessions.add(key, user, NOT_USED, now, name=name, expires=expires)
        return TokenView(id=key[:PUBLIC_ID_CHARS], name=name, created=now, expires=expires), secret

    async def for_user(self, user: UserId) -> list[TokenView]:
        """The tokens of a user, the one used last first. Those that are past their end are removed."""
        tokens, now = await self._stored(user), self._clock()
        for stored in tokens:
            if is_over(stored, now):
                await self._remove(user, stored)
        return [_view(stored) for stored in tokens if not is_over(stored, now)]

    async def revoke(self, user: UserId, public_id: str) -> None:
        """End a token; sockets that were opened with it close. Raises `NotFound`."""
        for stored in await self._stored(user):
            if stored["_id"][:PUBLIC_ID_CHARS] == public_id:
                await self._remove(user, stored)
                return
        raise NotFound("There is no such token.")

    async def _stored(self, user: UserId) -> list[Document]:
        """Those sessions of a user that are tokens."""
        return [stored for stored in await self._sessions.for_user(user) if "name" in stored]

    async def _remove(self, user: UserId, stored: Document) -> None:
        await self._sessions.remove(stored["_id"])
        await self._ended(user, stored["_id"])


def _view(stored: Document) -> TokenView:
    used = int(stored["used"]) if stored["address"] else None
    expires = int(stored["expires"]) if "expires" in stored else None
    return TokenView(
        id=stored["_id"][:PUBLIC_ID_CHARS],
        name=stored["name"],
        created=int(stored["created"]),
        used=used,
        expires=expires,
    )
