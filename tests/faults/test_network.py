"""A bad network between clients and server: at the end, all clients equal the server."""

import pytest

from tests.faults.clients import Clients
from tests.faults.processes import Ting
from tests.faults.proxy import Plan, Proxy
from tests.faults.waiting import eventually


@pytest.mark.gen_test(timeout=60)
async def test_connections_cut_in_the_middle_of_frames_lose_nothing(ting: Ting, proxy: Proxy, clients: Clients) -> None:
    await clients.join(ting.address, 4, through=proxy.address)
    proxy.plan = Plan(chunk=200, cut_from_client=(500, 6_000), cut_to_client=(500, 20_000))
    proxy.cut()
    clients.start_sending()
    await eventually(lambda: proxy.cuts >= 50 and clients.acknowledged >= 200, "50 cuts")
    proxy.plan = Plan()
    proxy.cut()
    await clients.settle()
    clients.assert_consistent(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_frames_that_arrive_byte_by_byte_are_read(ting: Ting, proxy: Proxy, clients: Clients) -> None:
    proxy.plan = Plan(chunk=1)
    await clients.join(ting.address, 2, through=proxy.address)
    clients.start_sending()
    await clients.progress(80)
    await clients.settle()
    clients.assert_consistent(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_frames_that_arrive_after_a_resend_are_retries(ting: Ting, proxy: Proxy, clients: Clients) -> None:
    # Without edits: the next test is about those.
    await clients.join(ting.address, 3, through=proxy.address, editing=0)
    clients.start_sending()
    await clients.progress()
    proxy.stall()
    await eventually(lambda: all(not replica.has_joined for replica in clients.replicas), "all notice the silence")
    await eventually(lambda: all(replica.has_joined for replica in clients.replicas), "all have reconnected")
    await clients.progress()
    proxy.resume()
    await clients.progress()
    await clients.settle()
    clients.assert_consistent(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_a_stalled_edit_does_not_undo_a_newer_one(ting: Ting, proxy: Proxy, clients: Clients) -> None:
    await clients.join(ting.address, 1, through=proxy.address, editing=0)
    (ada,) = clients.replicas
    ada.send()
    await clients.progress(1)
    proxy.stall()
    ada.edit()
    await eventually(lambda: not ada.has_joined, "ada notices the silence")
    await clients.progress(1)  # her edit, sent again
    ada.edit()
    await clients.progress(1)
    proxy.resume()  # now the first edit arrives on its old connection
    await proxy.delivered()
    for _ in range(2):  # changes are applied in turn: after these, the late one was handled
        ada.edit()
        await clients.progress(1)
    await clients.settle()
    clients.assert_consistent(ting.uri)
