"""Entering and leaving, and who I am."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from ting.handlers.base import COOKIE_DAYS, SESSION_COOKIE, Access, ApiHandler, trusted
from ting.models import TypingChoices, TypingView


class Entry(Struct):
    """The body of `POST /api/session`."""

    name: str


class MeChange(Struct, forbid_unknown_fields=True):
    """The body of `PATCH /api/me`."""

    share_typing: TypingView | UnsetType = UNSET
    see_typing: TypingView | UnsetType = UNSET


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
        self.reply(user.me)

    async def get(self) -> None:
        self.reply(self.user.me)

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
        self.reply(self.user.me)

    async def patch(self) -> None:
        """Change what others see of one's typing, and what one sees of theirs."""
        change, now = self.body(MeChange), self.user.typing
        share = now.share if change.share_typing is UNSET else change.share_typing
        see = now.see if change.see_typing is UNSET else change.see_typing
        self.reply((await self.parts.accounts.choose_typing(self.user, TypingChoices(share, see))).me)
