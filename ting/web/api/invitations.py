"""How one comes in here, and invitations: asked about, made, taken back, used."""

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


class UsedInvitation(Struct):
    """The body of `PUT /api/me/invitation` and `POST /api/registration`."""

    invitation: str


class RegistrationHandler(ApiHandler):
    """`/api/registration`."""

    access = Access.ANYBODY

    async def get(self) -> None:
        """What it takes to come in."""
        self.reply(await self._answer())

    async def post(self) -> None:
        """The same, and what an invitation is worth: its token has no place in a URL, which proxies log."""
        accounts = self.services.accounts
        found = await accounts.invitations.find(self.body(UsedInvitation).invitation)
        worth = {"role": found.role, "admits": accounts.registration.admits(found)} if found else None
        self.reply({**await self._answer(), "invitation": worth})

    async def _answer(self) -> dict[str, Any]:
        registration = self.services.accounts.registration
        return {"registration": registration.mode, "users": await registration.has_users()}


class InvitationsHandler(ApiHandler):
    """`/api/invitations`."""

    access = Access.MODERATOR

    async def get(self) -> None:
        """Those that can still be used; their tokens are told to nobody again."""
        invitations = await self.services.accounts.invitations.all()
        persons = {
            person.id: person for person in await self.services.accounts.accounts.persons(one.by for one in invitations)
        }
        self.reply({"invitations": [to_json(one, persons.get(one.by)) for one in invitations]})

    async def post(self) -> None:
        """A new one. What gives a role above that of a member, only admins make."""
        new, invitations = self.body(NewInvitation), self.services.accounts.invitations
        if new.role != "member":
            self.require_role("admin")
        invitation, token = await invitations.create(self.user.id, new.uses, new.days, new.role)
        shown_once = {"token": token, "link": invitations.link(token)}
        self.set_status(201)
        self.reply({**to_json(invitation, self.user.person), **shown_once})


class InvitationHandler(ApiHandler):
    """`/api/invitations/{id}`."""

    access = Access.MODERATOR

    async def delete(self, invitation_id: str) -> None:
        """Take it back."""
        admin = self.services.moderation.restrictions.has_role(self.user.id, "admin")
        await self.services.accounts.invitations.revoke(self.user.id, invitation_id, admin=admin)
        self.set_status(204)
        self.finish()


class MyInvitationHandler(ApiHandler):
    """`/api/me/invitation`."""

    access = Access.SESSION
    rate_limited: ClassVar = {"PUT": Action.ENTER}

    async def put(self) -> None:
        """Use one, for its role."""
        token = self.body(UsedInvitation).invitation
        self.reply((await self.services.accounts.registration.accept(self.current_session, token)).me)


def to_json(invitation: Invitation, by: Person | None) -> dict[str, Any]:
    """An invitation as moderators see it; `by` is absent for one made at the command line."""
    shown: dict[str, Any] = {
        "id": invitation.id,
        "uses": invitation.uses,
        "left": invitation.left,
        "expires": invitation.expires,
        "role": invitation.role,
    }
    return {**shown, "by": by} if by else shown
