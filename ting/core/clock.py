"""The time of day, and the units in which it is counted."""

import time
from collections.abc import Callable

from ting.core.models import Milliseconds

MINUTE_MS = 60 * 1000
DAY_MS = 24 * 60 * MINUTE_MS

Clock = Callable[[], Milliseconds]
"""Returns the time of day. Parts get it handed in, so that tests can move it."""


def now() -> Milliseconds:
    """The clock of this machine."""
    return time.time_ns() // 1_000_000
