"""Stopping cleanly, and many clients that reconnect at once."""

import resource
from random import Random

import pytest

from tests.faults.clients import Clients
from tests.faults.conftest import StartTing
from tests.faults.processes import Ting
from tests.faults.replica import Replica
from tests.faults.waiting import eventually
from ting.core.errors import CloseCode

CLIENTS = 500
DRAIN_S = 0.5
CLOSING_S = 2.0
MONGOD_STOPS_S = 10.0
CLIENT_CLOSES_S = 10.0  # MongoDB's client may wait for the timeout of a pending operation
SLACK_S = 5.0  # for a slow machine


@pytest.mark.gen_test(timeout=60)
async def test_stopping_under_load_loses_nothing_acknowledged(ting: Ting, clients: Clients) -> None:
    await clients.join(ting.address, 4)
    clients.start_sending()
    await clients.progress()
    ting.terminate()
    status, _ = await ting.ended(CLOSING_S + SLACK_S)
    assert status == 0
    assert all(replica.record.closed[0] == CloseCode.RESTART for replica in clients.replicas)
    await ting.start()
    await clients.progress()
    await clients.settle()
    clients.assert_consistent(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_stopping_while_the_database_is_frozen_ends_in_time(start_ting: StartTing, clients: Clients) -> None:
    ting = await start_ting(pace_drain_s=str(DRAIN_S))
    await clients.join(ting.address, 3)
    clients.start_sending()
    await clients.progress()
    ting.freeze_mongod()
    await eventually(lambda: clients.waiting == 8 * 3, "all clients wait for an answer")
    ting.terminate()
    bound_s = DRAIN_S + CLOSING_S + SLACK_S
    await eventually(
        lambda: all(CloseCode.RESTART in replica.record.closed for replica in clients.replicas),
        "all are closed",
        bound_s,
    )
    status, _ = await ting.ended(CLIENT_CLOSES_S + MONGOD_STOPS_S + SLACK_S)
    assert status == 0
    await ting.start()
    await clients.settle()
    clients.assert_consistent(ting.uri)


@pytest.fixture
def many_files() -> None:
    """Allow enough sockets, in this process and in those that it starts."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8 * CLIENTS), most))


@pytest.mark.gen_test(timeout=60)
async def test_many_clients_that_reconnect_at_once_catch_up(many_files: None, ting: Ting, clients: Clients) -> None:
    await clients.join(ting.address, 8)
    senders = clients.replicas
    listeners = [Replica(ting.address, senders[n % len(senders)].account, Random(n)) for n in range(CLIENTS)]
    clients.replicas = [*senders, *listeners]
    for listener in listeners:
        listener.start()
    await eventually(lambda: all(listener.has_joined for listener in listeners), f"{CLIENTS} have joined")
    for sender in senders:
        sender.send()
    await clients.settle()

    ting.kill()
    for sender in senders:
        sender.send()  # a message that no client has when it reconnects
    await ting.start()
    await clients.settle()
    clients.assert_consistent(ting.uri)
