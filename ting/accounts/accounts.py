"""What people do with their identity: enter, keep a name, sign in, leave, and be recognised."""

import secrets
from collections.abc import Callable, Iterable, Sequence

from ting.accounts.passwords import Passwords
from ting.core.errors import CloseCode, NameReserved, NameTaken, NoSession, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo, Milliseconds, Person, Role, Session, SessionView, User, UserId, session_id
from ting.core.names import MAX_NAME_CHARS, is_reserved, user_keys, user_name
from ting.core.rate_limit import RateLimit, TokenBuckets
from ting.realtime.presence import Presence
from ting.realtime.user_broadcast import UserBroadcaster
from ting.store.sessions import SessionStore, is_over
from ting.store.users import UserStore

TOKEN_BYTES = 32
USER_ID_BYTES = 10
PUBLIC_ID_CHARS = 16  # of a session's id: enough to tell one's own sessions apart
MAX_SESSIONS = 100  # of one user, in browsers; more than anybody has devices
TOUCH_EVERY_MS = 10 * 60 * 1000
DAY_MS = 24 * 3600 * 1000

# Firm for guessing, generous for people: the right password costs nothing.
GUESSES_PER_NAME = RateLimit(burst=10, interval_s=30)
GUESSES_PER_ADDRESS = RateLimit(burst=30, interval_s=10)


class Accounts:
    """The use cases of identity."""

    def __init__(
        self,
        users: UserStore,
        sessions: SessionStore,
        presence: Presence,
        broadcaster: UserBroadcaster,
        passwords: Passwords,
        clock: Callable[[], Milliseconds],
        *,
        reserved_names: Sequence[str] = (),
        name_kept_days: float = 14.0,
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._presence = presence
        self._broadcaster = broadcaster
        self._passwords = passwords
        self._clock = clock
        self._reserved = reserved_names
        self._name_kept_ms = int(name_kept_days * DAY_MS)
        self._guesses = TokenBuckets(GUESSES_PER_NAME), TokenBuckets(GUESSES_PER_ADDRESS)

    async def register(
        self, name: str, device: ClientInfo, password: str | None = None, role: Role = "member"
    ) -> tuple[User, str]:
        """A new user of this name, and the token of their session.

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
        # The session first: if the database goes away in between, a session of nobody is left, not a name nobody has.
        token = await self._begin_session(user.id, device)
        try:
            await self._users.add(user, keys)
        except NameTaken:
            await self._sessions.remove(session_id(token))
            raise
        return user, token

    async def sign_in(
        self, name: str, password: str, device: ClientInfo, *, check: Callable[[User], None] = lambda _: None
    ) -> tuple[User, str]:
        """Whose name and password these are, and the token of a new session.

        A name without a password is answered as a wrong one is, and as slowly. `check` may refuse whoever it is.
        Raises `BadName`, `UnknownName`, `WrongPassword`, `TooMany`, `Busy`.
        """
        keys = user_keys(user_name(name))
        self._count_guess(keys[0], device.address)
        user = await self._users.find_by_keys(keys)
        if user is None:
            await self._passwords.verify(password, None)  # so that the time does not tell names that are there
            raise UnknownName
        if not await self._passwords.verify(password, user.password):
            raise WrongPassword
        self._forgive_guess(keys[0], device.address)
        check(user)
        token = await self._begin_session(user.id, device)
        try:
            admitted = await self._admitted(user, password)
        except BaseException:
            await self._sessions.remove(session_id(token))
            raise
        await self._end_surplus(user.id)
        return admitted, token

    async def _admitted(self, user: User, password: str) -> User:
        """Whoever has a session now; not if the password was changed while it was checked. Raises `WrongPassword`.

        Changing it ends the sessions that are there: this one is there before the password is looked at again.
        """
        now = await self._users.get(user.id)
        if now is None or (now.password != user.password and not await self._passwords.verify(password, now.password)):
            raise WrongPassword
        if now.password is not None and self._passwords.is_outdated(now.password):
            await self._users.rehash(user.id, now.password, await self._passwords.hash(password))
        await self._users.record_use(user.id, self._clock())
        return now

    async def set_password(self, session: Session, password: str, current: str | None, address: str) -> User:
        """Keep the name for good. All other sessions end; to change a password, the current one is needed.

        Raises `BadPassword`, `WrongPassword`, `TooMany`, `Busy`.
        """
        user = session.user
        self._passwords.check(password, user.name)
        await self.verify_password(user, current, address, field="current")
        hashed = await self._passwords.hash(password)
        # Before it as well: if the database goes away in between, nobody stays in whom the change was to send out.
        await self.end_sessions(user.id, keep=session.id)
        changed = await self._users.change(user.id, password=hashed)
        if changed is None:
            raise NoSession
        await self.end_sessions(user.id, keep=session.id)
        self._broadcaster.send_me(changed)
        return changed

    async def verify_password(self, user: User, password: str | None, address: str, *, field: str = "password") -> None:
        """Whoever asks knows the user's password, if there is one. Raises `WrongPassword`, `TooMany`, `Busy`."""
        if user.password is None:
            return
        self._count_guess(user.id, address)
        if not await self._passwords.verify(password or "", user.password):
            raise WrongPassword(field=field)
        self._forgive_guess(user.id, address)

    async def end_sessions(self, user: UserId, *, keep: str | None = None) -> None:
        """End the sessions of a user, except for one, and close their connections. Raises `Busy`."""
        for ended in await self._sessions.remove_all(user, keep=keep):
            self.close_connections(user, ended)

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

    async def session(self, token: str, device: ClientInfo, *, program: bool = False) -> Session | None:
        """The session this token stands for, of a browser or of a `program`. Raises `Busy`.

        None if there is none, its time is over, or the name is theirs no more.
        """
        key, now = session_id(token), self._clock()
        stored = await self._sessions.get(key)
        if stored is None or ("name" in stored) != program or is_over(stored, now):
            return None
        user = await self._users.get(stored["user"])
        if user is None or user.former:
            return None
        # A token that was made and not used yet has no address.
        if now - stored["used"] > TOUCH_EVERY_MS or not stored["address"]:
            await self._sessions.record_use(key, device, now)
            await self._users.record_use(user.id, now)
        expires = int(stored["expires"]) if "expires" in stored else None
        return Session(id=key, user=user, program=program, expires=expires)

    async def sessions(self, session: Session) -> list[SessionView]:
        """All sessions of a user, the one used last first."""
        return [
            SessionView(
                id=stored["_id"][:PUBLIC_ID_CHARS],
                agent=stored["agent"],
                address=stored["address"],
                created=int(stored["created"]),
                used=int(stored["used"]),
                current=stored["_id"] == session.id,
            )
            for stored in await self._sessions.for_user(session.user.id)
            if "name" not in stored
        ]

    async def end_session(self, session: Session, public_id: str) -> None:
        """End one of one's own sessions, and close its connections. Ending one that is over does nothing."""
        for stored in await self._sessions.for_user(session.user.id):
            if "name" not in stored and stored["_id"][:PUBLIC_ID_CHARS] == public_id:
                await self._sessions.remove(stored["_id"])
                self.close_connections(session.user.id, stored["_id"])

    async def leave(self, session: Session) -> None:
        """End the session and close its connections.

        Without a password, its name is free then, and nobody goes on under it (but not if it is a program that leaves).
        """
        # The name first: if the database goes away in between, nobody could come back to free it.
        freed = None if session.program else await self._users.release(session.user.id)
        if freed is not None:
            await self._release_name(freed)
            return
        await self._sessions.remove(session.id)
        self.close_connections(session.user.id, session.id)

    async def persons(self, ids: Iterable[UserId]) -> list[Person]:
        """Those of these users that there are, as others see them. Raises `Busy`."""
        return list((await self._users.known_persons(ids)).values())

    async def starting_with(self, prefix: str, limit: int) -> list[Person]:
        """People whose names begin so, or look as if they did. Raises `Busy`."""
        if len(prefix) > MAX_NAME_CHARS:
            return []
        return await self._users.starting_with(user_keys(prefix), limit)

    def seconds_left(self, session: Session) -> float | None:
        """For how long a session is good; None for one without an end."""
        return None if session.expires is None else max(0.0, (session.expires - self._clock()) / 1000)

    def close_connections(self, user: UserId, session: str) -> None:
        """Close the websockets of a session that has ended."""
        self._presence.changes.record(user)
        for connection in self._presence.session_connections(user, session):
            connection.close(CloseCode.SESSION_ENDED)

    async def _begin_session(self, user_id: UserId, device: ClientInfo) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self._sessions.add(session_id(token), user_id, device, self._clock())
        return token

    async def _end_surplus(self, user_id: UserId) -> None:
        """Of very many sessions, those end that were not used for longest."""
        browsers = [stored["_id"] for stored in await self._sessions.for_user(user_id) if "name" not in stored]
        for surplus in browsers[MAX_SESSIONS:]:
            await self._sessions.remove(surplus)
            self.close_connections(user_id, surplus)

    async def _free_unused(self, keys: Sequence[str]) -> None:
        """A name without a password that nobody used for long is free again."""
        holder = await self._users.find_by_keys(keys)
        if holder is None or self._presence.user_connections(holder.id):
            return
        freed = await self._users.release(holder.id, unused_since=self._clock() - self._name_kept_ms)
        if freed is not None:
            await self._release_name(freed)

    async def _release_name(self, freed: User) -> None:
        """A name is free: nobody who had it is here under it any more."""
        for connection in self._presence.user_connections(freed.id):
            connection.close(CloseCode.SESSION_ENDED)
        self._broadcaster.broadcast_person(freed)
        await self.end_sessions(freed.id)

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
