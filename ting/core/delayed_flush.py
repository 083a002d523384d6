"""Something that is written a little later, so that much of it goes in one write."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ting.core.errors import Busy

logger = logging.getLogger(__name__)


class DelayedFlush:
    """Runs `write` at most once per interval after it was asked for; while the database does not answer, again."""

    def __init__(self, flush: Callable[[], Awaitable[None]], interval_s: float) -> None:
        self._flush = flush
        self._interval_s = interval_s
        self._timer: asyncio.TimerHandle | None = None
        self._flushing: set[asyncio.Task[None]] = set()  # a slow write may be under way still when the next begins
        self._stopped = False

    def schedule(self) -> None:
        """There is something to write."""
        if self._timer is None and not self._stopped:
            self._timer = asyncio.get_running_loop().call_later(self._interval_s, self._start)

    async def flush_and_stop(self) -> None:
        """Write what there is, now, for the last time. Raises `Busy`."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        await asyncio.gather(*self._flushing, return_exceptions=True)
        await self._flush()

    def _start(self) -> None:
        task = asyncio.create_task(self._run())
        self._flushing.add(task)
        task.add_done_callback(self._flushing.discard)

    async def _run(self) -> None:
        self._timer = None
        try:
            await self._flush()
        except Busy as error:
            logger.warning("Delayed writes are still waiting: %s", error)
            self.schedule()
        except Exception:
            logger.exception("Delayed writes failed")
