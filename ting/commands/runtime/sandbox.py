"""Runs the code of plugins with limits on time and threads, and cancels the tasks that it leaves behind.

Coroutines are driven step by step: each step is timed, the tasks that it creates are recorded, and a step that does
not end is interrupted. This contains mistakes, not malice: Python cannot confine code in the same process.
"""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

from ting.core.errors import TooMany

SLOW_S = 0.1
BLOCKED_S = 2.0
CANCEL_S = 0.5  # how long a cancelled task may take to end
THREADS = 2  # per plugin
MAX_WAITING_FOR_THREADS = 8  # per plugin

_Result = TypeVar("_Result")
Step = Callable[[Any], Any]

logger = logging.getLogger(__name__)


class Blocked(BaseException):
    """Raised inside a plugin that blocks the event loop. Not an `Exception`, since plugins may catch those."""

    def __init__(self) -> None:
        super().__init__(f"It blocked the event loop for more than {BLOCKED_S:g} s.")


class Exited(Exception):
    """A plugin tried to end the process."""


class TimedOut(Exception):
    """A plugin's function did not end in time, and was stopped."""


class Deadline:
    """The time that a running call has left. A clock that does not really wait reports what it would have waited."""

    def __init__(self, seconds: float) -> None:
        self.left_s = seconds
        self.passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def spend(self, seconds: float) -> None:
        """Count some seconds. If the call has no time left, wait until it is stopped."""
        self.left_s -= seconds
        if self.left_s <= 0 and not self.passed.done():
            self.passed.set_result(None)
        if self.left_s <= 0:
            await asyncio.Event().wait()


deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)  # of the running call of a plugin


class Watchdog:
    """Interrupts a step that does not end, by a timer signal. This works for loops and for most blocking calls.

    Only the main thread receives signals. In other threads, steps are timed but not interrupted.
    """

    def __init__(self, blocked_s: float = BLOCKED_S) -> None:
        self._blocked_s = blocked_s
        self._watching = False
        self._previous_handler: Any = signal.SIG_DFL
        self._works = threading.current_thread() is threading.main_thread()
        self._handler = self._on_alarm

    def begin(self) -> None:
        """Start the timer: a step begins."""
        if self._works:
            if signal.getsignal(signal.SIGALRM) is not self._handler:
                self._previous_handler = signal.signal(signal.SIGALRM, self._handler)
            self._watching = True
            signal.setitimer(signal.ITIMER_REAL, self._blocked_s, self._blocked_s)

    def end(self) -> None:
        """Stop the timer: the step has ended."""
        if self._works:
            self._watching = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def close(self) -> None:
        """Restore the previous signal handler."""
        self.end()
        if self._works and signal.getsignal(signal.SIGALRM) is self._handler:
            signal.signal(signal.SIGALRM, self._previous_handler)

    def _on_alarm(self, number: int, frame: Any) -> None:
        if self._watching:
            raise Blocked


class Sandbox:
    """Runs the functions of one plugin."""

    def __init__(self, name: str, watchdog: Watchdog, *, slow_s: float = SLOW_S) -> None:
        self._name = name
        self._watchdog = watchdog
        self._slow_s = slow_s
        self._threads: ThreadPoolExecutor | None = None
        self._in_threads = 0
        # Coroutines that refused to be closed. They are kept, since Python closes a coroutine again to collect it.
        self._dropped: list[list[Any]] = []

    async def run(self, what: str, coroutine: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
        """Run a coroutine, then cancel the tasks that it left. Raises what it raises, and `TimedOut`."""
        children: set[asyncio.Task[Any]] = set()
        limit = Deadline(timeout_s)
        token = deadline.set(limit)
        task = asyncio.get_running_loop().create_task(self._driven(what, coroutine, children))
        deadline.reset(token)
        try:
            ends: set[asyncio.Future[Any]] = {task, limit.passed}
            await asyncio.wait(ends, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise TimedOut
        finally:
            if not task.done():
                await _cancel({task})
            pending = {child for child in children if not child.done()}
            if pending:
                logger.warning(
                    "Plugin %s: %s left %d tasks running, which were cancelled", self._name, what, len(pending)
                )
                await _cancel(pending)

    async def run_in_thread(self, function: Callable[[], _Result]) -> _Result:
        """Run a plain function in a thread. Raises `TooMany` if too many calls run or wait already."""
        if self._in_threads >= THREADS + MAX_WAITING_FOR_THREADS:
            raise TooMany(f"The plugin {self._name} is busy with {self._in_threads} commands.", retry_after=1.0)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"plugin {self._name}")
        future = self._threads.submit(function)
        self._in_threads += 1
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.is_closed() or loop.call_soon_threadsafe(self._thread_ended))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Stop the threads. A function that never ends keeps its thread until the process ends."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _thread_ended(self) -> None:
        self._in_threads -= 1

    async def _driven(
        self, what: str, coroutine: Coroutine[Any, Any, _Result], children: set[asyncio.Task[Any]]
    ) -> _Result:
        result: _Result = await _Steps(coroutine, partial(self._step, what, children), self._dropped.append)
        return result

    def _step(self, what: str, children: set[asyncio.Task[Any]], step: Step, value: Any) -> Any:
        """Run one step, from one await to the next. The tasks that it creates are driven in the same way."""
        loop = asyncio.get_running_loop()
        previous_factory = loop.get_task_factory()
        loop.set_task_factory(partial(self._adopt, what, children))
        began = time.perf_counter()
        self._watchdog.begin()
        try:
            return step(value)
        except SystemExit as error:
            raise Exited(f"SystemExit: {error}") from error
        finally:
            self._watchdog.end()
            loop.set_task_factory(previous_factory)
            took_s = time.perf_counter() - began
            if took_s > self._slow_s:
                logger.warning(
                    "Plugin %s: %s blocked the event loop for %d ms, and all users had to wait",
                    self._name,
                    what,
                    1000 * took_s,
                )

    def _adopt(
        self,
        what: str,
        children: set[asyncio.Task[Any]],
        loop: asyncio.AbstractEventLoop,
        coroutine: Any,
        **options: Any,
    ) -> asyncio.Task[Any]:
        task = asyncio.Task(self._driven(what, coroutine, children), loop=loop, **options)
        children.add(task)
        task.add_done_callback(children.discard)
        task.add_done_callback(_log_error)
        return task


class _Steps:
    """Awaits a coroutine by calling `step` for each part of it that runs without waiting.

    The coroutine may suppress its first cancellation; at the second one it is closed.
    """

    def __init__(
        self,
        coroutine: Coroutine[Any, Any, Any],
        step: Callable[[Step, Any], Any],
        keep_unclosed: Callable[[list[Any]], None],
    ) -> None:
        self._coroutine = coroutine
        self._step = step
        self._keep_unclosed = keep_unclosed

    def __await__(self) -> Generator[Any, Any, Any]:
        resume: Step = self._coroutine.send
        value: Any = None
        cancelled = False
        while True:
            try:
                awaited = self._step(resume, value)
            except StopIteration as ended:
                return ended.value
            try:
                value = yield awaited
                resume = self._coroutine.send
            except GeneratorExit:
                self._close()
                raise
            except asyncio.CancelledError as error:
                if cancelled:
                    self._close()
                    raise
                cancelled, resume, value = True, self._coroutine.throw, error
            except BaseException as error:  # what the plugin awaits failed: raise the error in the plugin
                resume, value = self._coroutine.throw, error

    def _close(self) -> None:
        chain = list(_chain(self._coroutine))
        try:
            self._step(lambda _: self._coroutine.close(), None)
        except RuntimeError:
            self._keep_unclosed(chain)
        except BaseException as error:
            logger.debug("A plugin's coroutine raised an exception when it was closed", exc_info=error)


def _chain(coroutine: Any) -> Iterator[Any]:
    """Yield a coroutine, the coroutine that it awaits, and so on."""
    while coroutine is not None:
        yield coroutine
        coroutine = getattr(coroutine, "cr_await", None)


async def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    """Cancel tasks. A task that does not end is cancelled a second time, which closes its coroutine."""
    for _ in range(2):
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=CANCEL_S)
        if not tasks:
            return


def _log_error(task: asyncio.Task[Any]) -> None:
    """Retrieve and log the error of a plugin's task, so that asyncio does not report it as never retrieved."""
    if not task.cancelled() and task.exception() is not None:
        logger.debug("A task of a plugin failed", exc_info=task.exception())
