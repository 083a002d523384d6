"""Invitations: links with which a limited number of users can register, with a role; and the first admin's link.

The token is in the fragment of the link, which browsers do not send. The database stores only its hash.
"""

import logging
import secrets

from ting.core.clock import DAY_MS, Clock
from ting.core.errors import BadInvitation, Busy, Closed, NotAllowed, NotFound
from ting.core.models import Invitation, Role, UserId, session_id
from ting.core.settings import RegistrationMode
from ting.store.stores import Stores

TOKEN_BYTES = 24
ID_BYTES = 8
MAX_USES = 1000
MAX_DAYS = 365
FIRST_ADMIN_DAYS = 7

logger = logging.getLogger(__name__)


class Invitations:
    """The use cases of invitations: create, list, revoke and use them."""

    def __init__(self, stores: Stores, clock: Clock, base_url: str = "", mode: RegistrationMode = "open") -> None:
        """`base_url` is the public address of the chat, with which the links start."""
        self._mode = mode
        self._invitations = stores.invitations
        self._users = stores.users
        self._audit = stores.audit
        self._clock = clock
        self.base_url = base_url

    def link(self, token: str) -> str:
        """The link that an invited user opens."""
        return f"{self.base_url.rstrip('/')}/#invitation={token}"

    async def first_admin_link(self) -> str | None:
        """A new link for the first admin, which replaces an earlier one; None if there is an admin. Raises `Busy`."""
        token = await self.create_for_first_admin()
        return self.link(token) if token else None

    async def create(self, by: UserId, uses: int, days: float, role: Role) -> tuple[Invitation, str]:
        """A new invitation, and its token, which cannot be read again later. `by` is "" for the command line.

        Raises `Closed` if no one could use it: new users cannot register, and it gives existing users no role.
        """
        if self._mode == "closed" and role == "member":
            raise Closed(
                'Registration is closed, so this invitation would not work. Set registration = "invite" first.'
            )
        now = self._clock()
        invitation = Invitation(
            id=secrets.token_hex(ID_BYTES), role=role, uses=uses, left=uses, expires=now + int(days * DAY_MS), by=by
        )
        await self._audit.append(now, by, "invite", invitation=invitation.id, role=role, until=invitation.expires)
        return invitation, await self._add(invitation)

    async def all(self) -> list[Invitation]:
        """The invitations that can still be used."""
        return await self._invitations.all(self._clock())

    async def revoke(self, by: UserId, invitation_id: str, *, admin: bool) -> None:
        """Revoke an invitation. If it gives a role, only an admin can. Raises `NotFound`, `NotAllowed`."""
        known = {invitation.id: invitation for invitation in await self.all()}
        if invitation_id not in known:
            raise NotFound("There is no such invitation.")
        if known[invitation_id].role != "member" and not admin:
            raise NotAllowed
        await self._audit.append(self._clock(), by, "revoke", invitation=invitation_id)
        await self._invitations.remove(invitation_id)

    async def find(self, token: str) -> Invitation | None:
        """The invitation with this token; None if it cannot be used now."""
        found = await self._invitations.find(session_id(token), self._clock())
        return None if found is None or await self._is_superseded(found) else found

    async def use(self, token: str) -> Invitation:
        """Count one use. Raises `BadInvitation`."""
        if await self.find(token) is None:
            raise BadInvitation
        used = await self._invitations.use(session_id(token), self._clock())
        if used is None:
            raise BadInvitation
        return used

    async def return_use(self, invitation: Invitation) -> None:
        """Give back a use, because the registration or the change of role failed."""
        await self._invitations.return_use(invitation.id)

    async def record_use(self, invitation: Invitation, user_id: UserId) -> None:
        """Write to the audit log that a user got a role by an invitation.

        The user has the role already, so a failure is only logged.
        """
        if invitation.role == "member":
            return
        role, invitation_id = invitation.role, invitation.id
        try:
            await self._audit.append(
                self._clock(), user_id, "accept", whom=user_id, role=role, invitation=invitation_id
            )
        except Busy:
            logger.warning(
                "Missing in the audit log: user %s became %s with invitation %s", user_id, role, invitation_id
            )

    async def create_for_first_admin(self) -> str | None:
        """The token of a new first admin invitation, which replaces an earlier one; None if there is an admin."""
        await self._invitations.remove_first()
        if await self._users.has_admin():
            return None
        expires = self._clock() + FIRST_ADMIN_DAYS * DAY_MS
        first = Invitation(id=secrets.token_hex(ID_BYTES), role="admin", uses=1, left=1, expires=expires, first=True)
        return await self._add(first)

    async def _is_superseded(self, invitation: Invitation) -> bool:
        """Whether the invitation is for the first admin, but there is an admin already."""
        return invitation.first and await self._users.has_admin()

    async def _add(self, invitation: Invitation) -> str:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self._invitations.add(invitation, session_id(token))
        return token
