"""How much one person, and everybody at one address together, may do: generous for people, firm for floods.

The edge asks before it does anything. What is counted stays in memory: after a restart everybody begins anew.
"""

from collections.abc import Callable
from enum import StrEnum
from time import monotonic

from ting.core.errors import TooMany
from ting.core.networks import network_of
from ting.core.rate_limit import Buckets, Rate
from ting.core.settings import Rates


class Deed(StrEnum):
    """What is counted, each for itself. Named as in the settings."""

    ENTER = "enter"
    SEND = "send"
    UPLOAD = "upload"
    REQUEST = "request"


class Gate:
    """Buckets of everybody and of every address."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = monotonic) -> None:
        frame = Rate.read(rates.frame)
        limited = {deed: rate for deed in Deed if (rate := Rate.read(getattr(rates, deed)))}
        self._of_user = {deed: Buckets(rate, clock) for deed, rate in limited.items()}
        self._of_address = {
            # Nobody is somebody yet who enters: that is counted by address alone.
            deed: Buckets(rate.times(1 if deed is Deed.ENTER else rates.people_per_address), clock)
            for deed, rate in limited.items()
        }
        self._frames = Buckets(frame, clock) if frame else None

    def admit(self, deed: Deed, address: str) -> None:
        """Count what comes from an address. Raises `TooMany`."""
        buckets = self._of_address.get(deed)
        if buckets is not None:
            buckets.take(network_of(address))

    def allow(self, deed: Deed, who: str) -> None:
        """Count what a user does, or a program of theirs. Raises `TooMany`."""
        buckets = self._of_user.get(deed)
        if buckets is not None:
            buckets.take(who)

    def is_flood(self, connection: str) -> bool:
        """Count a frame of a connection. Whether it is one too many."""
        if self._frames is None:
            return False
        try:
            self._frames.take(connection)
        except TooMany:
            return True
        return False
