"""The session: register, sign in, sign out, and the current user."""

import logging
from typing import ClassVar

from msgspec import Struct

from ting.core.errors import BadInvitation, Banned, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo, User
from ting.core.networks import network_of
from ting.web.handler import Access, ApiHandler
from ting.web.rate_limits import Action
from ting.web.request import client_info_of, cookie_of

SUSPICIOUS = (BadInvitation, Banned, TooMany, UnknownName, WrongPassword)

logger = logging.getLogger(__name__)


class SignInBody(Struct):
    """The body of `POST /api/session`."""

    name: str
    password: str | None = None
    create: bool = False
    invitation: str | None = None


class SessionHandler(ApiHandler):
    """`/api/session`."""

    access = Access.ANYONE
    rate_limited: ClassVar = {"POST": Action.ENTER}

    async def prepare(self) -> None:
        await super().prepare()
        if self.request.method != "POST":
            await self.require_session()

    async def post(self) -> None:
        """Register a free name without a password, or sign in with one. `create` registers a name with a password."""
        body, client = self.body(SignInBody), client_info_of(self.services, self.request)
        try:
            user, token = await self._register_or_sign_in(body, client)
        except SUSPICIOUS as refused:
            # For fail2ban (config/fail2ban.conf). The name is not logged, because users may type a password there by
            # mistake. The lines of each address are counted on their own, so that none can hide another's.
            client_network = {"per": network_of(client.address)}
            logger.info("Refused at the door: %s from %s", refused.code, client.address, extra=client_network)
            raise
        self.set_session_cookie(token)
        self.set_status(201)
        self.reply(user.me)

    async def _register_or_sign_in(self, body: SignInBody, client: ClientInfo) -> tuple[User, str]:
        registration = self.services.accounts.registration
        if body.password is None or body.create:
            return await registration.register(body.name, client, password=body.password, invitation=body.invitation)
        return await registration.sign_in(body.name, body.password, client)

    async def get(self) -> None:
        """Send the current user. The client asks at every start, so this renews the cookie for another year."""
        token = cookie_of(self.request)
        if token:
            self.set_session_cookie(token)
        self.reply(self.user.me)

    async def delete(self) -> None:
        """Sign out."""
        await self.services.accounts.accounts.leave(self.current_session)
        self.clear_session_cookie()
        self.set_status(204)
        self.finish()
