"""Tokens for programs: each is a session of its user that has a name, and may expire.

A program with a token acts as its user, but decides nothing about the account: not about its name, password, tokens,
sessions and roles. As for every session, the database stores only a hash.
"""

import secrets
from collections.abc import Awaitable, Callable

from ting.core.clock import DAY_MS, Clock
from ting.core.errors import BadRequest, NotFound, TooMany
from ting.core.models import TOKEN_BYTES, ClientInfo, StoredSession, TokenView, UserId, session_id
from ting.core.text import clean_line
from ting.store.stores import Stores

PREFIX = "ting_"  # secret scanners recognise a leaked token by this prefix
MAX_NAME_CHARS = 60
DEFAULT_DAYS = 365
MAX_DAYS = 3650
MAX_TOKENS = 50
NOT_USED = ClientInfo("", "")

EndSession = Callable[[UserId, str], Awaitable[None]]
"""Removes a session of a user, by its id, and makes sure that its connections close."""


class Tokens:
    """The use cases of tokens. All of them raise `Busy` when the database does not answer."""

    def __init__(self, stores: Stores, end: EndSession, clock: Clock) -> None:
        self._sessions = stores.sessions
        self._audit = stores.audit
        self._end = end
        self._clock = clock

    async def create(self, user: UserId, name: str, days: int | None, *, by: UserId) -> tuple[TokenView, str]:
        """A new token, and its secret, which is shown only once.

        The token is valid for `days` days; None: until it is revoked. `by` is "" for the command line.

        Raises `BadRequest`, `TooMany`.
        """
        line = clean_line(name)
        if not line or len(line) > MAX_NAME_CHARS:
            raise BadRequest(f"A token name must be a single line of 1 to {MAX_NAME_CHARS} characters.", field="name")
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise BadRequest(f"A token can be valid for 1 to {MAX_DAYS} days.", field="days")
        await self.delete_expired(user)
        if len(await self.for_user(user)) >= MAX_TOKENS:
            raise TooMany(f"You already have {MAX_TOKENS} tokens. Revoke one first.")
        secret, now = PREFIX + secrets.token_urlsafe(TOKEN_BYTES), self._clock()
        expires = None if days is None else now + days * DAY_MS
        stored = StoredSession(
            id=session_id(secret), user=user, created=now, used=now, agent="", address="", name=line, expires=expires
        )
        await self._audit.append(now, by, "token-create", whom=user, reason=line, until=expires)
        await self._sessions.add(stored.id, user, NOT_USED, now, name=line, expires=expires)
        return _view(stored), secret

    async def for_user(self, user: UserId) -> list[TokenView]:
        """The tokens of a user that have not expired, the most recently used first."""
        now = self._clock()
        return [_view(stored) for stored in await self._stored(user) if not stored.is_expired(now)]

    async def delete_expired(self, user: UserId) -> None:
        """Delete the tokens of a user that have expired."""
        now = self._clock()
        for stored in await self._stored(user):
            if stored.is_expired(now):
                await self._end(user, stored.id)

    async def revoke(self, user: UserId, public_id: str, *, by: UserId) -> None:
        """End a token. Websockets that were opened with it close. Raises `NotFound`."""
        for stored in await self._stored(user):
            if stored.public_id == public_id:
                await self._audit.append(self._clock(), by, "token-revoke", whom=user, reason=stored.name)
                await self._end(user, stored.id)
                return
        raise NotFound("There is no such token.")

    async def _stored(self, user: UserId) -> list[StoredSession]:
        return [stored for stored in await self._sessions.for_user(user) if stored.is_token]


def _view(stored: StoredSession) -> TokenView:
    return TokenView(
        id=stored.public_id,
        name=stored.name or "",
        created=stored.created,
        used=stored.used if stored.address else None,
        expires=stored.expires,
    )
