"""Opens connections (handshake, `welcome`, `join`), many at once, so that the server is never idle."""

import json
from collections.abc import Sequence

from benchmarks.load import Receiver
from benchmarks.people import Person
from benchmarks.wire import client_frame, handshake, take_frames

AT_ONCE = 64  # less than the backlog of Tornado's listening socket; above it, the kernel delays clients


def open_websockets(port: int, receivers: Sequence[Receiver]) -> None:
    """Open websockets to a server that needs no session and no `join`."""
    for start in range(0, len(receivers), AT_ONCE):
        openings = [Opening(receiver, port) for receiver in receivers[start : start + AT_ONCE]]
        for opening in openings:
            opening.send(handshake(port, "/", ""))
        for opening in openings:
            opening.read_upgrade()
            opening.hand_over()


def join(port: int, people: Sequence[Person], receivers: Sequence[Receiver], rooms: Sequence[str]) -> None:
    """Connect each of these users, and join its room."""
    entries = list(zip(people, receivers, rooms, strict=True))
    for start in range(0, len(entries), AT_ONCE):
        _join_at_once(port, entries[start : start + AT_ONCE])


class Opening:
    """A connection that is being opened. It waits for each answer before the next step."""

    def __init__(self, receiver: Receiver, port: int) -> None:
        receiver.connect(port)
        self._receiver = receiver
        self._buffer = bytearray()
        self._frames: list[tuple[int, bytes]] = []

    def send(self, data: bytes) -> None:
        self._receiver.socket.sendall(data)

    def read_upgrade(self) -> None:
        """Read the answer to the handshake. Raises `ConnectionError`."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._read()
        if b" 101 " not in self._buffer[:20]:
            raise ConnectionError(f"no websocket: {bytes(self._buffer[:200])!r}")
        del self._buffer[: end + 4]

    def frame(self, head: bytes) -> bytes:
        """The next frame whose payload begins with `head`. Frames before it are dropped."""
        while True:
            while self._frames:
                _, payload = self._frames.pop(0)
                if payload.startswith(head):
                    return payload
            self._frames = take_frames(self._buffer)
            if not self._frames:
                self._read()

    def hand_over(self) -> None:
        """Pass what was read but not used to the receiver."""
        self._receiver.begin(self._buffer)

    def _read(self) -> None:
        got = self._receiver.socket.recv(1 << 16)
        if not got:
            raise ConnectionError("the server closed a connection that was being opened")
        self._buffer += got


def _join_at_once(port: int, entries: Sequence[tuple[Person, Receiver, str]]) -> None:
    openings = [Opening(receiver, port) for _, receiver, _ in entries]
    for opening, (person, _, _) in zip(openings, entries, strict=True):
        opening.send(handshake(port, "/api/socket", person.cookie))
    for opening, (_, _, room) in zip(openings, entries, strict=True):
        opening.read_upgrade()
        opening.frame(b'{"type":"welcome"')
        opening.send(client_frame(json.dumps({"type": "join", "ref": 0, "conversation": room}).encode()))
    for opening in openings:
        opening.frame(b'{"type":"joined"')
        opening.hand_over()
