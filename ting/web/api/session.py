"""The session: register, sign in, sign out, and the current user."""

import logging
from typing import ClassVar

from msgspec import Struct

from ting.core.errors import BadInvitation, Banned, NoSession, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo, User
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
        if self.request.method == "POST":
            return
        try:
            await self.require_session()
        except NoSession:
            if not self._is_optional():
                raise

    async def post(self) -> None:
        """Register a free name without a password, or sign in with one. `create` registers a name with a password."""
        body, client = self.body(SignInBody), client_info_of(self.services, self.request)
        try:
            user, token = await self._register_or_sign_in(body, client)
        except SUSPICIOUS as refused:
            # For fail2ban. The name is not logged, because users may type a password there by mistake.
            logger.info("Refused at the door: %s from %s", refused.code, client.address)
            raise
        self.set_session_cookie(token)
        self.set_status(201)
        self.reply(user.me)

    def _is_optional(self) -> bool:
        return self.request.method == "GET" and self.get_query_argument("optional", "") == "1"

    async def _register_or_sign_in(self, body: SignInBody, client: ClientInfo) -> tuple[User, str]:
        registration = self.services.accounts.registration
        if body.password is None or body.create:
            return await registration.register(body.name, client, password=body.password, invitation=body.invitation)
        return await registration.sign_in(body.name, body.password, client)

    async def get(self) -> None:
        """Send the current user. The client asks at every start, so this renews the cookie for another year.

        With `optional=1`, the answer without a session is null and no error: the browser's console lists every 401.
        """
        if self._session is None:
            self.reply(None)
            return
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
