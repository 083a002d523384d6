"""What operators do at the command line with people's accounts. Nobody's power ends here; the audit log tells."""

import secrets
from collections.abc import Callable, Sequence

from ting.accounts.passwords import Passwords
from ting.core.errors import UnknownName
from ting.core.models import Ban, MessageDisposal, Milliseconds, Role, User
from ting.core.names import user_keys, user_name
from ting.moderation.enforcement import Enforcer
from ting.store.database import Document
from ting.store.moderation import AuditStore, BanStore
from ting.store.sessions import SessionStore
from ting.store.users import UserStore

OPERATOR = ""
PASSWORD_BYTES = 12


class Administration:
    """The use cases of operators. All of them raise `BadName`, `UnknownName`, `Busy`."""

    def __init__(
        self,
        users: UserStore,
        sessions: SessionStore,
        bans: BanStore,
        audit: AuditStore,
        passwords: Passwords,
        enforcer: Enforcer,
        clock: Callable[[], Milliseconds],
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._bans = bans
        self._audit = audit
        self._passwords = passwords
        self._enforcer = enforcer
        self._clock = clock

    async def users(self) -> list[User]:
        """Everybody who has a name now, by name."""
        return await self._users.all()

    async def user(self, name: str) -> User:
        """Whoever has this name."""
        user = await self._users.find_by_keys(user_keys(user_name(name)))
        if user is None:
            raise UnknownName(f"Nobody has the name {name}.")
        return user

    async def sessions(self, user: User) -> Sequence[Document]:
        """Where somebody is signed in: `agent`, `address`, `used`; the one used last first."""
        return await self._sessions.for_user(user.id)

    async def ban(self, user: User) -> Ban | None:
        """Whether and why somebody is banned."""
        ban = await self._bans.get(user.id)
        return ban if ban and ban.is_active(self._clock()) else None

    async def set_role(self, name: str, role: Role) -> User:
        """Give somebody a role."""
        user = await self.user(name)
        await self._audit.append(self._clock(), OPERATOR, "role", whom=user.id, role=role)
        await self._users.change(user.id, role=None if role == "member" else role)
        await self._enforcer.apply(user.id)
        return user

    async def reset_password(self, name: str, password: str | None = None) -> tuple[User, str]:
        """Give somebody a password, a random one by default; they are signed out everywhere. Raises `BadPassword`."""
        user = await self.user(name)
        if password is None:
            password = secrets.token_urlsafe(PASSWORD_BYTES)
        self._passwords.check(password, user.name)
        hashed = await self._passwords.hash(password)
        await self._audit.append(self._clock(), OPERATOR, "reset-password", whom=user.id)
        await self._users.change(user.id, password=hashed)
        await self._sign_out(user)
        return user, password

    async def sign_out(self, name: str) -> tuple[User, int]:
        """End all sessions of somebody; how many there were."""
        user = await self.user(name)
        await self._audit.append(self._clock(), OPERATOR, "sign-out", whom=user.id)
        return user, await self._sign_out(user)

    async def delete(self, name: str, traces: MessageDisposal) -> User:
        """Delete somebody's account. Their messages stay as from somebody who left; to "remove" is left to a server."""
        user = await self.user(name)
        await self._audit.append(self._clock(), OPERATOR, "delete-account", whom=user.id)
        await self._users.mark_deleted(user.id, traces)
        await self._sign_out(user)
        return user

    async def _sign_out(self, user: User) -> int:
        ended = await self._sessions.remove_all(user.id)
        await self._enforcer.apply(user.id)
        return len(ended)
