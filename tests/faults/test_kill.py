"""kill -9, at any moment: whatever was acknowledged is there, once, and everybody catches up."""

import pytest

from tests.faults.clients import Crowd
from tests.faults.processes import Ting

ROUNDS = 3


@pytest.mark.gen_test(timeout=60)
async def test_killing_the_server_loses_nothing_acknowledged(ting: Ting, crowd: Crowd) -> None:
    await crowd.enter(ting.address, 4)
    crowd.talk()
    for _ in range(ROUNDS):
        await crowd.progress()
        ting.kill()
        await ting.start()
    await crowd.progress()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_killing_the_database_loses_nothing_acknowledged(ting: Ting, crowd: Crowd) -> None:
    await crowd.enter(ting.address, 4)
    crowd.talk()
    for _ in range(ROUNDS):
        await crowd.progress()
        killed = ting.mongod
        ting.kill_mongod()
        await ting.mongod_back(instead_of=killed)
    await crowd.progress()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_killing_both_at_once_loses_nothing_acknowledged(ting: Ting, crowd: Crowd) -> None:
    await crowd.enter(ting.address, 4)
    crowd.talk()
    for _ in range(ROUNDS):
        await crowd.progress()
        ting.kill_mongod()
        ting.kill()
        await ting.start()
    await crowd.settle()
    # Once more, with nothing under way: even the newest acknowledgement needs nobody to do anything more.
    ting.kill_mongod()
    ting.kill()
    await ting.start()
    crowd.assert_faithful(ting.uri)
