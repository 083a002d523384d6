"""A faithful client: it does what docs/protocol.md asks of one, and records what it was told.

What it wants done stays in its outbox until it is acknowledged, and is sent again, in order, after every
interruption. What others do it merges into its timeline.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from itertools import count
from random import Random

from tests.client import Frame, message_id
from tests.faults.raw_client import Account, Address, Gone, Wire, changes
from tests.faults.record import Operation, Record
from tests.faults.timeline import Timeline

PAGE = 100
QUIET_S = 1.0
PAUSE_S = (0.02, 0.2)
JOINING = 0


class Replica:
    """One client in one conversation."""

    def __init__(
        self,
        address: Address,
        account: Account,
        random: Random,
        *,
        conversation: str = "#ting",
        editing: float = 0.25,
        drafting: float = 0.25,
    ) -> None:
        """`editing`: how much of what it does is editing and deleting. `drafting`: how much it sends was a draft."""
        self.address = address
        self.account = account
        self.conversation = conversation
        self.timeline = Timeline()
        self.record = Record(account.name, account.id)
        self.outbox: list[Operation] = []
        self.people: set[str] = set()
        self.pause_s = PAUSE_S
        self.distort: Callable[[Frame], Sequence[Frame]] = lambda event: [event]
        self._random = random
        self._editing = editing
        self._drafting = drafting
        self._numbers = count(1)
        self._refs = count(JOINING + 1)
        # What this connection was asked to do and has not answered yet.
        self._asked: dict[int, Operation] = {}
        # Its messages of which no change is under way.
        self._mine: list[str] = []
        self._versions: dict[str, int] = {}
        self._wire: Wire | None = None
        self._here = False
        self._behind = False
        self._catching_up: asyncio.Task[None] | None = None
        self._resending: asyncio.TimerHandle | None = None
        self._watching: asyncio.TimerHandle | None = None
        self._heard = True
        self._life: asyncio.Task[None] | None = None

    @property
    def here(self) -> bool:
        """Whether it is connected and has joined."""
        return self._here

    def start(self) -> None:
        """Come, and come back after every interruption, until `stop`."""
        self._life = asyncio.create_task(self._live(), name=self.account.name)

    async def stop(self) -> None:
        if self._life is not None:
            self._life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._life

    def act(self) -> None:
        """Do something at random."""
        if self._random.random() >= self._editing:
            self.say()
        elif self._random.random() < 0.3:
            self.delete()
        else:
            self.edit()

    def say(self, text: str = "") -> None:
        """Send a new message."""
        operation = Operation("send", message_id(), text or self._words())
        self.record.sent.append(operation.id)
        if self._random.random() < self._drafting:
            self._type(operation)
        self._do(operation)

    def edit(self) -> None:
        """Change one of its messages, if it has one of which no other change is under way."""
        if self._mine:
            id = self._pick()
            self._do(Operation("edit", id, self._words(), self._versions[id]))

    def delete(self) -> None:
        """Take back one of its messages, likewise."""
        if self._mine:
            self._do(Operation("delete", self._pick()))

    def send_again(self) -> None:
        """Repeat everything that was not acknowledged yet, as if its connection had been lost."""
        for operation in self.outbox if self._here else ():
            self._ask(operation)

    def disconnect(self) -> None:
        """Hang up; it comes back."""
        if self._wire is not None:
            self._wire.abort()

    def _type(self, operation: Operation) -> None:
        """Take the place for a message that will be sent. Nothing answers; if it gets lost, nobody cares."""
        self.record.drafted = True
        if self._wire is not None and self._here:
            text = operation.text[:-1]
            draft = {"type": "draft", "conversation": self.conversation, "id": operation.id, "text": text}
            self._wire.send(draft)

    def _pick(self) -> str:
        return self._mine.pop(self._random.randrange(len(self._mine)))

    def _words(self) -> str:
        return f"{self.account.name} {next(self._numbers)}"

    def _do(self, operation: Operation) -> None:
        self.outbox.append(operation)
        if self._here and self._resending is None:
            self._ask(operation)

    def _ask(self, operation: Operation) -> None:
        if self._wire is not None:
            ref = next(self._refs)
            self._asked[ref] = operation
            self._wire.send(operation.frame(ref, self.conversation))

    async def _live(self) -> None:
        while True:
            try:
                await self._session()
            except OSError as error:
                if isinstance(error, Gone):
                    self.record.closed.append(error.code)
            await asyncio.sleep(self._random.uniform(*self.pause_s))

    async def _session(self) -> None:
        """One connection, from opening to its end."""
        wire = self._wire = await Wire.open(self.address, self.account.cookie)
        try:
            wire.send({"type": "join", "ref": JOINING, "conversation": self.conversation})
            self._watch(wire)
            while True:
                self._hear(await wire.receive())
        finally:
            self._here = False
            self._cancel_watching()
            self._wire = None
            self._asked.clear()
            self._cancel_resending()
            wire.abort()
            await self._stop_catching_up()

    def _watch(self, wire: Wire, asked: bool = False) -> None:
        """Silence is asked about once, and then taken for the end."""
        silent, self._heard = not self._heard, False
        if silent and asked:
            wire.abort()
            return
        if silent:
            wire.send({"type": "ping", "ref": next(self._refs)})
        self._watching = asyncio.get_running_loop().call_later(QUIET_S, self._watch, wire, silent)

    def _hear(self, frame: Frame) -> None:
        self._heard = True
        match frame["type"]:
            case "joined":
                self._joined(frame)
            case "message":
                self.record.event(frame)
                for event in self.distort(frame):
                    self._catch_up_if(self.timeline.event(event))
            case "presence":
                self.people |= {person["id"] for person in frame["came"]}
                self.people -= set(frame["went"])
            case "ack":
                self._acknowledged(frame)
            case "error":
                self._refused(frame)

    def _joined(self, frame: Frame) -> None:
        self.record.joined(frame["head"])
        self.people = {person["id"] for person in frame["people"]}
        self._here = True
        self._catch_up_if(self.timeline.joined(frame["head"]))
        self._send_all()

    def _acknowledged(self, frame: Frame) -> None:
        operation = self._asked.pop(frame["ref"], None)
        if operation is None:
            return  # a ping
        if operation not in self.outbox:
            self.record.repeated(operation, frame)
            return
        self.outbox.remove(operation)
        self.record.ack(operation, frame)
        self._versions[operation.id] = frame["seq"]
        if operation.kind != "delete":
            self._mine.append(operation.id)

    def _refused(self, frame: Frame) -> None:
        if frame["code"] == "busy":
            self.record.busy.append(frame)
            self._asked.pop(frame["ref"], None)
            self._resend_after(frame["retry_after"])
            return
        operation = self._asked.pop(frame.get("ref", JOINING), None)
        if frame["code"] == "edit_conflict" and operation not in self.outbox:
            return  # it was sent twice, and the one that came late would have undone a newer one
        self.record.unexpected.append(frame)
        if operation in self.outbox:
            self.outbox.remove(operation)

    def _send_all(self) -> None:
        """Send what is in the outbox and not under way, in order."""
        self._cancel_resending()
        if not self._here:
            return
        under_way = {operation.id for operation in self._asked.values()}
        for operation in self.outbox:
            if operation.id not in under_way:
                self._ask(operation)

    def _resend_after(self, seconds: float) -> None:
        if self._resending is None:
            pause = seconds * self._random.uniform(1.0, 1.3)
            self._resending = asyncio.get_running_loop().call_later(pause, self._send_all)

    def _cancel_resending(self) -> None:
        if self._resending is not None:
            self._resending.cancel()
            self._resending = None

    def _cancel_watching(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    def _catch_up_if(self, behind: bool) -> None:
        self._behind = self._behind or behind
        if self._behind and self._catching_up is None:
            self._catching_up = asyncio.create_task(self._catch_up())

    async def _catch_up(self) -> None:
        try:
            while self._behind:
                self._behind = False
                answer = await changes(self.address, self.account, self.conversation, self.timeline.cursor, PAGE)
                if answer.status == 503:
                    self._behind = True
                    await asyncio.sleep(self._random.uniform(*self.pause_s))
                    continue
                self.record.answer(answer.json["messages"], answer.json["head"])
                self._behind |= self.timeline.answer(answer.json["messages"], answer.json["head"])
        except OSError:
            self.disconnect()  # joining again tells what is missing
        finally:
            self._catching_up = None

    async def _stop_catching_up(self) -> None:
        task, self._behind = self._catching_up, False
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
