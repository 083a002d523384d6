"""Connections on which a test sends bytes as they are, like a client that is broken or hostile."""

import asyncio
from typing import cast
from urllib.parse import urlsplit

from tests.client import TIMEOUT_S


class RawConnection:
    """One TCP connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def answer(self) -> tuple[int, bytes]:
        """The status and the body of the next response; status 0 if the connection was closed without one."""
        async with asyncio.timeout(TIMEOUT_S):
            try:
                head = await self._reader.readuntil(b"\r\n\r\n")
                length = next(
                    (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0"
                )
                return int(head.split()[1]), await self._reader.readexactly(int(length.partition(b":")[2]))
            except (asyncio.IncompleteReadError, ConnectionError):
                return 0, b""

    async def head(self) -> bytes:
        """The status line and the headers of a response without a body."""
        async with asyncio.timeout(TIMEOUT_S):
            return await self._reader.readuntil(b"\r\n\r\n")

    def pause(self) -> None:
        """Read no more than the system has received."""
        cast(asyncio.ReadTransport, self._writer.transport).pause_reading()

    async def closed(self) -> bytes:
        """Wait until the server has closed the connection, and return what it sent until then."""
        async with asyncio.timeout(TIMEOUT_S):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return


async def raw_connection(url: str) -> RawConnection:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return RawConnection(*await asyncio.open_connection(parts.hostname, parts.port))


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    """A request with these headers, and a body that may be shorter than they say."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode("latin-1") + body
