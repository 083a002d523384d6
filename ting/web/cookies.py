"""The cookies of browsers: the session, and the device by which a user is known after signing out.

Where the chat is reached by https, cookies are `Secure` and have the prefix `__Host-` (RFC 6265bis, 4.1.3.2): neither a
page without encryption nor another host of the same domain can set or read them.
"""

from typing import Any
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest, parse_cookie
from tornado.web import RequestHandler

from ting.core.settings import Settings

SESSION_COOKIE = "ting_session"
DEVICE_COOKIE = "ting_device"
HOST_PREFIX = "__Host-"
DEVICE_DAYS = 365


def read_cookie(request: HTTPServerRequest, name: str) -> str:
    """The value of a cookie, "" if there is none. One without the prefix was set by an earlier version of Ting."""
    cookies = parse_cookie(request.headers.get("Cookie", ""))
    return cookies.get(HOST_PREFIX + name) or cookies.get(name) or ""


class Cookies:
    """Sets and deletes the cookies of one response."""

    def __init__(self, handler: RequestHandler, settings: Settings, scheme: str) -> None:
        """`scheme` is that by which the browser sent the request. That of the public address counts as well."""
        self._handler = handler
        self._session_days = settings.session_days
        self._secure = "https" in (scheme, urlsplit(settings.public_url).scheme)

    def set_session(self, token: str) -> None:
        self._set(SESSION_COOKIE, token, self._session_days)

    def set_device(self, cookie: str | None) -> None:
        """Make the browser known. Nothing changes for a user without a password, who has no cookie for it."""
        if cookie is not None:
            self._set(DEVICE_COOKIE, cookie, DEVICE_DAYS)

    def clear_session(self) -> None:
        cookies = parse_cookie(self._handler.request.headers.get("Cookie", ""))
        self._clear(self._name(SESSION_COOKIE))
        if SESSION_COOKIE in cookies:
            self._clear(SESSION_COOKIE)

    def _set(self, name: str, value: str, days: float) -> None:
        self._handler.set_cookie(self._name(name), value, expires_days=days, **self._attributes)
        if self._secure and name in parse_cookie(self._handler.request.headers.get("Cookie", "")):
            self._clear(name)  # the one without the prefix

    def _clear(self, name: str) -> None:
        self._handler.clear_cookie(name, **self._attributes)

    def _name(self, name: str) -> str:
        return HOST_PREFIX + name if self._secure else name

    @property
    def _attributes(self) -> dict[str, Any]:
        return {"httponly": True, "samesite": "Lax", "secure": self._secure, "path": "/"}
