"""An operator's desk: the database, opened for one command, and the use cases on it."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ting.accounts.administration import Operating
from ting.accounts.invitations import Invitations
from ting.accounts.passwords import Passwords
from ting.accounts.tokens import Tokens
from ting.core.models import Milliseconds
from ting.core.settings import Settings
from ting.store.changes import Bulletin
from ting.store.embedded.mongod import EmbeddedMongo
from ting.store.embedded.opening import opened
from ting.store.invitations import InvitationStore
from ting.store.moderation import AuditStore, BanStore
from ting.store.sessions import SessionStore
from ting.store.users import UserStore


@dataclass(frozen=True)
class Desk:
    """What commands work with. A server that runs hears through the bulletin of whom they change."""

    settings: Settings
    operating: Operating
    invitations: Invitations
    tokens: Tokens
    audit: AuditStore
    bulletin: Bulletin


def now() -> Milliseconds:
    """The clock of this machine."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    """A desk for one command, whether a server runs or not. Raises `StartupError`."""
    private, passwords = EmbeddedMongo(settings.data_directory, settings.mongod or None), Passwords()
    try:
        async with opened(settings.mongodb, settings.database, private) as database:
            users, sessions = UserStore(database), SessionStore(database)
            bans, audit, bulletin = BanStore(database), AuditStore(database, users), Bulletin(database)
            yield Desk(
                settings=settings,
                operating=Operating(users, sessions, bans, audit, passwords, bulletin, now),
                invitations=Invitations(InvitationStore(database), users, audit, now),
                tokens=Tokens(sessions, lambda user, _: bulletin.changed(user), now),
                audit=audit,
                bulletin=bulletin,
            )
    finally:
        passwords.close()
