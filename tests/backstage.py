"""The parts below the edge, on a real database and without a network."""

from itertools import count

from ting.accounts import Accounts
from ting.chat import Chat
from ting.conversations import Conversations
from ting.models import Message, Person
from ting.presence import Presence
from ting.store.conversations import ConversationStore
from ting.store.database import Database
from ting.store.journal import Journal
from ting.store.messages import MessageStore
from ting.store.sessions import SessionStore
from ting.store.users import UserStore

PRESENCE_INTERVAL_S = 0.05


class Line:
    """A conversation's numbering, for tests of the journal alone."""

    def __init__(self, id: str = "#ting", head: int = 0) -> None:
        self.id = id
        self.head = head


class Backstage:
    """What a server builds, under the handlers. Its clock goes on by a second whenever it is asked."""

    def __init__(self, database: Database, messages: MessageStore | None = None, waiting_max: int = 10_000) -> None:
        self.database = database
        self.users = UserStore(database)
        self.messages = messages or MessageStore(database, self.users)
        self.presence = Presence()
        self.journal = Journal(self.messages, waiting_max=waiting_max, longest_pause_s=0.05)
        self.conversations = Conversations(
            self.messages,
            ConversationStore(database),
            self.journal,
            self.presence,
            presence_interval_s=PRESENCE_INTERVAL_S,
        )
        seconds = count(1_000)
        self.chat = Chat(self.conversations, self.messages, self.presence, lambda: next(seconds) * 1000)
        self.accounts = Accounts(self.users, SessionStore(database), self.presence, lambda: next(seconds) * 1000)
        self.journal.start()

    async def person(self, name: str) -> Person:
        """Somebody who has entered."""
        user, _ = await self.accounts.enter(name)
        return user.person

    async def stop(self) -> None:
        await self.journal.stop()


def message(id: str, text: str = "hello", conversation: str = "#ting", position: int = 1, **fields: int) -> Message:
    """A message by ada, as it comes to the store."""
    numbers = {"seq": 1, "first": 1, "started": 1, "sent": 1} | fields
    return Message(
        id=id,
        conversation=conversation,
        position=position,
        author=Person("ada-id", "?"),
        kind="text",
        text=text,
        **numbers,
    )
