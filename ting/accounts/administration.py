"""Account administration from the command line. There is no role check; every change is in the audit log."""

import secrets
from collections.abc import Sequence

from ting.accounts.passwords import Passwords
from ting.core.clock import Clock
from ting.core.errors import UnknownName
from ting.core.models import Ban, MessageDisposal, Role, StoredSession, User
from ting.store.stores import Stores

OPERATOR = ""
PASSWORD_BYTES = 12


class Administration:
    """The use cases of operators. All of them raise `BadName`, `UnknownName`, `Busy`."""

    def __init__(self, stores: Stores, passwords: Passwords, clock: Clock) -> None:
        self._users = stores.users
        self._sessions = stores.sessions
        self._bans = stores.bans
        self._audit = stores.audit
        self._changes = stores.changes
        self._passwords = passwords
        self._clock = clock

    async def users(self) -> list[User]:
        """All users who have a name, ordered by name."""
        return await self._users.all()

    async def user(self, name: str) -> User:
        """The user with this name."""
        try:
            return await self._users.find_by_name(name)
        except UnknownName:
            raise UnknownName(f"There is no user with the name {name}.") from None

    async def sessions(self, user: User) -> Sequence[StoredSession]:
        """The sessions of a user, the most recently used first."""
        return await self._sessions.for_user(user.id)

    async def ban(self, user: User) -> Ban | None:
        """The active ban of a user; None if there is none."""
        ban = await self._bans.get(user.id)
        return ban if ban and ban.is_active(self._clock()) else None

    async def set_role(self, name: str, role: Role) -> User:
        """Set the role of a user."""
        user = await self.user(name)
        await self._audit.append(self._clock(), OPERATOR, "role", whom=user.id, role=role)
        await self._users.change(user.id, role=None if role == "member" else role)
        await self._changes.publish(user.id)
        return user

    async def reset_password(self, name: str, password: str | None = None) -> tuple[User, str]:
        """Set the password of a user, by default to a random one. End all sessions and tokens. Raises `BadPassword`."""
        user = await self.user(name)
        if password is None:
            password = secrets.token_urlsafe(PASSWORD_BYTES)
        self._passwords.check(password, user.name, user.profile.email)
        hashed = await self._passwords.hash(password)
        await self._audit.append(self._clock(), OPERATOR, "reset-password", whom=user.id)
        await self._users.change(user.id, password=hashed)
        await self._sign_out(user)
        return user, password

    async def sign_out(self, name: str, *, tokens: bool = False) -> tuple[User, int, int]:
        """End the sessions of a user in browsers, and with `tokens` also the tokens of the user's programs.

        Return the user, how many sessions have ended, and how many tokens: those that have ended, or are still valid.
        """
        user = await self.user(name)
        stored = [
            session for session in await self._sessions.for_user(user.id) if not session.is_expired(self._clock())
        ]
        count = sum(session.is_token for session in stored)
        reason = "with tokens" if tokens else ""
        await self._audit.append(self._clock(), OPERATOR, "sign-out", whom=user.id, reason=reason)
        await self._sign_out(user, tokens=tokens)
        return user, len(stored) - count, count

    async def delete(self, name: str, disposal: MessageDisposal) -> User:
        """Delete the account of a user. A running server then removes the data and, if `disposal` says so, messages."""
        user = await self.user(name)
        await self._audit.append(self._clock(), OPERATOR, "delete-account", whom=user.id)
        await self._users.mark_deleted(user.id, disposal)
        await self._sign_out(user)
        return user

    async def _sign_out(self, user: User, *, tokens: bool = True) -> int:
        ended = await self._sessions.remove_all(user.id, tokens=tokens)
        await self._changes.publish(user.id)
        return len(ended)
