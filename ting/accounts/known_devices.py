"""Known devices: browsers in which a user has signed in before.

Guesses at a password are limited per name, so strangers could use up the limit and keep the user out. A browser that
has signed in once keeps a cookie, also after signing out, and its guesses have a limit of their own (OWASP, "Slow Down
Online Guessing Attacks with Device Cookies").

The cookie is the id of the device, and a mark for each user who has signed in there. A mark is a keyed hash with the
stored hash of the password as its key: only the server can make it, nothing is stored, and a new password ends it.
"""

import hmac
import re
import secrets
from hashlib import sha256

from ting.core.models import User

MAX_USERS = 5  # per browser; for further ones, the oldest mark is dropped
MARK_CHARS = 32
_COOKIE = re.compile(rf"[0-9a-f]{{16}}(\.[0-9a-f]{{32}}){{1,{MAX_USERS}}}")


def device_of(cookie: str, user: User) -> str | None:
    """The id of the device that sent this cookie, if the user has signed in there with the current password."""
    if user.password is None or not _COOKIE.fullmatch(cookie):
        return None
    device, *marks = cookie.split(".")
    expected = _mark(device, user)
    return device if any(hmac.compare_digest(mark, expected) for mark in marks) else None


def cookie_for(user: User, cookie: str = "") -> str | None:
    """The cookie by which a device is known from now on, given its earlier one. None for a user without a password."""
    if user.password is None:
        return None
    device, *marks = cookie.split(".") if _COOKIE.fullmatch(cookie) else [secrets.token_hex(8)]
    own = _mark(device, user)
    return ".".join([device, own, *[mark for mark in marks if mark != own][: MAX_USERS - 1]])


def _mark(device: str, user: User) -> str:
    assert user.password is not None
    return hmac.new(user.password.encode(), f"{device} {user.id}".encode(), sha256).hexdigest()[:MARK_CHARS]
