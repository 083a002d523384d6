"""The composition root: builds the packages of one server, lowest first. It starts nothing."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Protocol

from ting.accounts.services import AccountServices
from ting.commands.runtime import loader
from ting.commands.runtime.dispatcher import CommandDispatcher
from ting.commands.runtime.server_ports import ServerParts
from ting.conversations.services import ConversationServices
from ting.core.clock import Clock
from ting.core.settings import Settings
from ting.files.services import FileServices
from ting.memberships.services import MembershipServices
from ting.moderation.services import ModerationServices
from ting.realtime.services import RealtimeServices
from ting.store.database import Database
from ting.store.stores import Stores
from ting.web.services import WebServices

BackgroundTask = Callable[[], Coroutine[None, None, None]]


class Flushable(Protocol):
    """A part that collects changes and writes them after a delay."""

    async def flush_and_stop(self) -> None:
        """Write the pending changes and stop. Raises `Busy`."""


class App:
    """The packages of one server."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self.stores = stores = Stores.of(database)
        self.realtime = RealtimeServices.build(stores, settings, clock)
        self.moderation = ModerationServices.build(stores, self.realtime, clock)
        self.files = FileServices.build(stores, self.realtime, settings, clock)
        self.memberships = MembershipServices.build(stores, self.realtime, settings, clock)
        self.conversations = ConversationServices.build(
            stores, self.realtime, self.moderation, self.files, self.memberships, settings, clock
        )
        self.accounts = AccountServices.build(
            stores,
            self.realtime,
            self.moderation,
            settings,
            clock,
            erasers=[
                self.files.avatars.delete_all,
                self.memberships.cache.delete_all,
                stores.values.delete_all,
                stores.tasks.delete_all,
                stores.users.unignore_everywhere,
            ],
            delete_messages=self.conversations.messages.delete_all_of,
            remove_leftovers=self.conversations.leftovers.remove_all_of,
        )
        parts = ServerParts(stores, self.realtime, self.moderation, self.conversations, self.accounts, clock)
        options = loader.PluginOptions.of(settings)
        self.commands = CommandDispatcher(loader.find(loader.installed(), options), parts, options)
        packages = (self.realtime, self.moderation, self.files, self.memberships, self.conversations, self.accounts)
        self.web = WebServices(settings, database, *packages, self.commands)

    @property
    def background(self) -> Sequence[BackgroundTask]:
        """The tasks that run as long as the server."""
        return (
            self.files.cleanup.run,
            self.files.space.run,
            self.conversations.indexer.run,
            self.accounts.deletion.run,
            self.accounts.cleanup.run,
            self.realtime.last_seen.run,
            self.realtime.future_times.run,
            self.web.metrics.run,
        )

    @property
    def flush_at_stop(self) -> Sequence[Flushable]:
        """The parts with delayed writes, which must be flushed when the server stops."""
        return (self.memberships.cache, self.conversations.channels, self.memberships.online_status)

    def close(self) -> None:
        """Stop the worker threads and processes."""
        self.accounts.passwords.close()
        self.files.images.close()
