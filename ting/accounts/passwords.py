"""Password rules, and hashing and verification that do not block the event loop.

Passwords are hashed with Argon2id (RFC 9106) by argon2-cffi. A hash takes a considerable part of a second of processor
time, and its own memory. Hashing therefore runs in a few threads: users who sign in at the same time wait for each
other, but all other users are not delayed (`hashing_queue.py`).
"""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ting.accounts.hashing_queue import HashingQueue, Requester
from ting.accounts.password_rules import MAX_PASSWORD_CHARS, MESSAGES, PasswordFault, PasswordRules
from ting.core.errors import BadPassword
from ting.core.names import name_keys
from ting.core.normalization import normalized

# The second recommended option of RFC 9106 (4), for environments with little memory.
MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 4

NOBODY = Requester()


class Passwords:
    """Checks, hashes and verifies passwords."""

    def __init__(self, hasher: PasswordHasher | None = None, *, host: str = "") -> None:
        """`host` is that of the public address. Tests may pass a `hasher` with cheaper parameters."""
        self._hasher = hasher or PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._queue = HashingQueue()
        self._rules = PasswordRules(host)

    def check(self, password: str, name: str, email: str | None = None) -> None:
        """Check a new password of the user with this name. Raises `BadPassword`, which says what is wrong."""
        password = _composed(password)
        fault = self._rules.fault(password, name, email)
        if fault is None and set(name_keys(password)) & set(name_keys(name)):  # it looks like the name
            fault = PasswordFault.NAME
        if fault is not None:
            raise BadPassword(MESSAGES[fault], reason=fault.value)

    async def hash(self, password: str, requester: Requester = NOBODY) -> str:
        """The hash of a password, as stored in the database. Raises `TooMany`, `Busy`."""
        return await self._queue.run(requester, lambda: self._hasher.hash(_composed(password)))

    async def verify(self, password: str, stored: str | None, requester: Requester = NOBODY) -> bool:
        """Whether the password matches a hash. Without a hash it does not, but the answer takes the same time.

        A password that could never be set is wrong at once. Raises `TooMany`, `Busy`.
        """
        if not 0 < len(_composed(password)) <= MAX_PASSWORD_CHARS:
            return False

        def verified() -> bool:
            if stored is None:
                self._hasher.hash(_composed(password))  # the same work as verifying it
                return False
            try:
                return self._hasher.verify(stored, _composed(password))
            except (VerificationError, InvalidHashError):
                return False

        return await self._queue.run(requester, verified)

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than the current ones."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        self._queue.close()


def _composed(password: str) -> str:
    """The password in composed form: some keyboards send a letter and its accent separately (RFC 8265, 4.2.2)."""
    return normalized("NFC", password)
