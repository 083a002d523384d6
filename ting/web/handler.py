"""Base classes of all handlers: access control, JSON requests and responses, errors, security headers.

Every handler class declares its `access`. `routes.check` rejects a URL table with a handler that does not.
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
from ting.web.turns import TurnTaker

logger = logging.getLogger(__name__)

COOKIE_DAYS = 365
MAX_DIGITS = 16  # of 2**53; larger integers are not exact in JavaScript
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READING_METHODS = frozenset({"GET", "HEAD"})
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

    ANYONE = "anyone"
    SESSION = "signed-in users"
    MODERATOR = "moderators and admins"
    ADMIN = "admins"


ROLES: Mapping[Access, Role] = {Access.MODERATOR: "moderator", Access.ADMIN: "admin"}


class Handler(TurnTaker):
    """The base class of all handlers. Every subclass declares its `access`."""

    access: ClassVar[Access | None] = None
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
        if self.access is not Access.ANYONE:
            await self.require_session()
        role = ROLES.get(self.access or Access.ANYONE)
        if role is not None and self.request.method in self._implemented():
            self.require_role(role)

    async def require_session(self) -> None:
        """Load the session of the request. Raises `NoSession`, and `Banned` if the user or the address is banned."""
        self._session = await session_of(self.services, self.request)
        if self._session is None:
            raise NoSession
        self.services.moderation.restrictions.check_user(self.user.id, address_of(self.services, self.request))

    def require_role(self, role: Role) -> None:
        """Raises `NotAllowed` if the user has neither this role nor a higher one."""
        if not self.services.moderation.restrictions.has_role(self.user.id, role):
            raise NotAllowed

    def set_session_cookie(self, token: str) -> None:
        """Set the session cookie in the browser."""
        self.set_cookie(SESSION_COOKIE, token, expires_days=COOKIE_DAYS, **self._cookie_attributes())

    def clear_session_cookie(self) -> None:
        """Delete the session cookie in the browser."""
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
        """The session of the request. Raises `NoSession`."""
        if self._session is None:
            raise NoSession
        return self._session

    @property
    def user(self) -> User:
        """The user who sent the request. Raises `NoSession`."""
        return self.current_session.user

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Answer an exception. Once the response has begun, only closing the connection signals the error."""
        if not self._headers_written:
            super().send_error(status_code, **kwargs)
            return
        error = kwargs.get("exc_info", (None, None, None))[1]
        if not isinstance(error, StreamClosedError):
            logger.warning(
                "The response to %s %s was interrupted", self.request.method, self.request.path, exc_info=error
            )
        cast(HTTP1Connection, self.request.connection).close()
        self.end_turn()
        self.on_finish()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an exception as JSON."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        refused = error if isinstance(error, Refused) else _refused_for_status(status_code)
        if isinstance(refused, Internal):
            refused = Internal(f"Something went wrong on the server (error {self._log_unexpected(error)}).")
        self.services.count_refusal(refused)
        self.set_status(refused.status)
        if isinstance(refused, BadMethod):
            self.set_header("Allow", ", ".join(self._implemented()))
        if isinstance(refused, NoSession):
            invalid = ' error="invalid_token"' if bearer_of(self.request) is not None else ""
            self.set_header("WWW-Authenticate", f"Bearer{invalid}")  # RFC 6750, 3
        if refused.retry_after is not None:
            self.set_header("Retry-After", str(max(1, round(refused.retry_after))))
        self.reply({"error": _error_object(refused)})

    def reply(self, answer: Any) -> None:
        """Finish the response with a JSON body."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(protocol.encode(answer))

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log nothing: refusals are normal answers, and `write_error` logs unexpected errors with their number."""

    def _log_unexpected(self, error: BaseException | None) -> str:
        number = secrets.token_hex(4)
        logger.error("Error %s in %s %s", number, self.request.method, self.request.path, exc_info=error)
        return number

    def _implemented(self) -> list[str]:
        default = RequestHandler._unimplemented_method
        return [name for name in self.SUPPORTED_METHODS if getattr(type(self), name.lower()) is not default]


class ApiHandler(Handler):
    """A handler of the REST API. `rate_limited` maps HTTP methods to actions; other methods count as `REQUEST`."""

    rate_limited: ClassVar[Mapping[str, Action]] = {}

    def initialize(self, services: WebServices) -> None:
        super().initialize(services)
        self._completion: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        services.in_progress.add(self._completion)

    async def prepare(self) -> None:
        action = self.rate_limited.get(self.request.method or "", Action.REQUEST)
        address = address_of(self.services, self.request)
        # The address is checked before the database is queried for the session. The user's own limit follows once the
        # user is known and access is granted.
        self.services.rate_limits.check_address(action, address)
        await super().prepare()
        if self._session is not None:
            self.services.rate_limits.check_session(action, self._session)
            if self.request.method in READING_METHODS:
                await self.take_turn(self.services.reading, self.user.id)

    def on_finish(self) -> None:
        self.mark_finished()

    def mark_finished(self) -> None:
        """Remove the request from those a stopping server waits for. Safe to call again."""
        self.services.in_progress.discard(self._completion)
        if not self._completion.done():
            self._completion.set_result(None)

    def body(self, into: type[_Body]) -> _Body:
        """Decode the JSON body. Raises `BadContentType`, `BadRequest`."""
        if self.request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            raise BadContentType
        return protocol.decode_body(self.request.body, into)

    def number(self, name: str, *, default: int | None, minimum: int, maximum: int) -> int | None:
        """An integer parameter of the query. Raises `BadRequest`."""
        text = self.get_query_argument(name, None)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and minimum <= int(text) <= maximum):
            raise BadRequest(f"{name} must be a whole number from {minimum} to {maximum}.", field=name)
        return int(text)


class NoSuchPage(ApiHandler):
    """Answers 404 for all other URLs."""

    access = Access.ANYONE

    async def prepare(self) -> None:
        await super().prepare()
        raise NotFound


def _error_object(refused: Refused) -> dict[str, Any]:
    fields = {
        "code": refused.code,
        "message": refused.message,
        "field": refused.field,
        "retry_after": refused.retry_after,
        "reason": refused.reason,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _refused_for_status(status: int) -> Refused:
    """The error code for a status set by Tornado."""
    known = {404: NotFound, 405: BadMethod, 413: TooLarge}
    if status in known:
        return known[status]()
    return BadRequest() if 400 <= status < 500 else Internal()
