"""The way between server and database breaks: a write whose answer is lost was applied, or not, or is applied later."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from random import Random
from urllib.parse import unquote, urlsplit

import pytest
from tornado.ioloop import IOLoop

from tests.faults.conftest import StartTing
from tests.faults.crowd import Crowd
from tests.faults.proxy import Plan, Proxy
from tests.faults.waiting import eventually
from tests.faults.wire import Address, address_of
from ting.server import Server
from ting.settings import Settings
from ting.store import database as database_module
from ting.store.database import Database

CUTS = 8
STALLS = 3
OPERATION_TIMEOUT_MS = 400


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
    ting = await start_ting(mongodb=uri_of(between), database=scratch)
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


StartServer = Callable[[str], Awaitable[Address]]


@pytest.fixture
def start_impatient_server(between: Proxy, io_loop: IOLoop, monkeypatch: pytest.MonkeyPatch) -> Iterator[StartServer]:
    """Starts a server, in this process, that soon gives up waiting for the database."""
    monkeypatch.setattr(database_module, "OPERATION_TIMEOUT_MS", OPERATION_TIMEOUT_MS)
    started: list[Server] = []

    async def start(database: str) -> Address:
        server = Server(Settings(port=0, mongodb=uri_of(between), database=database))
        started.append(server)
        await server.start()
        return address_of(server.url)

    async def stop() -> None:
        await asyncio.gather(*(server.stop() for server in started))

    yield start
    io_loop.run_sync(stop)


@pytest.mark.gen_test(timeout=60)
async def test_a_write_that_is_applied_after_it_was_given_up(
    start_impatient_server: StartServer, between: Proxy, crowd: Crowd, mongodb: str, scratch: str
) -> None:
    address = await start_impatient_server(scratch)
    await crowd.enter(address, 4)
    crowd.talk()
    for _ in range(STALLS):
        await crowd.progress()
        between.stall()
        await crowd.progress()  # over new connections, after the timeout
        between.resume()
    await crowd.progress()
    await crowd.settle()
    crowd.assert_faithful(mongodb, scratch)
    await crowd.leave()
