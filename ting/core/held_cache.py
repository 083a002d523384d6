"""A reference-counted cache: a value is loaded once and stays in memory while its key is held.

A lease (an `async with` block) holds a key, and so does `hold` until `release`. Concurrent requests for a value share
one load. When the last hold of a key ends, its value is dropped.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lease(Generic[Key, Value]):
    """Holds one value for the length of a block. A class, since each message takes one, and a generator is slower."""

    __slots__ = ("_cache", "_key")

    def __init__(self, cache: "HeldCache[Key, Value]", key: Key) -> None:
        self._cache = cache
        self._key = key

    async def __aenter__(self) -> Value:
        return await self._cache.acquire(self._key)

    async def __aexit__(self, *ending: object) -> None:
        self._cache.release(self._key)


class HeldCache(Generic[Key, Value]):
    """Values by key, each in memory while its key is held."""

    def __init__(
        self,
        load: Callable[[Key], Awaitable[Value]],
        *,
        on_loaded: Callable[[Value], None] = lambda value: None,
        on_dropped: Callable[[Value], None] = lambda value: None,
    ) -> None:
        """`load` reads a value. `on_loaded` and `on_dropped` are called when a value enters and leaves the cache."""
        self._load = load
        self._on_loaded = on_loaded
        self._on_dropped = on_dropped
        self._values: dict[Key, Value] = {}
        self._loading: dict[Key, asyncio.Task[Value]] = {}
        self._holds: dict[Key, int] = {}

    def __len__(self) -> int:
        """The number of cached values."""
        return len(self._values)

    @property
    def values(self) -> list[Value]:
        """The cached values."""
        return list(self._values.values())

    def peek(self, key: Key) -> Value | None:
        """The value if it is cached. In that case `acquire` does not wait."""
        return self._values.get(key)

    def is_held(self, key: Key) -> bool:
        """Whether a key has at least one hold."""
        return key in self._holds

    def lease(self, key: Key) -> Lease[Key, Value]:
        """A context manager that holds the value for an `async with` block. Entering it raises what `load` raises."""
        return Lease(self, key)

    async def acquire(self, key: Key) -> Value:
        """Return the value, held until `release`. Raises what `load` raises; the key is not held then."""
        self.hold(key)
        value = self._values.get(key)
        if value is not None:
            return value
        try:
            # Shielded, since a cancelled caller must not cancel the load for the other callers.
            return await asyncio.shield(self.preload(key))
        except BaseException:
            self.release(key)
            raise

    def hold(self, key: Key) -> None:
        """Hold a key until `release`. Its value stays cached, also if it is only loaded later."""
        self._holds[key] = self._holds.get(key, 0) + 1

    def release(self, key: Key) -> None:
        """End one hold of a key. With the last hold, drop its value."""
        self._holds[key] -= 1
        if self._holds[key]:
            return
        del self._holds[key]
        self._loading.pop(key, None)
        value = self._values.pop(key, None)
        if value is not None:
            self._on_dropped(value)

    def preload(self, key: Key) -> asyncio.Task[Value]:
        """Start to load the value of a key that is held but not cached. A failure is raised by the task only."""
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
                self._on_loaded(value)
            return value
        finally:
            if self._is_wanted(key):
                del self._loading[key]  # after a failure, the next `acquire` loads again

    def _is_wanted(self, key: Key) -> bool:
        """Whether the current task is still the load of this key. It is not once the key was released."""
        return self._loading.get(key) is asyncio.current_task()
