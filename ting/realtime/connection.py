"""One open websocket: a bounded outbox, and one write per turn of the event loop.

Everything that touches Tornado's internals is here. A frame is made into bytes once, for all who get it
(`framed`), and those bytes go to each connection's outbox. At the end of the turn each outbox leaves in one write:
straight to the socket when nothing is under way there, else through Tornado's stream. Under TLS, and when Tornado's
websocket does not look as expected, everything goes through Tornado.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from ting.core.errors import CloseCode
from ting.core.models import Person, TypingPreferences, UserId
from ting.realtime.transport import Transport

logger = logging.getLogger(__name__)


class Flusher:
    """Collects the connections that have something to send, and lets them send it at the end of the turn."""

    def __init__(self) -> None:
        self._due: list[Connection] = []

    def add(self, connection: "Connection") -> None:
        if not self._due:
            asyncio.get_running_loop().call_soon(self._run)
        self._due.append(connection)

    def _run(self) -> None:
        due, self._due = self._due, []
        for connection in due:
            try:
                connection.flush()
            except Exception:  # whatever is wrong with one must not keep the others waiting
                logger.exception("A connection could not be written to")
                connection.mark_closed()


FullState = Callable[[str, Any], bytes]


class Connection:
    """One client, seen from the server. `push` never waits: what cannot be sent stays in the outbox, up to a bound."""

    __slots__ = (
        "_bytes",
        "_close",
        "_closed",
        "_coalesced",
        "_flusher",
        "_limit",
        "_sending",
        "_transport",
        "_waiting",
        "address",
        "ignores",
        "person",
        "session",
        "typing",
    )

    def __init__(
        self,
        person: Person,
        session: str,
        typing: TypingPreferences,
        transport: Transport,
        flusher: Flusher,
        *,
        outbox_bytes: int,
        close: Callable[[int, str], None],
        ignores: Iterable[UserId] = (),
        address: str = "",
    ) -> None:
        """`close` starts the closing handshake, with a code and a reason."""
        self.person = person
        self.session = session
        self.typing = typing
        self.ignores = frozenset(ignores)
        self.address = address
        self._transport = transport
        self._flusher = flusher
        self._limit = outbox_bytes
        self._close = close
        self._waiting: list[bytes] = []
        self._coalesced: dict[str, FullState] = {}
        self._bytes = 0
        self._sending = False
        self._closed = False

    @property
    def is_closing(self) -> bool:
        """Whether goodbye was said, or the other side is gone: what still comes from there is nobody's."""
        return self._closed

    def push(self, frames: bytes, /) -> None:
        """Send frames at the end of this turn of the loop; close instead if too much waits already."""
        if self._closed:
            return
        if not self._waiting and not self._sending:
            self._flusher.add(self)
        self._waiting.append(frames)
        self._bytes += len(frames)
        if self._sending and self._bytes > self._limit:
            self.close(CloseCode.TOO_SLOW)

    def push_coalesced(self, key: str, frames: bytes, full_state: FullState) -> None:
        """Send what only matters while it is new. A slow reader gets, when it has caught up, `everything` instead.

        `everything` is called with the key and this connection, then: what is told under the key, in its latest state.
        """
        if self._sending:
            self._coalesced[key] = full_state
        else:
            self.push(frames)

    def flush(self) -> None:
        """Send what waits, in one write."""
        if self._closed or not self._waiting:
            return
        frames = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
        self._waiting.clear()
        try:
            under_way = self._transport.send(frames)
        except (OSError, StreamClosedError, WebSocketClosedError):
            self._closed = True  # Tornado finds out as well, and calls the handler's on_close
            return
        if under_way is None:
            self._bytes = 0
            return
        self._sending = True
        under_way.add_done_callback(self._sent)

    def close(self, code: CloseCode) -> None:
        """Start the closing handshake, after what was pushed before; nothing is sent after it. Safe to repeat."""
        if self._closed:
            return
        if not self._sending:
            self.flush()
        self._closed = True
        self._waiting.clear()
        self._close(code, code.name.lower())

    def mark_closed(self) -> None:
        """The websocket is closed: whatever is pushed from now on is dropped."""
        self._closed = True
        self._waiting.clear()

    def _sent(self, under_way: "asyncio.Future[None]") -> None:
        self._sending = False
        if under_way.cancelled() or under_way.exception() is not None:
            self.mark_closed()
            return
        shed, self._coalesced = self._coalesced, {}
        for key, everything in shed.items():
            self._waiting.append(everything(key, self))
        self._bytes = sum(map(len, self._waiting))
        self.flush()
