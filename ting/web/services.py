"""What handlers are built from: the use cases they hand requests to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from ting.accounts.accounts import Accounts
from ting.accounts.deletion import Departures
from ting.accounts.export import Exports
from ting.accounts.profiles import Profiles
from ting.accounts.tokens import Tokens
from ting.commands.runtime.dispatcher import Commands
from ting.conversations.channels import Channels
from ting.conversations.history import Reading
from ting.conversations.messages import Chat
from ting.conversations.search import Search
from ting.core.settings import Settings
from ting.files.attachments import Files
from ting.files.avatars import Avatars
from ting.memberships.memberships import Memberships
from ting.moderation.external_changes import House
from ting.realtime.connection import Flushes
from ting.realtime.presence import Presence
from ting.store.database import Database
from ting.web.metrics import Metrics
from ting.web.rate_limits import Gate


@dataclass(frozen=True)
class Parts:
    """What handlers are built from."""

    settings: Settings
    database: Database
    presence: Presence
    accounts: Accounts
    profiles: Profiles
    house: House
    departures: Departures
    exports: Exports
    avatars: Avatars
    chat: Chat
    reading: Reading
    memberships: Memberships
    channels: Channels
    commands: Commands
    files: Files
    search: Search
    tokens: Tokens
    flushes: Flushes
    gate: Gate
    metrics: Metrics
    stopping: Callable[[], bool]
    under_way: set[asyncio.Future[None]] = field(default_factory=set)  # what a stopping server lets end
