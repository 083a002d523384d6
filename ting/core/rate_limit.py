"""How often somebody may do something: token buckets, one per key, in memory.

Kept as the time at which a bucket will be full again (the generic cell rate algorithm, ITU-T I.371): one number each.
"""

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ting.core.errors import TooMany

REMEMBERED_KEYS = 100_000
ROUNDING_S = 1e-5  # what adding up intervals may be wrong by, on a clock that counts from 1970
RATE_PATTERN = r"^(?:[1-9][0-9]{0,6}/[1-9][0-9]{0,4}[smh])?\Z"
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class RateLimit:
    """`burst` at once, and one more every `interval_s` seconds."""

    burst: int
    interval_s: float

    @classmethod
    def parse(cls, text: str) -> "RateLimit | None":
        """From a text like "5/10s": five at once, and again five in each ten seconds. "" is no limit: None.

        Raises `ValueError` for a text that `RATE_PATTERN` does not match.
        """
        if not re.match(RATE_PATTERN, text):
            raise ValueError(f'"{text}" is not a valid rate: write it like "5/10s", a number per time in s, m or h.')
        if not text:
            return None
        many, _, time_text = text.partition("/")
        return cls(int(many), int(time_text[:-1]) * _SECONDS[time_text[-1]] / int(many))

    def scaled(self, factor: int) -> "RateLimit":
        """So many times as much."""
        return RateLimit(self.burst * factor, self.interval_s / factor)


class TokenBuckets:
    """A bucket per key, each as large as the rate says."""

    def __init__(self, limit: RateLimit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def consume(self, key: str) -> None:
        """Take one out of a bucket. Raises `TooMany`, with when to come back, if there is none."""
        now = self._clock()
        empty = now + self._limit.burst * self._limit.interval_s
        # Between full and empty, also when the clock was set back.
        full_at = self._full_at[key] = min(max(self._full_at.get(key, now), now), empty)
        wait_s = full_at + self._limit.interval_s - empty
        if wait_s > ROUNDING_S:
            raise TooMany(retry_after=math.ceil(wait_s * 10) / 10)
        self._full_at[key] = full_at + self._limit.interval_s
        self._full_at.move_to_end(key)
        while len(self._full_at) > REMEMBERED_KEYS:
            self._full_at.popitem(last=False)

    def refund(self, key: str) -> None:
        """What was taken last did not count."""
        if key in self._full_at:
            self._full_at[key] -= self._limit.interval_s
