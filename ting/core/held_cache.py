"""Values that are loaded once, and stay in memory while they are held: a reference-counted cache.

A key is held by a lease (an `async with` block) or between `hold` and `release`. However many ask for a value at the
same time, it is loaded once. When the last hold of a key ends, its value leaves memory.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lease(Generic[Key, Value]):
    """A hold on one value for as long as a block lasts. It is on the path of a message: cheaper than a generator."""

    __slots__ = ("_cache", "_key")

    def __init__(self, cache: "HeldCache[Key, Value]", key: Key) -> None:
        self._cache = cache
        self._key = key

    async def __aenter__(self) -> Value:
        return await self._cache.acquire(self._key)

    async def __aexit__(self, *ending: object) -> None:
        self._cache.release(self._key)


class HeldCache(Generic[Key, Value]):
    """Values by key."""

    def __init__(
        self,
        load: Callable[[Key], Awaitable[Value]],
        *,
        loaded: Callable[[Value], None] = lambda value: None,
        dropped: Callable[[Value], None] = lambda value: None,
    ) -> None:
        """`load` reads a value. `loaded` and `dropped` are called when a value enters and leaves memory."""
        self._load = load
        self._loaded = loaded
        self._dropped = dropped
        self._values: dict[Key, Value] = {}
        self._loading: dict[Key, asyncio.Task[Value]] = {}
        self._holds: dict[Key, int] = {}

    def __len__(self) -> int:
        """How many values are in memory."""
        return len(self._values)

    @property
    def values(self) -> list[Value]:
        """The values that are in memory."""
        return list(self._values.values())

    def peek(self, key: Key) -> Value | None:
        """The value, if it is in memory: `acquire` then returns at once."""
        return self._values.get(key)

    def is_held(self, key: Key) -> bool:
        """Whether anything holds a key."""
        return key in self._holds

    def lease(self, key: Key) -> Lease[Key, Value]:
        """The value, for as long as an `async with` block lasts. Raises what loading it raises."""
        return Lease(self, key)

    async def acquire(self, key: Key) -> Value:
        """The value, held until `release`. Raises what loading it raises; then nothing is held."""
        self.hold(key)
        value = self._values.get(key)
        if value is not None:
            return value
        try:
            # One of those who wait may give up. That does not stop the loading for the others.
            return await asyncio.shield(self.preload(key))
        except BaseException:
            self.release(key)
            raise

    def hold(self, key: Key) -> None:
        """Keep the value of a key in memory, or whatever is loaded for it later, until `release`."""
        self._holds[key] = self._holds.get(key, 0) + 1

    def release(self, key: Key) -> None:
        """End one hold."""
        self._holds[key] -= 1
        if self._holds[key]:
            return
        del self._holds[key]
        self._loading.pop(key, None)
        value = self._values.pop(key, None)
        if value is not None:
            self._dropped(value)

    def preload(self, key: Key) -> asyncio.Task[Value]:
        """Load the value of a key that is held and not in memory. A failure concerns only those who await the task."""
        task = self._loading.get(key)
        if task is None:
            task = self._loading[key] = asyncio.create_task(self._run(key))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def _run(self, key: Key) -> Value:
        try:
            value = await self._load(key)
            if self._is_wanted(key):
                self._values[key] = value
                self._loaded(value)
            return value
        finally:
            if self._is_wanted(key):
                del self._loading[key]

    def _is_wanted(self, key: Key) -> bool:
        """Whether the key is still held for the current task. After a failure, the next `acquire` loads again."""
        return self._loading.get(key) is asyncio.current_task()
