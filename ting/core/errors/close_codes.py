"""Close codes of websockets, and what the client does next (RFC 6455, 7.4)."""

from enum import Enum, IntEnum


class Reconnect(Enum):
    """Whether a client reconnects by itself after its websocket was closed."""

    NOW = "reconnect after a growing pause with jitter"
    SPREAD = "reconnect at a random time within a few seconds, since all clients do"
    NEVER = "do not reconnect: the user has to sign in again"


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
