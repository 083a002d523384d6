"""Starts a server, drains it, stops it: its life. What it is made of is put together in `building.py`."""

import asyncio
import gc
import logging
import signal
import socket
import time
from collections.abc import Sequence
from typing import TextIO

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from ting.app import App, Flushable, now
from ting.core.errors import Busy, CloseCode, StartupError
from ting.core.settings import Settings, url_of
from ting.realtime.presence import Presence
from ting.store.database import Database
from ting.store.embedded.mongod import EmbeddedMongo
from ting.systemd import Notifier
from ting.web import routes
from ting.web.services import Services

ANSWERS_S = 1.0
KEEP_ALIVE_S = 75
TOLERATED_BODY_BYTES = 2**20
CLOSE_HANDSHAKE_S = 1.0
COLLECTED_AFTER = (5_000, 5, 5)  # new objects, such collections, and those again: some megabytes at the most

logger = logging.getLogger(__name__)


class Server:
    """One Ting: `start`, then `stop`. A second `start` is not meant."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._mongod: EmbeddedMongo | None = None
        self._database: Database | None = None
        self._building: App | None = None
        self._parts: Services | None = None
        self._http: HTTPServer | None = None
        self._housekeeping: list[asyncio.Task[None]] = []
        self._stopping = False
        self.url = ""
        self.first_link: str | None = None

    async def start(self) -> None:
        """Return when people can come in, at `url`. Raises `StartupError`."""
        sockets = _bind(self.settings)  # first, so that a taken port costs nothing
        try:
            building = self._building = App(self.settings, await self._open_database(), now)
            self._parts = building.parts(lambda: self._stopping)
            self.url = url_of(self.settings.address, sockets[0].getsockname()[1])
            self.first_link = await self._parts.house.open(self.url)
            self._http = HTTPServer(
                routes.application(self._parts),
                # Handlers refuse what is over the limit, and say so; past this, Tornado hangs up while it arrives.
                max_body_size=self.settings.limits.body_bytes + TOLERATED_BODY_BYTES,
                idle_connection_timeout=KEEP_ALIVE_S,
            )
            building.journal.start()
            await self._parts.commands.start()
        except BaseException:
            for bound in sockets:
                bound.close()
            await self.stop()
            raise
        self._housekeeping = [asyncio.create_task(chore()) for chore in building.background]
        self._http.add_sockets(sockets)

    async def stop(self) -> None:
        """Take in nothing more, finish what was begun, send everybody away, and end. Safe to repeat."""
        self._stopping = True
        if self._http is not None:
            self._http.stop()
        if self._building is not None and self._parts is not None:
            await self._drain(self._building, self._parts.in_progress)
            await self._parts.commands.stop()
        if self._http is not None:
            await self._http.close_all_connections()
        if self._parts is not None:
            await _ended(self._parts.in_progress)  # uploads that broke off just now remove what they left
        await self._stop_housekeeping()
        if self._building is not None:
            self._building.close()
        if self._parts is not None:
            await self._parts.house.close()
        if self._database is not None:
            self._database.close()
        if self._mongod is not None:
            await self._mongod.stop()

    async def _open_database(self) -> Database:
        uri = self.settings.mongodb
        if not uri:
            self._mongod = EmbeddedMongo(self.settings.data_directory, self.settings.mongod or None)
            uri = await self._mongod.start()
        self._database = Database(uri, self.settings.database)
        await self._database.prepare()
        return self._database

    async def _stop_housekeeping(self) -> None:
        for task in self._housekeeping:
            task.cancel()
        await asyncio.gather(*self._housekeeping, return_exceptions=True)

    async def _drain(self, building: App, under_way: set[asyncio.Future[None]]) -> None:
        """Let what was begun be written and answered, within the bound, and say goodbye."""
        journal, presence = building.journal, building.presence
        try:
            async with asyncio.timeout(self.settings.pace.drain_s):
                await journal.drain()
        except TimeoutError:
            logger.warning("%d changes were not stored in time; their clients send them again", journal.waiting)
        await journal.stop()
        await _ended(under_way)
        for connection in presence.connections():
            connection.close(CloseCode.RESTART)
        await _closed(presence)
        await _write(building.flush_at_stop)


async def _ended(under_way: set[asyncio.Future[None]]) -> None:
    """Return when all that is under way has ended, or after a bound."""
    if under_way:
        await asyncio.wait(under_way, timeout=ANSWERS_S)


async def _write(late: Sequence[Flushable]) -> None:
    """Write what is written later, if the database answers."""
    try:
        async with asyncio.timeout(ANSWERS_S):
            for one in late:
                await one.flush_and_stop()
    except (Busy, TimeoutError):
        logger.warning("Some read marks and the activity of the last moment could not be stored")


async def _closed(presence: Presence) -> None:
    """Return when all websockets have said goodbye, or after a bound."""
    deadline = time.monotonic() + CLOSE_HANDSHAKE_S
    while presence.connections() and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def serve(settings: Settings, output: TextIO) -> None:
    """Run a server until SIGTERM or SIGINT. Its URL is the first line of output. Raises `StartupError`."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    server, notifier = Server(settings), Notifier()
    start = asyncio.create_task(server.start())
    stop = asyncio.create_task(asked_to_stop.wait())
    await asyncio.wait([start, stop], return_when=asyncio.FIRST_COMPLETED)
    if not start.done():
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)
        return
    await start
    _collect_seldom()
    print(server.url, file=output, flush=True)
    if server.first_link is not None:
        print(f"Nobody is admin yet. Who opens this link first will be: {server.first_link}", file=output, flush=True)
    notifier.ready(f"Serving {server.url}")
    watchdog = asyncio.create_task(_feed_watchdog(notifier))
    await stop
    notifier.stopping()
    watchdog.cancel()
    await server.stop()


def _collect_seldom() -> None:
    """Have Python look for unreachable cycles as seldom as memory allows.

    What a message leaves is freed without that. By default Python would look through the newest objects after every few
    messages, which took a quarter of the time for one, and again and again through all there are.
    """
    gc.collect()
    gc.freeze()  # what was made until now stays for as long as the server runs
    gc.set_threshold(*COLLECTED_AFTER)


async def _feed_watchdog(notifier: Notifier) -> None:
    """Tell systemd that the loop turns, if it wants to know."""
    if notifier.watchdog_interval_s is None:
        return
    while True:
        notifier.watchdog()
        await asyncio.sleep(notifier.watchdog_interval_s)


def _bind(settings: Settings) -> list[socket.socket]:
    """Sockets on one and the same port. Raises `StartupError`."""
    try:
        return bind_sockets(settings.port, settings.address)
    except OSError as error:
        place = f"{settings.address}, port {settings.port}"
        raise StartupError(f"Cannot listen on {place}: {error.strerror or error}.") from None
