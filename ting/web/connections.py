"""Which connections may stay open: bounded in all, for clients that are not signed in, and for each of their addresses.

A client that is not signed in is a stranger. Where there is no room for another one, the stranger that has been idle
for longest is closed, so that strangers who only hold connections cannot keep users out. The last connections are
for operators, who look at a server when it is full. The connections of one user are limited, too. Those of a proxy are
not: its requests are counted instead, each for the client that the proxy reports.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple, get_args

from ting.core.errors import Busy
from ting.core.networks import network_of

OPERATORS_RESERVE = 16
BUSY_S = 5.0  # after which a refused client may try again

Refusal = Literal["full", "strangers", "address", "user"]


class Group(NamedTuple):
    """What a connection counts for: the strangers at an address, or a user."""

    kind: Literal["address", "user"]
    key: str


@dataclass(frozen=True)
class ConnectionLimits:
    """How many connections can be open: in all, of strangers, of strangers at one address, and of one user."""

    total: int
    strangers: int
    per_address: int
    per_user: int

    @classmethod
    def within(cls, descriptors: int, wanted: "ConnectionLimits") -> "ConnectionLimits":
        """The limits with this many file descriptors for connections. Strangers never get more than half."""
        total = max(2 * OPERATORS_RESERVE, min(wanted.total, descriptors))
        return cls(total, min(wanted.strangers, total // 2), min(wanted.per_address, total // 4), wanted.per_user)


class Client:
    """One connection. It counts as a stranger's until a request on it has a session."""

    __slots__ = ("_address", "_connections", "close", "group", "is_proxy")

    def __init__(self, connections: "Connections", address: str, close: Callable[[], None], *, is_proxy: bool) -> None:
        self._connections = connections
        self._address = address
        self.close = close
        self.group: Group | None = None
        self.is_proxy = is_proxy

    def connected(self) -> bool:
        """Count the connection, and return whether there is room for it."""
        return self._connections.admit(self, None if self.is_proxy else Group("address", network_of(self._address)))

    def begin_request(self) -> None:
        """A request has begun: its header is complete."""
        self._connections.set_idle(self, idle=False)

    def claim(self, address: str, *, may_use_reserve: bool) -> None:
        """The request came from this address. Raises `Busy` if the server has no room for it."""
        if self.is_proxy:
            self._connections.move(self, Group("address", network_of(address)))
        if not may_use_reserve and self._connections.is_in_reserve(self):
            raise Busy("The server has too many connections. Try again in a moment.", retry_after=BUSY_S)

    def sign_in(self, user: str) -> None:
        """The request has a session of this user. Raises `Busy` if the user has too many connections."""
        self._connections.move(self, Group("user", user))

    def end_request(self) -> None:
        """The response is complete, or the client is gone."""
        if self.is_proxy:
            self._connections.uncount(self)  # the next request on it is of another client
        else:
            self._connections.set_idle(self, idle=True)

    def left(self) -> None:
        """The connection is closed."""
        self._connections.remove(self)


class Connections:
    """The open connections of a server."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.refused: dict[Refusal, int] = dict.fromkeys(get_args(Refusal), 0)
        self._open: dict[Client, None] = {}
        self._strangers = 0
        self._sizes: dict[Group, int] = {}
        self._idle_strangers: OrderedDict[Client, None] = OrderedDict()
        self._idle: dict[Group, OrderedDict[Client, None]] = {}

    @property
    def size(self) -> tuple[int, int]:
        """The number of open connections, and how many of them are strangers'."""
        return len(self._open), self._strangers

    def admit(self, client: Client, group: Group | None) -> bool:
        """Count a new connection, and return whether there is room for it. An idle one may have to go for that."""
        if len(self._open) >= self.limits.total - OPERATORS_RESERVE:
            self.close_idle(1)
        if len(self._open) >= self.limits.total:
            self.refused["full"] += 1
            return False
        if group is not None and not self._has_room(group):
            return False
        self._open[client] = None
        if group is not None:
            self._count(client, group)
            self.set_idle(client, idle=True)
        return True

    def move(self, client: Client, group: Group) -> None:
        """Count a connection, or the request of a proxy, in another group. Raises `Busy`."""
        if client.group == group or client not in self._open:
            return
        before = client.group
        self.uncount(client)
        has_room = self._has_room(group)
        counted = group if has_room else before
        if counted is not None:
            self._count(client, counted)
        if not has_room:
            raise Busy("Too many connections of one user or address are open.", retry_after=BUSY_S)

    def remove(self, client: Client) -> None:
        """Forget a connection. Safe to call again."""
        if client in self._open:
            del self._open[client]
            self.uncount(client)

    def is_in_reserve(self, client: Client) -> bool:
        """Whether all ordinary connections are in use, and this is one of the last, which are for operators."""
        is_user = client.group is not None and client.group.kind == "user"
        return len(self._open) > self.limits.total - OPERATORS_RESERVE and not is_user and client in self._open

    def uncount(self, client: Client) -> None:
        """The connection, or the request of a proxy, is not in its group any more."""
        self.set_idle(client, idle=False)
        group, client.group = client.group, None
        if group is not None:
            self._strangers -= group.kind == "address"
            self._sizes[group] -= 1
            if not self._sizes[group]:
                del self._sizes[group]

    def set_idle(self, client: Client, *, idle: bool) -> None:
        """Record whether a connection waits for its next request."""
        group = client.group
        if group is None:
            return
        if idle:
            self._idle.setdefault(group, OrderedDict())[client] = None
            if group.kind == "address":
                self._idle_strangers[client] = None
        elif client in self._idle.get(group, ()):
            self._idle_strangers.pop(client, None)
            del self._idle[group][client]
            if not self._idle[group]:
                del self._idle[group]

    def close_idle(self, count: int) -> int:
        """Close connections of strangers, those first that have been idle for longest. Return how many."""
        closing = list(islice(self._idle_strangers, count))
        for client in closing:
            self._close(client)
        return len(closing)

    def _has_room(self, group: Group) -> bool:
        """Whether another connection fits into a group, after an idle one was closed for it, if need be."""
        refusal = self._limit_reached(group)
        if refusal is None:
            return True
        self.refused[refusal] += 1
        idle = self._idle_strangers if refusal == "strangers" else self._idle.get(group)
        if not idle:
            return False
        self._close(next(iter(idle)))
        return True

    def _limit_reached(self, group: Group) -> Refusal | None:
        """The limit at which another connection in a group would be one too many."""
        size = self._sizes.get(group, 0)
        if group.kind == "user":
            return "user" if size >= self.limits.per_user else None
        if size >= self.limits.per_address:
            return "address"
        return "strangers" if self._strangers >= self.limits.strangers else None

    def _count(self, client: Client, group: Group) -> None:
        client.group = group
        self._strangers += group.kind == "address"
        self._sizes[group] = self._sizes.get(group, 0) + 1

    def _close(self, client: Client) -> None:
        self.remove(client)
        client.close()
