"""Sessions of browsers and tokens of programs."""

import hashlib

from msgspec import Struct

from ting.core.models.ids import Milliseconds, UserId
from ting.core.models.users import User

PUBLIC_ID_CHARS = 16
TOKEN_BYTES = 32  # of randomness in the secret of a session or a token


class Session(Struct, frozen=True, kw_only=True):
    """One browser or program that is signed in. `id` is the hash of its token; the token itself is not kept.

    `program`: it shows a token that was made for programs, rather than a cookie. `expires`: it has an end.
    """

    id: str
    user: User
    used: Milliseconds = 0
    program: bool = False
    expires: Milliseconds | None = None

    @property
    def rate_limit_key(self) -> str:
        """For whom it is counted how much is done: a user on all their devices, but a program for itself."""
        return self.id if self.program else self.user.id


class StoredSession(Struct, frozen=True, kw_only=True):
    """A session as the database has it: of a browser, or a token of a program, which has a `name`.

    `id` is the hash of its secret. A token that was not used yet has no `address`. Sessions of browsers do not expire.
    """

    id: str
    user: UserId
    created: Milliseconds
    used: Milliseconds
    agent: str
    address: str
    name: str | None = None
    expires: Milliseconds | None = None

    @property
    def is_token(self) -> bool:
        """Whether this is the token of a program."""
        return self.name is not None

    @property
    def public_id(self) -> str:
        """Enough of the id to tell a user's sessions apart, and too little to find the secret."""
        return self.id[:PUBLIC_ID_CHARS]

    def is_expired(self, now: Milliseconds) -> bool:
        return self.expires is not None and self.expires <= now


class TokenView(Struct, frozen=True, kw_only=True):
    """A token for programs, as its user sees it in the list of them. `id` is not its secret, nor the hash of it."""

    id: str
    name: str
    created: Milliseconds
    used: Milliseconds | None = None
    expires: Milliseconds | None = None


class ClientInfo(Struct, frozen=True):
    """Where a session is used: what the browser says of itself, and the address."""

    agent: str
    address: str


class SessionView(Struct, frozen=True):
    """A session, as its user sees it in the list of them. `id` is not its token, nor the whole hash of it."""

    id: str
    agent: str
    address: str
    created: Milliseconds
    used: Milliseconds
    current: bool


def session_id(token: str) -> str:
    """What the database knows of a session's token.

    A plain SHA-256 is enough here: the token has 256 random bits, so there is nothing to guess from the hash.
    """
    return hashlib.sha256(token.encode()).hexdigest()
