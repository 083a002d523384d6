"""`ctx.store`: persistent keys and values of a plugin. A plugin cannot read or write the keys of another plugin.

Keys are strings of 1 to 200 characters. Values are anything that JSON can represent, except None, up to 64 KiB. They
are in the same MongoDB database as the messages, and so in the same backups.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

import msgspec

from ting.commands.ports import KeyValues
from ting.core.errors import StoreFull
from ting.core.models import Milliseconds

__all__ = ["MAX_KEY_CHARS", "MAX_VALUE_BYTES", "Store", "StoreFull"]

MAX_KEY_CHARS = 200
MAX_VALUE_BYTES = 64 * 1024
PAGE = 500


class Store:
    """The keys and values of one plugin.

    Methods that take a key raise `ValueError` for an invalid one. All raise `Busy` if the database does not answer.
    """

    def __init__(
        self,
        values: KeyValues,
        plugin: str,
        now: Callable[[], Milliseconds],
        outside: Callable[[Coroutine[Any, Any, Any]], Awaitable[Any]],
    ) -> None:
        self._values = values
        self._plugin = plugin
        self._now = now
        self._outside = outside

    async def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default if there is none."""
        found = await self._outside(self._values.get(self._plugin, _checked_key(key), self._now()))
        return default if found is None else _value(found)

    async def set(self, key: str, value: Any, *, expires: timedelta | None = None) -> None:
        """Set the value of a key. With `expires`, it is deleted after that time. Raises `ValueError`, `StoreFull`."""
        until = self._until(expires)
        await self._outside(self._values.put(self._plugin, _checked_key(key), _kept(value), until, self._now()))

    async def delete(self, key: str) -> bool:
        """Delete a key. Returns whether it had a value."""
        return bool(await self._outside(self._values.remove(self._plugin, _checked_key(key), self._now())))

    async def increment(self, key: str, by: int = 1) -> int:
        """Add to a whole number, and return the sum. A key without a value counts as 0.

        The addition is atomic: of concurrent ones, none is lost. Raises `StoreFull`, and `ValueError` if the value is
        not a whole number.
        """
        if not _is_number(by):
            raise ValueError(f"{by!r} is not a 64-bit whole number.")
        added: int | None = await self._outside(self._values.add(self._plugin, _checked_key(key), by, self._now()))
        if added is None:
            raise ValueError(f'The value of "{key}" is not a number that can be incremented.')
        return added

    async def compare_and_set(self, key: str, expected: Any, value: Any, *, expires: timedelta | None = None) -> bool:
        """Set a value only if the current one equals `expected` (None: the key has no value). Returns whether it did.

        The comparison and the change are one atomic step. Raises `ValueError`, `StoreFull`.
        """
        old = None if expected is None else _kept(expected)
        until = self._until(expires)
        swap = self._values.swap(self._plugin, _checked_key(key), old, _kept(value), until, self._now())
        return bool(await self._outside(swap))

    async def scan(self, prefix: str = "") -> AsyncIterator[tuple[str, Any]]:
        """The keys with a prefix and their values, ordered by key.

        Use it as `async for key, value in ctx.store.scan("score:")`.
        """
        after, page = "", [("", b"")] * PAGE
        while len(page) == PAGE:
            page = await self._outside(self._values.page(self._plugin, prefix, after, PAGE, self._now()))
            for key, found in page:
                after = key
                yield key, _value(found)

    def _until(self, expires: timedelta | None) -> Milliseconds | None:
        if expires is None:
            return None
        if expires <= timedelta():
            raise ValueError(f"A value cannot expire after {expires}: use a positive timedelta.")
        return self._now() + max(1, int(expires.total_seconds() * 1000))


def _checked_key(key: str) -> str:
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_KEY_CHARS or "\0" in key:
        raise ValueError(f"A key must be a string of 1 to {MAX_KEY_CHARS} characters.")
    return key


def _kept(value: Any) -> bytes | int:
    """The stored form of a value: a whole number as it is, so that `increment` can add to it; anything else as JSON."""
    if value is None:
        raise ValueError("None cannot be stored. Delete the key instead.")
    if _is_number(value):
        return int(value)
    try:
        encoded = msgspec.json.encode(value, order="deterministic")
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"The value cannot be stored as JSON: {error}.") from None
    if len(encoded) > MAX_VALUE_BYTES:
        raise ValueError(f"A value can have at most {MAX_VALUE_BYTES} bytes as JSON; this one has {len(encoded)}.")
    return encoded


def _value(found: bytes | int) -> Any:
    return found if isinstance(found, int) else msgspec.json.decode(found)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
