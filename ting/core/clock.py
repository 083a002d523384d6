"""The wall clock, and its units."""

import time
from collections.abc import Callable

from ting.core.models import Milliseconds

MINUTE_MS = 60 * 1000
DAY_MS = 24 * 60 * MINUTE_MS

Clock = Callable[[], Milliseconds]
"""Returns the current time. Classes get their clock as an argument, so that tests can move it."""


def now() -> Milliseconds:
    """The current time by the system clock."""
    return time.time_ns() // 1_000_000
