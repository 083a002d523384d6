"""Builds the parts, hands them to each other, starts, drains, stops."""

import asyncio
import logging
import signal
import socket
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TextIO

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from ting.accounts import Accounts
from ting.avatars import Avatars
from ting.beside import Beside
from ting.channels import Channels
from ting.chat import Chat
from ting.commands import loading
from ting.commands.hosting import Backing, Commands
from ting.connection import Flushes
from ting.conversations import Conversations
from ting.departures import Departures
from ting.drafts import DraftRules
from ting.entries import Entries
from ting.errors import Busy, CloseCode, StartupError
from ting.exports import Exports
from ting.files import FileLimits, Files
from ting.gate import Gate
from ting.ghosts import Ghosts
from ting.handlers import routes
from ting.handlers.base import Parts
from ting.house import House
from ting.indexing import Indexer
from ting.leftovers import Leftovers
from ting.lists import Lists
from ting.memberships import Memberships
from ting.mentions import Mentions
from ting.models import Milliseconds, UserId
from ting.passwords import Passwords
from ting.persons import Persons
from ting.pictures import Pictures
from ting.presence import Presence
from ting.profiles import Profiles
from ting.reading import Reading
from ting.search import Search
from ting.seen import Seen
from ting.settings import Settings, url_of
from ting.sightings import Sightings
from ting.standing import Standing
from ting.store.conversations import ConversationStore
from ting.store.database import Database
from ting.store.embedded import EmbeddedMongo
from ting.store.files import FileStore
from ting.store.journal import Journal
from ting.store.memberships import MembershipStore
from ting.store.messages import MessageStore
from ting.store.plugins import AgendaStore, ValueStore
from ting.store.search import WordStore
from ting.store.sessions import SessionStore
from ting.store.unread import UnreadStore
from ting.store.users import UserStore
from ting.systemd import Notifier
from ting.tokens import Tokens
from ting.watching import Watching

ANSWERS_S = 1.0
KEEP_ALIVE_S = 75
TOLERATED_BODY_BYTES = 2**20
CLOSE_HANDSHAKE_S = 1.0

logger = logging.getLogger(__name__)


def now() -> Milliseconds:
    """The server's clock."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Stores:
    """What reads and writes the database."""

    users: UserStore
    sessions: SessionStore
    conversations: ConversationStore
    messages: MessageStore
    memberships: MembershipStore
    unread: UnreadStore
    files: FileStore
    previews: FileStore
    avatars: FileStore
    words: WordStore

    @classmethod
    def of(cls, database: Database) -> "Stores":
        users = UserStore(database)
        return cls(
            users,
            SessionStore(database),
            ConversationStore(database),
            MessageStore(database, users),
            MembershipStore(database),
            UnreadStore(database),
            FileStore(database, "files"),
            FileStore(database, "previews"),
            FileStore(database, "avatars"),
            WordStore(database),
        )


class Server:
    """One Ting: `start`, then `stop`. A second `start` is not meant."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._mongod: EmbeddedMongo | None = None
        self._database: Database | None = None
        self._journal: Journal | None = None
        self._parts: Parts | None = None
        self._http: HTTPServer | None = None
        self._presence = Presence()
        self._passwords = Passwords()
        self._pictures = Pictures(pixels_max=settings.limits.picture_pixels)
        self._chores: list[Callable[[], Coroutine[None, None, None]]] = []
        self._housekeeping: list[asyncio.Task[None]] = []
        self._lists: Lists | None = None
        self._sightings: Sightings | None = None
        self._channels: Channels | None = None
        self._stopping = False
        self.url = ""
        self.first_link: str | None = None

    async def start(self) -> None:
        """Return when people can come in, at `url`. Raises `StartupError`."""
        sockets = _bind(self.settings)  # first, so that a taken port costs nothing
        try:
            database = await self._open_database()
            self._journal, self._parts = self._build(database)
            self.url = url_of(self.settings.address, sockets[0].getsockname()[1])
            self.first_link = await self._parts.house.open(self.url)
            self._http = HTTPServer(
                routes.application(self._parts),
                # Handlers refuse what is over the limit, and say so; past this, Tornado hangs up while it arrives.
                max_body_size=self.settings.limits.body_bytes + TOLERATED_BODY_BYTES,
                idle_connection_timeout=KEEP_ALIVE_S,
            )
            self._journal.start()
            await self._parts.commands.start()
        except BaseException:
            for bound in sockets:
                bound.close()
            await self.stop()
            raise
        self._housekeeping = [asyncio.create_task(chore()) for chore in self._chores]
        self._http.add_sockets(sockets)

    async def stop(self) -> None:
        """Take in nothing more, finish what was begun, send everybody away, and end. Safe to repeat."""
        self._stopping = True
        if self._http is not None:
            self._http.stop()
        if self._journal is not None and self._parts is not None:
            await self._drain(self._journal, self._parts.under_way)
            await self._parts.commands.stop()
        if self._http is not None:
            await self._http.close_all_connections()
        await self._stop_housekeeping()
        self._passwords.close()
        self._pictures.close()
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

    def _build(self, database: Database) -> tuple[Journal, Parts]:
        settings, stores = self.settings, Stores.of(database)
        journal = Journal(stores.messages, waiting_max=settings.limits.waiting_changes)
        ghosts = Ghosts(
            self._presence,
            rules=DraftRules(grace_s=settings.pace.draft_grace_s),
            interval_s=settings.pace.draft_ms / 1000,
        )
        conversations = Conversations(
            stores.messages,
            stores.conversations,
            stores.users,
            journal,
            self._presence,
            ghosts,
            presence_interval_s=settings.pace.presence_ms / 1000,
        )
        standing, persons = Standing(now), Persons(self._presence, ghosts)
        self._lists = Lists(stores.memberships)
        watching = Watching(self._presence, self._lists, interval_s=settings.pace.activity_ms / 1000)
        conversations.listen(watching.announced)
        self._channels = Channels(stores.conversations, self._presence)
        conversations.listen(self._channels.announced)
        entries = Entries(conversations, stores.conversations, stores.unread, stores.users, self._presence)
        self._sightings = Sightings(self._presence, self._lists, stores.users)
        memberships = Memberships(
            self._lists, entries, conversations, stores.users, self._presence, now, self._sightings
        )
        reading = Reading(conversations, stores.messages)
        files = self._build_files(stores)
        mentions = Mentions(stores.users, standing, here_for=settings.here_for)
        beside = Beside(conversations, memberships, mentions, files, stores.messages)
        chat = Chat(conversations, reading, memberships, beside, self._presence, standing, now)
        accounts = Accounts(
            stores.users,
            stores.sessions,
            self._presence,
            persons,
            self._passwords,
            now,
            reserved_names=settings.reserved_names,
            name_kept_days=settings.name_kept_days,
        )

        async def token_ended(user: UserId, session: str) -> None:
            accounts.close_connections(user, session)

        tokens = Tokens(stores.sessions, token_ended, now)
        house = House.build(
            settings,
            database,
            users=stores.users,
            sessions=stores.sessions,
            standing=standing,
            presence=self._presence,
            ghosts=ghosts,
            persons=persons,
            accounts=accounts,
            chat=chat,
            reading=reading,
            clock=now,
        )
        avatars = Avatars(stores.users, stores.avatars, self._pictures, persons)
        departures = Departures(
            stores.users,
            self._presence,
            persons,
            chat,
            stores.messages,
            [accounts.end_sessions, avatars.forget, self._lists.forget, house.enforcement.changed],
        )
        indexer = Indexer(stores.messages, stores.words)
        journal.listen(indexer.note)
        leftovers = Leftovers(files, stores.files, stores.messages, journal.inserting, now)
        seen = Seen(stores.users, self._presence, now)
        self._chores = [leftovers.run, indexer.run, departures.run, seen.run]
        return journal, Parts(
            settings=settings,
            database=database,
            presence=self._presence,
            accounts=accounts,
            profiles=Profiles(stores.users, self._presence, ghosts, persons, now),
            house=house,
            avatars=avatars,
            departures=departures,
            exports=Exports(
                accounts, stores.messages, {"memberships": stores.memberships.of, "tokens": tokens.of}, now
            ),
            tokens=tokens,
            chat=chat,
            reading=reading,
            memberships=memberships,
            channels=self._channels,
            files=files,
            search=Search(stores.words, stores.messages, stores.users, conversations),
            commands=self._build_commands(
                Backing(
                    chat=chat,
                    reading=reading,
                    conversations=conversations,
                    presence=self._presence,
                    accounts=accounts,
                    users=stores.users,
                    standing=standing,
                    house=house,
                    values=ValueStore(database),
                    agenda=AgendaStore(database, stores.users),
                    clock=now,
                )
            ),
            flushes=Flushes(),
            gate=Gate(settings.rates),
            stopping=lambda: self._stopping,
        )

    def _build_commands(self, backing: Backing) -> Commands:
        choices = loading.Choices.of(self.settings)
        return Commands(loading.find(loading.installed(), choices), backing, choices)

    def _build_files(self, stores: Stores) -> Files:
        limits = self.settings.limits
        return Files(
            stores.files,
            stores.previews,
            stores.messages,
            self._pictures,
            now,
            FileLimits(limits.file_bytes, limits.uploads_at_once, limits.unsent_files),
        )

    async def _stop_housekeeping(self) -> None:
        for task in self._housekeeping:
            task.cancel()
        await asyncio.gather(*self._housekeeping, return_exceptions=True)

    async def _drain(self, journal: Journal, under_way: set[asyncio.Future[None]]) -> None:
        """Let what was begun be written and answered, within the bound, and say goodbye."""
        try:
            async with asyncio.timeout(self.settings.pace.drain_s):
                await journal.drain()
        except TimeoutError:
            logger.warning("%d changes were not stored in time; their clients send them again", journal.waiting)
        await journal.stop()
        if under_way:
            await asyncio.wait(under_way, timeout=ANSWERS_S)
        for connection in self._presence.everyone():
            connection.close(CloseCode.RESTART)
        await self._closed()
        await self._write_lists()

    async def _write_lists(self) -> None:
        """Write what is written later, if the database answers."""
        try:
            async with asyncio.timeout(ANSWERS_S):
                for late in (self._lists, self._channels, self._sightings):
                    if late is not None:
                        await late.stop()
        except (Busy, TimeoutError):
            logger.warning("Some read marks and the activity of the last moment could not be stored")

    async def _closed(self) -> None:
        """Return when all websockets have said goodbye, or after a bound."""
        deadline = time.monotonic() + CLOSE_HANDSHAKE_S
        while self._presence.everyone() and time.monotonic() < deadline:  # noqa: ASYNC110
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
    print(server.url, file=output, flush=True)
    if server.first_link is not None:
        print(f"Nobody is admin yet. Who opens this link first will be: {server.first_link}", file=output, flush=True)
    notifier.ready(f"Serving {server.url}")
    watchdog = asyncio.create_task(_feed_watchdog(notifier))
    await stop
    notifier.stopping()
    watchdog.cancel()
    await server.stop()


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
