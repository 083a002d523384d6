"""The way between server and database breaks: a write whose answer is lost was applied, or not, or is applied later."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import unquote, urlsplit

import pytest
from tornado.ioloop import IOLoop

from tests.faults.clients import Crowd
from tests.faults.conftest import StartTing
from tests.faults.proxy import Plan, Proxy
from tests.faults.waiting import eventually
from ting.store.database import Database

CUTS = 8
STALLS = 3
DRAIN_S = 0.5
GOODBYE_S = 3.0
ROOM_S = 4.0  # for the machine


@pytest.fixture
def scratch(mongodb: str, io_loop: IOLoop) -> Iterator[str]:
    """The name of a database that is gone after the test."""
    name = f"test_{secrets.token_hex(6)}"
    yield name

    async def drop() -> None:
        database = Database(mongodb, name)
        await database.drop()
        database.close()

    io_loop.run_sync(drop)


@pytest.fixture
def between(mongodb: str, io_loop: IOLoop) -> Iterator[Proxy]:
    """The way from a server to the database."""
    proxy = Proxy(Path(unquote(urlsplit(mongodb).netloc)), Random(1))
    io_loop.run_sync(proxy.start)
    yield proxy
    io_loop.run_sync(proxy.stop)


def uri_of(proxy: Proxy) -> str:
    host, port = proxy.address
    return f"mongodb://{host}:{port}/?directConnection=true"


@pytest.mark.gen_test(timeout=60)
async def test_lost_answers_are_found_out_about(
    start_ting: StartTing, between: Proxy, crowd: Crowd, mongodb: str, scratch: str
) -> None:
    ting = await start_ting(mongodb=uri_of(between), database=scratch, gives_up_after_ms=2_000)
    await crowd.enter(ting.address, 4)
    crowd.talk()
    await crowd.progress()
    between.plan = Plan(back=(1_500, 6_000))
    between.cut()
    before = between.cuts
    await eventually(lambda: between.cuts >= before + CUTS, f"{CUTS} cuts")
    between.plan = Plan()
    between.cut()
    await crowd.progress()
    await crowd.settle()
    crowd.assert_faithful(mongodb, scratch)


@pytest.mark.gen_test(timeout=60)
async def test_a_write_that_is_applied_after_it_was_given_up(
    start_ting: StartTing, between: Proxy, crowd: Crowd, mongodb: str, scratch: str
) -> None:
    ting = await start_ting(mongodb=uri_of(between), database=scratch, gives_up_after_ms=400)
    await crowd.enter(ting.address, 4)
    crowd.talk()
    for _ in range(STALLS):
        await crowd.progress()
        between.stall()
        await crowd.progress()  # over new connections
        between.resume()
    await crowd.progress()
    await crowd.settle()
    crowd.assert_faithful(mongodb, scratch)


@pytest.mark.gen_test(timeout=60)
async def test_stopping_does_not_wait_for_a_database_that_does_not_answer(
    start_ting: StartTing, between: Proxy, crowd: Crowd, scratch: str
) -> None:
    ting = await start_ting(mongodb=uri_of(between), database=scratch, pace_drain_s=str(DRAIN_S))
    await crowd.enter(ting.address, 2)
    between.plan = Plan(swallow=True)
    between.swallow()
    for replica in crowd.replicas:
        replica.say()
    ting.ask_to_stop()
    status, _ = await ting.ended(DRAIN_S + GOODBYE_S + ROOM_S)
    assert status == 0
    assert crowd.acknowledged == 0
