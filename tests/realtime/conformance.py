"""An echo server that sends text messages through Ting's own transports. Run by test_conformance.py.

python -m tests.realtime.conformance [--tornado]     # --tornado: use Tornado's interface instead of the socket
"""

import asyncio
import sys

from tornado.web import Application
from tornado.websocket import WebSocketHandler

from ting.core.models import Session, User
from ting.realtime.connection import Connection, Flusher
from ting.realtime.framing import encode_frame
from ting.realtime.transport import TornadoTransport, transport_for

LARGEST_CASE_BYTES = 16 * 2**20


class Echo(WebSocketHandler):
    """Sends each message back."""

    def initialize(self, flushes: Flusher, through_tornado: bool) -> None:
        self._flushes = flushes
        self._through_tornado = through_tornado

    def open(self) -> None:
        self._connection = Connection(
            Session(id="session", user=User(id="echo", name="echo", created=0, used=0)),
            "192.0.2.1",
            TornadoTransport(self) if self._through_tornado else transport_for(self),
            self._flushes,
            outbox_bytes=LARGEST_CASE_BYTES,
            close=self.close,
        )

    async def on_message(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            await self.write_message(message, binary=True)
        else:
            self._connection.push(encode_frame(message.encode()))

    def on_close(self) -> None:
        self._connection.mark_closed()


async def main() -> None:
    options = {"flushes": Flusher(), "through_tornado": "--tornado" in sys.argv}
    application = Application([("/", Echo, options)], websocket_max_message_size=LARGEST_CASE_BYTES)
    server = application.listen(0, "127.0.0.1")
    port = next(iter(server._sockets.values())).getsockname()[1]
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
