"""The parts below the edge, on a real database and without a network."""

from itertools import count
from typing import Any

from ting.app import App
from ting.core.models import ClientInfo, Message, Person
from ting.core.settings import Limits, Pace, Settings
from ting.realtime.live_conversations import LiveConversations
from ting.store.database import Database
from ting.store.messages import MessageStore


class FakeSequence:
    """A conversation's numbering, for tests of the journal alone."""

    def __init__(self, id: str = "#ting", head: int = 0) -> None:
        self.id = id
        self.head = head


class AppParts:
    """What a server builds, without its handlers. Its clock goes on by a second whenever it is asked."""

    def __init__(self, database: Database, *, waiting_max: int = 10_000) -> None:
        settings = Settings(limits=Limits(waiting_changes=waiting_max), pace=Pace(presence_ms=50, activity_ms=1))
        seconds = count(1_000)
        building = App(settings, database, lambda: next(seconds) * 1000)
        self.journal, parts = building.journal, building.parts(lambda: False)
        self.database = database
        self.presence = parts.presence
        self.accounts = parts.accounts
        self.departures = parts.departures
        self.chat = parts.chat
        self.reading = parts.reading
        self.commands = parts.commands
        self.memberships = parts.memberships
        self.conversations: LiveConversations = vars(parts.chat)["_live"]
        self.messages: MessageStore = vars(self.journal)["_messages"]
        self.journal.start()

    async def person(self, name: str) -> Person:
        """Somebody who has entered."""
        user, _ = await self.accounts.register(name, DEVICE)
        return user.person

    async def stop(self) -> None:
        await self.journal.stop()


DEVICE = ClientInfo("a browser", "192.0.2.1")


def message(id: str, text: str = "hello", conversation: str = "#ting", position: int = 1, **fields: Any) -> Message:
    """A message by ada, as it comes to the store."""
    numbers: dict[str, Any] = {"seq": 1, "first": 1, "started": 1, "sent": 1} | fields
    return Message(
        id=id,
        conversation=conversation,
        position=position,
        author=Person("ada-id", "?"),
        kind="text",
        text=text,
        **numbers,
    )
