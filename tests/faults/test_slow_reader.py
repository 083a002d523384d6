"""Somebody who does not read: the others notice nothing, and the server does not keep everything for ever."""

import time
from pathlib import Path
from random import Random

import pytest

from tests.faults.clients import Crowd
from tests.faults.conftest import StartTing
from tests.faults.raw_client import Account, Address, Gone, Wire, enter
from tests.faults.replica import Replica
from tests.faults.waiting import eventually
from ting.core.errors import CloseCode

LONGEST_S = 2.0
ROOM_S = 5.0  # for the machine
TORNADO_WAITS_S = 5.0  # for the answer to its goodbye
OUTBOX_BYTES = 65_536
WIDE = "\N{FACE WITH TEARS OF JOY}" * 3900
WIDE_BYTES = 4 * 3900


@pytest.mark.gen_test(timeout=60)
async def test_who_never_reads_slows_nobody_and_catches_up(start_ting: StartTing, crowd: Crowd) -> None:
    ting = await start_ting(limits_outbox_bytes=str(OUTBOX_BYTES))
    eve, gus = await enter(ting.address, "eve"), await enter(ting.address, "gus")
    eves, guss = await _deaf(ting.address, eve), await _deaf(ting.address, gus)
    await crowd.enter(ting.address, 2)
    ada, bob = crowd.replicas
    assert {eve.id, gus.id} <= ada.people

    delays = [await _delay(ada, bob) for _ in range(_too_many())]
    assert max(delays) < LONGEST_S, f"a message took {max(delays):.3f} s"
    assert await _goodbye(guss) == CloseCode.TOO_SLOW
    await eventually(lambda: eve.id not in ada.people, "eve is gone", TORNADO_WAITS_S + ROOM_S)
    await _ended(eves)
    assert ada.record.closed == bob.record.closed == [], "who reads stays connected"

    crowd.replicas.append(back := Replica(ting.address, eve, Random(3)))
    back.start()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)


def _too_many() -> int:
    """As few messages as are surely too many for what the kernel and the server keep for one connection.

    Few, because the server waits only so long for a goodbye to be answered.
    """
    kernel_bytes = int(Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2])
    return (kernel_bytes + OUTBOX_BYTES) // WIDE_BYTES + 10


async def _deaf(address: Address, account: Account) -> Wire:
    """Somebody who joins, and then reads nothing."""
    wire = await Wire.open(address, account.cookie, receive_buffer=4096)
    wire.send({"type": "join", "ref": 1, "conversation": "#ting"})
    while (await wire.receive())["type"] != "joined":
        pass
    wire.stop_reading()
    return wire


async def _delay(writer: Replica, reader: Replica) -> float:
    """The seconds from sending a message until somebody else has it."""
    began, expected = time.monotonic(), reader.timeline.cursor + 1
    writer.say(f"{WIDE}{expected}")
    await eventually(lambda: reader.timeline.cursor == expected, "a message arrives", poll_s=0.001)
    return time.monotonic() - began


async def _goodbye(wire: Wire) -> int | None:
    """Somebody reads again: what was left in the buffers, and then why there is no more."""
    wire.read_again()
    try:
        while True:
            await wire.receive()
    except Gone as gone:
        return gone.code
    finally:
        wire.abort()


async def _ended(wire: Wire) -> None:
    wire.read_again()
    await wire.hung_up()
