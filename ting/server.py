"""The life of a server: bind, start, drain, stop. `app.py` builds its parts."""

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

from ting.app import App, Flushable
from ting.core.clock import now
from ting.core.errors import Busy, CloseCode, StartupError
from ting.core.settings import Settings, url_of
from ting.realtime.presence import Presence
from ting.store.database import Database
from ting.store.embedded.mongod import EmbeddedMongo
from ting.systemd import Notifier
from ting.web import routes
from ting.web.listener import Listener, raise_descriptor_limit

STOP_STEP_S = 1.0
KEEP_ALIVE_S = 75
BUFFERED_BYTES = 2**18  # received on a connection and not read yet
CLOSE_HANDSHAKE_S = 1.0
GC_THRESHOLDS = (5_000, 5, 5)  # for `gc.set_threshold`: uncollected cycles take at most a few megabytes

logger = logging.getLogger(__name__)


class Server:
    """One server: `start`, then `stop`. It cannot be started again."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._mongod: EmbeddedMongo | None = None
        self._database: Database | None = None
        self._app: App | None = None
        self._http: HTTPServer | None = None
        self._listener: Listener | None = None
        self._background: list[asyncio.Task[None]] = []
        self.url = ""
        self.first_link: str | None = None

    @property
    def app(self) -> App:
        """The parts of the server, once it has started."""
        assert self._app is not None, "the server has not started"
        return self._app

    async def start(self) -> None:
        """Start, and return when clients can connect at `url`. Raises `StartupError`."""
        sockets = _bind(self.settings)  # first: if the port is in use, nothing else has been started
        try:
            app = self._app = App(self.settings, await self._open_database(), now)
            self.url = url_of(self.settings.address, sockets[0].getsockname()[1])
            await self._start_accounts(app)
            self._http = HTTPServer(
                routes.application(app.web),
                max_header_size=self.settings.limits.header_bytes,
                max_body_size=0,  # unless the handler of the request says otherwise
                idle_connection_timeout=KEEP_ALIVE_S,
            )
            app.realtime.journal.start()
            await app.commands.start()
        except BaseException:
            for bound in sockets:
                bound.close()
            await self.stop()
            raise
        self._background = [asyncio.create_task(task()) for task in app.background]
        largest = max(BUFFERED_BYTES, 2 * self.settings.limits.frame_bytes)
        self._listener = Listener(self._http, app.web.connections, self.settings.trusted_proxies, largest)
        self._listener.start(sockets)

    async def stop(self) -> None:
        """Stop accepting connections, finish pending requests, close everything. Safe to call again."""
        if self._listener is not None:
            self._listener.stop()
        if self._app is not None:
            self._app.web.stopping = True
            await self._drain(self._app)
            await self._app.commands.stop()
        if self._http is not None:
            await self._http.close_all_connections()
        if self._app is not None:
            await _wait_for_end(self._app.web.in_progress)  # interrupted uploads delete their data
        await self._stop_background()
        if self._app is not None:
            self._app.close()
            await self._app.moderation.external_changes.stop()
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
        await self._database.begin_epoch(now())
        return self._database

    async def _start_accounts(self, app: App) -> None:
        """Load restrictions, and create the link for the first admin. Raises `StartupError`."""
        invitations = app.accounts.invitations
        invitations.base_url = invitations.base_url or self.url
        await app.moderation.external_changes.start(invitations.base_url)
        try:
            self.first_link = await invitations.first_admin_link()
        except Busy as error:
            raise StartupError(error.message) from error

    async def _stop_background(self) -> None:
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    async def _drain(self, app: App) -> None:
        """Write and answer pending requests, within a time limit, and close all websockets."""
        journal, presence = app.realtime.journal, app.realtime.presence
        try:
            async with asyncio.timeout(self.settings.pace.drain_s):
                await journal.drain()
        except TimeoutError:
            logger.warning("%d changes were not stored in time; the clients will send them again", journal.waiting)
        await journal.stop()
        await _wait_for_end(app.web.in_progress)
        for connection in presence.connections():
            connection.close(CloseCode.RESTART)
        await _wait_for_websockets(presence)
        await _flush(app.flush_at_stop)


async def _wait_for_end(in_progress: set[asyncio.Future[None]]) -> None:
    """Return when all of these are done, or after a timeout."""
    if in_progress:
        await asyncio.wait(in_progress, timeout=STOP_STEP_S)


async def _flush(parts: Sequence[Flushable]) -> None:
    """Flush delayed writes, if the database answers in time."""
    try:
        async with asyncio.timeout(STOP_STEP_S):
            for part in parts:
                await part.flush_and_stop()
    except (Busy, TimeoutError):
        logger.warning("The latest read marks and channel activity could not be stored")


async def _wait_for_websockets(presence: Presence) -> None:
    """Return when all websockets have finished the closing handshake, or after a timeout."""
    deadline = time.monotonic() + CLOSE_HANDSHAKE_S
    while presence.connections() and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def serve(settings: Settings, output: TextIO) -> None:
    """Run a server until SIGTERM or SIGINT. The first line of output is its URL. Raises `StartupError`."""
    raise_descriptor_limit(settings.limits.connections)  # before mongod starts, which inherits it
    stop = asyncio.create_task(_wait_for_stop_signal())
    server, notifier = Server(settings), Notifier()
    start = asyncio.create_task(server.start())
    await asyncio.wait([start, stop], return_when=asyncio.FIRST_COMPLETED)
    if not start.done():
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)
        return
    await start
    _reduce_garbage_collection()
    _print_links(server, output)
    notifier.ready(f"Serving {server.url}")
    watchdog = asyncio.create_task(_keep_watchdog_alive(notifier))
    await stop
    notifier.stopping()
    watchdog.cancel()
    await server.stop()


async def _wait_for_stop_signal() -> None:
    """Return when the process gets SIGTERM or SIGINT."""
    signalled = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signalled.set)
    await signalled.wait()


def _print_links(server: Server, output: TextIO) -> None:
    print(server.url, file=output, flush=True)
    if server.first_link is not None:
        text = f"There is no admin yet. The first person to open this link becomes admin: {server.first_link}"
        print(text, file=output, flush=True)


def _reduce_garbage_collection() -> None:
    """Make Python's cycle collector run rarely.

    Objects made for a message are freed by reference counting. With the default thresholds the collector runs after
    every few messages, which took a quarter of the time per message, and often scans all objects.
    """
    gc.collect()
    gc.freeze()  # objects created during start-up live as long as the server
    gc.set_threshold(*GC_THRESHOLDS)


async def _keep_watchdog_alive(notifier: Notifier) -> None:
    """Report to the systemd watchdog, if it is enabled, that the event loop is running."""
    if notifier.watchdog_interval_s is None:
        return
    while True:
        notifier.watchdog()
        await asyncio.sleep(notifier.watchdog_interval_s)


def _bind(settings: Settings) -> list[socket.socket]:
    """Bind the listening sockets, all on one port. Raises `StartupError`."""
    try:
        return bind_sockets(settings.port, settings.address)
    except OSError as error:
        place = f"{settings.address}, port {settings.port}"
        raise StartupError(f"Cannot listen on {place}: {error.strerror or error}.") from None
