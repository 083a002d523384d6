"""Names and passwords: register, sign in, set a password, rename, and sign out."""

import secrets
from collections.abc import Callable, Iterable, Sequence

import msgspec

from ting.accounts.guesses import Guess, Guesses
from ting.accounts.hashing_queue import Requester
from ting.accounts.known_devices import device_of
from ting.accounts.passwords import Passwords
from ting.accounts.sessions import Sessions
from ting.core.clock import DAY_MS, Clock
from ting.core.errors import Busy, CloseCode, NameReserved, NameTaken, NoSession, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo, Person, Role, Session, User, UserId
from ting.core.names import MAX_NAME_CHARS, is_reserved, name_keys, user_name
from ting.core.networks import network_of
from ting.core.rate_limit import RateLimit, TokenBuckets
from ting.core.settings import Settings
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores

USER_ID_BYTES = 10

NEW_PASSWORDS = RateLimit(burst=10, interval_s=60)  # per user


class Accounts:
    """The use cases of names and passwords."""

    def __init__(
        self,
        stores: Stores,
        realtime: RealtimeServices,
        sessions: Sessions,
        passwords: Passwords,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._users = stores.users
        self._audit = stores.audit
        self._presence = realtime.presence
        self._broadcaster = realtime.broadcaster
        self._sessions = sessions
        self._passwords = passwords
        self._clock = clock
        self._reserved = settings.reserved_names
        self._name_kept_ms = int(settings.name_kept_days * DAY_MS)
        self._guesses = Guesses()
        self._new_passwords = TokenBuckets(NEW_PASSWORDS)

    async def register(
        self, name: str, client: ClientInfo, password: str | None = None, role: Role = "member"
    ) -> tuple[User, str]:
        """Create a user with this name, and return the user and the token of a new session.

        Raises `BadName`, `NameReserved`, `NameTaken`, `BadPassword`, `TooMany`, `Busy`.
        """
        name = user_name(name)
        if is_reserved(name, self._reserved):
            raise NameReserved
        keys, now = name_keys(name), self._clock()
        if password is not None:
            self._passwords.check(password, name)
        await self._claim(keys)  # before the hash, which would be for nothing
        stranger = Requester(network_of(client.address))
        hashed = None if password is None else await self._passwords.hash(password, stranger)
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
        refuse the user: before the password is verified, and again when the session exists.
        Raises `BadName`, `UnknownName`, `WrongPassword`, `TooMany`, `Busy`.
        """
        keys = name_keys(user_name(name))
        user = await self._users.find_by_keys(keys)
        guess, requester = self._count_guess(user, keys[0], client)
        if user is None:
            raise UnknownName  # at once: which names exist is public
        check(user)
        await self._verify(guess, password, user.password, requester)
        token = await self._sessions.begin(user.id, client)
        try:
            admitted = await self._admitted(user, password, requester)
            check(admitted)
        except BaseException:
            await self._sessions.discard(token)
            raise
        await self._sessions.end_surplus(user.id)
        return admitted, token

    async def _admitted(self, user: User, password: str, requester: Requester) -> User:
        """The user as stored now. Raises `WrongPassword` if the password was changed while it was being verified.

        A password change ends all stored sessions. The new session is stored before this second check, so either the
        change ends the session, or this check sees the change.
        """
        stored = await self._users.get(user.id)
        if stored is None:
            raise WrongPassword
        if stored.password != user.password and not await self._passwords.verify(password, stored.password, requester):
            raise WrongPassword
        if stored.password is not None and self._passwords.is_outdated(stored.password):
            renewed = await self._passwords.hash(password, requester)
            await self._users.rehash(user.id, stored.password, renewed)
            stored = msgspec.structs.replace(stored, password=renewed)
        await self._users.record_use(user.id, self._clock())
        return stored

    async def set_password(self, session: Session, password: str, current: str | None) -> User:
        """Set or change the password, and end all other sessions. A change needs the current password.

        With a password, the user keeps the name permanently.

        Raises `BadPassword`, `WrongPassword`, `TooMany`, `Busy`.
        """
        user = session.user
        self._passwords.check(password, user.name, user.profile.email)
        await self.verify_password(session, current, field="current")
        self._new_passwords.consume(user.id)
        hashed = await self._passwords.hash(password, Requester(user.id, known=True))
        await self._audit.append(self._clock(), user.id, "password", whom=user.id)
        # Before the change as well: if the database fails in between, no session that should end stays valid.
        await self._sessions.end_all(user.id, keep=session.id)
        changed = await self._users.change(user.id, password=hashed)
        if changed is None:
            raise NoSession
        await self._sessions.end_all(user.id, keep=session.id)
        self._broadcaster.send_me(changed)
        return changed

    async def verify_password(self, session: Session, password: str | None, *, field: str = "password") -> None:
        """Check the password of a session's user, if the user has one. Raises `WrongPassword`, `TooMany`, `Busy`."""
        user = session.user
        if user.password is None:
            return
        guess = self._guesses.by_device(session.id)
        await self._verify(guess, password or "", user.password, Requester(user.id, known=True), field)

    async def known_device(self, name: str, client: ClientInfo) -> str | None:
        """The device of a client, if the user with this name has signed in there before. Raises `BadName`, `Busy`."""
        user = await self._users.find_by_keys(name_keys(user_name(name)))
        return None if user is None else device_of(client.device, user)

    async def rename(self, user: User, name: str) -> User:
        """Change the name of a user, and free the old one. Raises `BadName`, `NameReserved`, `NameTaken`, `Busy`."""
        name = user_name(name)
        if is_reserved(name, self._reserved):
            raise NameReserved
        keys = name_keys(name)
        if not set(keys) & set(name_keys(user.name)):
            await self._claim(keys)
        if name == user.name:
            return user
        change = f"{user.name} \N{RIGHTWARDS ARROW} {name}"
        await self._audit.append(self._clock(), user.id, "rename", whom=user.id, reason=change)
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

    async def _claim(self, keys: Sequence[str]) -> None:
        """Make sure that a name is free. A name without a password that was not used for a long time becomes free.

        Raises `NameTaken`.
        """
        owner = await self._users.find_by_keys(keys)
        if owner is None:
            return
        if self._presence.is_connected(owner.id):
            raise NameTaken
        freed = await self._users.release(owner.id, unused_since=self._clock() - self._name_kept_ms)
        if freed is None:
            raise NameTaken
        await self._release_name(freed)

    async def _release_name(self, freed: User) -> None:
        """A name was freed: end the sessions of its former user, and close the connections."""
        for connection in self._presence.user_connections(freed.id):
            connection.close(CloseCode.SESSION_ENDED)
        self._broadcaster.broadcast_person(freed)
        await self._sessions.end_all(freed.id)

    async def _verify(
        self, guess: Guess, password: str, stored: str | None, requester: Requester, field: str = "password"
    ) -> None:
        """Verify a guess, which counts only if it is wrong. Raises `WrongPassword`, `TooMany`, `Busy`."""
        try:
            is_right = await self._passwords.verify(password, stored, requester)
        except (TooMany, Busy):
            guess.forgive()
            raise
        if not is_right:
            raise WrongPassword(field=field)
        guess.forgive()

    def _count_guess(self, user: User | None, name: str, client: ClientInfo) -> tuple[Guess, Requester]:
        """Count an attempt to sign in, and return who asks for the verification of the password. Raises `TooMany`."""
        device = None if user is None else device_of(client.device, user)
        if user is None or device is None:
            return self._guesses.by_stranger(name, client.address), Requester(network_of(client.address))
        key = f"{user.id} {device}"
        return self._guesses.by_device(key), Requester(key, known=True)
