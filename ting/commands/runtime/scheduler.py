"""Runs timers and scheduled tasks when they are due. Runs missed while the server was down are made up for once."""

import asyncio
import logging
import math
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from ting.commands.context import Context
from ting.commands.invocation import Invocation
from ting.commands.lexer import ArgumentError
from ting.commands.plugin import Timer
from ting.commands.runtime.registry import Registry
from ting.commands.runtime.runner import LoadedPlugin
from ting.core.errors import ClientAction, CommandFailed, Refused
from ting.core.models import Milliseconds, ScheduledTask

MAX_DUE = 100  # tasks read at once
MAX_SLEEP_S = 60.0
RETRY_S = 5.0
MAX_POSTPONE_S = 600.0

logger = logging.getLogger(__name__)


class Scheduler:
    """Runs what is due, and sleeps until the next timer or task is due."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._services = registry.services
        self._last_runs: dict[tuple[str, str], Milliseconds] = {}
        self._loaded_last_runs = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        for plugin in registry.plugins.values():
            plugin.wake = self._wake.set

    def start(self) -> None:
        self._loop = asyncio.get_running_loop().create_task(self._run(), name="plugins' timers")

    async def stop(self) -> None:
        """Stop. A task that is running is cancelled, and runs again after the next start."""
        tasks = [task for task in (self._loop, *self._running.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def run_due(self) -> None:
        """Run what is due now, and wait until it has ended. Raises `Refused` if the database does not answer."""
        await self._begin_due()
        await asyncio.gather(*self._running.values())

    async def _run(self) -> None:
        while True:
            try:
                self._wake.clear()
                await self._begin_due()
                wait_s = await self._until_next()
            except Refused as refused:
                logger.warning("Scheduled tasks of plugins cannot be read: %s", refused.message)
                wait_s = RETRY_S
            except Exception:
                logger.exception("Scheduled tasks of plugins cannot be run")
                wait_s = RETRY_S
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def _begin_due(self) -> None:
        now = self._services.clock.now()
        await self._begin_timers(now)
        names = [plugin.name for plugin in self._registry.plugins.values() if plugin.works]
        for job in await self._services.tasks.due(now, names, MAX_DUE + len(self._running)):
            self._begin(job.id, self._registry.plugins[job.plugin], job)

    async def _begin_timers(self, now: Milliseconds) -> None:
        tasks = self._services.tasks
        if not self._loaded_last_runs:
            self._last_runs, self._loaded_last_runs = dict(await tasks.last_runs()), True
        for plugin, timer in self._timers():
            key = (plugin.name, timer.name)
            if now < self._last_runs.get(key, math.inf):  # new, or the clock was set back: the interval begins now
                await tasks.record_run(*key, now)
                self._last_runs[key] = now
            elif now >= self._last_runs[key] + _interval_ms(timer) and plugin.works:
                await tasks.record_run(*key, now)
                self._last_runs[key] = now
                self._begin(f"{plugin.name} {timer.name}", plugin, timer)

    def _begin(self, key: str, plugin: LoadedPlugin, due: ScheduledTask | Timer) -> None:
        """Start a timer or a task in its own asyncio task, unless its previous run has not ended yet."""
        if key in self._running:
            return
        work = self._run_timer(plugin, due) if isinstance(due, Timer) else self._run_job(plugin, due)
        task = self._running[key] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._ended(key))

    def _ended(self, key: str) -> None:
        self._running.pop(key, None)
        self._wake.set()

    async def _run_timer(self, plugin: LoadedPlugin, timer: Timer) -> None:
        plugin_user = await self._services.people.plugin_user(plugin.name)
        invocation = Invocation(plugin_user, plugin_user, "")
        await plugin.run_hook(f"the timer {timer.name}", timer.function, Context(plugin, invocation))

    async def _run_job(self, plugin: LoadedPlugin, job: ScheduledTask) -> None:
        task = plugin.plugin.tasks.get(job.task)
        try:
            if task is None:
                logger.error("Plugin %s no longer has the task %s; the scheduled run is dropped", plugin.name, job.task)
            else:
                show_notice = self._registry.notices.for_user(plugin.name, job.caller, job.conversation)
                invocation = Invocation(job.caller, job.caller, job.conversation, job.id, show_notice=show_notice)
                work = plugin.call_and_reply(task, Context(plugin, invocation), msgspec.json.decode(job.payload))
                await plugin.run(f"the task {job.task}", work)
        except CommandFailed:
            pass  # logged; not retried, since it would fail again
        except (Refused, ArgumentError) as error:
            if isinstance(error, Refused) and error.action in (ClientAction.RETRY, ClientAction.WAIT):
                await self._retry(job, error)
                return
            logger.warning("Plugin %s: the task %s was refused: %s", plugin.name, job.task, error)
        await self._services.tasks.remove(job.id)

    async def _retry(self, job: ScheduledTask, refused: Refused) -> None:
        """Keep the task for a retry, at the latest after `MAX_POSTPONE_S`: a mute, for example, may be lifted early."""
        wait_s = min(refused.retry_after or 0.0, MAX_POSTPONE_S)
        if wait_s <= RETRY_S:
            await self._services.clock.sleep(RETRY_S)
            return
        logger.info("Plugin %s: the task %s is postponed by %d s: %s", job.plugin, job.task, wait_s, refused)
        await self._services.tasks.postpone(job.id, self._services.clock.now() + math.ceil(wait_s * 1000))

    async def next_moment(self) -> Milliseconds | None:
        """Return when the next timer or task is due; None if there is none. Raises `Busy`."""
        names = [plugin.name for plugin in self._registry.plugins.values() if plugin.works]
        moments = [
            self._last_runs[plugin.name, timer.name] + _interval_ms(timer)
            for plugin, timer in self._timers()
            if plugin.works and (plugin.name, timer.name) in self._last_runs
        ]
        next_task = await self._services.tasks.next_due(names)
        return min([*moments, next_task] if next_task is not None else moments, default=None)

    async def _until_next(self) -> float:
        """Return the seconds to sleep. A run that ends wakes the scheduler earlier."""
        moment = await self.next_moment()
        if moment is None or self._running:
            return MAX_SLEEP_S
        return min(MAX_SLEEP_S, max(0.01, (moment - self._services.clock.now()) / 1000))

    def _timers(self) -> Iterator[tuple[LoadedPlugin, Timer]]:
        for plugin in self._registry.plugins.values():
            for timer in plugin.plugin.timers.values():
                yield plugin, timer


def _interval_ms(timer: Timer) -> Milliseconds:
    return int(timer.every.total_seconds() * 1000)
