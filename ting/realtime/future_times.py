"""Sets times of past events that are in the future to now: the clock ran ahead when they were stored.

Without this, what was used or active at such a time would stay on top of each list until that time has come. Times
that are meant to be in the future, such as the end of a ban, are not changed. Messages keep the time at which they were
sent, since they are shown by position.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from ting.core.clock import Clock
from ting.core.models import Milliseconds
from ting.core.periodic import repeat
from ting.store.stores import Stores

CHECK_EVERY_S = 10.0
TOLERANCE_MS = 5_000  # clocks are corrected by less than this all the time

OnSetBack = Callable[[Milliseconds], None]

logger = logging.getLogger(__name__)


class FutureTimes:
    """Corrects the database and memory at the start, and whenever the clock was set back."""

    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores = stores
        self._clock = clock
        self._latest: Milliseconds | None = None
        self._listeners: list[OnSetBack] = []

    def on_set_back(self, listener: OnSetBack) -> None:
        """Call `listener` with the current time, to correct times in memory that are later. It must not raise."""
        self._listeners.append(listener)

    async def check(self) -> None:
        """Correct all times if the clock was set back since the last call, or if this is the first. Raises `Busy`."""
        now = self._clock()
        if self._latest is None or now < self._latest - TOLERANCE_MS:
            # Memory first: what is written from now on is not in the future.
            for listener in self._listeners:
                listener(now)
            corrected = await self._stores.reset_future_times(now + TOLERANCE_MS, now)
            if corrected:
                logger.warning("%d stored times were in the future, and were set to now", corrected)
            self._latest = now
        self._latest = max(self._latest, now)

    async def run(self) -> None:
        """Check every few seconds, until cancelled."""
        failed = "Stored times that are in the future could not be corrected"
        await repeat(self.check, partial(asyncio.sleep, CHECK_EVERY_S), logger=logger, failed=failed)
