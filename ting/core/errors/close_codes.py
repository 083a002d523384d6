"""Why a websocket was closed, and what the client does next (RFC 6455, 7.4)."""

from enum import Enum, IntEnum


class Reconnect(Enum):
    """Whether a client whose websocket was closed comes back by itself."""

    NOW = "come back, after a growing, jittered pause"
    SPREAD = "come back, spread over a few seconds, since everybody does"
    NEVER = "do not come back: enter again"


class CloseCode(IntEnum):
    """Why a websocket was closed (RFC 6455, 7.4; 4000 to 4999 are Ting's own)."""

    GOING_AWAY = 1001
    TOO_LARGE = 1009
    RESTART = 1012
    TOO_SLOW = 4001
    SESSION_ENDED = 4002
    BAD_FRAME = 4003
    FLOOD = 4005
    BANNED = 4004

    @property
    def reconnects(self) -> Reconnect:
        """What the client does next."""
        known = {
            CloseCode.RESTART: Reconnect.SPREAD,
            CloseCode.SESSION_ENDED: Reconnect.NEVER,
            CloseCode.BANNED: Reconnect.NEVER,
        }
        return known.get(self, Reconnect.NOW)
