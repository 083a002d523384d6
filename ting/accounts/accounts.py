"""Names and passwords: register, sign in, set a password, rename, and sign out."""

import secrets
from collections.abc import Callable, Iterable, Sequence

from ting.accounts.passwords import Passwords
from ting.accounts.sessions import Sessions
from ting.core.clock import DAY_MS, Clock
from ting.core.errors import CloseCode, NameReserved, NameTaken, NoSession, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo, Person, Role, Session, User, UserId
from ting.core.names import MAX_NAME_CHARS, is_reserved, name_keys, user_name
from ting.core.rate_limit import RateLimit, TokenBuckets
from ting.core.settings import Settings
from ting.realtime.services import RealtimeServices
from ting.store.users import UserStore

USER_ID_BYTES = 10

# Limits on guessing passwords. The right password is not counted, so users rarely reach them.
GUESSES_PER_NAME = RateLimit(burst=10, interval_s=30)
GUESSES_PER_ADDRESS = RateLimit(burst=30, interval_s=10)


class Accounts:
    """The use cases of names and passwords."""

    def __init__(
        self,
        users: UserStore,
        realtime: RealtimeServices,
        sessions: Sessions,
        passwords: Passwords,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._users = users
        self._presence = realtime.presence
        self._broadcaster = realtime.broadcaster
        self._sessions = sessions
        self._passwords = passwords
        self._clock = clock
        self._reserved = settings.reserved_names
        self._name_kept_ms = int(settings.name_kept_days * DAY_MS)
        self._guesses = TokenBuckets(GUESSES_PER_NAME), TokenBuckets(GUESSES_PER_ADDRESS)

    async def register(
        self, name: str, client: ClientInfo, password: str | None = None, role: Role = "member"
    ) -> tuple[User, str]:
        """Create a user with this name, and return the user and the token of a new session.

        Raises `BadName`, `NameReserved`, `NameTaken`, `BadPassword`, `Busy`.
        """
        name = user_name(name)
        if is_reserved(name, self._reserved):
            raise NameReserved
        keys, now = name_keys(name), self._clock()
        if password is not None:
            self._passwords.check(password, name)
        await self._free_unused(keys)
        hashed = None if password is None else await self._passwords.hash(password)
        user = User(id=secrets.token_hex(USER_ID_BYTES), name=name, created=now, used=now, password=hashed, role=role)
        # Session first: if the database fails in between, an unused session remains, not a name without a user.
        token = await self._sessions.begin(user.id, client)
        try:
            await self._users.add(user, keys)
        except NameTaken:
            await self._sessions.discard(token)
            raise
        return user, token

    async def sign_in(
        self, name: str, password: str, client: ClientInfo, *, check: Callable[[User], None] = lambda _: None
    ) -> tuple[User, str]:
        """The user with this name and password, and the token of a new session.

        A name without a password gets the same answer as a wrong password, after the same time. `check` may raise to
        refuse the user.
        Raises `BadName`, `UnknownName`, `WrongPassword`, `TooMany`, `Busy`.
        """
        keys = name_keys(user_name(name))
        self._count_guess(keys[0], client.address)
        user = await self._users.find_by_keys(keys)
        if user is None:
            await self._passwords.verify(password, None)  # so that the response time does not reveal which names exist
            raise UnknownName
        if not await self._passwords.verify(password, user.password):
            raise WrongPassword
        self._forgive_guess(keys[0], client.address)
        check(user)
        token = await self._sessions.begin(user.id, client)
        try:
            admitted = await self._admitted(user, password)
        except BaseException:
            await self._sessions.discard(token)
            raise
        await self._sessions.end_surplus(user.id)
        return admitted, token

    async def _admitted(self, user: User, password: str) -> User:
        """The user as stored now. Raises `WrongPassword` if the password was changed while it was being verified.

        A password change ends all stored sessions. The new session is stored before this second check, so either the
        change ends the session, or this check sees the change.
        """
        stored = await self._users.get(user.id)
        if stored is None:
            raise WrongPassword
        if stored.password != user.password and not await self._passwords.verify(password, stored.password):
            raise WrongPassword
        if stored.password is not None and self._passwords.is_outdated(stored.password):
            await self._users.rehash(user.id, stored.password, await self._passwords.hash(password))
        await self._users.record_use(user.id, self._clock())
        return stored

    async def set_password(self, session: Session, password: str, current: str | None, address: str) -> User:
        """Set or change the password, and end all other sessions. A change needs the current password.

        With a password, the user keeps the name permanently.

        Raises `BadPassword`, `WrongPassword`, `TooMany`, `Busy`.
        """
        user = session.user
        self._passwords.check(password, user.name)
        await self.verify_password(user, current, address, field="current")
        hashed = await self._passwords.hash(password)
        # Before the change as well: if the database fails in between, no session that should end stays valid.
        await self._sessions.end_all(user.id, keep=session.id)
        changed = await self._users.change(user.id, password=hashed)
        if changed is None:
            raise NoSession
        await self._sessions.end_all(user.id, keep=session.id)
        self._broadcaster.send_me(changed)
        return changed

    async def verify_password(self, user: User, password: str | None, address: str, *, field: str = "password") -> None:
        """Check the password of a user, if the user has one. Raises `WrongPassword`, `TooMany`, `Busy`."""
        if user.password is None:
            return
        self._count_guess(user.id, address)
        if not await self._passwords.verify(password or "", user.password):
            raise WrongPassword(field=field)
        self._forgive_guess(user.id, address)

    async def rename(self, user: User, name: str) -> User:
        """Change the name of a user, and free the old one. Raises `BadName`, `NameReserved`, `NameTaken`, `Busy`."""
        name = user_name(name)
        if is_reserved(name, self._reserved):
            raise NameReserved
        keys = name_keys(name)
        if not set(keys) & set(name_keys(user.name)):
            await self._free_unused(keys)
        changed = await self._users.rename(user.id, name, keys)
        if changed is None:
            raise NoSession
        self._broadcaster.broadcast_person(changed)
        self._broadcaster.send_me(changed)
        return changed

    async def leave(self, session: Session) -> None:
        """End the session and close its connections.

        If the user has no password, the name becomes free and all sessions end. A program's session ends alone.
        """
        # Name first: if the database failed after the session had ended, no user could come back to free the name.
        freed = None if session.program else await self._users.release(session.user.id)
        if freed is not None:
            await self._release_name(freed)
            return
        await self._sessions.end(session.user.id, session.id)

    async def persons(self, ids: Iterable[UserId]) -> list[Person]:
        """The public data of these users; unknown ids are left out. Raises `Busy`."""
        return list((await self._users.known_persons(ids)).values())

    async def starting_with(self, prefix: str, limit: int) -> list[Person]:
        """Users whose names start with a prefix, or with a text that looks like it. Raises `Busy`."""
        if len(prefix) > MAX_NAME_CHARS:
            return []
        return await self._users.starting_with(name_keys(prefix), limit)

    async def _free_unused(self, keys: Sequence[str]) -> None:
        """Free a name if its user has no password and has not used it for a long time."""
        owner = await self._users.find_by_keys(keys)
        if owner is None or self._presence.is_connected(owner.id):
            return
        freed = await self._users.release(owner.id, unused_since=self._clock() - self._name_kept_ms)
        if freed is not None:
            await self._release_name(freed)

    async def _release_name(self, freed: User) -> None:
        """A name was freed: end the sessions of its former user, and close the connections."""
        for connection in self._presence.user_connections(freed.id):
            connection.close(CloseCode.SESSION_ENDED)
        self._broadcaster.broadcast_person(freed)
        await self._sessions.end_all(freed.id)

    def _count_guess(self, name: str, address: str) -> None:
        by_name, by_address = self._guesses
        by_name.consume(name)
        try:
            by_address.consume(address)
        except TooMany:
            by_name.refund(name)
            raise

    def _forgive_guess(self, name: str, address: str) -> None:
        by_name, by_address = self._guesses
        by_name.refund(name)
        by_address.refund(address)
