"""(a) Fan-out: deliveries a second to 100 and 1,000 users in one channel, of which 4 send."""

import select
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Protocol

from benchmarks.bench import Bench
from benchmarks.children import Child, Ting
from benchmarks.load import Load, Receiver, Sender
from benchmarks.opening import join, open_websockets
from benchmarks.people import message_ids, messages
from benchmarks.report import Figure, Floor, Target
from benchmarks.rounds import TIMEOUT_S, WARM_UP_S, Room, Round, check, count, exchange
from benchmarks.wire import ACK_HEAD, MESSAGE_HEAD, server_frame

SIZES = (100, 1_000)
SENDERS = 4
IN_FLIGHT = 8  # for each sender
ROUNDS = 3
FLOORS = Path(__file__).with_name("floors")


class Contender(Protocol):
    """A program that sends messages to many clients."""

    def round(self, seconds: float) -> Round:
        """Send for a while, and count what arrives."""

    def close(self) -> None: ...


class TingContender:
    """Ting itself, in a channel of its own."""

    def __init__(self, load: Load, bench: Bench, size: int) -> None:
        ting, room, ids = bench.ting, f"#fan-out-{size}", message_ids()
        self._load, self._ting = load, ting
        senders = [Sender(ACK_HEAD, messages(room, ids)) for _ in range(SENDERS)]
        members = [*senders, *(Receiver() for _ in range(size - SENDERS))]
        join(ting.port, bench.people[:size], members, [room] * size)
        self._room = Room(members, senders)
        load.add(members)

    def round(self, seconds: float) -> Round:
        return exchange(self._load, self._ting.pid, [self._room], in_flight=IN_FLIGHT, seconds=seconds)

    def message(self) -> bytes:
        """The payload of the last message that arrived."""
        return self._room.senders[0].last_message

    def close(self) -> None:
        self._load.close(self._room.members)


class TornadoContender:
    """A bare Tornado that calls `write_message` for each client, with payloads as long as Ting's."""

    def __init__(self, load: Load, bench: Bench, size: int, payload: bytes) -> None:
        command = [sys.executable, "-m", "benchmarks.floors.broadcaster"]
        self._load, self._child = load, Child(command, bench.cores, bench.scratch / "tornado.log")
        port = int(self._child.line())
        senders = [self._sender(number, payload) for number in range(SENDERS)]
        members = [*senders, *(Receiver() for _ in range(size - SENDERS))]
        open_websockets(port, members)
        self._room = Room(members, senders)
        load.add(members)

    @staticmethod
    def _sender(number: int, payload: bytes) -> Sender:
        """A sender whose messages begin differently from all others. Its own message is its acknowledgement."""
        head = MESSAGE_HEAD + b',"id":"%d' % number
        message = head + payload[len(head) :]
        return Sender(head, iter(lambda: message, None))

    def round(self, seconds: float) -> Round:
        return exchange(self._load, self._child.pid, [self._room], in_flight=IN_FLIGHT, seconds=seconds)

    def close(self) -> None:
        self._load.close(self._room.members)
        self._child.stop()


class SenderContender:
    """A program that calls `send` once for each delivery, and does nothing else."""

    def __init__(self, load: Load, bench: Bench, size: int, payload: bytes) -> None:
        frame = server_frame(payload)
        command = [*sender_program(bench.scratch), str(size), str(len(frame))]
        self._load, self._child = load, Child(command, bench.cores, bench.scratch / "sender.log")
        port = int(self._child.line())
        self._child.write_line(frame)
        self._receivers = [Receiver() for _ in range(size)]
        for receiver in self._receivers:
            receiver.connect(port)
        self._sent = 0
        load.add(self._receivers)

    def round(self, seconds: float) -> Round:
        """Count for `seconds`. The program sends a little longer."""
        self._child.write_line(b"%d\n" % (1000 * (seconds + 2 * WARM_UP_S)))
        counted = count(self._load, self._child.pid, self._receivers, [], seconds)
        self._load.until(self._has_reported, TIMEOUT_S, "the sender's count")
        self._sent += int(self._child.line())
        self._load.until(lambda: all(r.messages >= self._sent for r in self._receivers), TIMEOUT_S, "messages")
        check(self._receivers, self._sent)
        return counted

    def _has_reported(self) -> bool:
        return bool(select.select([self._child.output], [], [], 0)[0])

    def close(self) -> None:
        self._load.close(self._receivers)
        self._child.stop()


def sender_program(scratch: Path) -> list[str]:
    """The command of the sender: in C if there is a compiler, otherwise in Python."""
    program, compiler = scratch / "sender", shutil.which("cc")
    if compiler is None:
        return [sys.executable, "-m", "benchmarks.floors.sender"]
    if not program.exists():
        subprocess.run([compiler, "-O2", "-o", str(program), str(FLOORS / "sender.c")], check=True)
    return [str(program)]


def measure(bench: Bench) -> list[Figure]:
    """Deliveries a second, compared with a bare sender and a bare Tornado."""
    with bench.serving() as ting:
        return [figure for size in SIZES for figure in _fan_out(bench, ting, size)]


def _fan_out(bench: Bench, ting: Ting, size: int) -> list[Figure]:
    load = Load()
    ting_contender = TingContender(load, bench, size)
    ting_contender.round(0.1)
    payload = ting_contender.message()
    contenders: list[Contender] = [
        SenderContender(load, bench, size, payload),
        TornadoContender(load, bench, size, payload),
        ting_contender,
    ]
    # In turns, so that other load on the machine affects all of them alike.
    rounds = [[contender.round(bench.options.seconds) for contender in contenders] for _ in range(ROUNDS)]
    for contender in contenders:
        contender.close()
    return _figures(size, len(server_frame(payload)), *zip(*rounds, strict=True), is_c=shutil.which("cc") is not None)


def _figures(
    size: int, frame_bytes: int, bare: Sequence[Round], tornado: Sequence[Round], ting: Sequence[Round], *, is_c: bool
) -> list[Figure]:
    what, rate = f"fan-out to {size:,}", _rate(ting)
    details: dict[str, float | list[float]] = {
        "frame_bytes": frame_bytes,
        "rounds": [round.deliveries_per_s for round in ting],
        "load_busy": median(round.load_cpu_s / round.seconds for round in ting),
    }
    floor = Floor("sender in C" if is_c else "sender in Python", _rate(bare))
    return [
        Figure("a", what, rate, "deliveries/s", floor, Target(">=", 1.5, "ratio"), details),
        Figure("a", what, rate, "deliveries/s", Floor("Tornado", _rate(tornado)), Target(">=", 8, "ratio")),
        Figure("a", "CPU of a delivery", _cpu_us(ting), "us", Floor("sender", _cpu_us(bare))),
    ]


def _rate(rounds: Sequence[Round]) -> float:
    return median(round.deliveries_per_s for round in rounds)


def _cpu_us(rounds: Sequence[Round]) -> float:
    return median(1e6 * round.server_cpu_s / round.deliveries for round in rounds)
