"""HTTP and the websocket with nothing in between, so that a test can stop reading or hang up at any byte."""

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

PATIENCE_S = 5.0
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class Gone(ConnectionError):
    """The other side is gone. `code` is the one that the websocket was closed with, if there was time for one."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Account:
    """Somebody who has entered."""

    id: str
    name: str
    cookie: str


def address_of(url: str) -> Address:
    """Where a server listens."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


async def enter(address: Address, name: str) -> Account:
    """A new user."""
    answer = await request(address, "POST", "/api/session", body={"name": name})
    assert answer.status == 201, answer.body
    return Account(answer.json["id"], name, answer.headers["set-cookie"].partition(";")[0])


async def changes(address: Address, account: Account, conversation: str, after: int, limit: int = 100) -> Answer:
    """What changed after a seq."""
    path = f"/api/conversations/{quote(conversation, safe='')}/changes?after={after}&limit={limit}"
    return await request(address, "GET", path, cookie=account.cookie)


async def request(address: Address, method: str, path: str, *, cookie: str = "", body: Any = None) -> Answer:
    """One request on a connection of its own. Raises `OSError` when no whole answer comes."""
    payload = json.dumps(body).encode() if body is not None else b""
    headers = {"Cookie": cookie, "Connection": "close"}
    if body is not None:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(payload))}
    async with asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection(*address)
        try:
            writer.write(_head(address, method, path, headers) + payload)
            status, received = await _answer_head(reader)
            content = await _exactly(reader, int(received.get("content-length", 0)))
        finally:
            writer.transport.abort()
    return Answer(status, received, content)


class Wire:
    """An open websocket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: Address, cookie: str, *, receive_buffer: int | None = None) -> "Wire":
        """Raises `OSError` when there is no server, or none that is ready."""
        headers = {
            "Cookie": cookie,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
            "Sec-WebSocket-Protocol": "ting.v1",
        }
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(sock=await _connected(address, receive_buffer))
            try:
                writer.write(_head(address, "GET", "/api/socket", headers))
                _expect_upgrade(*await _answer_head(reader))
            except BaseException:
                writer.transport.abort()
                raise
        return cls(reader, writer)

    def send(self, frame: Frame) -> None:
        """Does not wait until it is sent."""
        self._write(TEXT, json.dumps(frame).encode())

    async def receive(self) -> Frame:
        """The next frame. Raises `Gone` when the other side closes."""
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
                raise Gone(f"closed with {code}", code)

    def stop_reading(self) -> None:
        """From now on nothing is taken from the kernel's buffer."""
        cast(asyncio.Transport, self._writer.transport).pause_reading()

    def read_again(self) -> None:
        """The opposite of `stop_reading`."""
        cast(asyncio.Transport, self._writer.transport).resume_reading()

    async def hung_up(self) -> None:
        """Return when the other side has closed. What it sent before is thrown away."""
        with suppress(ConnectionResetError):
            while await self._reader.read(2**16):
                pass
        self.abort()

    def abort(self) -> None:
        """Hang up without goodbye."""
        self._writer.transport.abort()

    def _write(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        length = struct.pack("!B", 0x80 | size) if size < 126 else struct.pack("!BH", 0x80 | 126, size)
        mask = bytes(4)  # a client must mask (RFC 6455, 5.3); with zeros, what is sent stays readable
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
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)  # counts only before connecting
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
        raise Gone(f"refused with status {status}")


async def _answer_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    try:
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    except asyncio.IncompleteReadError:
        raise Gone("closed before the answer") from None
    headers = (line.partition(":") for line in rest if line)
    return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in headers}


async def _exactly(reader: asyncio.StreamReader, size: int) -> bytes:
    try:
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        raise Gone("closed in the middle") from None
