"""Rate limits: token buckets in memory, one per key.

A bucket is stored as one number, the time at which it will be full again (generic cell rate algorithm, ITU-T I.371).
"""

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ting.core.errors import TooMany

MAX_KEYS = 100_000
ROUNDING_S = 1e-5  # more than the error of a sum of intervals, on a clock that counts from 1970
RATE_PATTERN = r"^(?:[1-9][0-9]{0,6}/[1-9][0-9]{0,4}[smh])?\Z"
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class RateLimit:
    """Allows `burst` requests at once, and one more every `interval_s` seconds."""

    burst: int
    interval_s: float

    @classmethod
    def parse(cls, text: str) -> "RateLimit | None":
        """Parse a text like "5/10s": five at once, and five in each further ten seconds. None for "", no limit.

        Raises `ValueError` for a text that does not match `RATE_PATTERN`.
        """
        if not re.match(RATE_PATTERN, text):
            raise ValueError(f'"{text}" is not a valid rate: write it like "5/10s", a number per time in s, m or h.')
        if not text:
            return None
        count_text, _, time_text = text.partition("/")
        return cls(int(count_text), int(time_text[:-1]) * _SECONDS[time_text[-1]] / int(count_text))

    def scaled(self, factor: int) -> "RateLimit":
        """The limit times a factor."""
        return RateLimit(self.burst * factor, self.interval_s / factor)


class TokenBuckets:
    """One bucket per key, all with the same limit."""

    def __init__(self, limit: RateLimit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def consume(self, key: str) -> None:
        """Take a token from a key's bucket. Raises `TooMany`, with the time until the next token, if it is empty."""
        now = self._clock()
        empty = now + self._limit.burst * self._limit.interval_s
        # Clamped, since the clock may have been set back.
        full_at = self._full_at[key] = min(max(self._full_at.get(key, now), now), empty)
        wait_s = full_at + self._limit.interval_s - empty
        if wait_s > ROUNDING_S:
            raise TooMany(retry_after=math.ceil(wait_s * 10) / 10)
        self._full_at[key] = full_at + self._limit.interval_s
        self._full_at.move_to_end(key)
        while len(self._full_at) > MAX_KEYS:
            self._full_at.popitem(last=False)

    def check(self, key: str) -> None:
        """Take nothing. Raises `TooMany` if the bucket of a key is empty."""
        self.consume(key)
        self.refund(key)

    def refund(self, key: str) -> None:
        """Put the last token of a key back."""
        if key in self._full_at:
            self._full_at[key] -= self._limit.interval_s
