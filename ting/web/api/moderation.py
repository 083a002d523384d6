"""Moderation: mutes, kicks, bans, and the audit log."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from ting.core.errors import BadRequest
from ting.core.models import User
from ting.web.handler import Access, ApiHandler

MAX_MINUTES = 365 * 24 * 60
MAX_DAYS = 10 * 365
MAX_ID_CHARS = 40


class MuteBody(Struct, forbid_unknown_fields=True):
    """The body of `POST /api/users/{name}/mute`."""

    minutes: Annotated[int, Meta(ge=1, le=MAX_MINUTES)]
    reason: str = ""


class KickBody(Struct, forbid_unknown_fields=True):
    """The body of `POST /api/users/{name}/kick`."""

    conversation: str
    reason: str = ""


class BanBody(Struct, forbid_unknown_fields=True):
    """The body of `POST /api/users/{name}/ban`. Without `days`, the ban is permanent."""

    days: Annotated[float, Meta(gt=0, le=MAX_DAYS)] | None = None
    reason: str = ""
    address: bool = False


class ModeratorHandler(ApiHandler):
    """The base class of handlers that act on a user."""

    access = Access.MODERATOR

    async def reply_card(self, user: User | None) -> None:
        """Answer with the user's profile card, or with 204 if the user no longer exists."""
        if user is None:
            self.set_status(204)
            self.finish()
        else:
            self.reply(await self.services.accounts.profiles.card(user.name, self.user))


class MuteHandler(ModeratorHandler):
    """`/api/users/{name}/mute`."""

    async def post(self, name: str) -> None:
        mute = self.body(MuteBody)
        await self.reply_card(await self.services.moderation.actions.mute(self.user, name, mute.minutes, mute.reason))

    async def delete(self, name: str) -> None:
        await self.reply_card(await self.services.moderation.actions.unmute(self.user, name))


class KickHandler(ModeratorHandler):
    """`/api/users/{name}/kick`."""

    async def post(self, name: str) -> None:
        kick = self.body(KickBody)
        await self.reply_card(
            await self.services.moderation.actions.kick(self.user, name, kick.conversation, kick.reason)
        )


class BanHandler(ModeratorHandler):
    """`/api/users/{name}/ban`."""

    async def post(self, name: str) -> None:
        ban, moderation = self.body(BanBody), self.services.moderation.actions
        await self.reply_card(await moderation.ban(self.user, name, ban.days, ban.reason, address=ban.address))

    async def delete(self, name: str) -> None:
        await self.reply_card(await self.services.moderation.actions.unban(self.user, name))


class BansHandler(ApiHandler):
    """`/api/bans`."""

    access = Access.MODERATOR

    async def get(self) -> None:
        """List the bans in force, the newest first."""
        bans = self.services.moderation.actions.bans()
        persons = {
            person.id: person for person in await self.services.accounts.accounts.persons(ban.by for ban in bans)
        }
        self.reply(
            {
                "bans": [
                    {
                        "id": ban.user,
                        "name": ban.name,
                        "at": ban.at,
                        "until": ban.until,
                        "reason": ban.reason,
                        "address": bool(ban.networks),
                        "by": persons.get(ban.by),
                    }
                    for ban in bans
                ]
            }
        )


class AuditHandler(ApiHandler):
    """`/api/audit`."""

    access = Access.ADMIN

    async def get(self) -> None:
        """Send a page of the audit log, the newest first."""
        before = self.get_query_argument("before", None)
        if before is not None and len(before) > MAX_ID_CHARS:
            raise BadRequest("before must be the id of an audit log entry.", field="before")
        limit = self.number("limit", default=100, minimum=1, maximum=500) or 100
        entries, more = await self.services.moderation.actions.audit_page(before, limit)
        answer: dict[str, Any] = {"acts": entries, "more": more}
        self.reply(answer)
