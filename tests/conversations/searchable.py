"""An app whose messages are indexed, and what MongoDB does for a search."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.app_parts import register
from tests.client import message_id
from ting.app import App
from ting.conversations.indexer import Indexer
from ting.conversations.search import SearchQuery
from ting.core.conversation_ids import direct_id
from ting.core.models import Message, User


class SearchableChat:
    """An app whose messages are indexed, and its registered users."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.index = app.stores.search_index
        self.users = app.stores.users
        self.search = app.conversations.search
        self.indexer = Indexer(app.stores.messages, self.index, share=1.0)
        app.realtime.journal.on_commit(self.indexer.on_commit)

    async def user(self, name: str) -> User:
        user = await self.users.get((await register(self.app, name)).id)
        assert user is not None
        return user

    async def send(self, user: User, *texts: str, conversation: str = "#ting") -> list[Message]:
        """Send messages and index them."""
        sent = [
            await self.app.conversations.messages.send(user.person, conversation, message_id(), text) for text in texts
        ]
        await self.indexer.catch_up()
        return sent

    async def find(self, reader: User, text: str, **more: Any) -> list[str]:
        """Return the texts that are found, in order, over all pages."""
        texts, cursor = [], None
        for _ in range(100):
            hits, cursor = await self.search.search(reader, SearchQuery(text, cursor=cursor, **more), 2)
            texts += [hit.message.text for hit in hits]
            if cursor is None:
                return texts
        raise AssertionError("the pages do not end")

    def direct(self, first: User, second: User) -> str:
        """The id of the direct conversation of two users."""
        return direct_id(first.id, second.id)


@dataclass(frozen=True)
class Cost:
    """What MongoDB did: the number of queries, of index keys and documents it read, and of documents it returned."""

    queries: int = 0
    keys: int = 0
    documents: int = 0
    returned: int = 0


@asynccontextmanager
async def profiled(app: App) -> AsyncIterator[Callable[[Callable[[], Awaitable[Any]]], Awaitable[tuple[Any, Cost]]]]:
    """Yield a function that runs something, and returns its result and its cost for the database."""
    database = app.web.database.collection("words").database

    async def run(work: Callable[[], Awaitable[Any]]) -> tuple[Any, Cost]:
        await database.command("profile", 0)
        await database.drop_collection("system.profile")
        await database.command("profile", 2)
        result = await work()
        await database.command("profile", 0)
        # Without writes: those of the activity of channels, for example, come at any time.
        queries = {"$or": [{f"command.{name}": {"$exists": True}} for name in ("find", "aggregate", "getMore")]}
        entries = await database["system.profile"].find(queries).to_list(None)
        return result, Cost(
            len(entries),
            *(sum(entry.get(name, 0) for entry in entries) for name in ("keysExamined", "docsExamined", "nreturned")),
        )

    try:
        yield run
    finally:
        await database.command("profile", 0)
        await database.drop_collection("system.profile")
