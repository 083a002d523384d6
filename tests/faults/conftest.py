"""Real server processes and clients, stopped after each test."""

from collections.abc import Awaitable, Callable, Iterator
from random import Random
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from tests.faults.clients import Clients
from tests.faults.processes import Ting
from tests.faults.proxy import Proxy

StartTing = Callable[..., Awaitable[Ting]]


@pytest.fixture
def start_ting(io_loop: IOLoop) -> Iterator[StartTing]:
    """Starts servers: `await start_ting(pace_heartbeat_s="0.5")`. A logged stack trace fails the test."""
    started: list[Ting] = []

    async def start(**settings: Any) -> Ting:
        ting = Ting(**settings)
        started.append(ting)
        await ting.start()
        return ting

    yield start
    errors = "".join(ting.logged_errors() for ting in started)
    for ting in started:
        io_loop.run_sync(ting.remove)
    assert not errors, errors


@pytest.fixture
def ting(start_ting: StartTing, io_loop: IOLoop) -> Ting:
    """A running server with its private mongod."""
    ting: Ting = io_loop.run_sync(start_ting)
    return ting


@pytest.fixture
def clients(io_loop: IOLoop) -> Iterator[Clients]:
    """No clients yet: `await clients.join(ting.address, 4)`."""
    clients = Clients()
    yield clients
    io_loop.run_sync(clients.stop)


@pytest.fixture
def proxy(ting: Ting, io_loop: IOLoop) -> Iterator[Proxy]:
    """A network between the clients and the server. It works until a test changes it."""
    proxy = Proxy(ting.address, Random(1))
    io_loop.run_sync(proxy.start)
    yield proxy
    io_loop.run_sync(proxy.stop)
