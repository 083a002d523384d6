"""Entering and leaving, and who I am."""

from typing import Any

from msgspec import Struct

from ting.handlers.base import COOKIE_DAYS, SESSION_COOKIE, Access, ApiHandler, trusted
from ting.models import Me, User


class Entry(Struct):
    """The body of `POST /api/session`."""

    name: str


class SessionHandler(ApiHandler):
    """`/api/session`."""

    access = Access.ANYBODY

    async def prepare(self) -> None:
        await super().prepare()
        if self.request.method != "POST":
            await self.require_session()

    async def post(self) -> None:
        """Enter under a free name."""
        user, token = await self.parts.accounts.enter(self.body(Entry).name)
        self.set_cookie(SESSION_COOKIE, token, expires_days=COOKIE_DAYS, **self._cookie_attributes())
        self.set_status(201)
        self.reply(me_of(user))

    async def get(self) -> None:
        self.reply(me_of(self.user))

    async def delete(self) -> None:
        """Leave."""
        await self.parts.accounts.leave(self.current_session)
        self.clear_cookie(SESSION_COOKIE, **self._cookie_attributes())
        self.set_status(204)
        self.finish()

    def _cookie_attributes(self) -> dict[str, Any]:
        forwarded = self.request.headers.get("X-Forwarded-Proto") if trusted(self.parts, self.request) else None
        encrypted = (forwarded or self.request.protocol) == "https"
        return {"httponly": True, "samesite": "Lax", "secure": encrypted, "path": "/"}


class MeHandler(ApiHandler):
    """`/api/me`."""

    access = Access.SESSION

    async def get(self) -> None:
        self.reply(me_of(self.user))


def me_of(user: User) -> Me:
    """What users see of themselves."""
    return Me(user.id, user.name, user.created)
