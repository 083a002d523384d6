"""The clients. They do as little work per delivery as possible, so that the server is what is measured.

Receivers do not parse frames. In the received bytes, they count a mark that every message has exactly once.
"""

import select
import socket
import time
from collections.abc import Callable, Iterable, Iterator

from benchmarks.wire import (
    ERROR_HEAD,
    FRAME_END,
    MESSAGE_HEAD,
    MESSAGE_MARK,
    PING,
    PONG_FRAME,
    client_frame,
    take_frames,
)

SPACE_BYTES = 1 << 18
CONNECT_TIMEOUT_S = 20.0
KEPT_BYTES = len(MESSAGE_MARK) - 1


class Receiver:
    """A connection that counts messages."""

    __slots__ = ("_kept", "messages", "socket")

    def __init__(self) -> None:
        self.socket = socket.socket()
        self.messages = 0
        self._kept = b""

    def connect(self, port: int) -> None:
        self.socket.settimeout(CONNECT_TIMEOUT_S)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def begin(self, received: bytearray) -> None:
        """Continue after what was already received: the beginning of a frame."""
        self._kept = bytes(received[-KEPT_BYTES:])

    def receive(self, space: bytearray) -> None:
        """Count what has arrived. A mark that is cut off at the end of a read is completed by the next read."""
        kept = len(self._kept)
        if kept:
            space[:kept] = self._kept
            size = kept + _received(self.socket, memoryview(space)[kept:])
        else:
            size = _received(self.socket, space)
        self.messages += space.count(MESSAGE_MARK, 0, size)
        at = space.find(PING, 0, size)
        if at >= 0:
            self._answer_ping(space[at : min(at + 2, size)])
        self._kept = b"" if space[size - 1] == FRAME_END else bytes(space[max(0, size - KEPT_BYTES) : size])

    def _answer_ping(self, head: bytearray) -> None:
        """Answer a ping. All texts are ASCII, so this byte is a ping or the length of a frame (then `{` follows)."""
        if head != bytes((PING, ord("{"))):
            self.socket.send(PONG_FRAME)


class Sender(Receiver):
    """A member that keeps a number of messages in flight: for each acknowledgement it sends the next message."""

    __slots__ = ("_answer", "_next", "_pending", "active", "answers", "last_message", "sent")

    def __init__(self, answer: bytes, payloads: Iterator[bytes]) -> None:
        """`answer`: the beginning of the payloads that acknowledge one of `payloads`."""
        super().__init__()
        self._answer = answer
        self._next = payloads
        self._pending = bytearray()
        self.answers = 0
        self.sent = 0
        self.active = False
        self.last_message = b""

    def begin(self, received: bytearray) -> None:
        self._pending += received

    def send(self, count: int) -> None:
        """Send the next messages in one write, as a busy program would."""
        self.sent += count
        self.socket.sendall(b"".join(client_frame(next(self._next)) for _ in range(count)))

    def receive(self, space: bytearray) -> None:
        size = _received(self.socket, space)
        self._pending += memoryview(space)[:size]
        answers = 0
        for opcode, payload in take_frames(self._pending):
            if payload.startswith(MESSAGE_HEAD):
                self.messages += 1
                self.last_message = payload
            if payload.startswith(self._answer):
                answers += 1
            elif payload.startswith(ERROR_HEAD):
                raise ConnectionError(f"refused: {payload.decode()}")
            elif opcode == PING & 0x0F:
                self.socket.send(PONG_FRAME)
        self.answers += answers
        if answers and self.active:
            self.send(answers)


class Load:
    """All clients of a measurement, in one `epoll`."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._receivers: dict[int, Receiver] = {}
        self._space = bytearray(SPACE_BYTES)

    def add(self, receivers: Iterable[Receiver]) -> None:
        for receiver in receivers:
            receiver.socket.setblocking(False)
            self._receivers[receiver.socket.fileno()] = receiver
            self._epoll.register(receiver.socket.fileno(), select.EPOLLIN)

    def close(self, receivers: Iterable[Receiver]) -> None:
        """Close the connections."""
        for receiver in receivers:
            self._epoll.unregister(receiver.socket.fileno())
            del self._receivers[receiver.socket.fileno()]
            receiver.socket.close()

    def turn(self, timeout: float) -> None:
        """Wait until data arrives, and receive it."""
        space, receivers = self._space, self._receivers
        for number, _ in self._epoll.poll(max(timeout, 0.0), len(receivers) or 1):
            receivers[number].receive(space)

    def run(self, seconds: float) -> float:
        """Receive for a time. Returns how long it really was, in seconds."""
        start = now = time.perf_counter()
        while now < start + seconds:
            self.turn(start + seconds - now)
            now = time.perf_counter()
        return now - start

    def until(self, condition: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Receive until a condition holds. Raises `TimeoutError`."""
        deadline = time.perf_counter() + timeout_s
        while not condition():
            if time.perf_counter() > deadline:
                raise TimeoutError(f"waited {timeout_s:g} s for {what}")
            self.turn(0.01)


def _received(connection: socket.socket, space: bytearray | memoryview) -> int:
    size = connection.recv_into(space)
    if size == 0:
        raise ConnectionError("the server closed a connection")
    return size
