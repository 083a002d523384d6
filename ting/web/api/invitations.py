"""The registration mode, and invitations: look up, create, revoke, redeem."""

from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from ting.accounts.invitations import MAX_DAYS, MAX_USES
from ting.core.models import Invitation, Person, Role
from ting.web.handler import Access, ApiHandler
from ting.web.rate_limits import Action


class NewInvitation(Struct, forbid_unknown_fields=True):
    """The body of `POST /api/invitations`."""

    uses: Annotated[int, Meta(ge=1, le=MAX_USES)] = 1
    days: Annotated[float, Meta(gt=0, le=MAX_DAYS)] = 7
    role: Role = "member"


class InvitationToken(Struct):
    """The body of `PUT /api/me/invitation` and `POST /api/registration`."""

    invitation: str


class RegistrationHandler(ApiHandler):
    """`/api/registration`."""

    access = Access.ANYONE

    async def get(self) -> None:
        """Whether and how new users can register."""
        self.reply(await self._answer())

    async def post(self) -> None:
        """The same, with the effect of an invitation. The token is in the body because proxies log URLs."""
        accounts = self.services.accounts
        invitation = await accounts.invitations.find(self.body(InvitationToken).invitation)
        effect = {"role": invitation.role, "admits": accounts.registration.admits(invitation)} if invitation else None
        self.reply({**await self._answer(), "invitation": effect})

    async def _answer(self) -> dict[str, Any]:
        registration = self.services.accounts.registration
        return {"registration": registration.mode, "users": await registration.has_users()}


class InvitationsHandler(ApiHandler):
    """`/api/invitations`."""

    access = Access.MODERATOR

    async def get(self) -> None:
        """List the invitations that can still be used, without their tokens, which are shown only once."""
        invitations = await self.services.accounts.invitations.all()
        creators = await self.services.accounts.accounts.persons(invitation.by for invitation in invitations)
        persons = {person.id: person for person in creators}
        self.reply({"invitations": [to_json(invitation, persons.get(invitation.by)) for invitation in invitations]})

    async def post(self) -> None:
        """Create an invitation. Only admins can create one for a role above member."""
        new, invitations = self.body(NewInvitation), self.services.accounts.invitations
        if new.role != "member":
            self.require_browser()
            self.require_role("admin")
        invitation, token = await invitations.create(self.user.id, new.uses, new.days, new.role)
        shown_once = {"token": token, "link": invitations.link(token)}
        self.set_status(201)
        self.reply({**to_json(invitation, self.user.person), **shown_once})


class InvitationHandler(ApiHandler):
    """`/api/invitations/{id}`."""

    access = Access.MODERATOR

    async def delete(self, invitation_id: str) -> None:
        """Revoke the invitation."""
        is_admin = self.services.moderation.restrictions.has_role(self.user.id, "admin")
        await self.services.accounts.invitations.revoke(self.user.id, invitation_id, admin=is_admin)
        self.set_status(204)
        self.finish()


class MyInvitationHandler(ApiHandler):
    """`/api/me/invitation`."""

    access = Access.ACCOUNT
    rate_limited: ClassVar = {"PUT": Action.ENTER}

    async def put(self) -> None:
        """Redeem an invitation to get its role."""
        token = self.body(InvitationToken).invitation
        self.reply((await self.services.accounts.registration.accept(self.current_session, token)).me)


def to_json(invitation: Invitation, by: Person | None) -> dict[str, Any]:
    """An invitation as moderators see it. `by` is absent if it was created on the command line."""
    shown: dict[str, Any] = {
        "id": invitation.id,
        "uses": invitation.uses,
        "left": invitation.left,
        "expires": invitation.expires,
        "role": invitation.role,
    }
    return {**shown, "by": by} if by else shown
