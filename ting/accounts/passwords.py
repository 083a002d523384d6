"""Password rules, and hashing and verification that do not block the event loop.

Passwords are hashed with Argon2id (RFC 9106) by argon2-cffi. A hash takes a considerable part of a second of processor
time, and its own memory. Hashing therefore runs in a few threads: users who sign in at the same time wait for each
other, but all other users are not delayed.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ting.core.errors import BadPassword
from ting.core.names import name_keys
from ting.core.normalization import normalized

MIN_PASSWORD_CHARS = 8
MAX_PASSWORD_CHARS = 256
MAX_THREADS = 2
# The second recommended option of RFC 9106 (4), for environments with little memory.
MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 4

_Result = TypeVar("_Result")


class Passwords:
    """Checks, hashes and verifies passwords."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Tests may pass a `hasher` with cheaper parameters."""
        self._hasher = hasher or PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._threads = ThreadPoolExecutor(max_workers=MAX_THREADS, thread_name_prefix="argon2")
        self._worst = frozenset(files("ting.accounts").joinpath("worst_passwords.txt").read_text().split())

    def check(self, password: str, name: str) -> None:
        """Check a new password of the user with this name. Raises `BadPassword`, which says what is wrong."""
        password = _composed(password)
        if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
            raise BadPassword(f"A password must have {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters.")
        if password.casefold() in self._worst:
            raise BadPassword("This password is too common.")
        if set(name_keys(password)) & set(name_keys(name)):
            raise BadPassword("The password must not be the same as the name.")

    async def hash(self, password: str) -> str:
        """The hash of a password, as stored in the database."""
        return await self._in_thread(lambda: self._hasher.hash(_composed(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password matches a hash. Without a hash it does not, but the answer takes the same time."""

        def verified() -> bool:
            if stored is None:
                self._hasher.hash(_composed(password))  # the same work as verifying it
                return False
            try:
                return self._hasher.verify(stored, _composed(password))
            except (VerificationError, InvalidHashError):
                return False

        return await self._in_thread(verified)

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than the current ones."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _composed(password: str) -> str:
    """The password in composed form: some keyboards send a letter and its accent separately (RFC 8265, 4.2.2)."""
    return normalized("NFC", password)
