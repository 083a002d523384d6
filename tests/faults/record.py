"""What one client received, recorded for the checker."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.client import Frame


@dataclass
class Operation:
    """A change that a client requests. It stays in the client's outbox until it is acknowledged."""

    kind: str  # send, edit or delete
    id: str
    text: str = ""
    seq: int = 0  # of an edit: the seq of the version it was made from

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
    """An operation that the server has acknowledged."""

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
    """All that one client received."""

    name: str
    author: str
    sent: list[str] = field(default_factory=list)
    """The ids of its messages, in the order in which it first sent them."""
    drafted: bool = False
    """Whether it sent drafts, which take positions before their messages are sent."""
    acked: list[Acked] = field(default_factory=list)
    seen: list[Frame] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    heads: list[tuple[int, list[int]]] = field(default_factory=list)
    """The head and the seqs of the messages of each answer to `changes`."""
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

    def retry_ack(self, operation: Operation, ack: Frame) -> None:
        """Check the ack of a retry: it equals the first ack, or has the newer seq of a changed message."""
        first = next(acked for acked in self.acked if acked.operation is operation)
        if (ack["id"], ack["position"]) != (operation.id, first.position) or ack["seq"] < first.seq:
            self.unexpected.append(ack)
