"""Ways for frames to a socket. Everything that touches Tornado's internals is here."""

import asyncio
import socket
from contextlib import suppress
from typing import Protocol

from tornado.iostream import IOStream, SSLIOStream
from tornado.websocket import WebSocketHandler

from ting.realtime.framing import decode_frames


class Transport(Protocol):
    """The way to the other side."""

    def send(self, frames: bytes) -> "asyncio.Future[None] | None":
        """Send frames; a future when they are not all on their way yet, done when they are.

        Until it is done, `send` must not be called again. Raises `OSError` when the other side is gone.
        """


class SocketTransport:
    """Writes to the socket itself, and leaves what it does not take at once to Tornado's stream."""

    def __init__(self, stream: IOStream) -> None:
        self._stream = stream
        self._socket: socket.socket = stream.socket

    def send(self, frames: bytes) -> "asyncio.Future[None] | None":
        sent = 0
        if not self._stream.writing():
            with suppress(BlockingIOError):
                sent = self._socket.send(frames)
            if sent == len(frames):
                return None
        return self._stream.write(memoryview(frames)[sent:])


class TornadoTransport:
    """Through Tornado's public interface alone."""

    def __init__(self, handler: WebSocketHandler) -> None:
        self._handler = handler

    def send(self, frames: bytes) -> "asyncio.Future[None] | None":
        writes = [self._handler.write_message(payload) for payload in decode_frames(frames)]
        return asyncio.ensure_future(self._written(writes))

    @staticmethod
    async def _written(writes: "list[asyncio.Future[None]]") -> None:
        for write in writes:
            await write


def has_hung_up(handler: WebSocketHandler) -> bool:
    """Whether the client was gone before the websocket opened. Tornado does not call `on_close` then."""
    stream = getattr(handler.ws_connection, "stream", None)
    return isinstance(stream, IOStream) and stream.closed()


def transport_for(handler: WebSocketHandler) -> Transport:
    """The fastest outlet that an open websocket allows."""
    stream = getattr(handler.ws_connection, "stream", None)
    compresses = getattr(handler.ws_connection, "_compressor", None) is not None
    if isinstance(stream, IOStream) and not isinstance(stream, SSLIOStream) and not compresses:
        return SocketTransport(stream)
    return TornadoTransport(handler)
