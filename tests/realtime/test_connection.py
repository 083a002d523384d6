"""One open websocket: frames, one write per turn, and a bound on what waits."""

import asyncio
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.iostream import StreamClosedError

from tests.client import People
from ting.core.errors import CloseCode
from ting.core.models import Session, User
from ting.realtime.connection import Connection, Flusher
from ting.realtime.framing import decode_frames, encode_frame
from ting.realtime.transport import TornadoTransport
from ting.web import websocket


class FakeOutlet:
    """Keeps what it is given. While `slow`, each write is under way until the test ends it."""

    def __init__(self) -> None:
        self.writes: list[list[bytes]] = []
        self.under_way: list[asyncio.Future[None]] = []
        self.slow = False
        self.broken: Exception | None = None

    def send(self, frames: bytes) -> "asyncio.Future[None] | None":
        if self.broken is not None:
            raise self.broken
        assert all(write.done() for write in self.under_way), "one write at a time"
        self.writes.append(decode_frames(frames))
        if not self.slow:
            return None
        self.under_way.append(asyncio.get_running_loop().create_future())
        return self.under_way[-1]


class Opened:
    """A connection with what it wrote and how it was closed."""

    def __init__(self, flushes: Flusher, outbox_bytes: int = 100) -> None:
        self.outlet = FakeOutlet()
        self.closed: list[tuple[int, str]] = []
        self.connection = Connection(
            Session(id="session", user=User(id="ada-id", name="ada", created=0, used=0)),
            "192.0.2.1",
            self.outlet,
            flushes,
            outbox_bytes=outbox_bytes,
            close=lambda code, reason: self.closed.append((code, reason)),
        )

    def push(self, *texts: str) -> None:
        for text in texts:
            self.connection.push(encode_frame(text.encode()))


async def turn() -> None:
    """Let everything run that is due."""
    for _ in range(3):
        await asyncio.sleep(0)


@given(st.lists(st.binary(max_size=300)))
def test_payloads_are_what_was_framed(messages: list[bytes]) -> None:
    assert decode_frames(b"".join(encode_frame(message) for message in messages)) == messages


@pytest.mark.parametrize(
    ("size", "header"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f" + struct.pack("!Q", 65_536)),
    ],
)
def test_a_frame_has_the_shortest_header_of_the_rfc(size: int, header: bytes) -> None:
    payload = b"x" * size

    assert encode_frame(payload) == header + payload
    assert decode_frames(encode_frame(payload) * 2) == [payload, payload]


@pytest.mark.gen_test
async def test_what_is_pushed_in_one_turn_leaves_in_one_write() -> None:
    ada = Opened(Flusher())

    ada.push("1", "2", "3")
    assert ada.outlet.writes == []
    await turn()
    ada.push("4")
    await turn()

    assert ada.outlet.writes == [[b"1", b"2", b"3"], [b"4"]]


@pytest.mark.gen_test
async def test_connections_that_share_a_turn_each_get_their_own() -> None:
    flushes = Flusher()
    ada, bob = Opened(flushes), Opened(flushes)

    ada.push("1")
    bob.push("2")
    ada.push("3")
    await turn()

    assert (ada.outlet.writes, bob.outlet.writes) == ([[b"1", b"3"]], [[b"2"]])


@pytest.mark.gen_test
async def test_what_comes_while_a_write_is_under_way_leaves_together_after_it() -> None:
    ada = Opened(Flusher())
    ada.outlet.slow = True

    ada.push("1")
    await turn()
    ada.push("2")
    await turn()
    ada.push("3")
    await turn()
    assert ada.outlet.writes == [[b"1"]]
    ada.outlet.under_way[0].set_result(None)
    await turn()

    assert ada.outlet.writes == [[b"1"], [b"2", b"3"]]


@pytest.mark.gen_test
async def test_a_reader_that_is_too_slow_is_closed_and_nothing_follows() -> None:
    ada = Opened(Flusher(), outbox_bytes=100)
    ada.outlet.slow = True

    ada.push("x" * 60)
    await turn()
    ada.push("y" * 30)
    assert ada.closed == []
    ada.push("z" * 30)
    ada.push("z" * 30)
    ada.outlet.under_way[0].set_result(None)
    await turn()

    assert ada.closed == [(CloseCode.TOO_SLOW, "too_slow")]
    assert ada.outlet.writes == [[b"x" * 60]]


@pytest.mark.gen_test
async def test_the_bound_counts_what_waits_and_not_what_was_sent() -> None:
    ada = Opened(Flusher(), outbox_bytes=100)
    ada.outlet.slow = True

    for count in range(10):
        ada.push("x" * 60)
        await turn()
        ada.outlet.under_way[count].set_result(None)
        await turn()

    assert ada.closed == []
    assert len(ada.outlet.writes) == 10


@pytest.mark.gen_test
async def test_a_slow_reader_gets_the_latest_state_instead_of_every_step_towards_it() -> None:
    ada = Opened(Flusher(), outbox_bytes=100)
    ada.outlet.slow = True
    state = "old"

    def everything(key: str, connection: object) -> bytes:
        assert connection is ada.connection
        return encode_frame(f"{key} {state}".encode())

    ada.connection.push_coalesced("ghosts", encode_frame(b"step 0"), everything)
    await turn()
    for step in range(1, 100):
        ada.connection.push_coalesced("ghosts", encode_frame(b"step %d" % step), everything)
    state = "new"
    ada.outlet.under_way[0].set_result(None)
    await turn()

    assert ada.outlet.writes == [[b"step 0"], [b"ghosts new"]]
    assert ada.closed == []


@pytest.mark.gen_test
async def test_a_reader_that_keeps_up_may_be_told_more_than_the_bound_at_once() -> None:
    ada = Opened(Flusher(), outbox_bytes=100)

    ada.push(*("x" * 60 for _ in range(10)))
    await turn()

    assert ada.closed == []
    assert len(ada.outlet.writes[0]) == 10


@pytest.mark.gen_test
async def test_goodbye_is_said_once_and_after_what_was_pushed_before() -> None:
    ada = Opened(Flusher())
    ada.push("1")

    ada.connection.close(CloseCode.RESTART)
    ada.connection.close(CloseCode.SESSION_ENDED)
    ada.push("2")
    await turn()

    assert ada.closed == [(1012, "restart")]
    assert ada.outlet.writes == [[b"1"]]


@pytest.mark.gen_test
@pytest.mark.parametrize("error", [BrokenPipeError(), ConnectionResetError(), StreamClosedError()])
async def test_pushing_to_somebody_who_is_gone_does_no_harm(error: Exception) -> None:
    flushes = Flusher()
    ada, bob = Opened(flushes), Opened(flushes)
    ada.outlet.broken = error

    ada.push("1")
    bob.push("1")
    await turn()
    ada.outlet.broken = None
    ada.push("2")
    await turn()

    assert (ada.outlet.writes, bob.outlet.writes) == ([], [[b"1"]])


@pytest.mark.gen_test
async def test_a_write_that_fails_on_its_way_ends_the_connection() -> None:
    ada = Opened(Flusher())
    ada.outlet.slow = True
    ada.push("1")
    await turn()
    ada.push("2")

    ada.outlet.under_way[0].set_exception(StreamClosedError())
    await turn()
    ada.push("3")
    await turn()

    assert ada.outlet.writes == [[b"1"]]


@pytest.mark.gen_test
async def test_without_the_short_way_everything_goes_through_tornado(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "transport_for", TornadoTransport)
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()

    sizes = [1, 125, 126, 3000]
    for size in sizes:
        await adas.send("x" * size)

    assert [len((await bobs.event("message"))["text"]) for _ in sizes] == sizes


@pytest.mark.gen_test
async def test_a_frame_that_the_socket_does_not_take_at_once_arrives_whole(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas, bobs = await ada.connect(), await bob.connect()

    texts = [str(number) * 4000 for number in range(10)] * 20  # more than a socket's buffer, with nobody reading
    refs = [await adas.begin("ping")]
    for text in texts:
        await adas.send(text)
    await adas.answer(refs[0])

    assert [(await bobs.event("message"))["text"] for _ in texts] == texts
