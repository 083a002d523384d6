"""(e) Recovery: from `kill -9` of the server to 500 clients that have everything again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress

from benchmarks.bench import Bench
from benchmarks.children import Ting
from benchmarks.load import SPACE_BYTES, Load, Receiver, Sender
from benchmarks.opening import join
from benchmarks.people import message_ids, messages
from benchmarks.report import Figure, Floor
from benchmarks.returning import Returning, growing_pauses, short_pauses
from benchmarks.wire import ACK_HEAD

CLIENTS = 500
IN_FLIGHT = 8
TRAFFIC_S = 0.5
MISSED = 100  # each client is made to miss at least so many, so that all have something to catch up with
WITHIN_S = 60.0


def measure(bench: Bench) -> list[Figure]:
    """Once with the pauses of the browser client, once with clients that try again at once."""
    return [
        _recovery(bench, "#killed", "pausing as browsers do", growing_pauses),
        _recovery(bench, "#killed-again", "hardly pausing", short_pauses),
    ]


def _recovery(bench: Bench, room: str, how: str, pauses: Callable[[], Iterator[float]]) -> Figure:
    with bench.serving() as ting:
        receivers, sender = _under_load(bench, ting, room)
        start = time.perf_counter()
        ting.kill()
        for receiver in receivers:
            _read_the_rest(receiver)
        # A new room, and one sender: a seq is how many messages there were.
        clients = [
            Returning(person, room, max(0, receiver.messages - MISSED))
            for person, receiver in zip(bench.people, receivers, strict=False)
        ]
        times = asyncio.run(_come_back(ting, clients, pauses))
        assert all(client.cursor >= sender.answers for client in clients), "an acknowledged message is missing"
    after = [moment - start for moment in times]
    details: dict[str, float | list[float]] = {"first_s": min(after[1:]), "messages": sender.answers}
    return Figure("e", f"{CLIENTS} back, {how}", max(after), "s", Floor("until it serves", after[0]), details=details)


def _under_load(bench: Bench, ting: Ting, room: str) -> tuple[list[Receiver], Sender]:
    """Members of a room, the first of which is its sender, while messages are in flight."""
    sender = Sender(ACK_HEAD, messages(room, message_ids()))
    receivers = [sender, *(Receiver() for _ in range(CLIENTS - 1))]
    join(ting.port, bench.people[:CLIENTS], receivers, [room] * CLIENTS)
    load = Load()
    load.add(receivers)
    sender.going = True
    sender.send(IN_FLIGHT)
    load.run(TRAFFIC_S)
    sender.going = False
    return receivers, sender


def _read_the_rest(receiver: Receiver) -> None:
    """What had arrived before the server was killed."""
    space = bytearray(SPACE_BYTES)
    with suppress(ConnectionError):
        while True:
            receiver.receive(space)
    receiver.socket.close()


async def _come_back(ting: Ting, clients: Sequence[Returning], pauses: Callable[[], Iterator[float]]) -> list[float]:
    """When the server was there again, and when each client was."""

    async def moment(done: Awaitable[None]) -> float:
        await done
        return time.perf_counter()

    async with asyncio.timeout(WITHIN_S):
        returning = (client.come_back(ting.port, pauses()) for client in clients)
        times = await asyncio.gather(moment(asyncio.to_thread(ting.start)), *map(moment, returning))
    for client in clients:
        client.close()
    return times
