"""A connection for tests below the web layer. It keeps the frames that it receives."""

import json
from collections.abc import Callable
from typing import Any

from tests.client import Frame
from ting.core.errors import CloseCode
from ting.core.models import Person, TypingPreferences
from ting.realtime.framing import decode_frames


class FakeConnection:
    """A `Subscriber` without a network. `pushes` has one entry per push, with the frames of that push."""

    def __init__(self, name: str, session: str = "session") -> None:
        self.person = Person(f"{name}-id", name)
        self.session = session
        self.typing = TypingPreferences("letters")
        self.ignores: frozenset[str] = frozenset()
        self.address = "192.0.2.1"
        self.pushes: list[list[Frame]] = []
        self.closed: CloseCode | None = None

    def push(self, frames: bytes, /) -> None:
        self.pushes.append([json.loads(payload) for payload in decode_frames(frames)])

    def push_coalesced(self, key: str, frames: bytes, full_state: Callable[[str, Any], bytes]) -> None:
        self.push(frames)

    def close(self, code: CloseCode) -> None:
        self.closed = code

    def received(self, type: str) -> list[Frame]:
        """The received frames of one type, in order."""
        return [frame for frames in self.pushes for frame in frames if frame["type"] == type]
