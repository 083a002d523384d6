"""The part of the websocket protocol (RFC 6455) that a load generator needs, as cheap as possible."""

import struct

MESSAGE_MARK = b'"type":"message"'  # cannot occur in the text of a message, where quotes are escaped
MESSAGE_HEAD = b"{" + MESSAGE_MARK
ACK_HEAD = b'{"type":"ack"'
ERROR_HEAD = b'{"type":"error"'
FRAME_END = 0x7D  # every frame's payload is a JSON object
PING = 0x89
PONG_FRAME = b"\x8a\x80\x00\x00\x00\x00"


def handshake(port: int, path: str, cookie: str) -> bytes:
    """The request that opens a websocket. The key need not be random for a benchmark."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Sec-WebSocket-Protocol: ting.v1\r\nCookie: {cookie}\r\n\r\n"
    ).encode()


def client_frame(payload: bytes) -> bytes:
    """A text frame from a client, masked with zeros, so that masking costs the load generator nothing.

    To the server it is a mask like any other.
    """
    if len(payload) < 126:
        return struct.pack("!BBI", 0x81, 0x80 | len(payload), 0) + payload
    return struct.pack("!BBHI", 0x81, 0x80 | 126, len(payload), 0) + payload


def server_frame(payload: bytes) -> bytes:
    """A text frame as a server sends it (at most 65,535 bytes)."""
    if len(payload) < 126:
        return struct.pack("!BB", 0x81, len(payload)) + payload
    return struct.pack("!BBH", 0x81, 126, len(payload)) + payload


def take_frames(buffer: bytearray) -> list[tuple[int, bytes]]:
    """Take the complete frames from the start of a buffer: their opcodes and payloads."""
    frames = []
    start = 0
    while (bounds := _bounds(buffer, start)) is not None:
        begin, end = bounds
        frames.append((buffer[start] & 0x0F, bytes(buffer[begin:end])))
        start = end
    del buffer[:start]
    return frames


def _bounds(buffer: bytearray, start: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `start` begins and ends. None if the frame is not complete."""
    if len(buffer) < start + 2:
        return None
    size, begin = buffer[start + 1], start + 2
    try:
        if size == 126:
            size, begin = struct.unpack_from("!H", buffer, begin)[0], begin + 2
        elif size == 127:
            size, begin = struct.unpack_from("!Q", buffer, begin)[0], begin + 8
    except struct.error:
        return None
    return (begin, begin + size) if len(buffer) >= begin + size else None
