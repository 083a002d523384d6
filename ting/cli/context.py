"""An operator's desk: the database, opened for one command, and the use cases on it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ting.accounts.administration import Administration
from ting.accounts.invitations import Invitations
from ting.accounts.passwords import Passwords
from ting.accounts.tokens import Tokens
from ting.core.models import Milliseconds
from ting.core.settings import Settings
from ting.store.changes import ChangeFeed
from ting.store.embedded.mongod import EmbeddedMongo
from ting.store.embedded.opening import open_database
from ting.store.invitations import InvitationStore
from ting.store.moderation import AuditStore, BanStore
from ting.store.sessions import SessionStore
from ting.store.users import UserStore


@dataclass(frozen=True)
class AdminContext:
    """What commands work with. A server that runs hears through the bulletin of whom they change."""

    settings: Settings
    administration: Administration
    invitations: Invitations
    tokens: Tokens
    audit: AuditStore
    change_feed: ChangeFeed


def now() -> Milliseconds:
    """The clock of this machine."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def open_context(settings: Settings) -> AsyncIterator[AdminContext]:
    """A desk for one command, whether a server runs or not. Raises `StartupError`."""
    private, passwords = EmbeddedMongo(settings.data_directory, settings.mongod or None), Passwords()
    try:
        async with open_database(settings.mongodb, settings.database, private) as database:
            users, sessions = UserStore(database), SessionStore(database)
            bans, audit, bulletin = BanStore(database), AuditStore(database, users), ChangeFeed(database)
            yield AdminContext(
                settings=settings,
                administration=Administration(users, sessions, bans, audit, passwords, bulletin, now),
                invitations=Invitations(InvitationStore(database), users, audit, now),
                tokens=Tokens(sessions, lambda user, _: bulletin.apply(user), now),
                audit=audit,
                change_feed=bulletin,
            )
    finally:
        passwords.close()
