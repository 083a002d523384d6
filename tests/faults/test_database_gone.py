"""The database does not answer: what needs it waits, what does not goes on, and nothing is acknowledged too early."""

import asyncio

import pytest

from tests.faults.clients import Crowd
from tests.faults.conftest import StartTing
from tests.faults.processes import Ting
from tests.faults.raw_client import Account, Wire, request
from tests.faults.waiting import eventually

WAITING_MAX = 20
FROZEN_S = 1.5
KNOCKS = 20
A_MOMENT_S = 0.3


@pytest.mark.gen_test(timeout=60)
async def test_sends_wait_while_the_database_is_frozen(ting: Ting, crowd: Crowd) -> None:
    await crowd.enter(ting.address, 4)
    crowd.talk(window=8)
    await crowd.progress()
    ting.freeze_mongod()
    await _quiet(crowd)
    assert crowd.waiting == 8 * 4
    assert (await request(ting.address, "GET", "/healthz")).status == 200
    acknowledged = crowd.acknowledged
    await asyncio.sleep(FROZEN_S)  # nothing to wait for: nothing must happen
    assert crowd.acknowledged == acknowledged
    assert all(replica.here for replica in crowd.replicas)
    ting.thaw_mongod()
    await crowd.progress()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_without_the_database_presence_goes_on_and_too_many_sends_are_told_to_wait(
    start_ting: StartTing, crowd: Crowd
) -> None:
    ting = await start_ting(limits_waiting_changes=str(WAITING_MAX))
    await crowd.enter(ting.address, 3, editing=0)
    ada, bob, cleo = crowd.replicas
    ting.freeze_mongod()

    await cleo.stop()
    await eventually(lambda: cleo.account.id not in ada.people, "ada sees cleo leave")
    for _ in range(WAITING_MAX):
        ada.say()
        bob.say()
    await eventually(lambda: len(ada.record.busy + bob.record.busy) >= WAITING_MAX, "too many are told to wait")
    assert all(frame["retry_after"] > 0 for frame in ada.record.busy + bob.record.busy)
    assert crowd.acknowledged == 0
    assert len(ada.timeline.messages) == 0

    ting.thaw_mongod()
    cleo.start()
    await crowd.settle()
    assert crowd.acknowledged == 2 * WAITING_MAX
    crowd.assert_faithful(ting.uri, ordered=False)


@pytest.mark.gen_test(timeout=60)
async def test_who_hangs_up_while_coming_in_harms_nobody(ting: Ting, crowd: Crowd) -> None:
    await crowd.enter(ting.address, 4)
    crowd.talk()
    await crowd.progress()
    ting.freeze_mongod()
    await _knock_and_run(ting, crowd.replicas[0].account)
    ting.thaw_mongod()
    await crowd.progress()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)
    ting.ask_to_stop()
    assert (await ting.ended(within_s=10))[0] == 0


async def _knock_and_run(ting: Ting, account: Account) -> None:
    """Many who ask for a websocket and are gone before the database has said who they are."""
    opening = [asyncio.create_task(Wire.open(ting.address, account.cookie)) for _ in range(KNOCKS)]
    await asyncio.wait(opening, timeout=A_MOMENT_S)
    for task in opening:
        task.cancel()
    await asyncio.gather(*opening, return_exceptions=True)
    # The server has read that they are gone when it has answered what was asked later.
    assert (await request(ting.address, "GET", "/healthz")).status == 200


async def _quiet(crowd: Crowd) -> None:
    """Return when the answers that were under way when the database froze have come."""
    before = -1
    while before != crowd.acknowledged:
        before = crowd.acknowledged
        await asyncio.sleep(A_MOMENT_S)
