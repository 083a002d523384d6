"""A bad network: a TCP proxy that cuts, stalls, swallows, and delivers byte by byte, as a test tells it to.

`stall` and `swallow` hit the connections that are open; new ones work. So a client can leave a stalled
connection for a new one, and what it sent on the old one arrives late, when `resume` lets it.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.raw_client import Address
from tests.faults.waiting import eventually

CHUNK = 4096


@dataclass
class Plan:
    """What happens to every connection, without anybody saying so in the test."""

    piece: int = CHUNK
    """At most so many bytes are passed on at once: 1 is byte by byte."""
    forward: tuple[int, int] | None = None
    """Cut after a random number of bytes from the client, between these two."""
    back: tuple[int, int] | None = None
    """The same for bytes to the client."""
    swallow: bool = False
    """Connections open, and nothing comes through."""


class Link:
    """One connection through the proxy."""

    def __init__(self, *, swallows: bool) -> None:
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.swallows = swallows
        self.writers: list[asyncio.StreamWriter] = []

    def cut(self) -> None:
        """Reset both sides, whatever was half through."""
        self.flowing.set()
        for writer in self.writers:
            writer.transport.abort()


class Proxy:
    """Listens on a port of its own and passes on to `target`: an address, or the path of a Unix socket."""

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
        """Every connection ends, in the middle of whatever it was doing."""
        self.cuts += len(self._links)
        for link in list(self._links):
            link.cut()

    def stall(self) -> None:
        """What is open passes nothing on, until `resume`."""
        self._stalled = set(self._links)
        for link in self._stalled:
            link.flowing.clear()

    def resume(self) -> None:
        for link in self._links:
            link.flowing.set()

    async def delivered(self) -> None:
        """After `resume`: return when the connections that were stalled, and given up meanwhile, have ended."""
        await eventually(lambda: self._stalled.isdisjoint(self._links), "what was stalled is delivered")

    def swallow(self) -> None:
        """What is open stays open and passes nothing on any more: neither side is told."""
        for link in self._links:
            link.swallows = True

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(swallows=self.plan.swallow)
        link.writers.append(writer)
        self._links.add(link)
        try:
            await self._pass_on(link, reader, writer)
        except OSError:
            pass  # one of the sides is gone, and now both are
        finally:
            link.cut()
            self._links.discard(link)

    async def _pass_on(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target_reader, target_writer = await self._reach()
        link.writers.append(target_writer)
        forward = self._pump(link, reader, target_writer, self.plan.forward)
        back = self._pump(link, target_reader, writer, self.plan.back)
        await asyncio.gather(forward, back)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(*self._target)

    async def _pump(
        self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut_after: tuple[int, int] | None
    ) -> None:
        left = self._random.randint(*cut_after) if cut_after else None
        while piece := await reader.read(self.plan.piece):
            await link.flowing.wait()
            if link.swallows:
                continue
            if left is not None and len(piece) >= left:
                writer.write(piece[:left])
                await writer.drain()
                self.cuts += 1
                link.cut()
                return
            left = None if left is None else left - len(piece)
            writer.write(piece)
            await writer.drain()
        # Whoever hung up may have sent something before that is still on its way.
        await link.flowing.wait()
        if not link.swallows:
            link.cut()
