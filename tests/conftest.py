"""Fixtures with real services: one mongod per run, a scratch database per test, a server on a free port."""

import asyncio
import functools
import shutil
import threading
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from tornado.ioloop import IOLoop

from tests.app_parts import start_app, stop_app
from tests.client import People
from tests.scratch import Scratch, scratch_directory
from ting.accounts import passwords
from ting.app import App
from ting.commands.runtime import loader
from ting.core.settings import Limits, Pace, Rates, Settings
from ting.server import Server
from ting.store.database import Database
from ting.store.embedded.mongod import EmbeddedMongo
from ting.web import routes
from ting.web.assets import ClientBundle

# No deadline per example: on a busy machine, examples take longer.
hypothesis.settings.register_profile("ting", deadline=None)
hypothesis.settings.load_profile("ting")


def pytest_configure(config: pytest.Config) -> None:
    """Set the timeout of asynchronous tests, and start without a current event loop.

    Only a test that waits in vain reaches the timeout.
    """
    config.option.async_test_timeout = 30.0
    # Otherwise Tornado's first loop makes asyncio create one, which a later `asyncio.run` drops without closing it.
    asyncio.set_event_loop(None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the slowest tests first, so that no worker starts one at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(SLOWEST_FIRST))


SLOWEST_FIRST = ("tests/faults/", "tests/cli/test_command_line.py", "tests/browser/test_long_history.py")
UNLIMITED = Rates(enter="", send="", upload="", request="", page="", download="", unknown_session="", frame="")


@pytest.fixture(scope="session", autouse=True)
def shorten_slow_steps() -> Iterator[None]:
    """Cache the client's files and the list of plugins, and use cheap password hashes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "ClientBundle", functools.cache(ClientBundle))
        patch.setattr(loader, "installed", functools.cache(loader.installed))
        patch.setattr(passwords, "MEMORY_KIB", 64)
        patch.setattr(passwords, "PASSES", 1)
        yield


@pytest.fixture(scope="session")
def mongodb() -> Iterator[str]:
    """The URI of the tests' own mongod, which runs as long as the tests."""
    directory = scratch_directory()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    mongod = EmbeddedMongo(directory)
    try:
        yield asyncio.run_coroutine_threadsafe(mongod.start(), loop).result(timeout=60)
    finally:
        asyncio.run_coroutine_threadsafe(mongod.stop(), loop).result(timeout=60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def databases(mongodb: str) -> Iterator[Scratch]:
    """The scratch databases of this test run."""
    databases = Scratch(mongodb)
    yield databases
    databases.close()


@pytest.fixture
def scratch(databases: Scratch) -> Iterator[Scratch]:
    """Provides empty databases, which are emptied after the test."""
    yield databases
    databases.take_back()


@pytest.fixture
def database(mongodb: str, io_loop: IOLoop, scratch: Scratch) -> Iterator[Database]:
    """A scratch database, prepared."""

    async def open_database() -> Database:
        database = Database(mongodb, scratch.lend())
        await database.prepare()
        return database

    database: Database = io_loop.run_sync(open_database)
    yield database
    database.close()


@pytest.fixture
def app(database: Database, io_loop: IOLoop) -> Iterator[App]:
    """The app of a server without the web layer, on a scratch database."""

    async def start() -> App:
        return start_app(database)

    async def stop() -> None:
        await stop_app(built)

    built: App = io_loop.run_sync(start)
    yield built
    io_loop.run_sync(stop)


@pytest.fixture
def settings(mongodb: str, scratch: Scratch) -> Settings:
    """Settings of a test's own server. Tests that need lower limits override this fixture."""
    return Settings(
        port=0,
        mongodb=mongodb,
        database=scratch.lend(),
        limits=Limits(),
        pace=Pace(presence_ms=10, drain_s=2.0),
        rates=UNLIMITED,
    )


@pytest.fixture
def start_server(io_loop: IOLoop, scratch: Scratch) -> Iterator[Callable[[Settings], Server]]:
    """A function that starts servers. They are stopped after the test, before their databases are emptied."""
    servers: list[Server] = []

    def start(settings: Settings) -> Server:
        server = Server(settings)
        io_loop.run_sync(server.start)
        servers.append(server)
        return server

    async def end() -> None:
        for server in servers:
            await server.stop()

    yield start
    io_loop.run_sync(end)


@pytest.fixture
def server(start_server: Callable[[Settings], Server], settings: Settings) -> Server:
    """A running server on a scratch database."""
    return start_server(settings)


@pytest.fixture
def people(server: Server, io_loop: IOLoop) -> Iterator[People]:
    """Creates clients of the server: `ada = await people.enter("ada")`."""
    people = People(server.url)
    yield people
    io_loop.run_sync(people.close)
