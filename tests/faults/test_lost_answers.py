"""The connection to the database breaks: a write without an answer was applied, was not, or is applied later."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import unquote, urlsplit

import pytest
from tornado.ioloop import IOLoop

from tests.faults.clients import Clients
from tests.faults.conftest import StartTing
from tests.faults.proxy import Plan, Proxy
from tests.faults.waiting import eventually
from ting.store.database import Database

CUTS = 8
STALLS = 3
DRAIN_S = 0.5
CLOSING_S = 3.0
SLACK_S = 4.0  # for a slow machine


@pytest.fixture
def scratch(mongodb: str, io_loop: IOLoop) -> Iterator[str]:
    """The name of a database that is dropped after the test."""
    name = f"test_{secrets.token_hex(6)}"
    yield name

    async def drop() -> None:
        database = Database(mongodb, name)
        await database.drop()
        database.close()

    io_loop.run_sync(drop)


@pytest.fixture
def database_proxy(mongodb: str, io_loop: IOLoop) -> Iterator[Proxy]:
    """A proxy between a server and the database."""
    proxy = Proxy(Path(unquote(urlsplit(mongodb).netloc)), Random(1))
    io_loop.run_sync(proxy.start)
    yield proxy
    io_loop.run_sync(proxy.stop)


def uri_of(proxy: Proxy) -> str:
    host, port = proxy.address
    return f"mongodb://{host}:{port}/?directConnection=true"


@pytest.mark.gen_test(timeout=60)
async def test_the_result_of_a_write_without_an_answer_is_found_out(
    start_ting: StartTing, database_proxy: Proxy, clients: Clients, mongodb: str, scratch: str
) -> None:
    ting = await start_ting(mongodb=uri_of(database_proxy), database=scratch, operation_timeout_ms=2_000)
    await clients.join(ting.address, 4)
    clients.start_sending()
    await clients.progress()
    database_proxy.plan = Plan(cut_to_client=(1_500, 6_000))
    database_proxy.cut()
    before = database_proxy.cuts
    await eventually(lambda: database_proxy.cuts >= before + CUTS, f"{CUTS} cuts")
    database_proxy.plan = Plan()
    database_proxy.cut()
    await clients.progress()
    await clients.settle()
    clients.assert_consistent(mongodb, scratch)


@pytest.mark.gen_test(timeout=60)
async def test_a_write_applied_after_its_timeout_changes_nothing(
    start_ting: StartTing, database_proxy: Proxy, clients: Clients, mongodb: str, scratch: str
) -> None:
    ting = await start_ting(mongodb=uri_of(database_proxy), database=scratch, operation_timeout_ms=400)
    await clients.join(ting.address, 4)
    clients.start_sending()
    for _ in range(STALLS):
        await clients.progress()
        database_proxy.stall()
        await clients.progress()  # over new connections
        database_proxy.resume()
    await clients.progress()
    await clients.settle()
    clients.assert_consistent(mongodb, scratch)


@pytest.mark.gen_test(timeout=60)
async def test_stopping_does_not_wait_for_a_database_that_does_not_answer(
    start_ting: StartTing, database_proxy: Proxy, clients: Clients, scratch: str
) -> None:
    ting = await start_ting(mongodb=uri_of(database_proxy), database=scratch, pace_drain_s=str(DRAIN_S))
    await clients.join(ting.address, 2)
    database_proxy.plan = Plan(drop=True)
    database_proxy.drop()
    for replica in clients.replicas:
        replica.send()
    ting.terminate()
    status, _ = await ting.ended(DRAIN_S + CLOSING_S + SLACK_S)
    assert status == 0
    assert clients.acknowledged == 0
