"""Runs timers and planned tasks when they are due, and what was missed while Ting was down once."""

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

MOST_AT_ONCE = 100
LONGEST_SLEEP_S = 60.0
RETRY_S = 5.0
LONGEST_WAIT_S = 600.0

logger = logging.getLogger(__name__)


class Scheduler:
    """Looks at what is due, runs it, and sleeps until something else is."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._services = registry.services
        self._ran: dict[tuple[str, str], Milliseconds] = {}
        self._remembers = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        for plugin in registry.plugins.values():
            plugin.wake = self._wake.set

    def start(self) -> None:
        self._loop = asyncio.get_running_loop().create_task(self._run(), name="plugins' timers")

    async def stop(self) -> None:
        """Nothing new runs; what runs is stopped, and runs again after the next start."""
        tasks = [task for task in (self._loop, *self._running.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def run_due(self) -> None:
        """Run what is due now, to its end. Raises `Refused` when the database is away."""
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
        for job in await self._services.tasks.due(now, names, MOST_AT_ONCE + len(self._running)):
            self._begin(job.id, self._registry.plugins[job.plugin], job)

    async def _begin_timers(self, now: Milliseconds) -> None:
        agenda = self._services.tasks
        if not self._remembers:
            self._ran, self._remembers = dict(await agenda.last_runs()), True
        for plugin, timer in self._timers():
            key = (plugin.name, timer.name)
            if now < self._ran.get(key, math.inf):  # new, or the clock was set back: its first interval begins now
                await agenda.record_run(*key, now)
                self._ran[key] = now
            elif now >= self._ran[key] + _interval_ms(timer) and plugin.works:
                await agenda.record_run(*key, now)
                self._ran[key] = now
                self._begin(f"{plugin.name} {timer.name}", plugin, timer)

    def _begin(self, key: str, plugin: LoadedPlugin, due: ScheduledTask | Timer) -> None:
        """Each runs by itself, so that none waits for another; a timer that still runs is not run twice."""
        if key in self._running:
            return
        work = self._run_timer(plugin, due) if isinstance(due, Timer) else self._run_job(plugin, due)
        task = self._running[key] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._ended(key))

    def _ended(self, key: str) -> None:
        self._running.pop(key, None)
        self._wake.set()

    async def _run_timer(self, plugin: LoadedPlugin, timer: Timer) -> None:
        persona = await self._services.people.plugin_user(plugin.name)
        occasion = Invocation(persona, persona, "")
        await plugin.run_hook(f"the timer {timer.name}", timer.function, Context(plugin, occasion))

    async def _run_job(self, plugin: LoadedPlugin, job: ScheduledTask) -> None:
        task = plugin.plugin.tasks.get(job.task)
        try:
            if task is None:
                logger.error("Plugin %s no longer has the task %s; the scheduled run is dropped", plugin.name, job.task)
            else:
                occasion = Invocation(job.caller, job.caller, job.conversation, job.id)
                work = plugin.call(task, Context(plugin, occasion), msgspec.json.decode(job.payload))
                await plugin.run(f"the task {job.task}", work)
        except CommandFailed:
            pass  # logged; it would fail again
        except (Refused, ArgumentError) as error:
            if isinstance(error, Refused) and error.action in (ClientAction.RETRY, ClientAction.WAIT):
                await self._retry(job, error)
                return
            logger.warning("Plugin %s: the task %s was refused: %s", plugin.name, job.task, error)
        await self._services.tasks.remove(job.id)

    async def _retry(self, job: ScheduledTask, refused: Refused) -> None:
        """It is still planned: for soon, or for when it may be allowed. Rights come back before their time, too."""
        wait_s = min(refused.retry_after or 0.0, LONGEST_WAIT_S)
        if wait_s <= RETRY_S:
            await self._services.clock.sleep(RETRY_S)
            return
        logger.info("Plugin %s: the task %s is postponed by %d s: %s", job.plugin, job.task, wait_s, refused)
        await self._services.tasks.postpone(job.id, self._services.clock.now() + math.ceil(wait_s * 1000))

    async def next_moment(self) -> Milliseconds | None:
        """When something is due next; None where nothing is planned. Raises `Busy`."""
        names = [plugin.name for plugin in self._registry.plugins.values() if plugin.works]
        moments = [
            self._ran[plugin.name, timer.name] + _interval_ms(timer)
            for plugin, timer in self._timers()
            if plugin.works and (plugin.name, timer.name) in self._ran
        ]
        planned = await self._services.tasks.next_due(names)
        return min([*moments, planned] if planned is not None else moments, default=None)

    async def _until_next(self) -> float:
        """Seconds until something is due, as far as is known. What runs wakes us when it has ended."""
        moment = await self.next_moment()
        if moment is None or self._running:
            return LONGEST_SLEEP_S
        return min(LONGEST_SLEEP_S, max(0.01, (moment - self._services.clock.now()) / 1000))

    def _timers(self) -> Iterator[tuple[LoadedPlugin, Timer]]:
        for plugin in self._registry.plugins.values():
            for timer in plugin.plugin.timers.values():
                yield plugin, timer


def _interval_ms(timer: Timer) -> Milliseconds:
    return int(timer.every.total_seconds() * 1000)
