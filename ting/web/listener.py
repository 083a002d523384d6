"""Accepts connections, within limits, and closes them. What needs the internals of Tornado's streams is here.

Without file descriptors, accepting pauses instead of failing over and over. A connection on which the client still
sends gets its answer before it is closed: closing at once would make the client lose it.
"""

import logging
import resource
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, cast

from tornado.http1connection import HTTP1Connection
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.iostream import IOStream, UnsatisfiableReadError

from ting import protocol
from ting.core.errors import Busy, HeaderTooLarge, Refused
from ting.core.networks import Network, in_networks
from ting.web.connections import Client, ConnectionLimits, Connections

ACCEPTED_AT_ONCE = 32  # per turn of the event loop, so that the requests on them are handled in between
ACCEPT_PAUSE_S = 1.0
CLOSED_FOR_ROOM = 16  # idle connections of strangers, when there is no file descriptor left
LINGER_S = 5.0
LINGER_BYTES = 32 * 2**20
MAX_LINGERING = 100
READ_BYTES = 65536
LOG_EVERY_S = 60.0
RESERVED_DESCRIPTORS = 160  # for the database (a pool of 100), the log, files, and whatever plugins open
ANY_BODY_BYTES = 2**62  # handlers limit their bodies themselves

logger = logging.getLogger(__name__)


class ClientStream(IOStream):
    """The stream of one connection."""

    def __init__(self, connection: socket.socket, listener: "Listener", address: str, max_buffer_bytes: int) -> None:
        self.client = Client(listener.connections, address, self.close, is_proxy=listener.is_proxy(address))
        self._listener = listener
        self._reads_header = False
        self._lingers = False
        super().__init__(connection, max_buffer_size=max_buffer_bytes)

    def linger(self) -> None:
        """When the stream is closed, discard for a moment what the client still sends."""
        self._lingers = True

    def read_until_regex(self, regex: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        self._reads_header = True  # and nothing else; chunks of a body are read with `read_until`
        return super().read_until_regex(regex, max_bytes)

    def read_until(self, delimiter: bytes, max_bytes: int | None = None) -> Awaitable[bytes]:
        self._reads_header = False
        return super().read_until(delimiter, max_bytes)

    def close(self, exc_info: Any = False) -> None:
        if self._reads_header and isinstance(exc_info, UnsatisfiableReadError) and not self.closed():
            with suppress(OSError):
                self.socket.send(raw_response(HeaderTooLarge()))
            self._lingers = True
        super().close(exc_info)

    def close_fd(self) -> None:
        if self._lingers and self._listener.may_linger:
            self._listener.linger(self.socket, self.client)
            self.socket = cast(socket.socket, None)
        else:
            super().close_fd()
            self.client.left()


class Listener:
    """Accepts the connections of a server."""

    def __init__(
        self,
        http: HTTPServer,
        connections: Connections,
        proxies: Sequence[Network],
        max_buffer_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.connections = connections
        self._http = http
        self._proxies = proxies
        self._max_buffer_bytes = max_buffer_bytes
        self._clock = clock
        self._loop = IOLoop.current()
        self._sockets: list[socket.socket] = []
        self._lingering: set[_Lingering] = set()
        self._resume: object | None = None
        self._logged: dict[str, float] = {}

    def start(self, sockets: Sequence[socket.socket]) -> None:
        """Accept connections on these sockets."""
        self._sockets = list(sockets)
        self._accept_again()

    def stop(self) -> None:
        """Accept no more connections, and close the sockets. Safe to call again."""
        self._stop_accepting()
        for bound in self._sockets:
            bound.close()
        self._sockets = []
        for lingering in list(self._lingering):
            lingering.end()

    def is_proxy(self, address: str) -> bool:
        """Whether connections from this address are those of a trusted proxy."""
        return in_networks(address, self._proxies)

    @property
    def may_linger(self) -> bool:
        """Whether another connection can be kept for a moment after it was answered."""
        return bool(self._sockets) and len(self._lingering) < MAX_LINGERING

    def linger(self, connection: socket.socket, client: Client) -> None:
        """Close a connection once the client has read the answer, or after a moment."""

        def ended() -> None:
            self._lingering.discard(lingering)
            client.left()

        lingering = _Lingering(self._loop, connection, ended)
        self._lingering.add(lingering)
        lingering.start()

    def _accept_again(self) -> None:
        self._resume = None
        for bound in self._sockets:
            self._loop.add_handler(bound, self._accept, IOLoop.READ)

    def _stop_accepting(self) -> None:
        if self._resume is not None:
            self._loop.remove_timeout(self._resume)
            self._resume = None
            return
        for bound in self._sockets:
            self._loop.remove_handler(bound)

    def _accept(self, bound: socket.socket, _: int) -> None:
        for _number in range(ACCEPTED_AT_ONCE):
            try:
                connection, address = bound.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause(error)
                return
            self._open(connection, address)

    def _pause(self, error: OSError) -> None:
        """There is no file descriptor, or no memory, for another connection. Those who wait are accepted later."""
        closed = self.connections.close_idle(CLOSED_FOR_ROOM)
        self._log(
            f"No connection can be accepted ({error.strerror}). {self.connections.size[0]} are open, and {closed} idle "
            "ones of clients that are not signed in were closed. Raise LimitNOFILE, or lower limits.connections"
        )
        self._stop_accepting()
        self._resume = self._loop.call_later(ACCEPT_PAUSE_S, self._accept_again)

    def _open(self, connection: socket.socket, address: Any) -> None:
        stream = ClientStream(connection, self, address[0], self._max_buffer_bytes)
        if stream.client.connected():
            self._http.handle_stream(stream, address)
            return
        with suppress(OSError):
            connection.send(raw_response(Busy("The server has too many connections.", retry_after=5.0)))
        stream.linger()
        stream.close()
        self._log("Connections are refused: too many of clients that are not signed in, of one address, or in all")

    def _log(self, text: str) -> None:
        """Log a line, at most once a minute."""
        kind, now = text[:20], self._clock()
        if now - self._logged.get(kind, -LOG_EVERY_S) >= LOG_EVERY_S:
            self._logged[kind] = now
            logger.warning(text)


class _Lingering:
    """A connection that is answered, but on which the client still sends. Nothing of it is kept."""

    def __init__(self, loop: IOLoop, connection: socket.socket, ended: Callable[[], None]) -> None:
        self._loop = loop
        self._connection = connection
        self._ended = ended
        self._received = 0
        self._timeout: object | None = None

    def start(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        self._loop.add_handler(self._connection, self._discard, IOLoop.READ)
        self._timeout = self._loop.call_later(LINGER_S, self.end)

    def end(self) -> None:
        if self._timeout is not None:
            self._loop.remove_timeout(self._timeout)
            self._timeout = None
            self._loop.remove_handler(self._connection)
            self._connection.close()
            self._ended()

    def _discard(self, *_: object) -> None:
        try:
            received = len(self._connection.recv(READ_BYTES))
        except BlockingIOError:
            return
        except OSError:
            received = 0
        self._received += received
        if not received or self._received > LINGER_BYTES:
            self.end()


def client_of(request: HTTPServerRequest) -> Client:
    """The connection of a request."""
    return cast(ClientStream, cast(HTTP1Connection, request.connection).stream).client


def limit_body_time(request: HTTPServerRequest, seconds: float) -> None:
    """Limit the time for the body of a request. Its length is limited by its handler."""
    connection = cast(HTTP1Connection, request.connection)
    connection.set_max_body_size(ANY_BODY_BYTES)
    connection.set_body_timeout(seconds)


def stop_reading(request: HTTPServerRequest, *, keep: bool) -> None:
    """Before a request is refused: its body, if it has one, is not read any more.

    Without a body, the connection stays open for the next request, if `keep`.
    """
    connection = cast(HTTP1Connection, request.connection)
    has_body = "Transfer-Encoding" in request.headers or request.headers.get("Content-Length", "0") != "0"
    if not has_body:
        connection._read_finished = connection._read_finished or keep
    elif not connection._read_finished and isinstance(connection.stream, ClientStream):
        connection.stream.linger()


def raw_response(refused: Refused) -> bytes:
    """The response to a request that is refused before there is a handler for it."""
    status = HTTPStatus(refused.status)
    body = protocol.encode({"error": {"code": refused.code, "message": refused.message}})
    retry = "" if refused.retry_after is None else f"Retry-After: {round(refused.retry_after)}\r\n"
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n{retry}\r\n"
    )
    return head.encode() + body


def raise_descriptor_limit(connections: int) -> None:
    """Let the process open as many files as these connections need, up to its hard limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + RESERVED_DESCRIPTORS
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # a sandbox may forbid it; the limits then follow what there is
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def connection_limits(wanted: ConnectionLimits) -> ConnectionLimits:
    """The limits from the settings, lowered to what the file descriptors of the process allow."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return ConnectionLimits.within(wanted.total, wanted)
    available = soft - min(RESERVED_DESCRIPTORS, soft // 2)
    if available < wanted.total:
        logger.info("At most %d connections can be open, since the process can open %d files", available, soft)
    return ConnectionLimits.within(available, wanted)
