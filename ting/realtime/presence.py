"""The registry of open connections: the user of each, and the conversations that it is subscribed to.

Synchronous, so that several calls can form one step: nothing happens between taking a snapshot and subscribing.
The registry knows connections only by the protocol `Subscriber`.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import Protocol

from ting.core.errors import CloseCode
from ting.core.models import ConversationId, Person, TypingPreferences, UserId

REMEMBERED_CHANGES = 1_000  # more than are ever made while one websocket opens


class Subscriber(Protocol):
    """An open connection, as far as the registry is concerned."""

    person: Person
    typing: TypingPreferences
    ignores: frozenset[UserId]

    @property
    def session(self) -> str: ...

    @property
    def address(self) -> str: ...

    def push(self, frames: bytes, /) -> None: ...

    def push_coalesced(self, key: str, frames: bytes, full_state: "Callable[[str, Subscriber], bytes]") -> None: ...

    def close(self, code: CloseCode) -> None: ...


class Subscribers:
    """The connections subscribed to one conversation, counted per user."""

    def __init__(self) -> None:
        # A dict keeps the order in which they subscribed, and each of them once.
        self.connections: dict[Subscriber, None] = {}
        self._persons: dict[UserId, Person] = {}
        self._counts: Counter[UserId] = Counter()

    def add(self, connection: Subscriber) -> bool:
        """Add a connection. Return whether it is the first one of its user."""
        person = connection.person
        self.connections[connection] = None
        self._persons[person.id] = person
        self._counts[person.id] += 1
        return self._counts[person.id] == 1

    def remove(self, connection: Subscriber) -> bool:
        """Remove a connection. Return whether it was the last one of its user."""
        user = connection.person.id
        del self.connections[connection]
        self._counts[user] -= 1
        if self._counts[user]:
            return False
        del self._counts[user], self._persons[user]
        return True

    @property
    def people(self) -> dict[UserId, Person]:
        return self._persons


class RecentChanges:
    """Users that changed recently. Lets a connection that is being opened detect that what it read is stale.

    Open connections are notified of a change. A connection that is being opened is not, and its user was read from the
    database a moment earlier. When it opens, `any_since` says whether the user has changed since. If that is too long
    ago to be remembered, the user counts as changed.
    """

    def __init__(self, remembered: int = REMEMBERED_CHANGES) -> None:
        self.count = 0
        self._remembered = remembered
        self._last: OrderedDict[UserId, int] = OrderedDict()
        self._forgotten = 0

    def record(self, user: UserId) -> None:
        """Record a change of a user. Call it in the same step in which the user's connections are looked up."""
        self.count += 1
        self._last[user] = self.count
        self._last.move_to_end(user)
        if len(self._last) > self._remembered:
            _, self._forgotten = self._last.popitem(last=False)

    def any_since(self, count: int, user: UserId) -> bool:
        """Whether a user changed, or may have changed, since `self.count` had the value `count`."""
        return self._last.get(user, self._forgotten) > count


class Presence:
    """The open connections and their subscriptions. A user is present while one of their connections is."""

    def __init__(self) -> None:
        self.changes = RecentChanges()
        self._subscribers: dict[ConversationId, Subscribers] = {}
        self._joined: dict[Subscriber, set[ConversationId]] = {}
        self._by_user: dict[UserId, dict[Subscriber, None]] = {}
        self._changed: dict[ConversationId, set[UserId]] = {}

    def connect(self, connection: Subscriber) -> None:
        """A connection opened. It is not subscribed to any conversation yet."""
        self._joined[connection] = set()
        self._by_user.setdefault(connection.person.id, {})[connection] = None

    def disconnect(self, connection: Subscriber) -> list[ConversationId]:
        """A connection closed. Return the conversations that it was subscribed to. Safe to repeat."""
        left = list(self._joined.get(connection, ()))
        for conversation in left:
            self.leave(conversation, connection)
        if self._joined.pop(connection, None) is not None:
            connections = self._by_user[connection.person.id]
            del connections[connection]
            if not connections:
                del self._by_user[connection.person.id]
        return left

    def join(self, conversation: ConversationId, connection: Subscriber) -> bool:
        """Subscribe an open connection. Return whether it was not subscribed before, and is now."""
        joined = self._joined.get(connection)
        if joined is None or conversation in joined:
            return False
        joined.add(conversation)
        if self._subscribers.setdefault(conversation, Subscribers()).add(connection):
            self._record_change(conversation, connection)
        return True

    def leave(self, conversation: ConversationId, connection: Subscriber) -> bool:
        """Unsubscribe a connection. Return whether it was subscribed."""
        joined = self._joined.get(connection, set())
        if conversation not in joined:
            return False
        joined.remove(conversation)
        room = self._subscribers[conversation]
        if room.remove(connection):
            self._record_change(conversation, connection)
        if not room.connections:
            del self._subscribers[conversation]
        return True

    def people(self, conversation: ConversationId) -> list[Person]:
        """The users present in a conversation, each once."""
        room = self._subscribers.get(conversation)
        return list(room.people.values()) if room else []

    def count(self, conversation: ConversationId) -> int:
        """How many users are present in a conversation."""
        room = self._subscribers.get(conversation)
        return len(room.people) if room else 0

    def subscribers(self, conversation: ConversationId) -> Collection[Subscriber]:
        """The connections subscribed to a conversation."""
        room = self._subscribers.get(conversation)
        return room.connections if room else ()

    def session_connections(self, user: UserId, session: str) -> list[Subscriber]:
        """The open connections of one session of a user."""
        return [connection for connection in self._by_user.get(user, ()) if connection.session == session]

    def user_connections(self, user: UserId) -> list[Subscriber]:
        """The open connections of a user."""
        return list(self._by_user.get(user, ()))

    def is_connected(self, user: UserId) -> bool:
        """Whether a user has an open connection."""
        return user in self._by_user

    def connections_elsewhere(self, conversation: ConversationId, users: Iterable[UserId]) -> list[Subscriber]:
        """The open connections of these users that are not subscribed to a conversation."""
        here = self.subscribers(conversation)
        return [connection for user in users for connection in self._by_user.get(user, ()) if connection not in here]

    def ignored_by(self, user: UserId) -> frozenset[UserId]:
        """The users that a user ignores, as known to one of their connections; empty without a connection."""
        return next((connection.ignores for connection in self._by_user.get(user, ())), frozenset())

    def subscriptions(self, connection: Subscriber) -> Collection[ConversationId]:
        """The conversations that a connection is subscribed to."""
        return self._joined.get(connection, ())

    def user_subscribers(self, conversation: ConversationId, user: UserId) -> list[Subscriber]:
        """The connections of a user that are subscribed to a conversation."""
        return [connection for connection in self._by_user.get(user, ()) if conversation in self._joined[connection]]

    def update_person(self, person: Person) -> None:
        """Replace the public data of a user in all their connections and conversations."""
        for connection in self._by_user.get(person.id, ()):
            connection.person = person
            for conversation in self._joined[connection]:
                self._subscribers[conversation].people[person.id] = person

    def connections(self) -> list[Subscriber]:
        """Every open connection."""
        return list(self._joined)

    @property
    def conversations(self) -> Collection[ConversationId]:
        """The conversations that have subscribers."""
        return self._subscribers.keys()

    @property
    def changed_conversations(self) -> Collection[ConversationId]:
        """The conversations of which `drain_changes` would return changes."""
        return self._changed.keys()

    @property
    def size(self) -> tuple[int, int]:
        """How many users are connected, and how many connections are open."""
        return len(self._by_user), len(self._joined)

    def drain_changes(self, limit: int | None = None) -> Iterator[tuple[ConversationId, list[Person], list[UserId]]]:
        """The users who joined and the users who left each conversation since the last call, of `limit` conversations.

        A user who left and joined again meanwhile counts as joined: a snapshot taken in between does not contain them.
        """
        touched = {conversation: self._changed.pop(conversation) for conversation in [*islice(self._changed, limit)]}
        for conversation, users in touched.items():
            room = self._subscribers.get(conversation)
            here = room.people if room else {}
            came = [here[user] for user in users if user in here]
            yield conversation, came, [user for user in users if user not in here]

    def _record_change(self, conversation: ConversationId, connection: Subscriber) -> None:
        self._changed.setdefault(conversation, set()).add(connection.person.id)
