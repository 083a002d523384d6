"""Stopping in order, and everybody coming back at once."""

import resource
from random import Random

import pytest

from tests.faults.clients import Crowd
from tests.faults.conftest import StartTing
from tests.faults.processes import Ting
from tests.faults.replica import Replica
from tests.faults.waiting import eventually
from ting.core.errors import CloseCode

CLIENTS = 500
DRAIN_S = 0.5
GOODBYE_S = 2.0
MONGOD_STOPS_S = 10.0
CLIENT_CLOSES_S = 10.0  # MongoDB's client may wait for the timeout of what it has begun
ROOM_S = 5.0  # for the machine


@pytest.mark.gen_test(timeout=60)
async def test_stopping_during_load_keeps_what_was_acknowledged(ting: Ting, crowd: Crowd) -> None:
    await crowd.enter(ting.address, 4)
    crowd.talk()
    await crowd.progress()
    ting.ask_to_stop()
    status, _ = await ting.ended(GOODBYE_S + ROOM_S)
    assert status == 0
    assert all(replica.record.closed[0] == CloseCode.RESTART for replica in crowd.replicas)
    await ting.start()
    await crowd.progress()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_stopping_without_an_answering_database_ends_in_time(start_ting: StartTing, crowd: Crowd) -> None:
    ting = await start_ting(pace_drain_s=str(DRAIN_S))
    await crowd.enter(ting.address, 3)
    crowd.talk()
    await crowd.progress()
    ting.freeze_mongod()
    await eventually(lambda: crowd.waiting == 8 * 3, "everybody waits for an answer")
    ting.ask_to_stop()
    bound_s = DRAIN_S + GOODBYE_S + ROOM_S
    await eventually(
        lambda: all(CloseCode.RESTART in replica.record.closed for replica in crowd.replicas), "all are told", bound_s
    )
    status, _ = await ting.ended(CLIENT_CLOSES_S + MONGOD_STOPS_S + ROOM_S)
    assert status == 0
    await ting.start()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)


@pytest.fixture
def many_files() -> None:
    """So many sockets, in this process and in those it starts."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8 * CLIENTS), most))


@pytest.mark.gen_test(timeout=60)
async def test_everybody_comes_back_at_once(many_files: None, ting: Ting, crowd: Crowd) -> None:
    await crowd.enter(ting.address, 8)
    talkers = crowd.replicas
    listeners = [Replica(ting.address, talkers[n % len(talkers)].account, Random(n)) for n in range(CLIENTS)]
    crowd.replicas = [*talkers, *listeners]
    for listener in listeners:
        listener.start()
    await eventually(lambda: all(listener.here for listener in listeners), f"{CLIENTS} have joined")
    for talker in talkers:
        talker.say()
    await crowd.settle()

    ting.kill()
    for talker in talkers:
        talker.say()  # what nobody has when they come back
    await ting.start()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)
