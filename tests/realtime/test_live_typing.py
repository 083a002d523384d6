"""Random actions in random order: every client sees the drafts that a simple model of the rules expects.

Uses the real services below the web layer and a real database. Only the clock is moved by the test.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tornado.ioloop import IOLoop

from tests.client import message_id
from ting.conversations.services import ConversationServices
from ting.core.errors import CloseCode
from ting.core.models import Person, TypingPreferences, TypingView
from ting.core.settings import Pace, Settings
from ting.files.services import FileServices
from ting.memberships.services import MembershipServices
from ting.moderation.services import ModerationServices
from ting.realtime.drafts import DraftRules
from ting.realtime.framing import decode_frames
from ting.realtime.services import RealtimeServices
from ting.store.database import Database
from ting.store.stores import Stores

RULES = DraftRules(lost_after_messages=3, most_with_letters=2)
NAMES = ("ada", "bob", "eve", "dan")
CHOICES: dict[str, tuple[TypingView, TypingView]] = {
    "ada": ("letters", "letters"),
    "bob": ("letters", "indicator"),
    "eve": ("indicator", "letters"),
    "dan": ("nothing", "nothing"),
}


@dataclass(eq=False)
class Device:
    """A connection that applies the frames it receives as the protocol says."""

    person: Person
    typing: TypingPreferences
    session: str = ""
    ignores: frozenset[str] = frozenset()
    address: str = "192.0.2.1"
    ghosts: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)

    def push(self, frames: bytes) -> None:
        for payload in decode_frames(frames):
            self.receive(msgspec.json.decode(payload))

    def push_coalesced(self, key: str, frames: bytes, full_state: Callable[[str, Any], bytes]) -> None:
        self.push(frames)

    def close(self, code: CloseCode) -> None:
        raise AssertionError("this test closes no connections")

    def receive(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "message":
            self.messages[frame["id"]] = frame["position"]
            self.ghosts.pop(frame["id"], None)
            self.own.pop(frame["id"], None)
        if frame["type"] != "draft":
            return
        drafts = self.own if frame.get("mine") else self.ghosts
        if frame.get("all"):
            drafts.clear()
        for draft in frame["drafts"]:
            if not frame.get("mine") and draft["author"]["id"] == self.person.id:
                continue
            drafts.pop(draft["id"], None)
            if draft["text"] is not None and draft["id"] not in self.messages:
                drafts[draft["id"]] = draft


@dataclass
class ExpectedDraft:
    """A draft of the model."""

    id: str
    position: int
    text: str
    device: Device
    touched: float
    absent: float | None = None
    later: int = 0


class Simulation:
    """The real services, the devices of the users, and the model."""

    def __init__(self, database: Database, conversation: str) -> None:
        self.conversation = conversation
        self.now = 0.0
        stores = Stores.of(database)
        options = Settings(pace=Pace(draft_ms=0, presence_ms=10))
        realtime = RealtimeServices.build(stores, options, lambda: 0, draft_rules=RULES, monotonic=lambda: self.now)
        moderation = ModerationServices.build(stores, realtime, lambda: 0)
        files = FileServices.build(stores, realtime, options, lambda: 0)
        memberships = MembershipServices.build(stores, realtime, options, lambda: 0)
        conversations = ConversationServices.build(stores, realtime, moderation, files, memberships, options, lambda: 0)
        self.journal, self.presence, self.broadcaster = realtime.journal, realtime.presence, realtime.drafts
        self.messages, self.subscriptions = conversations.messages, conversations.subscriptions
        self.devices: dict[tuple[str, int], Device] = {}
        self.ignored: dict[str, frozenset[str]] = {}
        self.model: dict[str, ExpectedDraft] = {}
        self.positions = 0
        self.stored: dict[str, int] = {}

    async def run(self, steps: list[tuple[Any, ...]]) -> None:
        self.journal.start()
        try:
            watcher = self.device("watcher", 0, TypingPreferences("letters", "letters"))
            await self.subscriptions.join(watcher, self.conversation)
            for step, *arguments in steps:
                action: Callable[..., Awaitable[None]] = getattr(self, step)
                await action(*arguments)
                await self.settled()
                self.check()
        finally:
            await self.journal.stop()

    def device(self, name: str, number: int, choices: TypingPreferences) -> Device:
        device = self.devices[name, number] = Device(Person(name, name), choices)
        device.ignores = self.ignored.get(name, frozenset())
        self.presence.connect(device)
        return device

    async def joined(self, name: str, number: int) -> Device:
        """Return the device, joined. A draft of its user then has a connected author again."""
        if (name, number) not in self.devices:
            device = self.device(name, number, TypingPreferences(*CHOICES[name]))
            snapshot = await self.subscriptions.join(device, self.conversation)
            for draft in snapshot.drafts:
                device.ghosts[draft.id] = msgspec.to_builtins(draft)
            if snapshot.mine:
                device.own[snapshot.mine.id] = msgspec.to_builtins(snapshot.mine)
            if name in self.model:
                self.model[name].absent = None
        return self.devices[name, number]

    async def type(self, name: str, number: int, fresh: bool, text: str) -> None:
        device = await self.joined(name, number)
        expected = self.model.get(name)
        draft = expected.id if expected and not fresh else message_id()
        self.subscriptions.draft(device, self.conversation, draft, text)
        same = expected is not None and expected.id == draft
        if not text or text.startswith("/") or device.typing.shared == "nothing":
            if same:
                del self.model[name]
            return
        if expected is None or not same:
            self.positions += 1
            expected = self.model[name] = ExpectedDraft(draft, self.positions, text, device, self.now)
        expected.text, expected.device, expected.touched, expected.absent = text, device, self.now, None

    async def send(self, name: str, number: int, own_draft: bool) -> None:
        device = await self.joined(name, number)
        expected = self.model.pop(name, None) if own_draft else None
        if expected is None:
            self.positions += 1
        position = expected.position if expected else self.positions
        sent = expected.id if expected else message_id()
        message = await self.messages.send(device.person, self.conversation, sent, "sent")
        assert message.position == position
        self.stored[sent] = position
        for author, other in list(self.model.items()):
            other.later += position > other.position
            if other.later >= RULES.lost_after_messages:
                del self.model[author]

    async def leave(self, name: str, number: int) -> None:
        device = self.devices.pop((name, number), None)
        if device is not None:
            self.subscriptions.leave(device, self.conversation)
            self.presence.disconnect(device)
            if not self.devices_of(name):
                self.model.pop(name, None)

    async def disconnect(self, name: str, number: int) -> None:
        device = self.devices.pop((name, number), None)
        if device is not None:
            self.subscriptions.disconnect(device)
            if not self.devices_of(name) and name in self.model:
                self.model[name].absent = self.now

    async def ignore(self, name: str, other: str) -> None:
        """Ignore another user, or stop ignoring them."""
        ignored = self.ignored[name] = self.ignored.get(name, frozenset()) ^ {other}
        for device in self.devices_of(name):
            device.ignores = ignored
        self.broadcaster.preferences_changed(name)

    async def wait(self, seconds: float) -> None:
        self.now += seconds
        for author, draft in list(self.model.items()):
            absent = draft.absent is not None and self.now - draft.absent >= RULES.grace_s
            if absent or self.now - draft.touched >= RULES.lost_after_s:
                del self.model[author]
        self.broadcaster.flush_now(self.conversation)

    def devices_of(self, name: str) -> list[Device]:
        return [device for (owner, _), device in self.devices.items() if owner == name]

    async def settled(self) -> None:
        """Return when everything that is due by the clock of the test was broadcast."""
        for _ in range(6):
            await asyncio.sleep(0)
            self.broadcaster.flush_now(self.conversation)

    def check(self) -> None:
        for (name, _), device in self.devices.items():
            assert self.seen(device.ghosts) == self.ghosts_for(name, device.typing.see), name
            own = self.model.get(name)
            assert list(device.own) == ([own.id] if own else []), name
            if own:
                text = "" if device is own.device else own.text
                seen = device.own[own.id]
                assert seen["position"] == own.position
                assert seen["text"] in (text, own.text)
        assert self.devices["watcher", 0].messages == self.stored

    @staticmethod
    def seen(ghosts: dict[str, Any]) -> list[tuple[int, str, str]]:
        return sorted((draft["position"], draft["id"], draft["text"]) for draft in ghosts.values())

    def ghosts_for(self, viewer: str, see: TypingView) -> list[tuple[int, str, str]]:
        if see == "nothing":
            return []
        shown = [
            (draft.position, author, draft)
            for author, draft in self.model.items()
            if self.now - draft.touched < RULES.hidden_after_s
        ]
        found = []
        for rank, (position, author, draft) in enumerate(sorted(shown, key=lambda entry: entry[0])):
            readable = see == "letters" and rank < RULES.most_with_letters and CHOICES[author][0] == "letters"
            if author != viewer and author not in self.ignored.get(viewer, ()):
                found.append((position, draft.id, draft.text if readable else ""))
        return found


NAME, NUMBER = st.sampled_from(NAMES), st.sampled_from((1, 2))
TEXT = st.sampled_from(("a", "ab", "hello", "", "/me", "//", "γεια"))
STEP = st.one_of(
    st.tuples(st.just("type"), NAME, NUMBER, st.booleans(), TEXT),
    st.tuples(st.just("type"), NAME, NUMBER, st.just(False), TEXT),
    st.tuples(st.just("send"), NAME, NUMBER, st.booleans()),
    st.tuples(st.just("leave"), NAME, NUMBER),
    st.tuples(st.just("disconnect"), NAME, NUMBER),
    st.tuples(st.just("ignore"), NAME, NAME).filter(lambda step: step[1] != step[2]),
    st.tuples(st.just("wait"), st.sampled_from((0.5, 3.0, 29.0, 30.0, 100.0, 120.0))),
)


@pytest.fixture
def new_simulation(database: Database) -> Callable[[], Simulation]:
    """A new conversation for each example."""
    return lambda: Simulation(database, f"#{message_id()[-20:].replace('-', '')}")


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=8, max_size=25))
def test_every_client_sees_the_drafts_that_the_model_expects(
    steps: list[tuple[Any, ...]], new_simulation: Callable[[], Simulation], io_loop: IOLoop
) -> None:
    io_loop.run_sync(lambda: new_simulation().run(steps))
