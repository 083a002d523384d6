"""Who may come in: under a new name, as the operator chose; under one's own, with the password; and nobody banned."""

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
    """The way in."""

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
        """Whether somebody has come in before."""
        return await self._users.has_users()

    async def register(
        self, name: str, device: ClientInfo, *, password: str | None = None, invitation: str | None = None
    ) -> tuple[User, str]:
        """A new user of this name, and the token of their session.

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
            # Whatever went wrong, with the name or with the database: whoever was invited can try again.
            await self._invitations.return_use(used)
            raise
        self._restrictions.set(user.id, user, None)
        await self._invitations.record_use(used, user.id)
        return user, token

    async def sign_in(self, name: str, password: str, device: ClientInfo) -> tuple[User, str]:
        """Whose name and password these are, and the token of a new session.

        Raises `BadName`, `UnknownName`, `WrongPassword`, `TooMany`, `Banned`, `Busy`.
        """
        return await self._accounts.sign_in(
            name, password, device, check=lambda user: self._restrictions.check_user(user.id, device.address)
        )

    async def rename(self, user: User, name: str) -> User:
        """Take another name, as whoever comes in anew may have it; whether they come in was decided when they did.

        Nobody takes the name of somebody who is banned, and where new names need a password, this one does, too.
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
        """Whether somebody new comes in with it. Where no new people are taken in, only the first admin does."""
        return self.mode != "closed" or invitation.first

    async def accept(self, session: Session, token: str) -> User:
        """Somebody who is in uses an invitation whose role is above theirs, and gets it.

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
        with suppress(Busy):  # then their other devices hear of it when they come back
            await self._enforcement.apply(user.id)
        return changed

    def _check_uninvited(self) -> None:
        if self.mode == "invite":
            raise InvitationNeeded
        if self.mode == "closed":
            raise Closed

    async def _redeem(self, token: str) -> Invitation:
        """Count a use of an invitation by somebody new."""
        found = await self._invitations.find(token)
        if found is not None and not self.admits(found):
            raise Closed
        return await self._invitations.use(token)
