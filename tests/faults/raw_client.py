"""HTTP and websockets on plain TCP, so that a test can stop reading or hang up at any byte."""

import asyncio
import base64
import json
import secrets
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlsplit

from tests.client import Frame

Address = tuple[str, int]

TIMEOUT_S = 5.0
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class ConnectionLost(ConnectionError):
    """The other side has closed. `code` is the close code of the websocket, if one was received."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Account:
    """A registered user."""

    id: str
    name: str
    cookie: str


def address_of(url: str) -> Address:
    """The address of a URL."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


async def register(address: Address, name: str) -> Account:
    """Register a user."""
    answer = await request(address, "POST", "/api/session", body={"name": name})
    assert answer.status == 201, answer.body
    return Account(answer.json["id"], name, answer.headers["set-cookie"].partition(";")[0])


async def changes(address: Address, account: Account, conversation: str, after: int, limit: int = 100) -> Answer:
    """Request the changes after a seq."""
    path = f"/api/conversations/{quote(conversation, safe='')}/changes?after={after}&limit={limit}"
    return await request(address, "GET", path, cookie=account.cookie)


async def request(address: Address, method: str, path: str, *, cookie: str = "", body: Any = None) -> Answer:
    """Send one request on a new connection. Raises `OSError` if no complete response arrives."""
    payload = json.dumps(body).encode() if body is not None else b""
    headers = {"Cookie": cookie, "Connection": "close"}
    if body is not None:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(payload))}
    async with asyncio.timeout(TIMEOUT_S):
        reader, writer = await asyncio.open_connection(*address)
        try:
            writer.write(_head(address, method, path, headers) + payload)
            status, received = await _answer_head(reader)
            content = await _exactly(reader, int(received.get("content-length", 0)))
        finally:
            writer.transport.abort()
    return Answer(status, received, content)


class RawWebSocket:
    """An open websocket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: Address, cookie: str, *, receive_buffer: int | None = None) -> "RawWebSocket":
        """Open a websocket. Raises `OSError` if no server accepts it."""
        headers = {
            "Cookie": cookie,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
            "Sec-WebSocket-Protocol": "ting.v1",
        }
        async with asyncio.timeout(TIMEOUT_S):
            reader, writer = await asyncio.open_connection(sock=await _connected(address, receive_buffer))
            try:
                writer.write(_head(address, "GET", "/api/socket", headers))
                _expect_upgrade(*await _answer_head(reader))
            except BaseException:
                writer.transport.abort()
                raise
        return cls(reader, writer)

    def send(self, frame: Frame) -> None:
        """Send a frame, without waiting until it is sent."""
        self._write(TEXT, json.dumps(frame).encode())

    async def receive(self) -> Frame:
        """Wait for the next frame. Raises `ConnectionLost` when the other side closes."""
        while True:
            opcode, payload = await self._frame()
            if opcode == TEXT:
                frame: Frame = json.loads(payload)
                return frame
            if opcode == PING:
                self._write(PONG, payload)
            if opcode == CLOSE:
                self._write(CLOSE, payload[:2])
                code = int.from_bytes(payload[:2]) if payload else None
                raise ConnectionLost(f"closed with {code}", code)

    def stop_reading(self) -> None:
        """Read nothing more from the kernel's buffer."""
        cast(asyncio.Transport, self._writer.transport).pause_reading()

    def resume_reading(self) -> None:
        """The opposite of `stop_reading`."""
        cast(asyncio.Transport, self._writer.transport).resume_reading()

    async def closed(self) -> None:
        """Return when the other side has closed. Discard what it sent before."""
        with suppress(ConnectionResetError):
            while await self._reader.read(2**16):
                pass
        self.abort()

    def abort(self) -> None:
        """Close the connection without a close frame."""
        self._writer.transport.abort()

    def _write(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        length = struct.pack("!B", 0x80 | size) if size < 126 else struct.pack("!BH", 0x80 | 126, size)
        mask = bytes(4)  # a client must mask (RFC 6455, 5.3); a mask of zeros keeps the payload readable
        self._writer.write(bytes([0x80 | opcode]) + length + mask + payload)

    async def _frame(self) -> tuple[int, bytes]:
        first, size = await _exactly(self._reader, 2)
        if size == 126:
            size = int.from_bytes(await _exactly(self._reader, 2))
        elif size == 127:
            size = int.from_bytes(await _exactly(self._reader, 8))
        return first & 0x0F, await _exactly(self._reader, size)


async def _connected(address: Address, receive_buffer: int | None) -> socket.socket:
    sock = socket.socket()
    try:
        sock.setblocking(False)
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)  # has an effect only before connecting
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


def _head(address: Address, method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address[0]}:{address[1]}"]
    lines += [f"{name}: {value}" for name, value in headers.items() if value]
    return "\r\n".join([*lines, "", ""]).encode()


def _expect_upgrade(status: int, _: dict[str, str]) -> None:
    if status != 101:
        raise ConnectionLost(f"refused with status {status}")


async def _answer_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    try:
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    except asyncio.IncompleteReadError:
        raise ConnectionLost("closed before the answer") from None
    headers = (line.partition(":") for line in rest if line)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in headers}


async def _exactly(reader: asyncio.StreamReader, size: int) -> bytes:
    try:
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        raise ConnectionLost("closed in the middle") from None
