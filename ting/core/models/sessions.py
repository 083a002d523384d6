"""Sessions of browsers and tokens of programs."""

import hashlib

from msgspec import Struct

from ting.core.models.ids import Milliseconds
from ting.core.models.users import User


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
