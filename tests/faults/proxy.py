"""A bad network: a TCP proxy that a test makes cut, stall, drop, or deliver byte by byte.

`stall` and `drop` affect the open connections. New ones work. So a client can replace a stalled connection with a new
one, and what it sent on the old one arrives late, after `resume`.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.raw_client import Address
from tests.faults.waiting import eventually

CHUNK_BYTES = 4096


@dataclass
class Plan:
    """What happens to every connection by itself."""

    chunk: int = CHUNK_BYTES
    """The maximum number of bytes that are forwarded at once: 1 is byte by byte."""
    cut_from_client: tuple[int, int] | None = None
    """Cut after a random number of bytes from the client, in this range."""
    cut_to_client: tuple[int, int] | None = None
    """Cut after a random number of bytes to the client, in this range."""
    drop: bool = False
    """Connections open, and no bytes are forwarded."""


class Link:
    """One connection through the proxy."""

    def __init__(self, *, drops: bool) -> None:
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.drops = drops
        self.writers: list[asyncio.StreamWriter] = []

    def cut(self) -> None:
        """Reset both sides, even in the middle of a frame."""
        self.flowing.set()
        for writer in self.writers:
            writer.transport.abort()


class Proxy:
    """Listens on its own port and forwards to `target`: an address, or the path of a Unix socket."""

    def __init__(self, target: Address | Path, random: Random, plan: Plan | None = None) -> None:
        self.address: Address = ("127.0.0.1", 0)
        self.plan = plan or Plan()
        self.cuts = 0
        self._target = target
        self._random = random
        self._links: set[Link] = set()
        self._stalled: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.address = self._server.sockets[0].getsockname()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Cut all open connections."""
        self.cuts += len(self._links)
        for link in list(self._links):
            link.cut()

    def stall(self) -> None:
        """Forward nothing on the open connections until `resume`."""
        self._stalled = set(self._links)
        for link in self._stalled:
            link.flowing.clear()

    def resume(self) -> None:
        for link in self._links:
            link.flowing.set()

    async def delivered(self) -> None:
        """After `resume`: return when the stalled connections, which the clients have replaced, are closed."""
        await eventually(lambda: self._stalled.isdisjoint(self._links), "the stalled bytes are delivered")

    def drop(self) -> None:
        """Keep the open connections open, and forward nothing on them any more. Neither side notices."""
        for link in self._links:
            link.drops = True

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(drops=self.plan.drop)
        link.writers.append(writer)
        self._links.add(link)
        try:
            await self._forward(link, reader, writer)
        except OSError:
            pass  # one side is closed, and `cut` closes the other
        finally:
            link.cut()
            self._links.discard(link)

    async def _forward(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target_reader, target_writer = await self._connect()
        link.writers.append(target_writer)
        from_client = self._copy(link, reader, target_writer, self.plan.cut_from_client)
        to_client = self._copy(link, target_reader, writer, self.plan.cut_to_client)
        await asyncio.gather(from_client, to_client)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(*self._target)

    async def _copy(
        self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut_after: tuple[int, int] | None
    ) -> None:
        left = self._random.randint(*cut_after) if cut_after else None
        while chunk := await reader.read(self.plan.chunk):
            await link.flowing.wait()
            if link.drops:
                continue
            if left is not None and len(chunk) >= left:
                writer.write(chunk[:left])
                await writer.drain()
                self.cuts += 1
                link.cut()
                return
            left = None if left is None else left - len(chunk)
            writer.write(chunk)
            await writer.drain()
        # The side that closed may have sent bytes before that are still stalled.
        await link.flowing.wait()
        if not link.drops:
            link.cut()
