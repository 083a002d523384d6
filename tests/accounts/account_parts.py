"""Accounts, sessions and passwords on a scratch database, with a clock that the test moves."""

from argon2 import PasswordHasher

from ting.accounts.accounts import Accounts
from ting.accounts.passwords import Passwords
from ting.accounts.sessions import Sessions
from ting.core.clock import DAY_MS
from ting.core.models import ClientInfo, Milliseconds, Session
from ting.core.settings import Settings
from ting.realtime.services import RealtimeServices
from ting.store.database import Database
from ting.store.stores import Stores

LAPTOP, PHONE = ClientInfo("laptop", "192.0.2.1"), ClientInfo("phone", "192.0.2.2")
GOOD, OTHER = "correct horse", "battery staple"


class AccountParts:
    """Accounts with a clock that the test moves, and with cheap hashes."""

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self.now = 100 * DAY_MS
        stores, settings = Stores.of(database), Settings(reserved_names=["boss"])
        realtime = RealtimeServices.build(stores, settings, self.clock)
        self.users, self.presence = stores.users, realtime.presence
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.passwords = Passwords(hasher or cheap)
        self.sessions = Sessions(stores, self.presence, self.clock)
        self.accounts = Accounts(stores, realtime, self.sessions, self.passwords, settings, self.clock)

    def clock(self) -> Milliseconds:
        return self.now

    async def register(self, name: str, password: str | None = None, device: ClientInfo = LAPTOP) -> Session:
        """Register a user, and set a password if one is given. Return the user's session."""
        _, token = await self.accounts.register(name, device)
        if password is not None:
            await self.accounts.set_password(await self.session(token), password, None)
        return await self.session(token)

    async def session(self, token: str, device: ClientInfo = LAPTOP) -> Session:
        """Return the session of a token, and record that a device uses it."""
        session = await self.sessions.find(token)
        assert session is not None
        await self.sessions.record_use(session, device)
        return session

    async def sign_in(self, name: str, password: str, device: ClientInfo = PHONE) -> Session:
        _, token = await self.accounts.sign_in(name, password, device)
        return await self.session(token, device)
