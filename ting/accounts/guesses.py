"""Limits on guessing passwords: per name and per network for strangers, and per device where the user is known."""

from collections.abc import Sequence

from ting.core.errors import TooMany
from ting.core.networks import network_of
from ting.core.rate_limit import RateLimit, TokenBuckets

# The right password is not counted, so users rarely reach the limits.
GUESSES_PER_NAME = RateLimit(burst=10, interval_s=30)
GUESSES_PER_ADDRESS = RateLimit(burst=30, interval_s=10)
GUESSES_PER_DEVICE = RateLimit(burst=10, interval_s=30)


class Guesses:
    """Counts guesses. What was counted for a right password is given back with `forgive`."""

    def __init__(self) -> None:
        self._by_name = TokenBuckets(GUESSES_PER_NAME)
        self._by_address = TokenBuckets(GUESSES_PER_ADDRESS)
        self._by_device = TokenBuckets(GUESSES_PER_DEVICE)

    def by_stranger(self, name: str, address: str) -> "Guess":
        """Count a guess at a name from an address where the user is not known. Raises `TooMany`."""
        return _count((self._by_name, name), (self._by_address, network_of(address)))

    def by_device(self, device: str) -> "Guess":
        """Count a guess from a known device, or in a session. Raises `TooMany`."""
        return _count((self._by_device, device))


class Guess:
    """A guess that was counted."""

    def __init__(self, counted: Sequence[tuple[TokenBuckets, str]]) -> None:
        self._counted = counted

    def forgive(self) -> None:
        """The password was right."""
        for buckets, key in self._counted:
            buckets.refund(key)


def _count(*buckets: tuple[TokenBuckets, str]) -> Guess:
    counted: list[tuple[TokenBuckets, str]] = []
    try:
        for bucket, key in buckets:
            bucket.consume(key)
            counted.append((bucket, key))
    except TooMany:
        Guess(counted).forgive()
        raise
    return Guess(counted)
