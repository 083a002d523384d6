"""What a server is made of: every part, built once, from those before it. Nothing runs yet."""

import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Protocol

from ting import __version__
from ting.accounts.accounts import Accounts
from ting.accounts.deletion import AccountDeletion
from ting.accounts.export import DataExport
from ting.accounts.passwords import Passwords
from ting.accounts.profiles import Profiles
from ting.accounts.tokens import Tokens
from ting.commands.runtime import loader
from ting.commands.runtime.dispatcher import CommandDispatcher
from ting.commands.runtime.server_ports import ServerParts
from ting.conversations.channels import Channels
from ting.conversations.history import History
from ting.conversations.indexer import Indexer
from ting.conversations.mentions import Mentions
from ting.conversations.messages import Messages
from ting.conversations.references import References
from ting.conversations.search import Search
from ting.core.models import Milliseconds, UserId
from ting.core.settings import Settings
from ting.files.attachments import Attachments, FileLimits
from ting.files.avatars import Avatars
from ting.files.cleanup import OrphanCleanup
from ting.files.images import ImageProcessor
from ting.memberships.activity import ActivityNotifier
from ting.memberships.cache import MembershipCache
from ting.memberships.entries import EntryBuilder
from ting.memberships.memberships import Memberships
from ting.memberships.online_status import OnlineStatusNotifier
from ting.moderation.external_changes import House
from ting.moderation.restrictions import Restrictions
from ting.realtime.connection import Flusher
from ting.realtime.draft_broadcast import DraftBroadcaster
from ting.realtime.drafts import DraftRules
from ting.realtime.last_seen import LastSeen
from ting.realtime.live_conversations import LiveConversations
from ting.realtime.presence import Presence
from ting.realtime.user_broadcast import UserBroadcaster
from ting.store.conversations import ConversationStore, MembershipStore
from ting.store.database import Database
from ting.store.files import FileStore
from ting.store.journal import Journal
from ting.store.messages import MessageStore, UnreadCounter
from ting.store.plugins import TaskStore, ValueStore
from ting.store.search import SearchIndexStore
from ting.store.sessions import SessionStore
from ting.store.users import UserStore
from ting.web.metrics import Metrics
from ting.web.rate_limits import RateLimits
from ting.web.services import Services

BackgroundTask = Callable[[], Coroutine[None, None, None]]


class Flushable(Protocol):
    """What is written a moment later."""

    async def flush_and_stop(self) -> None:
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
    unread: UnreadCounter
    values: ValueStore
    tasks: TaskStore
    files: FileStore
    previews: FileStore
    avatars: FileStore
    search_index: SearchIndexStore

    @classmethod
    def of(cls, database: Database) -> "Stores":
        users = UserStore(database)
        return cls(
            users,
            SessionStore(database),
            ConversationStore(database),
            MessageStore(database, users),
            MembershipStore(database),
            UnreadCounter(database),
            ValueStore(database),
            TaskStore(database, users),
            FileStore(database, "files"),
            FileStore(database, "previews"),
            FileStore(database, "avatars"),
            SearchIndexStore(database),
        )


class App:
    """The parts of one server."""

    def __init__(self, settings: Settings, database: Database, clock: Callable[[], Milliseconds]) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self.stores = Stores.of(database)
        self.presence = Presence()
        self._metrics = Metrics(__version__)
        self._passwords = Passwords()
        self._pictures = ImageProcessor(pixels_max=settings.limits.picture_pixels)
        self._build_conversations()
        self._build_lists()
        self._build_chat()
        self._build_people()
        self._build_chores()
        self._watch()

    @property
    def flush_at_stop(self) -> Sequence[Flushable]:
        """What is written a moment later, and so at the end."""
        return (self._lists, self._channels, self._sightings)

    def parts(self, stopping: Callable[[], bool]) -> Services:
        """What handlers are built from; `stopping` tells whether the server is about to end."""
        stores = self.stores
        return Services(
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
            search=Search(stores.search_index, stores.messages, stores.users, self._conversations),
            commands=self._commands(),
            flusher=Flusher(),
            rate_limits=RateLimits(self._settings.rates),
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
            stores.messages, waiting_max=self._settings.limits.waiting_changes, on_write=self._metrics.write_answered
        )
        self._ghosts = DraftBroadcaster(
            self.presence, rules=DraftRules(grace_s=pace.draft_grace_s), interval_s=pace.draft_ms / 1000
        )
        self._conversations = LiveConversations(
            stores.messages,
            stores.conversations,
            stores.users,
            self.journal,
            self.presence,
            self._ghosts,
            presence_interval_s=pace.presence_ms / 1000,
        )
        self._standing = Restrictions(self._clock)
        self._persons = UserBroadcaster(self.presence, self._ghosts)
        self._persons.on_person_changed(self._conversations.person_changed)

    def _build_lists(self) -> None:
        """Everybody's list, and the directory."""
        stores, conversations = self.stores, self._conversations
        self._lists = MembershipCache(stores.memberships)
        self._channels = Channels(stores.conversations, self.presence)
        self._sightings = OnlineStatusNotifier(self.presence, self._lists, stores.users)
        watching = ActivityNotifier(self.presence, self._lists, interval_s=self._settings.pace.activity_ms / 1000)
        conversations.on_messages(watching.on_messages)
        conversations.on_messages(self._channels.on_messages)
        entries = EntryBuilder(conversations, stores.conversations, stores.unread, stores.users, self.presence)
        self._memberships = Memberships(
            self._lists, entries, conversations, stores.users, self.presence, self._clock, self._sightings
        )

    def _build_chat(self) -> None:
        """What people do in conversations."""
        stores, limits = self.stores, self._settings.limits
        self._reading = History(self._conversations, stores.messages)
        self._files = Attachments(
            stores.files,
            stores.previews,
            stores.messages,
            self._pictures,
            self._clock,
            FileLimits(limits.file_bytes, limits.uploads_at_once, limits.unsent_files),
        )
        mentions = Mentions(stores.users, self._standing, here_for=self._settings.here_for)
        beside = References(self._conversations, self._memberships, mentions, self._files, stores.messages)
        self._chat = Messages(
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
        self._departures = AccountDeletion(
            stores.users,
            self.presence,
            self._persons,
            self._chat,
            stores.messages,
            [
                self._accounts.end_sessions,
                self._avatars.delete_all,
                self._lists.delete_all,
                stores.values.delete_all,
                stores.tasks.delete_all,
                self._house.enforcement.apply,
            ],
        )

    def _build_chores(self) -> None:
        """What goes on beside everything else, for as long as the server runs."""
        stores = self.stores
        indexer = self._indexer = Indexer(stores.messages, stores.search_index)
        self.journal.on_commit(indexer.on_commit)
        self.journal.on_commit(self._metrics.messages_committed)
        leftovers = OrphanCleanup(self._files, stores.files, stores.messages, self.journal.pending_insert, self._clock)
        seen = LastSeen(stores.users, self.presence, self._clock)
        self.background: Sequence[BackgroundTask] = (
            leftovers.run,
            indexer.run,
            self._departures.run,
            seen.run,
            self._metrics.run,
        )

    def _watch(self) -> None:
        """What is measured when somebody looks."""
        watch, presence = self._metrics.gauge, self.presence
        watch("ting_people", "People who are connected.", lambda: presence.size[0])
        watch("ting_connections", "Open websockets.", lambda: presence.size[1])
        watch("ting_conversations", "Conversations in memory.", lambda: len(self._conversations))
        watch("ting_drafts", "Messages that are being typed.", lambda: len(self._ghosts))
        watch("ting_journal_waiting", "Changes that are not durable yet.", lambda: self.journal.waiting)
        watch("ting_index_behind", "Conversations with something to index.", lambda: self._indexer.behind)

    def _exports(self) -> DataExport:
        """What people can take along."""
        stores = self.stores
        return DataExport(
            self._accounts,
            {"memberships": stores.memberships.for_user, "tokens": self._tokens.for_user},
            {
                "plugin_values": lambda user, after, limit: stores.values.export_page(
                    user, after, limit, self._clock()
                ),
                "plugin_tasks": stores.tasks.export_page,
                "messages": stores.messages.export_page,
            },
            self._clock,
        )

    async def _token_ended(self, user: UserId, session: str) -> None:
        self._accounts.close_connections(user, session)

    def _commands(self) -> CommandDispatcher:
        choices = loader.PluginOptions.of(self._settings)
        backing = ServerParts(
            chat=self._chat,
            reading=self._reading,
            conversations=self._conversations,
            presence=self.presence,
            accounts=self._accounts,
            users=self.stores.users,
            standing=self._standing,
            house=self._house,
            values=self.stores.values,
            tasks=self.stores.tasks,
            clock=self._clock,
        )
        return CommandDispatcher(loader.find(loader.installed(), choices), backing, choices)
