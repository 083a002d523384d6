"""What all handlers share: who may use them, JSON in and out, errors, security headers.

Every handler class says with `access` whether it needs a session; `routes.check` refuses a table in which one does not.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, TypeVar, cast

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from ting import protocol
from ting.core.errors import (
    BadContentType,
    BadMethod,
    BadOrigin,
    BadRequest,
    Internal,
    NoSession,
    NotAllowed,
    NotFound,
    Refused,
    TooLarge,
)
from ting.core.models import Role, Session, User
from ting.web.rate_limits import Action
from ting.web.request import SESSION_COOKIE, address_of, bearer_of, is_from_trusted_proxy, is_own_origin, session_of
from ting.web.services import WebServices

logger = logging.getLogger(__name__)

COOKIE_DAYS = 365
MAX_DIGITS = 16  # of 2**53, the largest number that all clients can count to
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_Body = TypeVar("_Body")


class Access(Enum):
    """Who may use a handler."""

    ANYBODY = "anyone"
    SESSION = "signed-in users"
    MODERATOR = "moderators and admins"
    ADMIN = "admins"


ROLES: Mapping[Access, Role] = {Access.MODERATOR: "moderator", Access.ADMIN: "admin"}


class Handler(RequestHandler):
    """A handler of Ting's: every subclass states its `access`."""

    access: ClassVar[Access | None] = None
    services: WebServices
    _session: Session | None = None

    def initialize(self, services: WebServices) -> None:
        self.services = services

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in SECURITY_HEADERS.items():
            self.set_header(name, value)

    async def prepare(self) -> None:
        if len(self.request.body) > self.services.settings.limits.body_bytes:
            raise TooLarge(f"A request body can have at most {self.services.settings.limits.body_bytes} bytes.")
        if self.request.method not in SAFE_METHODS and not is_own_origin(self.services, self.request):
            raise BadOrigin
        if self.access is not Access.ANYBODY:
            await self.require_session()
        role = ROLES.get(self.access or Access.ANYBODY)
        if role is not None and self.request.method in self._implemented():
            self.require_role(role)

    async def require_session(self) -> None:
        """Raises `NoSession` for somebody who has not entered, `Banned` for somebody who may not be here."""
        self._session = await session_of(self.services, self.request)
        if self._session is None:
            raise NoSession
        self.services.moderation.restrictions.check_user(self.user.id, address_of(self.services, self.request))

    def require_role(self, role: Role) -> None:
        """Raises `NotAllowed` for somebody who has neither this role nor one above it."""
        if not self.services.moderation.restrictions.has_role(self.user.id, role):
            raise NotAllowed

    def keep_session(self, token: str) -> None:
        """Have the browser remember a session."""
        self.set_cookie(SESSION_COOKIE, token, expires_days=COOKIE_DAYS, **self._cookie_attributes())

    def forget_session(self) -> None:
        """Have the browser forget its session."""
        self.clear_cookie(SESSION_COOKIE, **self._cookie_attributes())

    def _cookie_attributes(self) -> dict[str, Any]:
        forwarded = (
            self.request.headers.get("X-Forwarded-Proto")
            if is_from_trusted_proxy(self.services, self.request)
            else None
        )
        encrypted = (forwarded or self.request.protocol) == "https"
        return {"httponly": True, "samesite": "Lax", "secure": encrypted, "path": "/"}

    @property
    def current_session(self) -> Session:
        """The session of whoever is asking."""
        if self._session is None:
            raise NoSession
        return self._session

    @property
    def user(self) -> User:
        """Who is asking."""
        return self.current_session.user

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Answer any exception; of an answer that has begun, hanging up is the only way to say that it is not all."""
        if not self._headers_written:
            super().send_error(status_code, **kwargs)
            return
        error = kwargs.get("exc_info", (None, None, None))[1]
        if not isinstance(error, StreamClosedError):
            logger.warning(
                "The response to %s %s was interrupted", self.request.method, self.request.path, exc_info=error
            )
        cast(HTTP1Connection, self.request.connection).close()
        self.on_finish()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer any exception as JSON."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        refused = error if isinstance(error, Refused) else _refusal(status_code)
        if isinstance(refused, Internal):
            refused = Internal(f"Something went wrong on the server (error {self._log_unexpected(error)}).")
        self.services.metrics.refused(refused.code)
        self.set_status(refused.status)
        if isinstance(refused, BadMethod):
            self.set_header("Allow", ", ".join(self._implemented()))
        if isinstance(refused, NoSession):
            invalid = ' error="invalid_token"' if bearer_of(self.request) is not None else ""
            self.set_header("WWW-Authenticate", f"Bearer{invalid}")  # RFC 6750, 3
        if refused.retry_after is not None:
            self.set_header("Retry-After", str(max(1, round(refused.retry_after))))
        self.reply({"error": _described(refused)})

    def reply(self, answer: Any) -> None:
        """End with JSON."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(protocol.encode(answer))

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Refusals are answers; the unexpected is logged by `write_error`, with its number."""

    def _log_unexpected(self, error: BaseException | None) -> str:
        number = secrets.token_hex(4)
        logger.error("Error %s in %s %s", number, self.request.method, self.request.path, exc_info=error)
        return number

    def _implemented(self) -> list[str]:
        default = RequestHandler._unimplemented_method
        return [name for name in self.SUPPORTED_METHODS if getattr(type(self), name.lower()) is not default]


class ApiHandler(Handler):
    """A handler of the REST API. `deeds` says what a method counts as, where that is not a plain request."""

    rate_limited: ClassVar[Mapping[str, Action]] = {}

    def initialize(self, services: WebServices) -> None:
        super().initialize(services)
        self._answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        services.in_progress.add(self._answered)

    async def prepare(self) -> None:
        deed = self.rate_limited.get(self.request.method or "", Action.REQUEST)
        address = address_of(self.services, self.request)
        # Counted before the database is asked who this is; only what they may do is counted for themselves, too.
        self.services.rate_limits.check_address(deed, address)
        await super().prepare()
        if self._session is not None:
            self.services.rate_limits.check_user(deed, self._session.rate_limit_key)

    def on_finish(self) -> None:
        self.answered()

    def answered(self) -> None:
        """Nothing is under way any more. Safe to repeat."""
        self.services.in_progress.discard(self._answered)
        if not self._answered.done():
            self._answered.set_result(None)

    def body(self, into: type[_Body]) -> _Body:
        """The JSON body. Raises `BadContentType`, `BadRequest`."""
        if self.request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            raise BadContentType
        return protocol.decode_body(self.request.body, into)

    def number(self, name: str, *, default: int | None, least: int, most: int) -> int | None:
        """An integer from the query. Raises `BadRequest`."""
        given = self.get_query_argument(name, None)
        if given is None:
            return default
        if not (given.isascii() and given.isdigit() and len(given) <= MAX_DIGITS and least <= int(given) <= most):
            raise BadRequest(f"{name} must be a whole number from {least} to {most}.", field=name)
        return int(given)


class NoSuchPage(ApiHandler):
    """Whatever no route leads to."""

    access = Access.ANYBODY

    async def prepare(self) -> None:
        await super().prepare()
        raise NotFound


def _described(refused: Refused) -> dict[str, Any]:
    described = {
        "code": refused.code,
        "message": refused.message,
        "field": refused.field,
        "retry_after": refused.retry_after,
        "reason": refused.reason,
    }
    return {name: value for name, value in described.items() if value is not None}


def _refusal(status: int) -> Refused:
    """Tornado's own errors in our words."""
    known = {404: NotFound, 405: BadMethod, 413: TooLarge}
    if status in known:
        return known[status]()
    return BadRequest() if 400 <= status < 500 else Internal()
