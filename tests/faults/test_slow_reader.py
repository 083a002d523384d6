"""A client that does not read: other clients are not affected, and the server's outbox for it is limited."""

import time
from pathlib import Path
from random import Random

import pytest

from tests.faults.clients import Clients
from tests.faults.conftest import StartTing
from tests.faults.raw_client import Account, Address, ConnectionLost, RawWebSocket, register
from tests.faults.replica import Replica
from tests.faults.waiting import eventually
from ting.core.errors import CloseCode

MAX_DELAY_S = 2.0
SLACK_S = 5.0  # for a slow machine
CLOSE_TIMEOUT_S = 5.0  # Tornado waits this long for the answer to its close frame
OUTBOX_BYTES = 65_536
LONG_TEXT = "\N{FACE WITH TEARS OF JOY}" * 3900
LONG_TEXT_BYTES = 4 * 3900


@pytest.mark.gen_test(timeout=60)
async def test_a_client_that_never_reads_slows_no_other_client(start_ting: StartTing, clients: Clients) -> None:
    ting = await start_ting(limits_outbox_bytes=str(OUTBOX_BYTES))
    eve, gus = await register(ting.address, "eve"), await register(ting.address, "gus")
    eves_websocket = await _join_and_stop_reading(ting.address, eve)
    guss_websocket = await _join_and_stop_reading(ting.address, gus)
    await clients.join(ting.address, 2)
    ada, bob = clients.replicas
    assert {eve.id, gus.id} <= ada.people

    delays = [await _delay(ada, bob) for _ in range(_message_count())]
    assert max(delays) < MAX_DELAY_S, f"a message took {max(delays):.3f} s"
    assert await _close_code(guss_websocket) == CloseCode.TOO_SLOW
    await eventually(lambda: eve.id not in ada.people, "eve is gone", CLOSE_TIMEOUT_S + SLACK_S)
    await _until_closed(eves_websocket)
    assert ada.record.closed == bob.record.closed == [], "clients that read stay connected"

    clients.replicas.append(reconnected := Replica(ting.address, eve, Random(3)))
    reconnected.start()
    await clients.settle()
    clients.assert_consistent(ting.uri)


def _message_count() -> int:
    """The smallest number of messages that surely exceeds the buffers of the kernel and the server for one connection.

    Not more, because the server waits only a limited time for the answer to its close frame.
    """
    kernel_bytes = int(Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2])
    return (kernel_bytes + OUTBOX_BYTES) // LONG_TEXT_BYTES + 10


async def _join_and_stop_reading(address: Address, account: Account) -> RawWebSocket:
    """Join the conversation, and then read nothing more."""
    websocket = await RawWebSocket.open(address, account.cookie, receive_buffer=4096)
    websocket.send({"type": "join", "ref": 1, "conversation": "#ting"})
    while (await websocket.receive())["type"] != "joined":
        pass
    websocket.stop_reading()
    return websocket


async def _delay(writer: Replica, reader: Replica) -> float:
    """The seconds from sending a message until another client has it."""
    began, expected = time.monotonic(), reader.timeline.cursor + 1
    writer.send(f"{LONG_TEXT}{expected}")
    await eventually(lambda: reader.timeline.cursor == expected, "a message arrives", poll_s=0.001)
    return time.monotonic() - began


async def _close_code(websocket: RawWebSocket) -> int | None:
    """Read again what is left in the buffers, and return the close code that follows."""
    websocket.resume_reading()
    try:
        while True:
            await websocket.receive()
    except ConnectionLost as lost:
        return lost.code
    finally:
        websocket.abort()


async def _until_closed(websocket: RawWebSocket) -> None:
    websocket.resume_reading()
    await websocket.closed()
