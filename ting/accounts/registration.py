"""Registration and sign-in: which users may register, as the operator chose, and that no banned user signs in."""

from contextlib import suppress

from ting.accounts.accounts import Accounts
from ting.accounts.invitations import Invitations
from ting.core.errors import BadInvitation, Busy, Closed, InvitationNeeded, NameReserved, NoSession, PasswordNeeded
from ting.core.models import ClientInfo, Invitation, Session, User
from ting.core.names import user_keys, user_name
from ting.core.settings import RegistrationMode
from ting.moderation.restrictions import RANKS
from ting.moderation.services import ModerationServices
from ting.store.users import UserStore


class Registration:
    """The use cases of registration and sign-in."""

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

    async def has_users(self) -> bool:
        """Whether any user has registered."""
        return await self._users.has_users()

    async def register(
        self, name: str, device: ClientInfo, *, password: str | None = None, invitation: str | None = None
    ) -> tuple[User, str]:
        """Register a new user; returns the user and the token of their session.

        Raises `BadName`, `NameReserved`, `NameTaken`, `BadPassword`, `Banned`, `PasswordNeeded`, `InvitationNeeded`,
        `BadInvitation`, `Closed`, `Busy`.
        """
        self._restrictions.check_name(user_keys(user_name(name)), device.address)
        if self.mode == "password" and password is None:
            raise PasswordNeeded
        if invitation is None:
            self._check_uninvited()
            return await self._accounts.register(name, device, password)
        used = await self._redeem(invitation)
        try:
            user, token = await self._accounts.register(name, device, password, used.role)
        except BaseException:
            # Whatever failed, the name or the database: the invited user can try again.
            await self._invitations.return_use(used)
            raise
        self._restrictions.set(user.id, user, None)
        await self._invitations.record_use(used, user.id)
        return user, token

    async def sign_in(self, name: str, password: str, device: ClientInfo) -> tuple[User, str]:
        """Sign in; returns the user and the token of a new session.

        Raises `BadName`, `UnknownName`, `WrongPassword`, `TooMany`, `Banned`, `Busy`.
        """
        return await self._accounts.sign_in(
            name, password, device, check=lambda user: self._restrictions.check_user(user.id, device.address)
        )

    async def rename(self, user: User, name: str) -> User:
        """Rename a user, under the rules for new names. The mode of registration does not matter.

        The name of a banned user stays reserved. Where new names need a password, this one does, too.
        Raises `BadName`, `NameReserved`, `NameTaken`, `PasswordNeeded`, `Busy`.
        """
        keys = set(user_keys(user_name(name)))
        if self._restrictions.ban_of_name(sorted(keys)):
            raise NameReserved
        is_new = not keys & set(user_keys(user.name))
        if self.mode == "password" and user.password is None and is_new:
            raise PasswordNeeded
        return await self._accounts.rename(user, name)

    def admits(self, invitation: Invitation) -> bool:
        """Whether a new user can register with it. If registration is closed, only the first admin can."""
        return self.mode != "closed" or invitation.first

    async def accept(self, session: Session, token: str) -> User:
        """A signed-in user redeems an invitation with a higher role, and gets that role.

        Raises `BadInvitation`, `NoSession`, `Busy`.
        """
        user, found = session.user, await self._invitations.find(token)
        if found is None:
            raise BadInvitation
        if RANKS[found.role] <= RANKS[user.role]:
            await self._enforcement.apply(user.id)  # an earlier try may have stored it, whose answer was lost
            return user
        used = await self._invitations.use(token)
        try:
            changed = await self._users.change(user.id, role=used.role)
        except BaseException:
            await self._invitations.return_use(used)
            raise
        if changed is None:
            raise NoSession  # they have just left
        # The invitation may be used up by now: whatever the database does from here on, the role holds.
        self._restrictions.set_role_and_mute(changed)
        await self._invitations.record_use(used, user.id)
        with suppress(Busy):  # then their other devices learn of it when they reconnect
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
