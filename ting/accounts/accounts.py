"""Names and passwords: register, sign in, set a password, rename, and sign out."""

import secrets
from collections.abc import Callable, Iterable, Sequence

from ting.accounts.passwords import Passwords
from ting.accounts.sessions import Sessions
from ting.core.clock import DAY_MS, Clock
from ting.core.errors import CloseCode, NameReserved, NameTaken, NoSession, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo, Person, Role, Session, User, UserId
from ting.core.names import MAX_NAME_CHARS, is_reserved, user_keys, user_name
from ting.core.rate_limit import RateLimit, TokenBuckets
from ting.core.settings import Settings
from ting.realtime.services import RealtimeServices
from ting.store.users import UserStore

USER_ID_BYTES = 10

# Strict for guessing, generous for users: the right password costs nothing.
GUESSES_PER_NAME = RateLimit(burst=10, interval_s=30)
GUESSES_PER_ADDRESS = RateLimit(burst=30, interval_s=10)


class Accounts:
    """The use cases of identity."""

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
        """Register a new user; returns the user and the token of their session.

        Raises `BadName`, `NameReserved`, `NameTaken`, `BadPassword`, `Busy`.
        """
        name = user_name(name)
        if is_reserved(name, self._reserved):
            raise NameReserved
        keys, now = user_keys(name), self._clock()
        if password is not None:
            self._passwords.check(password, name)
        await self._free_unused(keys)
        hashed = None if password is None else await self._passwords.hash(password)
        user = User(id=secrets.token_hex(USER_ID_BYTES), name=name, created=now, used=now, password=hashed, role=role)
        # The session first: a failure in between leaves a session without a user, not a name without one.
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
        """Sign in; returns the user and the token of a new session.

        A name without a password is answered like a wrong password, as slowly. `check` may refuse the user.
        Raises `BadName`, `UnknownName`, `WrongPassword`, `TooMany`, `Busy`.
        """
        keys = user_keys(user_name(name))
        self._count_guess(keys[0], client.address)
        user = await self._users.find_by_keys(keys)
        if user is None:
            await self._passwords.verify(password, None)  # so that the time does not reveal which names exist
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
        """The user as stored now. Raises `WrongPassword` if the password was changed while it was checked.

        A change ends all stored sessions. The new session is stored before the password is read again.
        """
        now = await self._users.get(user.id)
        if now is None or (now.password != user.password and not await self._passwords.verify(password, now.password)):
            raise WrongPassword
        if now.password is not None and self._passwords.is_outdated(now.password):
            await self._users.rehash(user.id, now.password, await self._passwords.hash(password))
        await self._users.record_use(user.id, self._clock())
        return now

    async def set_password(self, session: Session, password: str, current: str | None, address: str) -> User:
        """Set or change the password. All other sessions end. To change it, the current password is needed.

        Raises `BadPassword`, `WrongPassword`, `TooMany`, `Busy`.
        """
        user = session.user
        self._passwords.check(password, user.name)
        await self.verify_password(user, current, address, field="current")
        hashed = await self._passwords.hash(password)
        # Before the change as well: if the database fails in between, no session survives that the change was to end.
        await self._sessions.end_all(user.id, keep=session.id)
        changed = await self._users.change(user.id, password=hashed)
        if changed is None:
            raise NoSession
        await self._sessions.end_all(user.id, keep=session.id)
        self._broadcaster.send_me(changed)
        return changed

    async def verify_password(self, user: User, password: str | None, address: str, *, field: str = "password") -> None:
        """Check the user's password, if there is one. Raises `WrongPassword`, `TooMany`, `Busy`."""
        if user.password is None:
            return
        self._count_guess(user.id, address)
        if not await self._passwords.verify(password or "", user.password):
            raise WrongPassword(field=field)
        self._forgive_guess(user.id, address)

    async def rename(self, user: User, name: str) -> User:
        """Take another name; the old one is free. Raises `BadName`, `NameReserved`, `NameTaken`, `Busy`."""
        name = user_name(name)
        if is_reserved(name, self._reserved):
            raise NameReserved
        keys = user_keys(name)
        if not set(keys) & set(user_keys(user.name)):
            await self._free_unused(keys)
        changed = await self._users.rename(user.id, name, keys)
        if changed is None:
            raise NoSession
        self._broadcaster.broadcast_person(changed)
        self._broadcaster.send_me(changed)
        return changed

    async def leave(self, session: Session) -> None:
        """End the session and close its connections.

        If the user has no password, the name is then free and all its sessions end. A program never frees the name.
        """
        # The name first: without a session, the user could not come back to free it if the database fails in between.
        freed = None if session.program else await self._users.release(session.user.id)
        if freed is not None:
            await self._release_name(freed)
            return
        await self._sessions.end(session.user.id, session.id)

    async def persons(self, ids: Iterable[UserId]) -> list[Person]:
        """The persons of those of these users that exist. Raises `Busy`."""
        return list((await self._users.known_persons(ids)).values())

    async def starting_with(self, prefix: str, limit: int) -> list[Person]:
        """Users whose names begin with a prefix, or look as if they did. Raises `Busy`."""
        if len(prefix) > MAX_NAME_CHARS:
            return []
        return await self._users.starting_with(user_keys(prefix), limit)

    async def _free_unused(self, keys: Sequence[str]) -> None:
        """Free a name without a password that was not used for long."""
        holder = await self._users.find_by_keys(keys)
        if holder is None or self._presence.user_connections(holder.id):
            return
        freed = await self._users.release(holder.id, unused_since=self._clock() - self._name_kept_ms)
        if freed is not None:
            await self._release_name(freed)

    async def _release_name(self, freed: User) -> None:
        """A name is free: close the connections of its former user, and end the sessions."""
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
