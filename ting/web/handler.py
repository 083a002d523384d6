"""Base classes of all handlers: access control, JSON requests and responses, errors, security headers.

Every handler class declares its `access`. `routes.check` rejects a URL table with a handler that does not.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Mapping
from enum import Enum
from typing import Any, ClassVar, TypeVar, cast

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler, stream_request_body

from ting import protocol
from ting.core.errors import (
    BadContentType,
    BadHost,
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
from ting.web.cookies import Cookies
from ting.web.listener import client_of, limit_body_time, stop_reading
from ting.web.rate_limits import Action
from ting.web.request import (
    address_of,
    bearer_of,
    is_own_host,
    is_own_origin,
    scheme_of,
    session_of,
)
from ting.web.services import WebServices

logger = logging.getLogger(__name__)

STRANGERS_BODY_BYTES = 16 * 1024  # of requests that need no session: an invitation, a name and a password
MAX_DIGITS = 16  # of 2**53; larger integers are not exact in JavaScript
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

    ANYONE = "anyone"
    SESSION = "signed-in users"
    ACCOUNT = "signed-in users in a browser, but not their programs"
    MODERATOR = "moderators and admins"
    ADMIN = "admins"


ROLES: Mapping[Access, Role] = {Access.MODERATOR: "moderator", Access.ADMIN: "admin"}


@stream_request_body
class Handler(RequestHandler):
    """The base class of all handlers. Every subclass declares its `access`.

    Nothing of a body is read before `prepare` has checked who sends it, to which URL, and how long it may be. HEAD is
    answered like GET. `limited_as` says against which rate limit a request counts.
    """

    access: ClassVar[Access | None] = None
    limited_as: ClassVar[Action | None] = None
    services: WebServices
    _session: Session | None = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "get" in vars(cls) and "head" not in vars(cls):
            cls.head = cls.get

    def initialize(self, services: WebServices) -> None:
        self.services = services
        self._body = bytearray()
        self.peer = client_of(self.request)
        self.peer.begin_request()
        limit_body_time(self.request, services.settings.pace.body_s)

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in SECURITY_HEADERS.items():
            self.set_header(name, value)

    async def prepare(self) -> None:
        address = address_of(self.services, self.request)
        self.peer.claim(address, may_use_reserve=self._may_use_reserve(address))
        action = self._action()
        if action is not None:
            # The address is checked before the database is queried for the session. The user's own limit follows once
            # the user is known and access is granted.
            self.check_address(action, address)
        await self._check_access()
        if action is not None and self._session is not None:
            self.services.rate_limits.check_user(action, self._session.rate_limit_key)
        if self._declared_length() > self.max_body_bytes:
            raise self._too_large()

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Keep a part of the body. One without a declared length is refused where it exceeds the limit."""
        if len(self._body) + len(chunk) > self.max_body_bytes:
            self._body.clear()
            refused = self._too_large()
            self.send_error(refused.status, exc_info=(type(refused), refused, None))
        else:
            self._body += chunk
        return None

    def check_address(self, action: Action, address: str) -> None:
        """Count the request against the limit of its address. Raises `TooMany`."""
        self.services.rate_limits.check_address(action, address)

    @property
    def max_body_bytes(self) -> int:
        """How long the body of this request may be."""
        limit = self.services.settings.limits.body_bytes
        return min(limit, STRANGERS_BODY_BYTES) if self.access is Access.ANYONE else limit

    def _too_large(self) -> TooLarge:
        limit = self.max_body_bytes
        return TooLarge(f"The body of this request can have at most {limit} bytes.", limit=limit)

    def _declared_length(self) -> int:
        """The declared length of the body, in bytes. The HTTP library rejects invalid lengths itself, later."""
        declared = self.request.headers.get("Content-Length", "")
        return int(declared[:20]) if declared.isascii() and declared.isdigit() else 0

    def _action(self) -> Action | None:
        """The rate limit that this request counts against."""
        return self.limited_as

    def _may_use_reserve(self, address: str) -> bool:
        """Whether a client that is not signed in may use the connections that are kept in reserve."""
        return False

    async def _check_access(self) -> None:
        """Raises `BadHost`, `BadOrigin`, `NoSession`, `Banned`, `NotAllowed`."""
        if not is_own_host(self.services, self.request):
            raise BadHost
        if self.request.method not in SAFE_METHODS and not is_own_origin(self.services, self.request):
            raise BadOrigin
        if self.access is not Access.ANYONE:
            await self.require_session()
        if self.access is Access.ACCOUNT:
            self.require_browser()
        role = ROLES.get(self.access or Access.ANYONE)
        if role is not None and self.request.method in self._implemented():
            self.require_role(role)

    async def require_session(self) -> None:
        """Load the session of the request. Raises `NoSession`, and `Banned` if the user or the address is banned."""
        self._session = await session_of(self.services, self.request)
        if self._session is None:
            raise NoSession
        self.peer.sign_in(self.user.id)
        self.services.moderation.restrictions.check_user(self.user.id, address_of(self.services, self.request))

    def require_role(self, role: Role) -> None:
        """Raises `NotAllowed` if the user has neither this role nor a higher one."""
        if not self.services.moderation.restrictions.has_role(self.user.id, role):
            raise NotAllowed

    def require_browser(self) -> None:
        """Raises `NotAllowed` for a program: a token acts as its user, but decides nothing about accounts."""
        if self.current_session.program:
            raise NotAllowed("A token cannot do this. Sign in with a browser.")

    @property
    def session_cookies(self) -> Cookies:
        """Sets and deletes the cookies of this response."""
        return Cookies(self, self.services.settings, scheme_of(self.services, self.request))

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
            stop_reading(self.request, keep=not self.services.connections.is_in_reserve(self.peer))
            super().send_error(status_code, **kwargs)
            return
        error = kwargs.get("exc_info", (None, None, None))[1]
        if not isinstance(error, StreamClosedError):
            logger.warning("The response of %s was interrupted", type(self).__name__, exc_info=error)
        cast(HTTP1Connection, self.request.connection).close()
        self.on_finish()

    def on_finish(self) -> None:
        self.peer.end_request()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.peer.end_request()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an exception as JSON."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        refused = error if isinstance(error, Refused) else _refused_for_status(status_code)
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
        if self.request.headers.get("Sec-Fetch-Mode") == "navigate":  # shown as it is, in a browser
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.set_header("Cache-Control", "no-store")
            self.finish(refused.message)
        else:
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
        logger.error("Error %s in %s", number, type(self).__name__, exc_info=error)
        return number

    def _implemented(self) -> list[str]:
        default = RequestHandler._unimplemented_method
        return [name for name in self.SUPPORTED_METHODS if getattr(type(self), name.lower()) is not default]


class ApiHandler(Handler):
    """A handler of the REST API. `rate_limited` maps HTTP methods to actions; other methods count as `REQUEST`."""

    limited_as = Action.REQUEST
    rate_limited: ClassVar[Mapping[str, Action]] = {}

    def initialize(self, services: WebServices) -> None:
        super().initialize(services)
        self._completion: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        services.in_progress.add(self._completion)

    def _action(self) -> Action | None:
        return self.rate_limited.get(self.request.method or "", self.limited_as)

    def on_finish(self) -> None:
        super().on_finish()
        self.mark_finished()

    def on_connection_close(self) -> None:
        is_receiving = not self.request._body_future.done()
        super().on_connection_close()
        if is_receiving:
            self.mark_finished()  # a request that was not received gets no response, so `on_finish` is not called

    def mark_finished(self) -> None:
        """Remove the request from those a stopping server waits for. Safe to call again."""
        self.services.in_progress.discard(self._completion)
        if not self._completion.done():
            self._completion.set_result(None)

    def body(self, into: type[_Body]) -> _Body:
        """Decode the JSON body. Raises `BadContentType`, `BadRequest`."""
        if self.content_type != "application/json":
            raise BadContentType
        return protocol.decode_body(bytes(self._body), into)

    @property
    def content_type(self) -> str:
        """The media type of the body, without parameters. It is the same in capitals (RFC 9110, 8.3.1)."""
        return self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def number(self, name: str, *, default: int | None, minimum: int, maximum: int) -> int | None:
        """An integer parameter of the query. Raises `BadRequest`."""
        text = self.get_query_argument(name, None)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and minimum <= int(text) <= maximum):
            raise BadRequest(f"{name} must be a whole number from {minimum} to {maximum}.", field=name)
        return int(text)


def _error_object(refused: Refused) -> dict[str, Any]:
    fields = {
        "code": refused.code,
        "message": refused.message,
        "field": refused.field,
        "retry_after": refused.retry_after,
        "reason": refused.reason,
        "limit": refused.limit,
        "conversation": refused.conversation,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _refused_for_status(status: int) -> Refused:
    """The error code for a status set by Tornado."""
    known = {404: NotFound, 405: BadMethod, 413: TooLarge}
    if status in known:
        return known[status]()
    return BadRequest() if 400 <= status < 500 else Internal()
