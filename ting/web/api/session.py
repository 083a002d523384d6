"""Entering, signing in and leaving, and who I am."""

import logging
from typing import ClassVar

from msgspec import Struct

from ting.core.errors import BadInvitation, Banned, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo, User
from ting.web.handler import Access, ApiHandler
from ting.web.rate_limits import Action
from ting.web.request import client_info_of, cookie_of

SUSPICIOUS = (BadInvitation, Banned, TooMany, UnknownName, WrongPassword)

logger = logging.getLogger(__name__)


class EnterBody(Struct):
    """The body of `POST /api/session`."""

    name: str
    password: str | None = None
    create: bool = False
    invitation: str | None = None


class SessionHandler(ApiHandler):
    """`/api/session`."""

    access = Access.ANYBODY
    rate_limited: ClassVar = {"POST": Action.ENTER}

    async def prepare(self) -> None:
        await super().prepare()
        if self.request.method != "POST":
            await self.require_session()

    async def post(self) -> None:
        """Enter under a free name, or, with a password, sign in under one's own; to make it anew, say `create`."""
        entry, client = self.body(EnterBody), client_info_of(self.services, self.request)
        try:
            user, token = await self._enter(entry, client)
        except SUSPICIOUS as refused:
            # For those who ban addresses by what is logged. Not the name: people type passwords there.
            logger.info("Refused at the door: %s from %s", refused.code, client.address)
            raise
        self.keep_session(token)
        self.set_status(201)
        self.reply(user.me)

    async def _enter(self, entry: EnterBody, client: ClientInfo) -> tuple[User, str]:
        registration = self.services.accounts.registration
        if entry.password is None or entry.create:
            return await registration.register(entry.name, client, password=entry.password, invitation=entry.invitation)
        return await registration.sign_in(entry.name, entry.password, client)

    async def get(self) -> None:
        """Who one is. A browser asks when it begins: whoever comes back within a year is remembered for another."""
        token = cookie_of(self.request)
        if token:
            self.keep_session(token)
        self.reply(self.user.me)

    async def delete(self) -> None:
        """Leave."""
        await self.services.accounts.accounts.leave(self.current_session)
        self.forget_session()
        self.set_status(204)
        self.finish()
