"""Events as websocket frames in bytes (RFC 6455, 5.2), encoded once for all connections that receive them."""

import struct
from collections.abc import Collection
from typing import Protocol

from ting.protocol import AnyEvent, encode

TEXT_FRAME = 0x81  # FIN and opcode 1 (RFC 6455, 5.2)


class Pushable(Protocol):
    """A connection that accepts frames without waiting."""

    def push(self, frames: bytes, /) -> None: ...


def encode_frame(payload: bytes) -> bytes:
    """A text message as a server's websocket frame: not masked, not fragmented (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", TEXT_FRAME, size) + payload
    if size < 2**16:
        return struct.pack("!BBH", TEXT_FRAME, 126, size) + payload
    return struct.pack("!BBQ", TEXT_FRAME, 127, size) + payload


def decode_frames(frames: bytes) -> list[bytes]:
    """The payloads of concatenated frames that `encode_frame` made."""
    found = []
    start = 0
    while start < len(frames):
        size, head = frames[start + 1], 2
        if size == 126:
            size, head = struct.unpack_from("!H", frames, start + 2)[0], 4
        elif size == 127:
            size, head = struct.unpack_from("!Q", frames, start + 2)[0], 10
        found.append(frames[start + head : start + head + size])
        start += head + size
    return found


def encode_event(event: AnyEvent) -> bytes:
    """An event as a frame."""
    return encode_frame(encode(event))


def broadcast(connections: Collection[Pushable], *events: AnyEvent) -> None:
    """Push events to these connections, as one piece. Each event is encoded once, or never without connections."""
    if connections:
        frames = b"".join(map(encode_event, events))
        for connection in connections:
            connection.push(frames)
