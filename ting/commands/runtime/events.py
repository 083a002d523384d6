"""Delivers events to plugins, each from its own queue. The delivery of messages never waits for a plugin."""

import asyncio
import contextvars
import logging
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from ting.commands.context import Context
from ting.commands.invocation import Invocation
from ting.commands.plugin import EventName
from ting.commands.runtime.registry import Registry
from ting.commands.runtime.runner import HookCall, LoadedPlugin
from ting.core.conversation_ids import is_direct
from ting.core.errors import Busy
from ting.core.models import ConversationId, Message, Person, UserId

MAX_QUEUED = 1_000
STOP_S = 2.0
BATCH_WINDOW_S = 0.05
RETRY_S = 1.0  # while the database does not answer
MAX_BATCH = 100

logger = logging.getLogger(__name__)


class PluginEvent(Struct, frozen=True):
    """An event, and the user who caused it: as `person`, or as the id `user`, which is looked up at delivery."""

    event: EventName
    conversation: ConversationId = ""
    person: Person | None = None
    message: Message | None = None
    user: UserId = ""


class EventQueue:
    """The queues of all plugins that handle events."""

    def __init__(self, registry: Registry, *, max_queued: int = MAX_QUEUED) -> None:
        self._registry = registry
        self._services = registry.services
        self._max_queued = max_queued
        self._queues: dict[str, asyncio.Queue[PluginEvent]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._dropped: set[str] = set()
        self._running = False
        self._listening: dict[EventName, list[LoadedPlugin]] = {}
        for plugin in registry.plugins.values():
            for event in plugin.plugin.events:
                self._listening.setdefault(event, []).append(plugin)

    def start(self) -> None:
        """Begin to deliver events to plugins. The first one is "start"."""
        self._running = True
        for plugin in self._registry.plugins.values():
            if plugin.is_on:
                self.switched(plugin, True)

    def switched(self, plugin: LoadedPlugin, on: bool) -> None:
        """Queue the event that a plugin was switched on or off."""
        event: EventName = "start" if on else "stop"
        if event in plugin.plugin.events:
            self._put(plugin, [PluginEvent(event)])

    async def stop(self) -> None:
        """Deliver the event "stop", wait for the queues for at most `STOP_S` seconds, and end."""
        for plugin in self._listening.get("stop", ()):
            if plugin.is_on:
                self._put(plugin, [PluginEvent("stop")])
        self._running = False
        joins = [asyncio.ensure_future(queue.join()) for queue in self._queues.values()]
        if joins:
            await asyncio.wait(joins, timeout=STOP_S)
        for task in (*joins, *self._workers.values()):
            task.cancel()
        await asyncio.gather(*joins, *self._workers.values(), return_exceptions=True)

    async def settle(self) -> None:
        """Wait until all queued events and stored notices are delivered."""
        await asyncio.gather(*(queue.join() for queue in self._queues.values()))
        await self._registry.notices.settle()

    def committed(self, conversation: ConversationId, messages: Sequence[Message]) -> None:
        """Queue new messages of a channel. Plugins never see direct messages, nor their own messages."""
        if is_direct(conversation):
            return
        for plugin in self._listening.get("message", ()):
            new = [
                PluginEvent("message", conversation, message.author, message)
                for message in messages
                if message.is_new and not (message.via and plugin.owns(message.via))
            ]
            self._put(plugin, new)

    def presence_changed(self, conversation: ConversationId, joined: Sequence[Person], left: Sequence[UserId]) -> None:
        """Queue that users joined or left a channel. Notices that wait for a user are shown anywhere."""
        self._registry.notices.joined(conversation, joined)
        if is_direct(conversation):
            return
        for plugin in self._listening.get("join", ()):
            self._put(plugin, [PluginEvent("join", conversation, person) for person in joined])
        for plugin in self._listening.get("leave", ()):
            self._put(plugin, [PluginEvent("leave", conversation, user=user) for user in left])

    def _put(self, plugin: LoadedPlugin, events: Sequence[PluginEvent]) -> None:
        """Queue events for a plugin, unless it is off or paused. The event "stop" is queued in any case."""
        if not events or not self._running or (not plugin.works and events[0].event != "stop"):
            return
        queue = self._queues.get(plugin.name)
        if queue is None:
            queue = self._queues[plugin.name] = asyncio.Queue(self._max_queued)
            work = self._work(plugin, queue)
            # In a context of its own: the call of a plugin may have caused the event.
            self._workers[plugin.name] = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        room = self._max_queued - queue.qsize()
        for event in events[:room]:
            queue.put_nowait(event)
        if len(events) > room and plugin.name not in self._dropped:
            self._dropped.add(plugin.name)
            logger.warning("Plugin %s is too slow: it gets no new events until it has caught up", plugin.name)

    async def _work(self, plugin: LoadedPlugin, queue: asyncio.Queue[PluginEvent]) -> None:
        """Deliver events in batches, since entering the sandbox costs more than most handlers do."""
        while True:
            batch = [await queue.get()]
            await self._services.clock.sleep(BATCH_WINDOW_S)
            while not queue.empty() and len(batch) < MAX_BATCH:
                batch.append(queue.get_nowait())
            try:
                stops = batch[-1].event == "stop"  # the plugin may be off already, but its handlers of "stop" run
                await plugin.run_all(await self._prepared(plugin, batch), even_if_off=stops)
            except Exception:
                logger.exception("Plugin %s: %d events could not be delivered", plugin.name, len(batch))
            finally:
                for _ in batch:
                    queue.task_done()
            if queue.empty():
                self._dropped.discard(plugin.name)

    async def _prepared(self, plugin: LoadedPlugin, batch: Sequence[PluginEvent]) -> list[HookCall]:
        """Return the calls for a batch. While the database does not answer, this waits, and the queue fills up."""
        people = self._services.people
        while True:
            try:
                plugin_user = await people.plugin_user(plugin.name)
                persons = {user: await people.person(user) for user in {event.user for event in batch if event.user}}
            except Busy:
                await self._services.clock.sleep(RETRY_S)
            else:
                return [call for event in batch for call in self._calls(plugin, event, plugin_user, persons)]

    def _calls(
        self, plugin: LoadedPlugin, event: PluginEvent, plugin_user: Person, persons: Mapping[UserId, Person]
    ) -> Iterator[HookCall]:
        """Yield the calls of a plugin's handlers for an event. `persons` has the users that events name by id."""
        message = event.message
        person = event.person or persons.get(event.user)
        invocation = Invocation(person or plugin_user, plugin_user, event.conversation, message=message)
        if person is not None:
            show_notice = self._registry.notices.for_user(plugin.name, person, event.conversation)
            invocation = msgspec.structs.replace(invocation, show_notice=show_notice)
        subject = message or person
        for handler in plugin.plugin.events[event.event]:
            arguments = [Context(plugin, invocation), *([subject] if subject is not None else [])]
            yield HookCall(f'the handler of "{event.event}"', handler, arguments)
