"""The context of a command: the database, opened for this command, and the use cases for operators."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from ting.accounts.administration import Administration
from ting.accounts.invitations import Invitations
from ting.accounts.passwords import Passwords
from ting.accounts.tokens import Tokens
from ting.core.clock import now
from ting.core.models import UserId
from ting.core.settings import Settings, url_of
from ting.store.embedded.mongod import EmbeddedMongo
from ting.store.embedded.opening import open_database
from ting.store.moderation import AuditStore
from ting.store.stores import Stores


@dataclass(frozen=True)
class AdminContext:
    """The use cases for operators. The change feed reports changed users to a running server."""

    settings: Settings
    administration: Administration
    invitations: Invitations
    tokens: Tokens
    audit: AuditStore


@asynccontextmanager
async def open_context(settings: Settings) -> AsyncIterator[AdminContext]:
    """Open a context for one command, whether a server is running or not. Raises `StartupError`, `Busy`."""
    mongod = EmbeddedMongo(settings.data_directory, settings.mongod or None)
    passwords = Passwords(host=urlsplit(settings.public_url).hostname or "")
    try:
        async with open_database(settings.mongodb, settings.database, mongod) as database:
            stores = Stores.of(database)

            async def end_session(user: UserId, session: str) -> None:
                await stores.sessions.remove(session)
                await stores.changes.publish(user)  # a running server then closes the connections

            base_url = settings.public_url or await stores.changes.address() or url_of(settings.address, settings.port)
            yield AdminContext(
                settings=settings,
                administration=Administration(stores, passwords, now),
                invitations=Invitations(stores, now, base_url, settings.registration),
                tokens=Tokens(stores, end_session, now),
                audit=stores.audit,
            )
    finally:
        passwords.close()
