"""How much one person, and everybody at one address together, may do: generous for people, firm for floods.

The edge asks before it does anything. What is counted stays in memory: after a restart everybody begins anew.
"""

from collections.abc import Callable
from enum import StrEnum
from time import monotonic

from ting.core.errors import TooMany
from ting.core.networks import network_of
from ting.core.rate_limit import RateLimit, TokenBuckets
from ting.core.settings import Rates


class Action(StrEnum):
    """What is counted, each for itself. Named as in the settings."""

    ENTER = "enter"
    SEND = "send"
    UPLOAD = "upload"
    REQUEST = "request"


class RateLimits:
    """Buckets of everybody and of every address."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = monotonic) -> None:
        frame = RateLimit.parse(rates.frame)
        limited = {deed: rate for deed in Action if (rate := RateLimit.parse(getattr(rates, deed)))}
        self._of_user = {deed: TokenBuckets(rate, clock) for deed, rate in limited.items()}
        self._of_address = {
            # Nobody is somebody yet who enters: that is counted by address alone.
            deed: TokenBuckets(rate.scaled(1 if deed is Action.ENTER else rates.people_per_address), clock)
            for deed, rate in limited.items()
        }
        self._frames = TokenBuckets(frame, clock) if frame else None

    def check_address(self, deed: Action, address: str) -> None:
        """Count what comes from an address. Raises `TooMany`."""
        buckets = self._of_address.get(deed)
        if buckets is not None:
            buckets.consume(network_of(address))

    def check_user(self, deed: Action, who: str) -> None:
        """Count what a user does, or a program of theirs. Raises `TooMany`."""
        buckets = self._of_user.get(deed)
        if buckets is not None:
            buckets.consume(who)

    def is_flooding(self, connection: str) -> bool:
        """Count a frame of a connection. Whether it is one too many."""
        if self._frames is None:
            return False
        try:
            self._frames.consume(connection)
        except TooMany:
            return True
        return False
