"""One client's copy of a conversation, kept only by the rules of docs/protocol.md."""

from collections.abc import Sequence

from tests.client import Frame


class Timeline:
    """Messages merged by id, where the higher seq wins, and the cursor: the seq up to which no change is missing."""

    def __init__(self) -> None:
        self.messages: dict[str, Frame] = {}
        self.cursor = 0

    def joined(self, head: int) -> bool:
        """Compare with the head at joining, and return whether changes must be requested."""
        if head < self.cursor:
            self.messages.clear()
            self.cursor = 0
        return head > self.cursor

    def event(self, message: Frame) -> bool:
        """Apply a `message` event, and return whether an earlier one was missed."""
        self._merge(message)
        if message["seq"] == self.cursor + 1:
            self.cursor = message["seq"]
        return bool(message["seq"] > self.cursor)

    def answer(self, messages: Sequence[Frame], head: int) -> bool:
        """Apply an answer to `changes?after=CURSOR`, and return whether to request more."""
        for message in messages:
            self._merge(message)
            self.cursor = max(self.cursor, message["seq"])
        return self.cursor < head

    def _merge(self, message: Frame) -> None:
        held = self.messages.get(message["id"])
        if held is None or message["seq"] > held["seq"]:
            self.messages[message["id"]] = message
