"""Events as frames, encoded once for all receiving connections."""

import msgspec

from tests.fake_connection import FakeConnection
from ting.core.models import Person
from ting.protocol import Notice, PersonChange
from ting.realtime.framing import broadcast, decode_frames, encode_event


def test_an_event_is_one_frame() -> None:
    frame = encode_event(Notice(conversation="#ting", text="hello"))

    (payload,) = decode_frames(frame)
    assert msgspec.json.decode(payload)["text"] == "hello"


def test_several_events_reach_each_connection_in_one_push_and_in_order() -> None:
    ada, bob = FakeConnection("ada"), FakeConnection("bob")

    broadcast([ada, bob], Notice(conversation="#ting", text="one"), PersonChange(person=Person("x", "eve")))

    for connection in (ada, bob):
        assert [[frame["type"] for frame in push] for push in connection.pushes] == [["notice", "person"]]


def test_all_connections_get_the_same_bytes() -> None:
    class FrameRecorder:
        def __init__(self) -> None:
            self.frames: list[bytes] = []

        def push(self, frames: bytes, /) -> None:
            self.frames.append(frames)

    first, second = FrameRecorder(), FrameRecorder()

    broadcast([first, second], Notice(conversation="#ting", text="hello"))

    assert first.frames[0] is second.frames[0]


def test_nothing_is_encoded_without_connections() -> None:
    broadcast([], Notice(conversation="#ting", text=object()))  # type: ignore[arg-type]  # could not be encoded
