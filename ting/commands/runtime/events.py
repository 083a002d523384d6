"""Tells plugins what happened, afterwards: each has a queue of its own, and what is on its way never waits for one."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from ting.commands.context import Context
from ting.commands.invocation import Invocation
from ting.commands.plugin import EventName
from ting.commands.runtime.registry import Registry
from ting.commands.runtime.runner import HookCall, LoadedPlugin
from ting.core.conversation_ids import is_direct
from ting.core.errors import Busy
from ting.core.models import ConversationId, Message, Person, UserId

MOST_WAITING = 1_000
STOP_S = 2.0
GATHER_S = 0.05
PAUSE_S = 1.0  # until the database is asked again
MOST_AT_ONCE = 100

logger = logging.getLogger(__name__)


class PluginEvent(Struct, frozen=True):
    """Something that happened, and who did it: a person, or a user whose person is looked up."""

    event: EventName
    conversation: ConversationId = ""
    person: Person | None = None
    message: Message | None = None
    user: UserId = ""


class EventQueue:
    """The queues of all plugins that listen."""

    def __init__(self, registry: Registry, *, most_waiting: int = MOST_WAITING) -> None:
        self._registry = registry
        self._services = registry.services
        self._most_waiting = most_waiting
        self._queues: dict[str, asyncio.Queue[PluginEvent]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._dropped: set[str] = set()
        self._runs = False
        self._listening: dict[EventName, list[LoadedPlugin]] = {}
        for plugin in registry.plugins.values():
            for event in plugin.plugin.events:
                self._listening.setdefault(event, []).append(plugin)

    def start(self) -> None:
        """Begin to deliver events to plugins; the first one is that Ting has started."""
        self._runs = True
        for plugin in self._registry.plugins.values():
            if plugin.is_on:
                self.switched(plugin, True)

    def switched(self, plugin: LoadedPlugin, on: bool) -> None:
        """A plugin starts or stops."""
        event: EventName = "start" if on else "stop"
        if event in plugin.plugin.events:
            self._put(plugin, [PluginEvent(event)])

    async def stop(self) -> None:
        """Tell that Ting stops, give it a moment, and end."""
        for plugin in self._listening.get("stop", ()):
            if plugin.is_on:
                self._put(plugin, [PluginEvent("stop")])
        self._runs = False
        waiting = [asyncio.ensure_future(queue.join()) for queue in self._queues.values()]
        if waiting:
            await asyncio.wait(waiting, timeout=STOP_S)
        for task in (*waiting, *self._workers.values()):
            task.cancel()
        await asyncio.gather(*waiting, *self._workers.values(), return_exceptions=True)

    async def settle(self) -> None:
        """Return when all events were delivered."""
        await asyncio.gather(*(queue.join() for queue in self._queues.values()))

    def committed(self, conversation: ConversationId, messages: Sequence[Message]) -> None:
        """Messages were committed. Plugins get new messages of channels only: direct messages are private."""
        if is_direct(conversation):
            return
        for plugin in self._listening.get("message", ()):
            new = [
                PluginEvent("message", conversation, message.author, message)
                for message in messages
                if message.is_new and not (message.via and plugin.owns(message.via))
            ]
            self._put(plugin, new)

    def presence_changed(self, conversation: ConversationId, came: Sequence[Person], went: Sequence[UserId]) -> None:
        """People came to a channel or went from it."""
        if is_direct(conversation):
            return
        for plugin in self._listening.get("join", ()):
            self._put(plugin, [PluginEvent("join", conversation, person) for person in came])
        for plugin in self._listening.get("leave", ()):
            self._put(plugin, [PluginEvent("leave", conversation, user=user) for user in went])

    def _put(self, plugin: LoadedPlugin, events: Sequence[PluginEvent]) -> None:
        """Queue events for a plugin, if it works. The event that it stops is queued in any case."""
        if not events or not self._runs or (not plugin.works and events[0].event != "stop"):
            return
        queue = self._queues.get(plugin.name)
        if queue is None:
            queue = self._queues[plugin.name] = asyncio.Queue(self._most_waiting)
            self._workers[plugin.name] = asyncio.get_running_loop().create_task(self._work(plugin, queue))
        room = self._most_waiting - queue.qsize()
        for happening in events[:room]:
            queue.put_nowait(happening)
        if len(events) > room and plugin.name not in self._dropped:
            self._dropped.add(plugin.name)
            logger.warning("Plugin %s is too slow: it gets no new events until it has caught up", plugin.name)

    async def _work(self, plugin: LoadedPlugin, queue: asyncio.Queue[PluginEvent]) -> None:
        """Deliver what has gathered, all of it at once: entering the sandbox costs more than most handlers do."""
        while True:
            batch = [await queue.get()]
            await self._services.clock.sleep(GATHER_S)
            while not queue.empty() and len(batch) < MOST_AT_ONCE:
                batch.append(queue.get_nowait())
            try:
                last = batch[-1].event == "stop"  # perhaps it was switched off just now
                await plugin.run_all(await self._prepared(plugin, batch), even_if_off=last)
            except Exception:
                logger.exception("Plugin %s: %d events could not be delivered", plugin.name, len(batch))
            finally:
                for _ in batch:
                    queue.task_done()
            if queue.empty():
                self._dropped.discard(plugin.name)

    async def _prepared(self, plugin: LoadedPlugin, batch: Sequence[PluginEvent]) -> list[HookCall]:
        """What to call. While the database does not answer, that waits, and with it all that happens meanwhile."""
        people = self._services.people
        while True:
            try:
                persona = await people.plugin_user(plugin.name)
                who = {user: await people.person(user) for user in {one.user for one in batch if one.user}}
            except Busy:
                await self._services.clock.sleep(PAUSE_S)
            else:
                return [call for one in batch for call in _calls(plugin, one, persona, who)]


def _calls(
    plugin: LoadedPlugin, event: PluginEvent, plugin_user: Person, who: Mapping[UserId, Person]
) -> Iterator[HookCall]:
    """What a plugin has for this; `who` has the persons of users."""
    message = event.message
    person = event.person or who.get(event.user)
    occasion = Invocation(person or plugin_user, plugin_user, event.conversation, message=message)
    subject = message or person
    for handler in plugin.plugin.events[event.event]:
        arguments = [Context(plugin, occasion), *([subject] if subject is not None else [])]
        yield HookCall(f'the handler of "{event.event}"', handler, arguments)
