"""SIGKILL at any moment: what was acknowledged is stored once, and all clients catch up."""

import pytest

from tests.faults.clients import Clients
from tests.faults.processes import Ting

pytestmark = pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.slow)])


@pytest.mark.gen_test(timeout=120)
async def test_killing_the_server_loses_nothing_acknowledged(ting: Ting, clients: Clients, rounds: int) -> None:
    await clients.join(ting.address, 4)
    clients.start_sending()
    for _ in range(rounds):
        await clients.progress()
        ting.kill()
        await ting.start()
    await clients.progress()
    await clients.settle()
    clients.assert_consistent(ting.uri)


@pytest.mark.gen_test(timeout=120)
async def test_killing_the_database_loses_nothing_acknowledged(ting: Ting, clients: Clients, rounds: int) -> None:
    await clients.join(ting.address, 4)
    clients.start_sending()
    for _ in range(rounds):
        await clients.progress()
        killed = ting.mongod
        ting.kill_mongod()
        await ting.mongod_restarted(instead_of=killed)
    await clients.progress()
    await clients.settle()
    clients.assert_consistent(ting.uri)


@pytest.mark.gen_test(timeout=120)
async def test_killing_both_at_once_loses_nothing_acknowledged(ting: Ting, clients: Clients, rounds: int) -> None:
    await clients.join(ting.address, 4)
    clients.start_sending()
    for _ in range(rounds):
        await clients.progress()
        ting.kill_mongod()
        ting.kill()
        await ting.start()
    await clients.settle()
    # Again, with nothing pending: even the newest acknowledgement does not depend on a later write.
    ting.kill_mongod()
    ting.kill()
    await ting.start()
    clients.assert_consistent(ting.uri)
