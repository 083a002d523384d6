"""Transports that write frames to a socket. All code that uses Tornado's internals is here."""

import asyncio
import socket
from contextlib import suppress
from typing import Protocol

from tornado.iostream import IOStream, SSLIOStream
from tornado.websocket import WebSocketHandler

from ting.realtime.framing import decode_frames


class Transport(Protocol):
    """Sends frames to a client."""

    def send(self, frames: bytes) -> "asyncio.Future[None] | None":
        """Send frames. Return None if all were written, else a future that is done once they are.

        Until it is done, `send` must not be called again. Raises `OSError` if the client has disconnected.
        """


class SocketTransport:
    """Writes to the socket directly, and passes what the socket does not accept at once to Tornado's stream."""

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
    """Sends frames through Tornado's public interface only."""

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
    """The fastest transport that an open websocket allows."""
    stream = getattr(handler.ws_connection, "stream", None)
    compresses = getattr(handler.ws_connection, "_compressor", None) is not None
    if isinstance(stream, IOStream) and not isinstance(stream, SSLIOStream) and not compresses:
        return SocketTransport(stream)
    return TornadoTransport(handler)
