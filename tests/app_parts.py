"""An app for tests below the web layer: a real database, but no network."""

import asyncio
from itertools import count
from typing import Any

from ting.app import App
from ting.core.models import ClientInfo, Message, Person
from ting.core.settings import Limits, Pace, Settings
from ting.store.database import Database

CLIENT = ClientInfo("a browser", "192.0.2.1")


class FakeSequence:
    """The numbering of a conversation, for tests of only the journal."""

    def __init__(self, id: str = "#ting", head: int = 0) -> None:
        self.id = id
        self.head = head


def start_app(database: Database, *, waiting_max: int = 10_000) -> App:
    """Return an app with a running journal. Its clock advances by a second whenever it is read."""
    settings = Settings(limits=Limits(waiting_changes=waiting_max), pace=Pace(presence_ms=50, activity_ms=1))
    seconds = count(1_000)
    app = App(settings, database, lambda: next(seconds) * 1000)
    app.realtime.journal.start()
    return app


async def stop_app(app: App) -> None:
    await asyncio.gather(*(part.flush_and_stop() for part in app.flush_at_stop), return_exceptions=True)
    await app.realtime.journal.stop()
    app.close()


async def register(app: App, name: str) -> Person:
    """Register a new user."""
    user, _ = await app.accounts.accounts.register(name, CLIENT)
    return user.person


def message(id: str, text: str = "hello", conversation: str = "#ting", position: int = 1, **fields: Any) -> Message:
    """Return a message by ada, as the store receives it."""
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
