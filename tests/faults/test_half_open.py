"""A connection whose other side vanished without a word is found by the heartbeat."""

from random import Random

import pytest

from tests.faults.conftest import StartTing
from tests.faults.proxy import Proxy
from tests.faults.raw_client import Wire, enter
from tests.faults.replica import Replica
from tests.faults.waiting import eventually

HEARTBEAT_S = 0.5
TORNADO_WAITS_S = 5.0  # for the answer to its goodbye
ROOM_S = 5.0  # for the machine


@pytest.mark.gen_test(timeout=60)
async def test_who_vanished_is_gone_from_presence(start_ting: StartTing) -> None:
    ting = await start_ting(pace_heartbeat_s=str(HEARTBEAT_S))
    proxy = Proxy(ting.address, Random(1))
    await proxy.start()
    ada, bob = await enter(ting.address, "ada"), await enter(ting.address, "bob")
    watching = Replica(ting.address, ada, Random(1))
    watching.start()
    wire = await Wire.open(proxy.address, bob.cookie)
    wire.send({"type": "join", "ref": 1, "conversation": "#ting"})
    try:
        await eventually(lambda: bob.id in watching.people, "ada sees bob")
        proxy.swallow()
        within_s = 2 * HEARTBEAT_S + TORNADO_WAITS_S + ROOM_S
        await eventually(lambda: bob.id not in watching.people, "ada sees that bob is gone", within_s)
        assert watching.here, "whoever answers the heartbeat stays"
        assert watching.record.closed == []
    finally:
        wire.abort()
        await watching.stop()
        await proxy.stop()
