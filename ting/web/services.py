"""What handlers are built from: the use cases they hand requests to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from ting.accounts.accounts import Accounts
from ting.accounts.deletion import AccountDeletion
from ting.accounts.export import DataExport
from ting.accounts.profiles import Profiles
from ting.accounts.tokens import Tokens
from ting.commands.runtime.dispatcher import CommandDispatcher
from ting.conversations.channels import Channels
from ting.conversations.history import History
from ting.conversations.messages import Messages
from ting.conversations.search import Search
from ting.core.settings import Settings
from ting.files.attachments import Attachments
from ting.files.avatars import Avatars
from ting.memberships.memberships import Memberships
from ting.moderation.external_changes import House
from ting.realtime.connection import Flusher
from ting.realtime.presence import Presence
from ting.store.database import Database
from ting.web.metrics import Metrics
from ting.web.rate_limits import RateLimits


@dataclass(frozen=True)
class Services:
    """What handlers are built from."""

    settings: Settings
    database: Database
    presence: Presence
    accounts: Accounts
    profiles: Profiles
    house: House
    departures: AccountDeletion
    exports: DataExport
    avatars: Avatars
    chat: Messages
    reading: History
    memberships: Memberships
    channels: Channels
    commands: CommandDispatcher
    files: Attachments
    search: Search
    tokens: Tokens
    flusher: Flusher
    rate_limits: RateLimits
    metrics: Metrics
    stopping: Callable[[], bool]
    in_progress: set[asyncio.Future[None]] = field(default_factory=set)  # what a stopping server lets end
