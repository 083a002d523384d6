"""One open websocket: frames, one write per turn of the event loop, and a limit on the outbox."""

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


class FakeTransport:
    """Keeps what is written. While `slow`, each write is pending until the test ends it."""

    def __init__(self) -> None:
        self.writes: list[list[bytes]] = []
        self.pending: list[asyncio.Future[None]] = []
        self.slow = False
        self.broken: Exception | None = None

    def send(self, frames: bytes) -> "asyncio.Future[None] | None":
        if self.broken is not None:
            raise self.broken
        assert all(write.done() for write in self.pending), "one write at a time"
        self.writes.append(decode_frames(frames))
        if not self.slow:
            return None
        self.pending.append(asyncio.get_running_loop().create_future())
        return self.pending[-1]


class OpenConnection:
    """A connection with what it wrote and how it was closed."""

    def __init__(self, flushes: Flusher, outbox_bytes: int = 100) -> None:
        self.transport = FakeTransport()
        self.closed: list[tuple[int, str]] = []
        self.connection = Connection(
            Session(id="session", user=User(id="ada-id", name="ada", created=0, used=0)),
            "192.0.2.1",
            self.transport,
            flushes,
            outbox_bytes=outbox_bytes,
            close=lambda code, reason: self.closed.append((code, reason)),
        )

    def push(self, *texts: str) -> None:
        for text in texts:
            self.connection.push(encode_frame(text.encode()))


async def turn() -> None:
    """Run all callbacks that are due."""
    for _ in range(3):
        await asyncio.sleep(0)


@given(st.lists(st.binary(max_size=300)))
def test_encoded_frames_decode_to_their_payloads(messages: list[bytes]) -> None:
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
async def test_frames_pushed_in_one_turn_are_sent_in_one_write() -> None:
    ada = OpenConnection(Flusher())

    ada.push("1", "2", "3")
    assert ada.transport.writes == []
    await turn()
    ada.push("4")
    await turn()

    assert ada.transport.writes == [[b"1", b"2", b"3"], [b"4"]]


@pytest.mark.gen_test
async def test_each_connection_gets_its_own_frames_in_a_shared_turn() -> None:
    flushes = Flusher()
    ada, bob = OpenConnection(flushes), OpenConnection(flushes)

    ada.push("1")
    bob.push("2")
    ada.push("3")
    await turn()

    assert (ada.transport.writes, bob.transport.writes) == ([[b"1", b"3"]], [[b"2"]])


@pytest.mark.gen_test
async def test_frames_pushed_during_a_write_are_sent_together_after_it() -> None:
    ada = OpenConnection(Flusher())
    ada.transport.slow = True

    ada.push("1")
    await turn()
    ada.push("2")
    await turn()
    ada.push("3")
    await turn()
    assert ada.transport.writes == [[b"1"]]
    ada.transport.pending[0].set_result(None)
    await turn()

    assert ada.transport.writes == [[b"1"], [b"2", b"3"]]


@pytest.mark.gen_test
async def test_a_slow_reader_is_closed_and_nothing_more_is_sent() -> None:
    ada = OpenConnection(Flusher(), outbox_bytes=100)
    ada.transport.slow = True

    ada.push("x" * 60)
    await turn()
    ada.push("y" * 30)
    assert ada.closed == []
    ada.push("z" * 30)
    ada.push("z" * 30)
    ada.transport.pending[0].set_result(None)
    await turn()

    assert ada.closed == [(CloseCode.TOO_SLOW, "too_slow")]
    assert ada.transport.writes == [[b"x" * 60]]


@pytest.mark.gen_test
async def test_the_limit_counts_waiting_bytes_and_not_sent_ones() -> None:
    ada = OpenConnection(Flusher(), outbox_bytes=100)
    ada.transport.slow = True

    for count in range(10):
        ada.push("x" * 60)
        await turn()
        ada.transport.pending[count].set_result(None)
        await turn()

    assert ada.closed == []
    assert len(ada.transport.writes) == 10


@pytest.mark.gen_test
async def test_a_slow_reader_gets_the_latest_state_instead_of_every_change() -> None:
    ada = OpenConnection(Flusher(), outbox_bytes=100)
    ada.transport.slow = True
    state = "old"

    def full_state(key: str, connection: object) -> bytes:
        assert connection is ada.connection
        return encode_frame(f"{key} {state}".encode())

    ada.connection.push_coalesced("ghosts", encode_frame(b"step 0"), full_state)
    await turn()
    for step in range(1, 100):
        ada.connection.push_coalesced("ghosts", encode_frame(b"step %d" % step), full_state)
    state = "new"
    ada.transport.pending[0].set_result(None)
    await turn()

    assert ada.transport.writes == [[b"step 0"], [b"ghosts new"]]
    assert ada.closed == []


@pytest.mark.gen_test
async def test_a_fast_reader_can_get_more_than_the_limit_in_one_write() -> None:
    ada = OpenConnection(Flusher(), outbox_bytes=100)

    ada.push(*("x" * 60 for _ in range(10)))
    await turn()

    assert ada.closed == []
    assert len(ada.transport.writes[0]) == 10


@pytest.mark.gen_test
async def test_a_connection_is_closed_once_and_after_the_frames_pushed_before() -> None:
    ada = OpenConnection(Flusher())
    ada.push("1")

    ada.connection.close(CloseCode.RESTART)
    ada.connection.close(CloseCode.SESSION_ENDED)
    ada.push("2")
    await turn()

    assert ada.closed == [(1012, "restart")]
    assert ada.transport.writes == [[b"1"]]


@pytest.mark.gen_test
@pytest.mark.parametrize("error", [BrokenPipeError(), ConnectionResetError(), StreamClosedError()])
async def test_pushing_to_a_lost_connection_affects_no_other(error: Exception) -> None:
    flushes = Flusher()
    ada, bob = OpenConnection(flushes), OpenConnection(flushes)
    ada.transport.broken = error

    ada.push("1")
    bob.push("1")
    await turn()
    ada.transport.broken = None
    ada.push("2")
    await turn()

    assert (ada.transport.writes, bob.transport.writes) == ([], [[b"1"]])


@pytest.mark.gen_test
async def test_a_pending_write_that_fails_ends_the_connection() -> None:
    ada = OpenConnection(Flusher())
    ada.transport.slow = True
    ada.push("1")
    await turn()
    ada.push("2")

    ada.transport.pending[0].set_exception(StreamClosedError())
    await turn()
    ada.push("3")
    await turn()

    assert ada.transport.writes == [[b"1"]]


@pytest.mark.gen_test
async def test_all_frames_arrive_when_written_through_tornado(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "transport_for", TornadoTransport)
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas_socket, bobs_socket = await ada.connect(), await bob.connect()

    sizes = [1, 125, 126, 3000]
    for size in sizes:
        await adas_socket.send("x" * size)

    assert [len((await bobs_socket.event("message"))["text"]) for _ in sizes] == sizes


@pytest.mark.gen_test
async def test_a_frame_that_the_socket_accepts_only_in_part_arrives_whole(people: People) -> None:
    ada, bob = await people.enter("ada"), await people.enter("bob")
    adas_socket, bobs_socket = await ada.connect(), await bob.connect()

    texts = [str(number) * 4000 for number in range(10)] * 20  # more than a socket's buffer, while bob does not read
    refs = [await adas_socket.begin("ping")]
    for text in texts:
        await adas_socket.send(text)
    await adas_socket.answer(refs[0])

    assert [(await bobs_socket.event("message"))["text"] for _ in texts] == texts
