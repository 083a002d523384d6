"""Slots for costly work: few at once, and few of them for one key, so that the work of one user waits for that user.

A key waits for its own slots first, and only then for one of all. So keys with much work take turns with the others.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ting.core.errors import TooMany


class _Turns:
    """The slots of one key. `users` counts those that have one or wait for one."""

    def __init__(self, at_once: int) -> None:
        self.free = asyncio.Semaphore(at_once)
        self.users = 0


class FairSlots:
    """At most `per_key` slots for each key, and at most `total` for all keys together (None: any number)."""

    def __init__(self, *, per_key: int, waiting: int, total: int | None = None) -> None:
        """`waiting` is how many can wait for a slot of one key."""
        self._per_key = per_key
        self._most = per_key + waiting
        self._total = asyncio.Semaphore(total) if total else None
        self._turns: dict[str, _Turns] = {}

    async def acquire(self, key: str) -> None:
        """Wait for a slot, and hold it until `release`. Raises `TooMany` if too many wait for this key already."""
        turns = self._turns.get(key)
        if turns is None:
            turns = self._turns[key] = _Turns(self._per_key)
        if turns.users >= self._most:
            raise TooMany("Too many requests at the same time. Wait for the answers to some of them.", retry_after=1.0)
        turns.users += 1
        try:
            await turns.free.acquire()
            try:
                if self._total is not None:
                    await self._total.acquire()
            except BaseException:
                turns.free.release()
                raise
        except BaseException:
            self._forget(key, turns)
            raise

    def release(self, key: str) -> None:
        """Give back a slot that `acquire` got."""
        turns = self._turns[key]
        if self._total is not None:
            self._total.release()
        turns.free.release()
        self._forget(key, turns)

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """A slot for the length of a block. Raises `TooMany`, as `acquire`."""
        await self.acquire(key)
        try:
            yield
        finally:
            self.release(key)

    def __len__(self) -> int:
        """The number of keys that have or wait for a slot."""
        return len(self._turns)

    def _forget(self, key: str, turns: _Turns) -> None:
        turns.users -= 1
        if not turns.users:
            del self._turns[key]
