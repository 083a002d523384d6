"""The database does not answer: requests that need it wait, others work, and nothing is acknowledged too early."""

import asyncio

import pytest

from tests.faults.clients import Clients
from tests.faults.conftest import StartTing
from tests.faults.processes import Ting
from tests.faults.raw_client import Account, RawWebSocket, request
from tests.faults.waiting import eventually

WAITING_MAX = 20
FROZEN_S = 1.5
OPENINGS = 20
MOMENT_S = 0.3


@pytest.mark.gen_test(timeout=60)
async def test_sends_wait_while_the_database_is_frozen(ting: Ting, clients: Clients) -> None:
    await clients.join(ting.address, 4)
    clients.start_sending(window=8)
    await clients.progress()
    ting.freeze_mongod()
    await _until_no_more_acks(clients)
    assert clients.waiting == 8 * 4
    assert (await request(ting.address, "GET", "/healthz")).status == 200
    acknowledged = clients.acknowledged
    await asyncio.sleep(FROZEN_S)  # no condition to wait for: nothing may happen
    assert clients.acknowledged == acknowledged
    assert all(replica.has_joined for replica in clients.replicas)
    ting.thaw_mongod()
    await clients.progress()
    await clients.settle()
    clients.assert_consistent(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_without_the_database_presence_works_and_too_many_sends_are_refused_as_busy(
    start_ting: StartTing, clients: Clients
) -> None:
    ting = await start_ting(limits_waiting_changes=str(WAITING_MAX))
    await clients.join(ting.address, 3, editing=0)
    ada, bob, cleo = clients.replicas
    ting.freeze_mongod()

    await cleo.stop()
    await eventually(lambda: cleo.account.id not in ada.people, "ada sees cleo leave")
    for _ in range(WAITING_MAX):
        ada.send()
        bob.send()
    await eventually(lambda: len(ada.record.busy + bob.record.busy) >= WAITING_MAX, "too many are refused")
    assert all(frame["retry_after"] > 0 for frame in ada.record.busy + bob.record.busy)
    assert clients.acknowledged == 0
    assert len(ada.timeline.messages) == 0

    ting.thaw_mongod()
    cleo.start()
    await clients.settle()
    assert clients.acknowledged == 2 * WAITING_MAX
    clients.assert_consistent(ting.uri, ordered=False)


@pytest.mark.gen_test(timeout=60)
async def test_hanging_up_while_connecting_affects_no_other_client(ting: Ting, clients: Clients) -> None:
    await clients.join(ting.address, 4)
    clients.start_sending()
    await clients.progress()
    ting.freeze_mongod()
    await _open_and_hang_up(ting, clients.replicas[0].account)
    ting.thaw_mongod()
    await clients.progress()
    await clients.settle()
    clients.assert_consistent(ting.uri)
    ting.terminate()
    assert (await ting.ended(within_s=10))[0] == 0


async def _open_and_hang_up(ting: Ting, account: Account) -> None:
    """Open many websockets, and hang up before the database has answered who the user is."""
    opening = [asyncio.create_task(RawWebSocket.open(ting.address, account.cookie)) for _ in range(OPENINGS)]
    await asyncio.wait(opening, timeout=MOMENT_S)
    for task in opening:
        task.cancel()
    await asyncio.gather(*opening, return_exceptions=True)
    # When the server has answered a later request, it has noticed that these are closed.
    assert (await request(ting.address, "GET", "/healthz")).status == 200


async def _until_no_more_acks(clients: Clients) -> None:
    """Return when the answers that were pending when the database froze have arrived."""
    before = -1
    while before != clients.acknowledged:
        before = clients.acknowledged
        await asyncio.sleep(MOMENT_S)
