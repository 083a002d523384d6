"""One open websocket: a bounded outbox, and one write per turn of the event loop.

A frame is encoded once for all connections that get it (`framing.py`), and its bytes go to the outbox of each of them.
At the end of the turn, each outbox is sent in one write (`transport.py`).
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from ting.core.errors import CloseCode
from ting.core.models import Session
from ting.realtime.transport import Transport

logger = logging.getLogger(__name__)


class Flusher:
    """Flushes the connections with pending frames at the end of the turn of the event loop."""

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
            except Exception:  # a failing connection must not keep the others waiting
                logger.exception("Writing to a connection failed")
                connection.mark_closed()


FullState = Callable[[str, Any], bytes]


class Connection:
    """The server's side of one client. `push` never waits: the outbox keeps unsent frames, up to a limit in bytes."""

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
        session: Session,
        address: str,
        transport: Transport,
        flusher: Flusher,
        *,
        outbox_bytes: int,
        close: Callable[[int, str], None],
    ) -> None:
        """`close` starts the closing handshake, with a code and a reason."""
        self.person = session.user.person
        self.session = session.id
        self.typing = session.user.typing
        self.ignores = frozenset(session.user.ignored)
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
        """Whether the connection is closed or closing. Later input from the client is ignored."""
        return self._closed

    def push(self, frames: bytes, /) -> None:
        """Send frames at the end of this turn of the event loop. Close the connection if the outbox is full."""
        if self._closed:
            return
        if not self._waiting and not self._sending:
            self._flusher.add(self)
        self._waiting.append(frames)
        self._bytes += len(frames)
        if self._sending and self._bytes > self._limit:
            self.close(CloseCode.TOO_SLOW)

    def push_coalesced(self, key: str, frames: bytes, full_state: FullState) -> None:
        """Send frames that only matter while they are new.

        A slow client gets the full state instead, once its outbox is sent. `full_state` then builds it from the key
        and this connection.
        """
        if self._sending:
            self._coalesced[key] = full_state
        else:
            self.push(frames)

    def flush(self) -> None:
        """Send the pending frames in one write."""
        if self._closed or not self._waiting:
            return
        frames = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
        self._waiting.clear()
        try:
            under_way = self._transport.send(frames)
        except (OSError, StreamClosedError, WebSocketClosedError):
            self._closed = True  # Tornado notices it as well, and calls the handler's on_close
            return
        if under_way is None:
            self._bytes = 0
            return
        self._sending = True
        under_way.add_done_callback(self._sent)

    def close(self, code: CloseCode) -> None:
        """Send the frames pushed so far, then start the closing handshake. Nothing is sent later. Safe to repeat."""
        if self._closed:
            return
        if not self._sending:
            self.flush()
        self._closed = True
        self._waiting.clear()
        self._close(code, code.name.lower())

    def mark_closed(self) -> None:
        """The websocket is closed: drop pending frames and all later ones."""
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
