"""Which connections may stay open: the limits, who has to go, and what is kept in reserve."""

import pytest

from ting.core.errors import Busy
from ting.web.connections import OPERATORS_RESERVE, Client, ConnectionLimits, Connections

TOTAL = OPERATORS_RESERVE + 8


class Room:
    """Connections with low limits, and the clients whose connections were closed."""

    def __init__(self, total: int = TOTAL, strangers: int = 6, per_address: int = 3) -> None:
        self.connections = Connections(ConnectionLimits(total, strangers, per_address, per_user=5))
        self.closed: list[Client] = []

    def client(self, address: str, *, is_proxy: bool = False) -> Client:
        client = Client(self.connections, address, lambda: self.closed.append(client), is_proxy=is_proxy)
        return client

    def admit(self, address: str, *, is_proxy: bool = False) -> Client | None:
        """A new connection, if it is admitted."""
        client = self.client(address, is_proxy=is_proxy)
        return client if client.connected() else None

    def admitted(self, address: str, *, is_proxy: bool = False) -> Client:
        client = self.admit(address, is_proxy=is_proxy)
        assert client is not None
        return client

    def member(self, address: str, user: str = "ada") -> Client:
        """A connection of a signed-in user."""
        client = self.admitted(address)
        client.begin_request()
        client.claim(address, may_use_reserve=False)
        client.sign_in(user)
        client.end_request()
        return client


@pytest.fixture
def room() -> Room:
    return Room()


def test_at_the_limit_of_an_address_its_oldest_idle_connection_is_closed(room: Room) -> None:
    other = room.admitted("192.0.2.9")
    first, second, _ = (room.admitted("192.0.2.1") for _ in range(3))
    first.begin_request()

    assert room.admit("192.0.2.1") is not None
    assert room.closed == [second]
    assert other not in room.closed


def test_without_an_idle_connection_a_further_one_of_an_address_is_refused(room: Room) -> None:
    for _ in range(3):
        room.admitted("2001:db8::1").begin_request()

    assert room.admit("2001:db8::2") is None  # of the same network
    assert room.admit("2001:db8:0:1::1") is not None
    assert room.closed == []


def test_strangers_of_many_addresses_take_room_from_each_other_only(room: Room) -> None:
    member = room.member("192.0.2.100")
    strangers = [room.admitted(f"192.0.2.{number}") for number in range(100)]

    assert room.connections.size == (7, 6)
    assert room.closed == strangers[:94]
    assert member not in room.closed


def test_signed_in_users_are_not_counted_per_address(room: Room) -> None:
    for _ in range(5):
        room.member("192.0.2.1")

    assert room.connections.size == (5, 0)


def test_the_connections_of_one_user_are_limited(room: Room) -> None:
    first, *others = [room.member("192.0.2.1") for _ in range(5)]
    bob = room.member("192.0.2.1", "bob")

    sixth = room.member("192.0.2.2")
    assert room.closed == [first]
    for client in (*others, sixth):
        client.begin_request()
    late = room.admitted("192.0.2.3")
    late.begin_request()
    with pytest.raises(Busy):
        late.sign_in("ada")
    late.end_request()
    assert bob not in room.closed
    assert room.connections.size == (7, 1)  # the late one stays a stranger's, which can be closed
    assert room.connections.close_idle(1) == 1


def test_requests_through_a_proxy_are_limited_per_user(room: Room) -> None:
    proxied = [room.admitted("127.0.0.1", is_proxy=True) for _ in range(6)]
    for number, client in enumerate(proxied[:5]):
        client.begin_request()
        client.claim(f"192.0.2.{number}", may_use_reserve=False)
        client.sign_in("ada")

    with pytest.raises(Busy):
        proxied[5].sign_in("ada")
    proxied[0].end_request()
    proxied[5].sign_in("ada")
    assert room.closed == []


def test_a_full_server_closes_idle_strangers_for_users_and_keeps_the_last_for_operators() -> None:
    room = Room(total=OPERATORS_RESERVE + 4)
    stranger = room.admitted("192.0.2.1")
    for _ in range(4):
        room.member("192.0.2.2")
    assert room.closed == [stranger]

    late = room.admitted("192.0.2.3")
    late.begin_request()
    with pytest.raises(Busy):
        late.claim("192.0.2.3", may_use_reserve=False)
    late.claim("192.0.2.3", may_use_reserve=True)


def test_beyond_the_reserve_everything_is_refused() -> None:
    room = Room(total=OPERATORS_RESERVE + 1, strangers=100, per_address=100)
    for _ in range(OPERATORS_RESERVE + 1):
        room.admitted("192.0.2.1").begin_request()

    assert room.admit("192.0.2.2") is None
    assert room.connections.refused["full"] == 1


def test_requests_through_a_proxy_count_by_the_address_that_it_reports(room: Room) -> None:
    proxied = [room.admitted("127.0.0.1", is_proxy=True) for _ in range(6)]
    for client in proxied:
        client.begin_request()
    for client in proxied[:3]:
        client.claim("192.0.2.1", may_use_reserve=False)

    with pytest.raises(Busy):
        proxied[3].claim("192.0.2.1", may_use_reserve=False)
    proxied[4].claim("192.0.2.2", may_use_reserve=False)
    proxied[0].end_request()
    proxied[1].sign_in("ada")
    proxied[3].claim("192.0.2.1", may_use_reserve=False)
    assert room.connections.size == (6, 3)
    assert room.closed == []


def test_a_connection_of_a_proxy_has_another_client_with_each_request(room: Room) -> None:
    proxied = room.admitted("127.0.0.1", is_proxy=True)
    for number in range(10):
        proxied.begin_request()
        proxied.claim(f"192.0.2.{number}", may_use_reserve=False)
        if number % 2:
            proxied.sign_in("ada")
        proxied.end_request()

    assert room.connections.size == (1, 0)


def test_nothing_is_left_of_closed_connections(room: Room) -> None:
    clients = [room.admitted("192.0.2.1"), room.member("192.0.2.2"), room.admitted("127.0.0.1", is_proxy=True)]
    clients[0].begin_request()
    clients[2].begin_request()
    clients[2].claim("192.0.2.3", may_use_reserve=False)
    for client in clients:
        client.left()
        client.end_request()
        client.left()

    assert room.connections.size == (0, 0)
    assert room.connections._sizes == {}
    assert room.connections._idle == {}
    assert not room.connections._idle_strangers


@pytest.mark.parametrize(
    ("descriptors", "expected"),
    [(100_000, (50_000, 2_000, 500)), (1_000, (1_000, 500, 250)), (10, (32, 16, 8))],
)
def test_the_limits_are_lowered_to_the_file_descriptors(descriptors: int, expected: tuple[int, int, int]) -> None:
    limits = ConnectionLimits.within(descriptors, ConnectionLimits(50_000, 2_000, 500, 200))

    assert (limits.total, limits.strangers, limits.per_address) == expected
