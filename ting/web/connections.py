"""Which connections may stay open: bounded in all, for clients that are not signed in, and for each of their addresses.

A client that is not signed in is a stranger. Where there is no room for another one, the stranger that has been idle
for longest has to go, so that strangers who only hold connections keep nobody out for long. The last connections are
for operators, who look at a server when it is full.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ting.core.errors import Busy
from ting.core.networks import network_of

OPERATORS_RESERVE = 16
PROXY = ""  # counts as no address: what it forwards is counted by the address that it reports

Refusal = Literal["full", "strangers", "address"]


@dataclass(frozen=True)
class ConnectionLimits:
    """How many connections can be open: in all, of strangers, and of strangers at one address."""

    total: int
    strangers: int
    per_address: int

    @classmethod
    def within(cls, descriptors: int, total: int, strangers: int, per_address: int) -> "ConnectionLimits":
        """The limits with this many file descriptors for connections. Strangers never get more than half."""
        total = max(2 * OPERATORS_RESERVE, min(total, descriptors))
        return cls(total, min(strangers, total // 2), min(per_address, total // 4))


class Client:
    """One connection. It counts as a stranger's until a request on it has a session."""

    __slots__ = ("_connections", "_network", "close", "counted", "in_request", "is_proxy", "signed_in")

    def __init__(self, connections: "Connections", address: str, close: Callable[[], None], *, is_proxy: bool) -> None:
        self._connections = connections
        self._network = PROXY if is_proxy else network_of(address)
        self.close = close
        self.counted = False
        self.in_request = False
        self.is_proxy = is_proxy
        self.signed_in = False

    @property
    def network(self) -> str:
        """The address under which the connection, or the request of a proxy, counts."""
        return self._network

    def begin_request(self) -> None:
        """A request has begun: its header is complete."""
        self.in_request = True
        self._connections.set_idle(self, idle=False)

    def claim(self, address: str, *, may_use_reserve: bool) -> None:
        """The request came from this address. Raises `Busy` if the server has no room for it."""
        if self.is_proxy and not self.counted:
            self._network = network_of(address)
            self._connections.count_request(self)
        if not may_use_reserve and self._connections.is_in_reserve(self):
            raise Busy("The server has too many connections. Try again in a moment.", retry_after=5.0)

    def sign_in(self) -> None:
        """The request has a session."""
        self._connections.uncount(self)
        self.signed_in = True

    def end_request(self) -> None:
        """The response is complete, or the client is gone."""
        self.in_request = False
        if self.is_proxy:
            self._connections.uncount(self)
            self.signed_in = False
        else:
            self._connections.set_idle(self, idle=True)

    def left(self) -> None:
        """The connection is closed."""
        self._connections.remove(self)


class Connections:
    """The open connections of a server."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.refused: dict[Refusal, int] = {"full": 0, "strangers": 0, "address": 0}
        self._open: dict[Client, None] = {}
        self._strangers = 0
        self._per_network: dict[str, int] = {}
        self._idle: OrderedDict[Client, None] = OrderedDict()
        self._idle_per_network: dict[str, OrderedDict[Client, None]] = {}

    @property
    def size(self) -> tuple[int, int]:
        """The number of open connections, and how many of them are strangers'."""
        return len(self._open), self._strangers

    def admit(self, client: Client) -> bool:
        """Count a new connection, and return whether there is room for it. An idle one may have to go for that."""
        if not self._has_room(client):
            return False
        self._open[client] = None
        if not client.is_proxy:
            self._count(client)
            self.set_idle(client, idle=True)
        return True

    def remove(self, client: Client) -> None:
        """Forget a connection. Safe to call again."""
        if client in self._open:
            del self._open[client]
            self.uncount(client)

    def is_in_reserve(self, client: Client) -> bool:
        """Whether all ordinary connections are in use, and this is one of the last, which are for operators."""
        return len(self._open) > self.limits.total - OPERATORS_RESERVE and not client.signed_in and client in self._open

    def count_request(self, client: Client) -> None:
        """Count a request that a proxy forwards as a stranger's. Raises `Busy`."""
        refusal = self._strangers_limit(client.network)
        if refusal is not None:
            self.refused[refusal] += 1
            raise Busy("There are too many requests from this address. Try again in a moment.", retry_after=5.0)
        self._count(client)

    def uncount(self, client: Client) -> None:
        """The connection, or the request of a proxy, is no stranger's any more."""
        self.set_idle(client, idle=False)
        if client.counted:
            client.counted = False
            self._strangers -= 1
            self._per_network[client.network] -= 1
            if not self._per_network[client.network]:
                del self._per_network[client.network]

    def set_idle(self, client: Client, *, idle: bool) -> None:
        """Record whether a connection of a stranger waits for its next request."""
        if idle and client.counted:
            self._idle[client] = None
            self._idle_per_network.setdefault(client.network, OrderedDict())[client] = None
        elif client in self._idle:
            del self._idle[client]
            at_address = self._idle_per_network[client.network]
            del at_address[client]
            if not at_address:
                del self._idle_per_network[client.network]

    def close_idle(self, count: int) -> int:
        """Close connections of strangers, those first that have been idle for longest. Return how many."""
        closing = list(self._idle)[:count]
        for client in closing:
            self._close(client)
        return len(closing)

    def _has_room(self, client: Client) -> bool:
        if len(self._open) >= self.limits.total - OPERATORS_RESERVE:
            self.close_idle(1)
        if len(self._open) >= self.limits.total:
            self.refused["full"] += 1
            return False
        refusal = None if client.is_proxy else self._strangers_limit(client.network)
        if refusal is None:
            return True
        self.refused[refusal] += 1
        idle = self._idle if refusal == "strangers" else self._idle_per_network.get(client.network)
        if not idle:
            return False
        self._close(next(iter(idle)))
        return True

    def _strangers_limit(self, network: str) -> Refusal | None:
        """The limit at which another stranger from an address would be one too many."""
        if self._per_network.get(network, 0) >= self.limits.per_address:
            return "address"
        return "strangers" if self._strangers >= self.limits.strangers else None

    def _count(self, client: Client) -> None:
        client.counted = True
        self._strangers += 1
        self._per_network[client.network] = self._per_network.get(client.network, 0) + 1

    def _close(self, client: Client) -> None:
        self.remove(client)
        client.close()
