"""Sessions of browsers, and tokens of programs."""

import hashlib

from msgspec import Struct

from ting.core.models.ids import Milliseconds, UserId
from ting.core.models.users import User

PUBLIC_ID_CHARS = 16
TOKEN_BYTES = 32  # random bytes in the secret of a session or a token


class Session(Struct, frozen=True, kw_only=True):
    """A signed-in browser or program. `id` is the hash of its token; the token itself is not stored.

    `program` is whether it uses a token for programs instead of a cookie. `expires` is whether it has an end.
    """

    id: str
    user: User
    used: Milliseconds = 0
    program: bool = False
    expires: Milliseconds | None = None

    @property
    def rate_limit_key(self) -> str:
        """The key for rate limits: per user for browsers, per token for programs."""
        return self.id if self.program else self.user.id


class StoredSession(Struct, frozen=True, kw_only=True):
    """A session in the database: of a browser, or the token of a program, which has a `name`.

    `id` is the hash of its secret. A token that was never used has no `address`. The session of a browser has `expires`
    only if a ban has ended it.
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
        """Whether it is the token of a program."""
        return self.name is not None

    @property
    def public_id(self) -> str:
        """The start of the id: enough to distinguish a user's sessions, too little to sign in with."""
        return self.id[:PUBLIC_ID_CHARS]

    def is_expired(self, now: Milliseconds) -> bool:
        return self.expires is not None and self.expires <= now


class TokenView(Struct, frozen=True, kw_only=True):
    """A token for programs, as listed for its user. `id` is neither the secret nor its hash."""

    id: str
    name: str
    created: Milliseconds
    used: Milliseconds | None = None
    expires: Milliseconds | None = None


class ClientInfo(Struct, frozen=True):
    """The client of a session: its User-Agent header, its address, and the cookie by which its device may be known."""

    agent: str
    address: str
    device: str = ""


class SessionView(Struct, frozen=True):
    """A session, as listed for its user. `id` is neither the token nor its whole hash."""

    id: str
    agent: str
    address: str
    created: Milliseconds
    used: Milliseconds
    current: bool


def session_id(token: str) -> str:
    """The hash under which a session is stored.

    Plain SHA-256 is enough: a token has 256 random bits, so it cannot be guessed from its hash.
    """
    return hashlib.sha256(token.encode()).hexdigest()
