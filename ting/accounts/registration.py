"""Registration and sign-in: applies the registration mode, invitations and bans.

The operator chooses the mode in the settings. `Accounts` does what is independent of it.
"""

from contextlib import suppress

from ting.accounts.accounts import Accounts
from ting.accounts.invitations import Invitations
from ting.core.errors import BadInvitation, Busy, Closed, InvitationNeeded, NameReserved, NoSession, PasswordNeeded
from ting.core.models import ClientInfo, Invitation, Session, User
from ting.core.names import name_keys, user_name
from ting.core.rate_limit import RateLimit, TokenBuckets
from ting.core.settings import RegistrationMode
from ting.moderation.restrictions import RANKS
from ting.moderation.services import ModerationServices
from ting.store.users import UserStore

RENAMES = RateLimit(burst=5, interval_s=120)  # names on the screens of others must not flicker


class Registration:
    """The use cases of registering, signing in and accepting an invitation."""

    def __init__(
        self,
        mode: RegistrationMode,
        users: UserStore,
        moderation: ModerationServices,
        accounts: Accounts,
        invitations: Invitations,
    ) -> None:
        self.mode = mode
        self._users = users
        self._restrictions = moderation.restrictions
        self._enforcement = moderation.enforcement
        self._accounts = accounts
        self._invitations = invitations
        self._renames = TokenBuckets(RENAMES)

    async def has_users(self) -> bool:
        """Whether there is any user who is not a plugin."""
        return await self._users.has_users()

    async def register(
        self, name: str, device: ClientInfo, *, password: str | None = None, invitation: str | None = None
    ) -> tuple[User, str]:
        """Create a user with this name, and return the user and the token of a new session.

        Raises `BadName`, `NameReserved`, `NameTaken`, `BadPassword`, `Banned`, `PasswordNeeded`, `InvitationNeeded`,
        `BadInvitation`, `Closed`, `Busy`.
        """
        self._restrictions.check_name(name_keys(user_name(name)), device.address)
        if self.mode == "password" and password is None:
            raise PasswordNeeded
        if invitation is None:
            self._check_uninvited()
            return await self._accounts.register(name, device, password)
        used = await self._redeem(invitation)
        try:
            user, token = await self._accounts.register(name, device, password, used.role)
        except BaseException:
            # Whether the name or the database was the reason, the invited user can try again.
            await self._invitations.return_use(used)
            raise
        self._restrictions.set(user.id, user, None)
        await self._invitations.record_use(used, user.id)
        return user, token

    async def sign_in(self, name: str, password: str, device: ClientInfo) -> tuple[User, str]:
        """The user with this name and password, and the token of a new session.

        Raises `BadName`, `UnknownName`, `WrongPassword`, `TooMany`, `Banned`, `Busy`.
        """
        return await self._accounts.sign_in(
            name, password, device, check=lambda user: self._restrictions.check_user(user.id, device.address)
        )

    async def rename(self, user: User, name: str) -> User:
        """Change the name of a user, by the rules for new names. Invitations are not checked again.

        The name of a banned user is reserved. In the mode "password", only a user with a password can take a new name.
        Raises `BadName`, `NameReserved`, `NameTaken`, `PasswordNeeded`, `TooMany`, `Busy`.
        """
        self._renames.consume(user.id)
        try:
            renamed = await self._rename(user, name)
        except BaseException:
            self._renames.refund(user.id)  # it did not happen
            raise
        if renamed is user:
            self._renames.refund(user.id)
        return renamed

    async def _rename(self, user: User, name: str) -> User:
        keys = set(name_keys(user_name(name)))
        if self._restrictions.ban_of_name(sorted(keys)):
            raise NameReserved
        is_new = not keys & set(name_keys(user.name))
        if self.mode == "password" and user.password is None and is_new:
            raise PasswordNeeded
        return await self._accounts.rename(user, name)

    def admits(self, invitation: Invitation) -> bool:
        """Whether a new user can register with an invitation. If registration is closed, only the first admin can."""
        return self.mode != "closed" or invitation.first

    async def accept(self, session: Session, token: str) -> User:
        """Give a signed-in user the role of an invitation, if it is above their own.

        Raises `BadInvitation`, `NoSession`, `Busy`.
        """
        user, found = session.user, await self._invitations.find(token)
        if found is None:
            raise BadInvitation
        if RANKS[found.role] <= RANKS[user.role]:
            await self._enforcement.apply(user.id)  # an earlier attempt may have stored it, and its answer was lost
            return user
        used = await self._invitations.use(token)
        try:
            changed = await self._users.change(user.id, role=used.role)
        except BaseException:
            await self._invitations.return_use(used)
            raise
        if changed is None:
            raise NoSession  # the account has just been deleted
        # The invitation may be used up by now, so the role must take effect even if the database fails from here on.
        self._restrictions.set_role_and_mute(changed)
        await self._invitations.record_use(used, user.id)
        with suppress(Busy):  # the other devices then get the role when they reconnect
            await self._enforcement.apply(user.id)
        return changed

    def _check_uninvited(self) -> None:
        if self.mode == "invite":
            raise InvitationNeeded
        if self.mode == "closed":
            raise Closed

    async def _redeem(self, token: str) -> Invitation:
        """Count a use of an invitation by a new user."""
        found = await self._invitations.find(token)
        if found is not None and not self.admits(found):
            raise Closed
        return await self._invitations.use(token)
