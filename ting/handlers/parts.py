"""What handlers are built from: the use cases they hand requests to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from ting.accounts import Accounts
from ting.avatars import Avatars
from ting.channels import Channels
from ting.chat import Chat
from ting.commands.typed import Commands
from ting.connection import Flushes
from ting.departures import Departures
from ting.exports import Exports
from ting.files import Files
from ting.gate import Gate
from ting.house import House
from ting.memberships import Memberships
from ting.metrics import Metrics
from ting.presence import Presence
from ting.profiles import Profiles
from ting.reading import Reading
from ting.search import Search
from ting.settings import Settings
from ting.store.database import Database
from ting.tokens import Tokens


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
