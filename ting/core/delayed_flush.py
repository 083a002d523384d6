"""Delays a flush a little, so that many changes share one write."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ting.core.errors import Busy

logger = logging.getLogger(__name__)


class DelayedFlush:
    """Calls `flush` once per interval, if a flush was scheduled. After `Busy`, it schedules the flush again."""

    def __init__(self, flush: Callable[[], Awaitable[None]], interval_s: float) -> None:
        self._flush = flush
        self._interval_s = interval_s
        self._timer: asyncio.TimerHandle | None = None
        self._flushing: set[asyncio.Task[None]] = set()  # a slow flush may still run when the next one starts
        self._stopped = False

    def schedule(self) -> None:
        """Flush when the interval has passed. Calls before then share that flush."""
        if self._timer is None and not self._stopped:
            self._timer = asyncio.get_running_loop().call_later(self._interval_s, self._start)

    async def flush_and_stop(self) -> None:
        """Wait for running flushes, then flush once more, without delay. Later calls of `schedule` do nothing.

        Raises `Busy`.
        """
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
