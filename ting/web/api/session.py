"""The session: register, sign in, sign out, and the current user."""

import logging
from typing import ClassVar

from msgspec import Struct

from ting.accounts.known_devices import cookie_for
from ting.core.errors import BadInvitation, Banned, NoSession, TooMany, UnknownName, WrongPassword
from ting.core.models import ClientInfo, User
from ting.core.networks import network_of
from ting.web.cookies import DEVICE_COOKIE, read_cookie
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

    _over_limit: TooMany | None = None

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
            if self._over_limit is not None:
                await self._check_device(self._over_limit, body, client)
            user, token = await self._register_or_sign_in(body, client)
        except SUSPICIOUS as refused:
            # For fail2ban (config/fail2ban.conf). The name is not logged, because users may type a password there by
            # mistake. The lines of each address are counted on their own, so that none can hide another's.
            client_network = {"per": network_of(client.address)}
            logger.info("Refused at the door: %s from %s", refused.code, client.address, extra=client_network)
            raise
        cookies = self.session_cookies
        cookies.set_session(token)
        cookies.set_device(cookie_for(user, client.device))
        self.set_status(201)
        self.reply(user.me)

    def _is_optional(self) -> bool:
        return self.request.method in ("GET", "HEAD") and self.get_query_argument("optional", "") == "1"

    def check_address(self, action: Action, address: str) -> None:
        """Check the limit of an address. One with a device cookie may go on, until it is known who wants to sign in."""
        try:
            super().check_address(action, address)
        except TooMany as over_limit:
            if action is not Action.ENTER or not read_cookie(self.request, DEVICE_COOKIE):
                raise
            super().check_address(Action.REQUEST, address)  # the name will be looked up
            self._over_limit = over_limit

    async def _check_device(self, over_limit: TooMany, body: SignInBody, client: ClientInfo) -> None:
        """The address is over its limit: only a user who signs in on a known device may go on. Raises `TooMany`."""
        device = None
        if body.password is not None and not body.create:
            device = await self.services.accounts.accounts.known_device(body.name, client)
        if device is None:
            raise over_limit
        self.services.rate_limits.check_device(device)

    async def _register_or_sign_in(self, body: SignInBody, client: ClientInfo) -> tuple[User, str]:
        registration = self.services.accounts.registration
        if body.password is None or body.create:
            return await registration.register(body.name, client, password=body.password, invitation=body.invitation)
        return await registration.sign_in(body.name, body.password, client)

    async def get(self) -> None:
        """Send the current user. The client asks at every start, so this renews the cookies for another year.

        With `optional=1`, the answer without a session is null and no error: the browser's console lists every 401.
        """
        if self._session is None:
            self.reply(None)
            return
        token = cookie_of(self.request)
        if token:
            cookies = self.session_cookies
            cookies.set_session(token)
            cookies.set_device(cookie_for(self.user, read_cookie(self.request, DEVICE_COOKIE)))
        self.reply(self.user.me)

    async def delete(self) -> None:
        """Sign out."""
        await self.services.accounts.accounts.leave(self.current_session)
        self.session_cookies.clear_session()
        self.set_status(204)
        self.finish()
