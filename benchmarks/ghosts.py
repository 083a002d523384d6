"""(g) Live typing: 20 people type 10 characters a second in a channel of 100.

Measures the cost for the server and each reader, the delay of each letter, and how much messages are slowed down.
"""

import http.client
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.bench import Bench
from benchmarks.latency import at_rank, time_to_last
from benchmarks.load import Load, Receiver, Sender
from benchmarks.machine import cpu_s
from benchmarks.opening import join
from benchmarks.people import Person, message_ids, messages
from benchmarks.report import Figure, Floor, Target
from benchmarks.rounds import Room
from benchmarks.wire import ACK_HEAD, client_frame, take_frames

SIZE, TYPISTS, FEW = 100, 20, 5
KEYSTROKE_S = 0.1
MAX_LENGTH = 60  # then the text is erased, and a new draft begins
SECONDS, MESSAGE_PAUSE_S = 8.0, 0.1
DRAFT_HEAD = b'{"type":"draft"'
LETTER = "x"
NEW_LENGTH = 2


class Reader(Receiver):
    """A receiver that also counts bytes."""

    __slots__ = ("received",)

    def __init__(self) -> None:
        super().__init__()
        self.received = 0

    def receive(self, space: bytearray) -> None:
        pending = self.socket.recv_into(space)
        if pending == 0:
            raise ConnectionError("the server closed a connection")
        self.received += pending
        self.messages += space.count(b'"type":"message"', 0, pending)


class Watcher(Receiver):
    """A receiver that parses every ghost, and records the delay of each letter."""

    __slots__ = ("_pending", "_shown", "delays", "typed")

    def __init__(self, typed: dict[tuple[str, int], float]) -> None:
        """`typed`: the time at which the text of a draft reached a length, by draft and length."""
        super().__init__()
        self.typed = typed
        self.delays: list[float] = []
        self._pending = bytearray()
        self._shown: dict[str, int] = {}

    def begin(self, received: bytearray) -> None:
        self._pending += received

    def receive(self, space: bytearray) -> None:
        size = self.socket.recv_into(space)
        now = time.perf_counter()
        self._pending += memoryview(space)[:size]
        for _, payload in take_frames(self._pending):
            self.messages += payload.startswith(b'{"type":"message"')
            if payload.startswith(DRAFT_HEAD):
                for draft in json.loads(payload)["drafts"]:
                    self._record(draft["id"], len(draft["text"] or ""), now)

    def _record(self, draft: str, length: int, now: float) -> None:
        shown = self._shown.get(draft, 0)
        # A ghost that first appears with many letters waited for an earlier ghost to end. That is not a delay.
        if shown or length <= NEW_LENGTH:
            self.delays += [now - self.typed[draft, reached] for reached in range(shown + 1, length + 1)]
        self._shown[draft] = max(shown, length)


@dataclass
class Typist:
    """A user who types one letter at a time."""

    member: Receiver
    room: str
    ids: "Callable[[], str]"
    typed: dict[tuple[str, int], float]
    length: int = 0
    draft: str = ""

    def keystroke(self) -> None:
        if self.length in (0, MAX_LENGTH):
            if self.draft:
                self._send("")
            self.draft, self.length = self.ids(), 0
        self.length += 1
        self.typed[self.draft, self.length] = time.perf_counter()
        self._send(LETTER * self.length)

    def _send(self, text: str) -> None:
        frame = {"type": "draft", "conversation": self.room, "id": self.draft, "text": text}
        self.member.socket.sendall(client_frame(json.dumps(frame, separators=(",", ":")).encode()))


@dataclass
class Outcome:
    """What was measured with a number of typists. `delays` and `sending` are in seconds."""

    delays: list[float]
    bytes_per_s: float
    cpu_share: float
    sending: list[float] = field(default_factory=list)


def measure(bench: Bench) -> list[Figure]:
    """Measure without typists, with five, whose letters are all shown, and with twenty."""
    seconds = SECONDS / 4 if bench.options.quick else SECONDS
    with bench.serving() as ting:
        _share_letters(ting.port, bench.people[:TYPISTS])
        quiet, few, many = (
            _while_typing(bench, ting.port, ting.pid, typists, seconds) for typists in (0, FEW, TYPISTS)
        )
    return _figures(quiet, few, many)


def _while_typing(bench: Bench, port: int, pid: int, typists: int, seconds: float) -> Outcome:
    room, ids, typed = f"#typing-{typists}", message_ids(), dict[tuple[str, int], float]()
    sender, watcher = Sender(ACK_HEAD, messages(room, message_ids())), Watcher(typed)
    readers = [Reader() for _ in range(SIZE - 2)]
    members: list[Receiver] = [*readers, watcher, sender]
    join(port, bench.people[:SIZE], members, [room] * SIZE)
    typing = [Typist(member, room, lambda: next(ids), typed) for member in readers[:typists]]
    load = Load()
    load.add(members)
    load.run(0.5)
    outcome = _typed(load, pid, Room(members, [sender]), readers[TYPISTS:], typing, seconds)
    outcome.delays = watcher.delays
    load.close(members)
    return outcome


def _typed(
    load: Load, pid: int, room: Room, readers: Sequence[Reader], typing: Sequence[Typist], seconds: float
) -> Outcome:
    """Press keys, evenly spread over time, and send a message every `MESSAGE_PAUSE_S`."""
    start, cpu, received = time.perf_counter(), cpu_s(pid), sum(reader.received for reader in readers)
    keys = [(start + KEYSTROKE_S * number / len(typing), typist) for number, typist in enumerate(typing)]
    sending, message_due = [], start + MESSAGE_PAUSE_S
    while (now := time.perf_counter()) < start + seconds:
        while keys and keys[0][0] <= now:
            due, typist = keys.pop(0)
            typist.keystroke()
            keys.append((due + KEYSTROKE_S, typist))
        if message_due <= now:
            sending.append(time_to_last(load, room, room.senders[0]))
            message_due += MESSAGE_PAUSE_S
        next_due = min([message_due, *(due for due, _ in keys[:1])])
        load.turn(min(0.01, max(0.0, next_due - time.perf_counter())))
    lasted = time.perf_counter() - start
    per_reader = (sum(reader.received for reader in readers) - received) / len(readers)
    return Outcome([], per_reader / lasted, (cpu_s(pid) - cpu) / lasted, sending)


def _figures(quiet: Outcome, few: Outcome, many: Outcome) -> list[Figure]:
    # The letters alone of five texts of average length, each sent as a whole ten times a second.
    letters = FEW * (MAX_LENGTH + 1) / 2 / KEYSTROKE_S
    read = many.bytes_per_s - quiet.bytes_per_s
    return [
        Figure("g", "keystroke to ghost, p50", 1e3 * at_rank(0.5, many.delays), "ms", None, Target("<", 150)),
        Figure("g", "keystroke to ghost, p99", 1e3 * at_rank(0.99, many.delays), "ms", None, Target("<", 250)),
        Figure("g", f"bytes per reader, {TYPISTS} typists", read, "B/s", Floor("letters alone", letters)),
        Figure(
            "g",
            f"the same, compared with {FEW} typists",
            read,
            "B/s",
            Floor(f"{FEW} typists", few.bytes_per_s - quiet.bytes_per_s),
            Target("<", 1.5, "ratio"),
        ),
        Figure("g", "the server's CPU", 100 * many.cpu_share, "%", Floor("no typists", 100 * quiet.cpu_share)),
        Figure(
            "g",
            "send to the last of 100, p50",
            1e3 * at_rank(0.5, many.sending),
            "ms",
            Floor("no typists", 1e3 * at_rank(0.5, quiet.sending)),
            Target("<", 1.3, "ratio"),
        ),
    ]


def _share_letters(port: int, people: Sequence[Person]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for person in people:
        headers = {"Content-Type": "application/json", "Cookie": person.cookie}
        connection.request("PATCH", "/api/me", '{"share_typing":"letters"}', headers)
        connection.getresponse().read()
    connection.close()
