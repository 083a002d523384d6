"""A bad network between clients and server: everybody ends up with exactly what the server has."""

import pytest

from tests.faults.clients import Crowd
from tests.faults.processes import Ting
from tests.faults.proxy import Plan, Proxy
from tests.faults.waiting import eventually


@pytest.mark.gen_test(timeout=60)
async def test_cuts_in_the_middle_of_frames(ting: Ting, proxy: Proxy, crowd: Crowd) -> None:
    await crowd.enter(ting.address, 4, through=proxy.address)
    proxy.plan = Plan(piece=200, forward=(500, 6_000), back=(500, 20_000))
    proxy.cut()
    crowd.talk()
    await eventually(lambda: proxy.cuts >= 50 and crowd.acknowledged >= 200, "50 cuts")
    proxy.plan = Plan()
    proxy.cut()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_byte_by_byte(ting: Ting, proxy: Proxy, crowd: Crowd) -> None:
    proxy.plan = Plan(piece=1)
    await crowd.enter(ting.address, 2, through=proxy.address)
    crowd.talk()
    await crowd.progress(80)
    await crowd.settle()
    crowd.assert_faithful(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_what_was_stalled_arrives_after_it_was_sent_again(ting: Ting, proxy: Proxy, crowd: Crowd) -> None:
    # Without edits: those have a test of their own below.
    await crowd.enter(ting.address, 3, through=proxy.address, editing=0)
    crowd.talk()
    await crowd.progress()
    proxy.stall()
    await eventually(lambda: all(not replica.here for replica in crowd.replicas), "everybody notices the silence")
    await eventually(lambda: all(replica.here for replica in crowd.replicas), "everybody is back")
    await crowd.progress()
    proxy.resume()
    await crowd.progress()
    await crowd.settle()
    crowd.assert_faithful(ting.uri)


@pytest.mark.gen_test(timeout=60)
async def test_an_edit_that_was_stalled_does_not_undo_a_newer_one(ting: Ting, proxy: Proxy, crowd: Crowd) -> None:
    await crowd.enter(ting.address, 1, through=proxy.address, editing=0)
    (ada,) = crowd.replicas
    ada.say()
    await crowd.progress(1)
    proxy.stall()
    ada.edit()
    await eventually(lambda: not ada.here, "ada notices the silence")
    await crowd.progress(1)  # her edit, sent again
    ada.edit()
    await crowd.progress(1)
    proxy.resume()  # and now the first one, as it was sent at first
    await proxy.delivered()
    for _ in range(2):  # changes take turns: the late one has had its own when these are done
        ada.edit()
        await crowd.progress(1)
    await crowd.settle()
    crowd.assert_faithful(ting.uri)
