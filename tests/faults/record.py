"""What one client was told, as it was told, for the checker."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.client import Frame


@dataclass
class Operation:
    """Something a client wants done. It stays in the client's outbox until it is acknowledged."""

    kind: str  # send, edit or delete
    id: str
    text: str = ""
    seq: int = 0  # of an edit: that of the version it was made from

    def frame(self, ref: int, conversation: str) -> Frame:
        frame: Frame = {"type": self.kind, "ref": ref, "id": self.id}
        if self.kind == "send":
            frame["conversation"] = conversation
        if self.kind != "delete":
            frame["text"] = self.text
        if self.kind == "edit":
            frame["seq"] = self.seq
        return frame


@dataclass(frozen=True)
class Acked:
    """An operation that the server called durable."""

    operation: Operation
    seq: int
    position: int


@dataclass
class Stream:
    """The `message` events of one connection, after a `joined` with this head."""

    head: int
    seqs: list[int] = field(default_factory=list)


@dataclass
class Record:
    """Everything one client was told."""

    name: str
    author: str
    sent: list[str] = field(default_factory=list)
    """The ids of its messages, in the order in which it first sent them."""
    drafted: bool = False
    """Whether it took places for messages before it sent them."""
    acked: list[Acked] = field(default_factory=list)
    seen: list[Frame] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    heads: list[tuple[int, list[int]]] = field(default_factory=list)
    """Of each answer to `changes`: its head, and the seqs of its messages."""
    busy: list[Frame] = field(default_factory=list)
    unexpected: list[Frame] = field(default_factory=list)
    closed: list[int | None] = field(default_factory=list)
    """The close codes of its connections."""

    def joined(self, head: int) -> None:
        self.streams.append(Stream(head))

    def event(self, message: Frame) -> None:
        self.streams[-1].seqs.append(message["seq"])
        self.seen.append(message)

    def answer(self, messages: Sequence[Frame], head: int) -> None:
        self.heads.append((head, [message["seq"] for message in messages]))
        self.seen += messages

    def ack(self, operation: Operation, ack: Frame) -> None:
        if ack.get("id") != operation.id:
            self.unexpected.append(ack)
        self.acked.append(Acked(operation, ack["seq"], ack["position"]))

    def repeated(self, operation: Operation, ack: Frame) -> None:
        """The answer to a retry, after the first one: the same, or what the message has become since."""
        first = next(acked for acked in self.acked if acked.operation is operation)
        if (ack["id"], ack["position"]) != (operation.id, first.position) or ack["seq"] < first.seq:
            self.unexpected.append(ack)
