"""Runs the code of plugins within bounds: of time, of threads, and of what it leaves behind.

Coroutines are driven step by step, so that each step can be timed, the tasks it makes be known, and a step that never
ends be interrupted. Python cannot lock a plugin in: this is against mistakes, not against malice.
"""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from ting.core.errors import TooMany

SLOW_S = 0.1
BLOCKED_S = 2.0
LAST_CHANCE_S = 0.5  # from being cancelled to being dropped
THREADS = 2  # of one plugin
WAITING_FOR_THREADS = 8

_Result = TypeVar("_Result")
Step = Callable[[Any], Any]

logger = logging.getLogger(__name__)


class Blocked(BaseException):
    """Raised into a plugin that does not give the event loop back. No `Exception`: plugins catch those."""

    def __init__(self) -> None:
        super().__init__(f"It blocked the event loop for more than {BLOCKED_S:g} s.")


class Exited(Exception):
    """A plugin tried to end the process."""


class TimedOut(Exception):
    """A plugin's function did not end in time, and was stopped."""


class Watchdog:
    """Interrupts a step that does not end, by the timer signal: that works for loops and for most blocking calls.

    Signals reach the main thread alone; elsewhere, steps are timed but not interrupted.
    """

    def __init__(self, blocked_s: float = BLOCKED_S) -> None:
        self._blocked_s = blocked_s
        self._watching = False
        self._before: Any = signal.SIG_DFL
        self._works = threading.current_thread() is threading.main_thread()
        self._handler = self._ring

    def begin(self) -> None:
        """A step begins."""
        if self._works:
            if signal.getsignal(signal.SIGALRM) is not self._handler:
                self._before = signal.signal(signal.SIGALRM, self._handler)
            self._watching = True
            signal.setitimer(signal.ITIMER_REAL, self._blocked_s, self._blocked_s)

    def end(self) -> None:
        """It has ended."""
        if self._works:
            self._watching = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def close(self) -> None:
        """Leave the signal as it was."""
        self.end()
        if self._works and signal.getsignal(signal.SIGALRM) is self._handler:
            signal.signal(signal.SIGALRM, self._before)

    def _ring(self, number: int, frame: Any) -> None:
        if self._watching:
            raise Blocked


class Sandbox:
    """Where one plugin's functions run."""

    def __init__(self, name: str, watchdog: Watchdog, *, slow_s: float = SLOW_S) -> None:
        self._name = name
        self._watchdog = watchdog
        self._slow_s = slow_s
        self._threads: ThreadPoolExecutor | None = None
        self._in_threads = 0
        # Coroutines that do not let themselves be closed: Python would try again when it collects them.
        self._dropped: list[list[Any]] = []

    async def run(self, what: str, coroutine: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
        """What a coroutine returns. The tasks it leaves are cancelled. Raises what it raises, and `TimedOut`."""
        left: set[asyncio.Task[Any]] = set()
        task = asyncio.get_running_loop().create_task(self._driven(what, coroutine, left))
        try:
            await asyncio.wait({task}, timeout=timeout_s)
            if task.done():
                return task.result()
            raise TimedOut
        finally:
            if not task.done():
                await _end({task})
            pending = {one for one in left if not one.done()}
            if pending:
                logger.warning(
                    "Plugin %s: %s left %d tasks running, which were cancelled", self._name, what, len(pending)
                )
                await _end(pending)

    async def run_in_thread(self, function: Callable[[], _Result]) -> _Result:
        """What a function returns that is no coroutine function. Raises `TooMany` when all threads are taken."""
        if self._in_threads >= THREADS + WAITING_FOR_THREADS:
            raise TooMany(f"The plugin {self._name} is busy with {self._in_threads} commands.", retry_after=1.0)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"plugin {self._name}")
        future = self._threads.submit(function)
        self._in_threads += 1
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.is_closed() or loop.call_soon_threadsafe(self._thread_ended))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Nothing more runs here. Threads that never end are left to the end of the process."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _thread_ended(self) -> None:
        self._in_threads -= 1

    async def _driven(
        self, what: str, coroutine: Coroutine[Any, Any, _Result], left: set[asyncio.Task[Any]]
    ) -> _Result:
        result: _Result = await _Steps(coroutine, partial(self._step, what, left), self._dropped.append)
        return result

    def _step(self, what: str, left: set[asyncio.Task[Any]], act: Step, value: Any) -> Any:
        """One step, from one wait to the next. Tasks that are made meanwhile are the plugin's, and driven likewise."""
        loop = asyncio.get_running_loop()
        before = loop.get_task_factory()
        loop.set_task_factory(partial(self._adopt, what, left))
        began = time.perf_counter()
        self._watchdog.begin()
        try:
            return act(value)
        except SystemExit as error:
            raise Exited(f"SystemExit: {error}") from error
        finally:
            self._watchdog.end()
            loop.set_task_factory(before)
            took_s = time.perf_counter() - began
            if took_s > self._slow_s:
                logger.warning(
                    "Plugin %s: %s blocked the event loop for %d ms, and all users had to wait",
                    self._name,
                    what,
                    1000 * took_s,
                )

    def _adopt(
        self, what: str, left: set[asyncio.Task[Any]], loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any
    ) -> asyncio.Task[Any]:
        task = asyncio.Task(self._driven(what, coroutine, left), loop=loop, **options)
        left.add(task)
        task.add_done_callback(left.discard)
        task.add_done_callback(_look_at)
        return task


class _Steps:
    """Awaits a coroutine by calling `step` for each part of it that runs without waiting.

    It may swallow being cancelled once; the second time it is closed.
    """

    def __init__(
        self,
        coroutine: Coroutine[Any, Any, Any],
        step: Callable[[Step, Any], Any],
        refuses_to_end: Callable[[list[Any]], None],
    ) -> None:
        self._coroutine = coroutine
        self._step = step
        self._refuses_to_end = refuses_to_end

    def __await__(self) -> Generator[Any, Any, Any]:
        act: Step = self._coroutine.send
        value: Any = None
        cancelled = False
        while True:
            try:
                waits_for = self._step(act, value)
            except StopIteration as ended:
                return ended.value
            try:
                value = yield waits_for
                act = self._coroutine.send
            except GeneratorExit:
                self._close()
                raise
            except asyncio.CancelledError as error:
                if cancelled:
                    self._close()
                    raise
                cancelled, act, value = True, self._coroutine.throw, error
            except BaseException as error:  # what was awaited failed: raise that in the plugin
                act, value = self._coroutine.throw, error

    def _close(self) -> None:
        chain = list(_chain(self._coroutine))
        try:
            self._step(lambda _: self._coroutine.close(), None)
        except RuntimeError:
            self._refuses_to_end(chain)
        except BaseException as error:
            logger.debug("A plugin's coroutine raised an exception when it was closed", exc_info=error)


def _chain(coroutine: Any) -> Iterator[Any]:
    """A coroutine, what it awaits, and so on."""
    while coroutine is not None:
        yield coroutine
        coroutine = getattr(coroutine, "cr_await", None)


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    """Cancel tasks; those that do not listen are dropped at their next step."""
    for _ in range(2):
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=LAST_CHANCE_S)
        if not tasks:
            return


def _look_at(task: asyncio.Task[Any]) -> None:
    """What a task of a plugin's raises is its own business, but it is known then."""
    if not task.cancelled() and task.exception() is not None:
        logger.debug("A task of a plugin failed", exc_info=task.exception())
