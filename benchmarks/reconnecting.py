"""A client that reconnects after the server was lost, as `docs/protocol.md` describes."""

import asyncio
import json
import random
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from benchmarks.people import Person
from benchmarks.wire import PING, PONG_FRAME, client_frame, handshake

BASE_PAUSE_S = 0.5
MAX_PAUSE_S = 30.0
SHORT_PAUSE_S = 0.1
PAGE = 500


def growing_pauses() -> Iterator[float]:
    """The pauses of the browser client: random, up to a bound that doubles with each attempt."""
    bound = BASE_PAUSE_S
    while True:
        yield random.random() * bound
        bound = min(bound * 2, MAX_PAUSE_S)


def short_pauses() -> Iterator[float]:
    """The pauses of an impatient client."""
    while True:
        yield SHORT_PAUSE_S


class ReconnectingClient:
    """A client that has every message up to its cursor."""

    def __init__(self, person: Person, room: str, cursor: int) -> None:
        self._person = person
        self._room = room
        self.cursor = cursor
        self._writers: list[asyncio.StreamWriter] = []

    async def reconnect(self, port: int, pauses: Iterator[float]) -> None:
        """Retry until the client has joined its room again and has every message."""
        while True:
            await asyncio.sleep(next(pauses))
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                head = await self._join(port)
                if head > self.cursor:
                    await self._catch_up(port)
                return

    def close(self) -> None:
        for writer in self._writers:
            writer.close()

    async def _join(self, port: int) -> int:
        """Join the room. Returns its head."""
        reader, writer = await self._connect(port)
        writer.write(handshake(port, "/api/socket", self._person.cookie))
        status = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in status[:20]:
            raise ConnectionError(status[:20])
        await _frame(reader, writer, "welcome")
        writer.write(client_frame(json.dumps({"type": "join", "ref": 0, "conversation": self._room}).encode()))
        return int((await _frame(reader, writer, "joined"))["head"])

    async def _catch_up(self, port: int) -> None:
        """Request changes until the cursor has reached the head."""
        reader, writer = await self._connect(port)
        head = self.cursor + 1
        while self.cursor < head:
            path = f"/api/conversations/{quote(self._room, safe='')}/changes?after={self.cursor}&limit={PAGE}"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self._person.cookie}\r\n\r\n".encode())
            answer = await _body(reader)
            head = answer["head"]
            self.cursor = answer["messages"][-1]["seq"] if answer["messages"] else head

    async def _connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        self._writers.append(writer)
        return reader, writer


async def _frame(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kind: str) -> dict[str, Any]:
    """The next frame of this type. Others are dropped."""
    while True:
        first, size = await reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await reader.readexactly(8))
        payload = await reader.readexactly(size)
        if first == PING:
            writer.write(PONG_FRAME)
            continue
        frame: dict[str, Any] = json.loads(payload)
        if frame["type"] == kind:
            return frame


async def _body(reader: asyncio.StreamReader) -> dict[str, Any]:
    """The JSON of an HTTP response. Raises `ConnectionError` if the status is not 200."""
    status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers["content-length"]))
    if " 200 " not in status:
        raise ConnectionError(f"{status}: {body!r}")
    answer: dict[str, Any] = json.loads(body)
    return answer
