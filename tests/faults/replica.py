"""A client that follows docs/protocol.md, and records what it receives.

Its operations stay in its outbox until they are acknowledged. After every interruption they are sent again, in order.
Changes by others are merged into its timeline.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from itertools import count
from random import Random

from tests.client import Frame, message_id
from tests.faults.raw_client import Account, Address, ConnectionLost, RawWebSocket, changes
from tests.faults.record import Operation, Record
from tests.faults.timeline import Timeline

PAGE = 100
SILENCE_S = 1.0
RECONNECT_PAUSE_S = (0.02, 0.2)
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
        """`editing`: the share of edits and deletions. `drafting`: the share of messages that are drafts first."""
        self.address = address
        self.account = account
        self.conversation = conversation
        self.timeline = Timeline()
        self.record = Record(account.name, account.id)
        self.outbox: list[Operation] = []
        self.people: set[str] = set()
        self.pause_s = RECONNECT_PAUSE_S
        self.distort: Callable[[Frame], Sequence[Frame]] = lambda event: [event]
        self._random = random
        self._editing = editing
        self._drafting = drafting
        self._numbers = count(1)
        self._refs = count(JOINING + 1)
        # Requests on this connection that are not answered yet, by ref.
        self._pending: dict[int, Operation] = {}
        # The ids of its messages without a pending change.
        self._own_ids: list[str] = []
        self._versions: dict[str, int] = {}
        self._websocket: RawWebSocket | None = None
        self._joined = False
        self._behind = False
        self._catching_up: asyncio.Task[None] | None = None
        self._resending: asyncio.TimerHandle | None = None
        self._silence_timer: asyncio.TimerHandle | None = None
        self._received = True
        self._task: asyncio.Task[None] | None = None

    @property
    def has_joined(self) -> bool:
        """Whether it is connected and has joined."""
        return self._joined

    def start(self) -> None:
        """Connect, and reconnect after every interruption, until `stop`."""
        self._task = asyncio.create_task(self._run(), name=self.account.name)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def send_random(self) -> None:
        """Send, edit or delete a message at random."""
        if self._random.random() >= self._editing:
            self.send()
        elif self._random.random() < 0.3:
            self.delete()
        else:
            self.edit()

    def send(self, text: str = "") -> None:
        """Send a new message."""
        operation = Operation("send", message_id(), text or self._next_text())
        self.record.sent.append(operation.id)
        if self._random.random() < self._drafting:
            self._send_draft(operation)
        self._enqueue(operation)

    def edit(self) -> None:
        """Edit one of its messages, if it has one without a pending change."""
        if self._own_ids:
            id = self._take_own_id()
            self._enqueue(Operation("edit", id, self._next_text(), self._versions[id]))

    def delete(self) -> None:
        """Delete one of its messages, if it has one without a pending change."""
        if self._own_ids:
            self._enqueue(Operation("delete", self._take_own_id()))

    def resend(self) -> None:
        """Send all unacknowledged operations again, as after a lost connection."""
        for operation in self.outbox if self._joined else ():
            self._request(operation)

    def disconnect(self) -> None:
        """Abort the connection. `start` opens a new one."""
        if self._websocket is not None:
            self._websocket.abort()

    def _send_draft(self, operation: Operation) -> None:
        """Send a draft, which takes the position of a later message. It has no answer, and may be lost."""
        self.record.drafted = True
        if self._websocket is not None and self._joined:
            text = operation.text[:-1]
            draft = {"type": "draft", "conversation": self.conversation, "id": operation.id, "text": text}
            self._websocket.send(draft)

    def _take_own_id(self) -> str:
        return self._own_ids.pop(self._random.randrange(len(self._own_ids)))

    def _next_text(self) -> str:
        return f"{self.account.name} {next(self._numbers)}"

    def _enqueue(self, operation: Operation) -> None:
        self.outbox.append(operation)
        if self._joined and self._resending is None:
            self._request(operation)

    def _request(self, operation: Operation) -> None:
        if self._websocket is not None:
            ref = next(self._refs)
            self._pending[ref] = operation
            self._websocket.send(operation.frame(ref, self.conversation))

    async def _run(self) -> None:
        while True:
            try:
                await self._session()
            except OSError as error:
                if isinstance(error, ConnectionLost):
                    self.record.closed.append(error.code)
            await asyncio.sleep(self._random.uniform(*self.pause_s))

    async def _session(self) -> None:
        """Run one connection until it ends."""
        websocket = self._websocket = await RawWebSocket.open(self.address, self.account.cookie)
        try:
            websocket.send({"type": "join", "ref": JOINING, "conversation": self.conversation})
            self._check_silence(websocket)
            while True:
                self._receive(await websocket.receive())
        finally:
            self._joined = False
            self._cancel_silence_timer()
            self._websocket = None
            self._pending.clear()
            self._cancel_resending()
            websocket.abort()
            await self._stop_catching_up()

    def _check_silence(self, websocket: RawWebSocket, pinged: bool = False) -> None:
        """Send a ping after silence. Abort the connection if silence follows."""
        silent, self._received = not self._received, False
        if silent and pinged:
            websocket.abort()
            return
        if silent:
            websocket.send({"type": "ping", "ref": next(self._refs)})
        self._silence_timer = asyncio.get_running_loop().call_later(SILENCE_S, self._check_silence, websocket, silent)

    def _receive(self, frame: Frame) -> None:
        self._received = True
        match frame["type"]:
            case "joined":
                self._apply_joined(frame)
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

    def _apply_joined(self, frame: Frame) -> None:
        self.record.joined(frame["head"])
        self.people = {person["id"] for person in frame["people"]}
        self._joined = True
        self._catch_up_if(self.timeline.joined(frame["head"]))
        self._send_outbox()

    def _acknowledged(self, frame: Frame) -> None:
        operation = self._pending.pop(frame["ref"], None)
        if operation is None:
            return  # a ping
        if operation not in self.outbox:
            self.record.retry_ack(operation, frame)
            return
        self.outbox.remove(operation)
        self.record.ack(operation, frame)
        self._versions[operation.id] = frame["seq"]
        if operation.kind != "delete":
            self._own_ids.append(operation.id)

    def _refused(self, frame: Frame) -> None:
        if frame["code"] == "busy":
            self.record.busy.append(frame)
            self._pending.pop(frame["ref"], None)
            self._resend_after(frame["retry_after"])
            return
        operation = self._pending.pop(frame.get("ref", JOINING), None)
        if frame["code"] == "edit_conflict" and operation not in self.outbox:
            return  # it was sent twice, and the late copy is older than a newer edit
        self.record.unexpected.append(frame)
        if operation in self.outbox:
            self.outbox.remove(operation)

    def _send_outbox(self) -> None:
        """Send the operations in the outbox that are not pending, in order."""
        self._cancel_resending()
        if not self._joined:
            return
        pending = {operation.id for operation in self._pending.values()}
        for operation in self.outbox:
            if operation.id not in pending:
                self._request(operation)

    def _resend_after(self, seconds: float) -> None:
        if self._resending is None:
            pause = seconds * self._random.uniform(1.0, 1.3)
            self._resending = asyncio.get_running_loop().call_later(pause, self._send_outbox)

    def _cancel_resending(self) -> None:
        if self._resending is not None:
            self._resending.cancel()
            self._resending = None

    def _cancel_silence_timer(self) -> None:
        if self._silence_timer is not None:
            self._silence_timer.cancel()

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
            self.disconnect()  # joining again shows what is missing
        finally:
            self._catching_up = None

    async def _stop_catching_up(self) -> None:
        task, self._behind = self._catching_up, False
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
