"""Compares what the clients received with what the database contains.

Each check yields one line per contradiction. Every change takes the next seq, and an edit moves its message to a new
seq. So the stored seqs have holes. The acknowledged seqs of all clients together must be 1, 2, 3 ... without a hole,
once every request was answered.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pymongo import MongoClient

from tests.client import Frame
from tests.faults.record import Record
from tests.faults.timeline import Timeline

Stored = dict[str, Frame]
FIXED = ("conversation", "first", "position", "author", "kind", "started", "sent")
SHOWN = 20


def stored_messages(uri: str, database: str, conversation: str) -> Stored:
    """The messages of a conversation by id, read directly from MongoDB, in the form of frames."""
    with MongoClient[dict[str, Any]](uri, timeoutMS=20_000) as client:
        documents = list(client[database].messages.find({"conversation": conversation}))
    # The epoch of a version is not shown to clients.
    hidden = ("_id", "epoch")
    return {
        document["_id"]: {
            "id": document["_id"],
            **{name: value for name, value in document.items() if name not in hidden},
        }
        for document in documents
    }


def assert_consistent(
    stored: Stored, records: Sequence[Record], timelines: Sequence[Timeline] = (), *, ordered: bool = True
) -> None:
    """Check every promise about messages. `timelines` must have caught up.

    `ordered`: check that each client's messages are in the order in which it sent them. `busy` can change the order.
    """
    problems = [
        *_acknowledged_is_stored(stored, records),
        *_every_change_once(stored, records),
        *_seen_is_stored(stored, records),
        *_one_history(records),
        *_streams(records),
        *_nothing_early(records),
        *_nothing_unexpected(records),
        *_equal(stored, timelines),
        *(_in_order(stored, records) if ordered else ()),
    ]
    shown = "\n".join(problems[:SHOWN])
    assert not problems, f"{len(problems)} promises broken over {len(stored)} messages, the first:\n{shown}"


def _acknowledged_is_stored(stored: Stored, records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        newest = {acked.operation.id: acked for acked in record.acked}
        for acked in record.acked:
            message, operation = stored.get(acked.operation.id), acked.operation
            if message is None:
                yield f"{record.name}: {operation} was acknowledged and is not stored"
                continue
            expected = message["first"] if operation.kind == "send" else acked.seq
            if (acked.seq, acked.position) != (expected, message["position"]):
                yield f"{record.name}: acknowledged as {acked}, stored as {message}"
            if newest[operation.id] is acked and (message["seq"], message["text"]) != (acked.seq, operation.text):
                yield f"{record.name}: last acknowledged was {acked}, stored is {message}"
            if message["author"] != record.author:
                yield f"{record.name}: {message} has another author"


def _every_change_once(stored: Stored, records: Sequence[Record]) -> Iterator[str]:
    head = max((message["seq"] for message in stored.values()), default=0)
    seqs = Counter(acked.seq for record in records for acked in record.acked)
    missing = [seq for seq in range(1, head + 1) if seq not in seqs]
    if missing:
        yield f"no change was acknowledged under the seqs {missing[:SHOWN]}, head is {head}"
    for seq, count in seqs.items():
        if count > 1 or seq > head:
            yield f"{count} changes were acknowledged under seq {seq}, head is {head}"
    sent = {acked.operation.id for record in records for acked in record.acked if acked.operation.kind == "send"}
    for id in stored.keys() - sent:
        yield f"{stored[id]} is stored, and was never acknowledged"
    positions = Counter(message["position"] for message in stored.values())
    yield from (f"{count} messages have the position {position}" for position, count in positions.items() if count > 1)


def _seen_is_stored(stored: Stored, records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        for message in map(plain, record.seen):
            current = stored.get(message["id"])
            if current is None or current["seq"] < message["seq"]:
                yield f"{record.name} saw {message}, stored is {current}"
            elif current["seq"] == message["seq"] and current != message:
                yield f"{record.name} saw {message} under the seq of {current}"
            elif any(current[name] != message[name] for name in FIXED):
                yield f"{record.name} saw {message}, which became {current}"


def _one_history(records: Sequence[Record]) -> Iterator[str]:
    """All clients saw the same message under one seq."""
    history: dict[int, Frame] = {}
    for record in records:
        for message in map(plain, record.seen):
            known = history.setdefault(message["seq"], message)
            if known != message:
                yield f"{record.name} saw {message}, another client saw {known}"


def _streams(records: Sequence[Record]) -> Iterator[str]:
    """A connection gets every change after the head at joining, once, in order."""
    for record in records:
        for stream in record.streams:
            expected = list(range(stream.head + 1, stream.head + 1 + len(stream.seqs)))
            if stream.seqs != expected:
                yield f"{record.name} joined at {stream.head} and got the events {stream.seqs}"


def _nothing_early(records: Sequence[Record]) -> Iterator[str]:
    """`head` is the durable head: an answer contains no seq above it."""
    for record in records:
        for head, seqs in record.heads:
            if any(seq > head for seq in seqs):
                yield f"{record.name} was answered {seqs} while the durable head was {head}"


def _nothing_unexpected(records: Sequence[Record]) -> Iterator[str]:
    yield from (f"{record.name} got {frame}" for record in records for frame in record.unexpected)


def _equal(stored: Stored, timelines: Sequence[Timeline]) -> Iterator[str]:
    """Every replica equals the database, and shows it in the same order."""
    order = sorted(stored, key=lambda id: int(stored[id]["position"]))
    for number, timeline in enumerate(timelines):
        held = {id: plain(message) for id, message in timeline.messages.items()}
        if sorted(held, key=lambda id: int(held[id]["position"])) != order:
            yield f"replica {number} has {len(held)} messages in another order than the {len(stored)} stored"
        yield from (
            f"replica {number} has {held.get(id)}, stored is {message}"
            for id, message in stored.items()
            if held.get(id) != message
        )


def _in_order(stored: Stored, records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        # A draft keeps its position while earlier messages may have to be sent again.
        for name in ("first",) if record.drafted else ("first", "position"):
            numbers = [stored[id][name] for id in record.sent if id in stored]
            if numbers != sorted(numbers):
                yield f"{record.name} sent its messages in this order, by {name}: {numbers}"


def plain(message: Frame) -> Frame:
    """A frame in the form of a stored message."""
    return {name: value for name, value in message.items() if name != "type"} | {"author": message["author"]["id"]}
