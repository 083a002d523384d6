"""Rate limits per user, per address and per websocket.

The edge checks them before it handles a request or a frame. The buckets are kept in memory only, so a restart resets
them.
"""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from time import monotonic

from ting.core.errors import TooMany
from ting.core.models.sessions import session_id
from ting.core.networks import network_of
from ting.core.rate_limit import RateLimit, TokenBuckets
from ting.core.settings import Rates

MAX_FOUND_SESSIONS = 20_000  # of which the hashes are kept, about 3 MB


class Action(StrEnum):
    """What is limited, each with its own rate. The values are the names of the settings."""

    ENTER = "enter"
    SEND = "send"
    UPLOAD = "upload"
    REQUEST = "request"
    PAGE = "page"
    DOWNLOAD = "download"


class SessionLookups:
    """Limits how often one address can make the database look for sessions that do not exist.

    A session that was found lately is always looked up, so that signed-in users are not affected by others at their
    address.
    """

    def __init__(self, misses: TokenBuckets | None) -> None:
        self._misses = misses
        self._found: OrderedDict[str, None] = OrderedDict()

    def check(self, token: str, address: str) -> None:
        """Raises `TooMany` if this address has asked for too many sessions that do not exist."""
        if self._misses is not None and session_id(token) not in self._found:
            self._misses.check(network_of(address))

    def count(self, token: str, address: str, *, exists: bool) -> None:
        """Record whether the session was found."""
        key = session_id(token)
        if exists:
            self._found[key] = None
            self._found.move_to_end(key)
            if len(self._found) > MAX_FOUND_SESSIONS:
                self._found.popitem(last=False)
            return
        self._found.pop(key, None)
        if self._misses is not None:
            with suppress(TooMany):  # of several lookups at once, each was allowed
                self._misses.consume(network_of(address))


class RateLimits:
    """The token buckets of users, addresses and websockets."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = monotonic) -> None:
        frame = RateLimit.parse(rates.frame)
        limits = {action: rate for action in Action if (rate := RateLimit.parse(getattr(rates, action)))}
        self._user_buckets = {action: TokenBuckets(rate, clock) for action, rate in limits.items()}
        self._address_buckets = {
            # Signing in and registering are limited by address alone, because the user is not known yet.
            action: TokenBuckets(rate.scaled(1 if action is Action.ENTER else rates.people_per_address), clock)
            for action, rate in limits.items()
        }
        self._frame_buckets = TokenBuckets(frame, clock) if frame else None
        misses = RateLimit.parse(rates.unknown_session)
        self.session_lookups = SessionLookups(
            TokenBuckets(misses.scaled(rates.people_per_address), clock) if misses else None
        )

    def check_address(self, action: Action, address: str) -> None:
        """Count an action against the limit of an address. Raises `TooMany`."""
        buckets = self._address_buckets.get(action)
        if buckets is not None:
            buckets.consume(network_of(address))

    def check_device(self, device: str) -> None:
        """Count an attempt to sign in from a known device, whose address is over its limit. Raises `TooMany`."""
        buckets = self._user_buckets.get(Action.ENTER)
        if buckets is not None:
            buckets.consume(f"device {device}")

    def check_user(self, action: Action, key: str) -> None:
        """Count an action against the limit of a user, or of a token. Raises `TooMany`."""
        buckets = self._user_buckets.get(action)
        if buckets is not None:
            buckets.consume(key)

    def is_flooding(self, connection: str) -> bool:
        """Count a frame of a connection, and return whether it exceeds the limit."""
        if self._frame_buckets is None:
            return False
        try:
            self._frame_buckets.consume(connection)
        except TooMany:
            return True
        return False
