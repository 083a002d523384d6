"""Combines what runs plugins: the registry, the scheduler and the event queues."""

from collections.abc import Callable, Sequence

from ting.commands.ports import Services
from ting.commands.runtime.events import EventQueue
from ting.commands.runtime.loader import LoadedEntry, PluginOptions
from ting.commands.runtime.registry import PluginState, Registry
from ting.commands.runtime.runner import COMMAND_TIMEOUT_S
from ting.commands.runtime.sandbox import Watchdog
from ting.commands.runtime.scheduler import Scheduler


class Engine:
    """Starts and stops plugins. The server has one engine, and so has the chat of `ting.testing`."""

    def __init__(
        self,
        entries: Sequence[LoadedEntry],
        services: Services,
        options: PluginOptions | None = None,
        *,
        watchdog: Watchdog | None = None,
        timeout_s: float = COMMAND_TIMEOUT_S,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`changed` is called when the available commands have changed."""
        self.registry = Registry(entries, services, options, watchdog=watchdog, timeout_s=timeout_s)
        self.scheduler = Scheduler(self.registry)
        self.events = EventQueue(self.registry)
        self._changed = changed

    async def start(self) -> None:
        """Notify plugins that the server has started, and start their timers. Raises `Busy`."""
        await self.announce_start()
        self.scheduler.start()

    async def announce_start(self) -> None:
        """Apply which plugins admins enabled or disabled, and notify plugins that the server has started."""
        for name, on in (await self.registry.services.tasks.switches()).items():
            if name in self.registry.plugins:
                self.registry.plugins[name].is_on = on
        await self.registry.notices.load()
        self.events.start()

    async def stop(self) -> None:
        await self.scheduler.stop()
        await self.events.stop()
        await self.registry.notices.stop()
        self.registry.close()

    async def switch(self, name: str, on: bool) -> PluginState:
        """Enable or disable a plugin, permanently. Enabling also ends a pause. Raises `NotFound`, `Busy`."""
        plugin = self.registry.loaded(name)
        await self.registry.services.tasks.switch(name, on)
        plugin.resume()
        if plugin.is_on != on:
            plugin.is_on = on
            self.events.switched(plugin, on)
        plugin.wake()
        self._changed()
        return self.registry.state(name)
