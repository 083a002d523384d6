"""The heartbeat finds a connection whose other side has vanished."""

from random import Random

import pytest

from tests.faults.conftest import StartTing
from tests.faults.proxy import Proxy
from tests.faults.raw_client import RawWebSocket, register
from tests.faults.replica import Replica
from tests.faults.waiting import eventually

HEARTBEAT_S = 0.5
CLOSE_TIMEOUT_S = 5.0  # Tornado waits this long for the answer to its close frame
SLACK_S = 5.0  # for a slow machine


@pytest.mark.gen_test(timeout=60)
async def test_a_vanished_client_leaves_presence(start_ting: StartTing) -> None:
    ting = await start_ting(pace_heartbeat_s=str(HEARTBEAT_S))
    proxy = Proxy(ting.address, Random(1))
    await proxy.start()
    ada, bob = await register(ting.address, "ada"), await register(ting.address, "bob")
    watching = Replica(ting.address, ada, Random(1))
    watching.start()
    websocket = await RawWebSocket.open(proxy.address, bob.cookie)
    websocket.send({"type": "join", "ref": 1, "conversation": "#ting"})
    try:
        await eventually(lambda: bob.id in watching.people, "ada sees bob")
        proxy.drop()
        within_s = 2 * HEARTBEAT_S + CLOSE_TIMEOUT_S + SLACK_S
        await eventually(lambda: bob.id not in watching.people, "ada sees that bob is gone", within_s)
        assert watching.has_joined, "a client that answers the heartbeat stays"
        assert watching.record.closed == []
    finally:
        websocket.abort()
        await watching.stop()
        await proxy.stop()
