"""For tests of plugins: a chat without a server or a database. Ting installs it as a pytest plugin.

    def test_a_die_falls(chat):
        assert chat.as_("ann").run("/roll 2d6").said[0].startswith("rolls 2d6")

The registry, the arguments, the sandbox and the context are those of the server. Time moves only with `advance`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from ting.commands import times
from ting.commands.plugin import Plugin
from ting.commands.ports import Permission
from ting.commands.runtime.engine import Engine
from ting.commands.runtime.loader import LoadedEntry, PluginOptions, gather, installed
from ting.commands.runtime.memory_ports import Memory
from ting.commands.runtime.runner import COMMAND_TIMEOUT_S
from ting.core.errors import Refused
from ting.core.message_ids import new_id
from ting.core.models import ConversationId, Message, Person
from ting.core.names import DEFAULT_CHANNEL
from ting.protocol import CommandUsage

_Result = TypeVar("_Result")


@dataclass
class Outcome:
    """The outcome of a command: the notices to its caller, the messages it posted, and the refusal, if it was refused.

    `replies` and `said` are the present texts: later edits and deletions through handles are visible in them.
    """

    notices: dict[str, str] = field(default_factory=dict)
    posted: list[Message] = field(default_factory=list)
    refusal: Refused | None = None

    @property
    def replies(self) -> list[str]:
        """The notices that were shown to the caller."""
        return [text for text in self.notices.values() if text]

    @property
    def said(self) -> list[str]:
        """The messages that were posted, by the command and by handlers that it triggered."""
        return [message.text for message in self.posted if message.deleted is None]

    @property
    def error(self) -> str:
        """Why the command was refused, with the usage if the arguments were wrong; "" if it was not refused."""
        return self.refusal.message if self.refusal else ""


class Visitor:
    """A user in the chat."""

    def __init__(self, chat: "Chat", person: Person, conversation: ConversationId) -> None:
        self.person = person
        self.conversation = conversation
        self._chat = chat

    def run(self, text: str, *, message_id: str | None = None) -> Outcome:
        """Run a command as this user, and return its outcome. The same `message_id` again is a retry."""
        return self._chat.run(self.person, self.conversation, text, message_id)

    def say(self, text: str) -> Message:
        """Post an ordinary message. Plugins receive the event "message"."""
        memory = self._chat.memory
        said = memory.messaging.send(self.person, self.conversation, new_id(memory.clock.now()), text)
        return self._chat.wait(said)

    @property
    def notices(self) -> list[str]:
        """The notices that plugins showed to this user outside of commands."""
        return [text for text in self._chat.memory.messaging.notices.get(self.person.id, {}).values() if text]

    def leave(self) -> None:
        """Leave the conversation. Plugins receive the event "leave"."""
        self._chat.move(self.person, self.conversation, here=False)

    def come(self) -> None:
        """Join the conversation again. Plugins receive the event "join"."""
        self._chat.move(self.person, self.conversation, here=True)


class Chat:
    """The chat of a test."""

    def __init__(
        self,
        plugins: Sequence[Plugin] | None = None,
        config: dict[str, dict[str, Any]] | None = None,
        *,
        timeout_s: float = COMMAND_TIMEOUT_S,
    ) -> None:
        """Load these plugins (None: all that are installed). `config` is what the settings have under `[plugins]`."""
        self.memory = Memory()
        self._choices = PluginOptions(config=config or {})
        self._plugins = plugins
        self._timeout_s = timeout_s
        self._loop = asyncio.new_event_loop()  # a separate one: the test may have a current loop of its own
        self._engine: Engine | None = None
        self._posted: list[Message] = []
        self.restart()

    def as_(self, name: str, *, permission: Permission = "everyone", conversation: str = "") -> Visitor:
        """Return the user with this name, who is then present. The same name gives the same user."""
        place = conversation or f"#{DEFAULT_CHANNEL}"
        person = Person(f"{name}-id", name)
        person = self.memory.people.persons.setdefault(person.id, person)
        self.memory.people.permissions[person.id] = permission
        if person.id not in self.memory.people.rooms.get(place, {}):
            self.move(person, place, here=True)
        return Visitor(self, person, place)

    def advance(self, span: str) -> Outcome:
        """Move the clock, by "1h30m" for example. Timers and scheduled tasks run, each at its time.

        Return the outcome of all of them.
        """
        clock, outcome = self.memory.clock, Outcome()
        target = clock.now() + int(times.duration(span).total_seconds() * 1000)
        self._posted = outcome.posted
        while (moment := self.wait(self.engine.scheduler.next_moment())) is not None and moment <= target:
            clock.move(max(0, moment - clock.now()))
            self.wait(self.engine.scheduler.run_due())
        clock.move(target - clock.now())
        return self._settled(outcome)

    def restart(self) -> None:
        """Stop and start the chat. Stored values and scheduled tasks stay; running commands end."""
        if self._engine is not None:
            self.wait(self._engine.stop())
        self._engine = Engine(self._found(), self.memory.services, self._choices, timeout_s=self._timeout_s)
        self.memory.messaging.listener = self._committed
        self.wait(self._start(self._engine))

    def close(self) -> None:
        """Stop the chat."""
        self.wait(self.engine.stop())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    @property
    def engine(self) -> Engine:
        """The engine that runs the plugins."""
        assert self._engine is not None
        return self._engine

    @property
    def messages(self) -> list[str]:
        """The texts of all messages that are not deleted, by position."""
        messages = sorted(self.memory.messaging.messages.values(), key=lambda message: message.position)
        return [message.text for message in messages if message.deleted is None]

    @property
    def ghosts(self) -> list[str]:
        """The texts that ghosts showed, in order."""
        return self.memory.messaging.ghosts

    @property
    def alerts(self) -> list[str]:
        """The notices that were shown to admins."""
        return self.memory.messaging.alerts

    def commands(self, permission: Permission = "everyone") -> list[CommandUsage]:
        """The commands that a permission allows."""
        return self.engine.registry.usages(permission)

    def complete(self, visitor: Visitor, text: str) -> list[str]:
        """The completions at the end of a text that begins with a command."""
        found = self.engine.registry.complete(visitor.person, visitor.conversation, text, len(text))
        return [option.value for option in self.wait(found).options]

    def run(self, person: Person, conversation: ConversationId, text: str, message_id: str | None = None) -> Outcome:
        """Run a command as a user, and return its outcome."""
        outcome = Outcome()
        self._posted = outcome.posted
        person = self.memory.people.persons[person.id]
        command_id = message_id or new_id(self.memory.clock.now())
        try:
            self.wait(self.engine.registry.run(person, conversation, command_id, text, outcome.notices.__setitem__))
        except Refused as refused:
            outcome.refusal = refused
        return self._settled(outcome)

    def move(self, person: Person, conversation: ConversationId, *, here: bool) -> None:
        """Let a user join or leave a conversation. Plugins receive the event "join" or "leave"."""
        room = self.memory.people.rooms.setdefault(conversation, {})
        if here:
            room[person.id] = person
            self.memory.messaging.notices.setdefault(person.id, {})
        else:
            room.pop(person.id, None)
            if not self.memory.people.is_online(person.id):
                self.memory.messaging.notices.pop(person.id, None)
        self.wait(self._moved(conversation, person, here=here))

    def wait(self, work: Awaitable[_Result]) -> _Result:
        """Run an awaitable to its end, and then the event handlers of plugins."""
        return self._loop.run_until_complete(self._and_settle(work))

    async def _and_settle(self, work: Awaitable[_Result]) -> _Result:
        try:
            return await work
        finally:
            if self._engine is not None:
                await self._engine.events.settle()

    async def _moved(self, conversation: ConversationId, person: Person, *, here: bool) -> None:
        self.engine.events.presence_changed(conversation, [person] if here else [], [] if here else [person.id])

    async def _start(self, engine: Engine) -> None:
        await engine.announce_start()
        await engine.scheduler.run_due()

    def _committed(self, conversation: ConversationId, messages: Sequence[Message]) -> None:
        self._posted += [message for message in messages if message.is_new]
        self.engine.events.committed(conversation, messages)

    def _settled(self, outcome: Outcome) -> Outcome:
        """Replace the posted messages by their present versions."""
        self._posted = []
        outcome.posted[:] = [self.memory.messaging.messages[message.id] for message in outcome.posted]
        return outcome

    def _found(self) -> list[LoadedEntry]:
        if self._plugins is None:
            entries = [(entry.name, entry.value, entry.load) for entry in installed()]
        else:
            entries = [(plugin.name, plugin.name, _loads(plugin)) for plugin in self._plugins]
        found = gather(entries, self._choices)
        for entry in found:
            if entry.plugin is None and (self._plugins is not None or entry.name in self._choices.config):
                raise ValueError(f"The plugin {entry.name} was not loaded: {entry.reason}")
        return found


def _loads(plugin: Plugin) -> Callable[[], Plugin]:
    return lambda: plugin


@pytest.fixture
def chat_plugins() -> Sequence[Plugin] | None:
    """The plugins of the chat (None: all that are installed). Override it in a test module."""
    return None


@pytest.fixture
def chat_config() -> dict[str, dict[str, Any]]:
    """What the settings have under `[plugins]`, like `{"dice": {"sides": 6}}`. Override it in a test module."""
    return {}


@pytest.fixture
def chat(chat_plugins: Sequence[Plugin] | None, chat_config: dict[str, dict[str, Any]]) -> Iterator[Chat]:
    """A chat with plugins, without a server or a database."""
    chat = Chat(chat_plugins, chat_config)
    yield chat
    chat.close()
