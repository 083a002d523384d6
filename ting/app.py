"""What a server is made of: every part, built once, from those before it. Nothing runs yet."""

import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Protocol

from ting import __version__
from ting.accounts.accounts import Accounts
from ting.accounts.deletion import Departures
from ting.accounts.export import Exports
from ting.accounts.passwords import Passwords
from ting.accounts.profiles import Profiles
from ting.accounts.tokens import Tokens
from ting.commands.runtime import loader
from ting.commands.runtime.dispatcher import Commands
from ting.commands.runtime.server_ports import Backing
from ting.conversations.channels import Channels
from ting.conversations.history import Reading
from ting.conversations.indexer import Indexer
from ting.conversations.mentions import Mentions
from ting.conversations.messages import Chat
from ting.conversations.references import Beside
from ting.conversations.search import Search
from ting.core.models import Milliseconds, UserId
from ting.core.settings import Settings
from ting.files.attachments import FileLimits, Files
from ting.files.avatars import Avatars
from ting.files.cleanup import Leftovers
from ting.files.images import Pictures
from ting.memberships.activity import Watching
from ting.memberships.cache import Lists
from ting.memberships.entries import Entries
from ting.memberships.memberships import Memberships
from ting.memberships.online_status import Sightings
from ting.moderation.external_changes import House
from ting.moderation.restrictions import Standing
from ting.realtime.connection import Flushes
from ting.realtime.draft_broadcast import Ghosts
from ting.realtime.drafts import DraftRules
from ting.realtime.last_seen import Seen
from ting.realtime.live_conversations import Conversations
from ting.realtime.presence import Presence
from ting.realtime.user_broadcast import Persons
from ting.store.conversations import ConversationStore, MembershipStore
from ting.store.database import Database
from ting.store.files import FileStore
from ting.store.journal import Journal
from ting.store.messages import MessageStore, UnreadStore
from ting.store.plugins import AgendaStore, ValueStore
from ting.store.search import WordStore
from ting.store.sessions import SessionStore
from ting.store.users import UserStore
from ting.web.metrics import Metrics
from ting.web.rate_limits import Gate
from ting.web.services import Parts

Chore = Callable[[], Coroutine[None, None, None]]


class Late(Protocol):
    """What is written a moment later."""

    async def stop(self) -> None:
        """Write what waits. Raises `Busy`."""


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
    values: ValueStore
    agenda: AgendaStore
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
            ValueStore(database),
            AgendaStore(database, users),
            FileStore(database, "files"),
            FileStore(database, "previews"),
            FileStore(database, "avatars"),
            WordStore(database),
        )


class Building:
    """The parts of one server."""

    def __init__(self, settings: Settings, database: Database, clock: Callable[[], Milliseconds]) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self.stores = Stores.of(database)
        self.presence = Presence()
        self._metrics = Metrics(__version__)
        self._passwords = Passwords()
        self._pictures = Pictures(pixels_max=settings.limits.picture_pixels)
        self._build_conversations()
        self._build_lists()
        self._build_chat()
        self._build_people()
        self._build_chores()
        self._watch()

    @property
    def late(self) -> Sequence[Late]:
        """What is written a moment later, and so at the end."""
        return (self._lists, self._channels, self._sightings)

    def parts(self, stopping: Callable[[], bool]) -> Parts:
        """What handlers are built from; `stopping` tells whether the server is about to end."""
        stores = self.stores
        return Parts(
            settings=self._settings,
            database=self._database,
            presence=self.presence,
            accounts=self._accounts,
            profiles=Profiles(stores.users, self.presence, self._ghosts, self._persons, self._clock),
            house=self._house,
            avatars=self._avatars,
            departures=self._departures,
            exports=self._exports(),
            tokens=self._tokens,
            chat=self._chat,
            reading=self._reading,
            memberships=self._memberships,
            channels=self._channels,
            files=self._files,
            search=Search(stores.words, stores.messages, stores.users, self._conversations),
            commands=self._commands(),
            flushes=Flushes(),
            gate=Gate(self._settings.rates),
            metrics=self._metrics,
            stopping=stopping,
        )

    def close(self) -> None:
        """End the threads."""
        self._passwords.close()
        self._pictures.close()

    def _build_conversations(self) -> None:
        """Their live state, and what tells people of it."""
        stores, pace = self.stores, self._settings.pace
        self.journal = Journal(
            stores.messages, waiting_max=self._settings.limits.waiting_changes, wrote=self._metrics.wrote
        )
        self._ghosts = Ghosts(
            self.presence, rules=DraftRules(grace_s=pace.draft_grace_s), interval_s=pace.draft_ms / 1000
        )
        self._conversations = Conversations(
            stores.messages,
            stores.conversations,
            stores.users,
            self.journal,
            self.presence,
            self._ghosts,
            presence_interval_s=pace.presence_ms / 1000,
        )
        self._standing = Standing(self._clock)
        self._persons = Persons(self.presence, self._ghosts)
        self._persons.listen(self._conversations.person_changed)

    def _build_lists(self) -> None:
        """Everybody's list, and the directory."""
        stores, conversations = self.stores, self._conversations
        self._lists = Lists(stores.memberships)
        self._channels = Channels(stores.conversations, self.presence)
        self._sightings = Sightings(self.presence, self._lists, stores.users)
        watching = Watching(self.presence, self._lists, interval_s=self._settings.pace.activity_ms / 1000)
        conversations.listen(watching.announced)
        conversations.listen(self._channels.announced)
        entries = Entries(conversations, stores.conversations, stores.unread, stores.users, self.presence)
        self._memberships = Memberships(
            self._lists, entries, conversations, stores.users, self.presence, self._clock, self._sightings
        )

    def _build_chat(self) -> None:
        """What people do in conversations."""
        stores, limits = self.stores, self._settings.limits
        self._reading = Reading(self._conversations, stores.messages)
        self._files = Files(
            stores.files,
            stores.previews,
            stores.messages,
            self._pictures,
            self._clock,
            FileLimits(limits.file_bytes, limits.uploads_at_once, limits.unsent_files),
        )
        mentions = Mentions(stores.users, self._standing, here_for=self._settings.here_for)
        beside = Beside(self._conversations, self._memberships, mentions, self._files, stores.messages)
        self._chat = Chat(
            self._conversations, self._reading, self._memberships, beside, self.presence, self._standing, self._clock
        )

    def _build_people(self) -> None:
        """Who people are, who may come in, and how they leave."""
        stores = self.stores
        self._accounts = Accounts(
            stores.users,
            stores.sessions,
            self.presence,
            self._persons,
            self._passwords,
            self._clock,
            reserved_names=self._settings.reserved_names,
            name_kept_days=self._settings.name_kept_days,
        )
        self._tokens = Tokens(stores.sessions, self._token_ended, self._clock)
        self._house = House.build(
            self._settings,
            self._database,
            users=stores.users,
            sessions=stores.sessions,
            standing=self._standing,
            presence=self.presence,
            ghosts=self._ghosts,
            persons=self._persons,
            accounts=self._accounts,
            chat=self._chat,
            reading=self._reading,
            clock=self._clock,
        )
        self._avatars = Avatars(stores.users, stores.avatars, self._pictures, self._persons)
        self._departures = Departures(
            stores.users,
            self.presence,
            self._persons,
            self._chat,
            stores.messages,
            [
                self._accounts.end_sessions,
                self._avatars.forget,
                self._lists.forget,
                stores.values.forget,
                stores.agenda.forget,
                self._house.enforcement.changed,
            ],
        )

    def _build_chores(self) -> None:
        """What goes on beside everything else, for as long as the server runs."""
        stores = self.stores
        indexer = self._indexer = Indexer(stores.messages, stores.words)
        self.journal.listen(indexer.note)
        self.journal.listen(self._metrics.stored)
        leftovers = Leftovers(self._files, stores.files, stores.messages, self.journal.inserting, self._clock)
        seen = Seen(stores.users, self.presence, self._clock)
        self.chores: Sequence[Chore] = (leftovers.run, indexer.run, self._departures.run, seen.run, self._metrics.run)

    def _watch(self) -> None:
        """What is measured when somebody looks."""
        watch, presence = self._metrics.watch, self.presence
        watch("ting_people", "People who are connected.", lambda: presence.size[0])
        watch("ting_connections", "Open websockets.", lambda: presence.size[1])
        watch("ting_conversations", "Conversations in memory.", lambda: len(self._conversations))
        watch("ting_drafts", "Messages that are being typed.", lambda: len(self._ghosts))
        watch("ting_journal_waiting", "Changes that are not durable yet.", lambda: self.journal.waiting)
        watch("ting_index_behind", "Conversations with something to index.", lambda: self._indexer.behind)

    def _exports(self) -> Exports:
        """What people can take along."""
        stores = self.stores
        return Exports(
            self._accounts,
            {"memberships": stores.memberships.of, "tokens": self._tokens.of},
            {
                "plugin_values": lambda user, after, limit: stores.values.theirs(user, after, limit, self._clock()),
                "plugin_tasks": stores.agenda.theirs,
                "messages": stores.messages.theirs,
            },
            self._clock,
        )

    async def _token_ended(self, user: UserId, session: str) -> None:
        self._accounts.close_connections(user, session)

    def _commands(self) -> Commands:
        choices = loader.Choices.of(self._settings)
        backing = Backing(
            chat=self._chat,
            reading=self._reading,
            conversations=self._conversations,
            presence=self.presence,
            accounts=self._accounts,
            users=self.stores.users,
            standing=self._standing,
            house=self._house,
            values=self.stores.values,
            agenda=self.stores.agenda,
            clock=self._clock,
        )
        return Commands(loader.find(loader.installed(), choices), backing, choices)
