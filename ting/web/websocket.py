"""The websocket: dispatches request frames to use cases and sends the answers."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any, ClassVar

from tornado.web import RequestHandler
from tornado.websocket import WebSocketHandler

from ting.core import logs
from ting.core.errors import BadFrame, BadOrigin, BadRequest, CloseCode, Internal, Refused, TooMany
from ting.protocol import (
    Ack,
    AnyEvent,
    AnyRequest,
    Delete,
    DraftUpdate,
    Edit,
    Error,
    InvalidFrame,
    Join,
    Joined,
    Leave,
    Notice,
    Ping,
    React,
    Read,
    Send,
    Visit,
    decode,
    tag,
)
from ting.realtime.connection import Connection
from ting.realtime.framing import encode_event
from ting.realtime.transport import has_hung_up, transport_for
from ting.web.answers import ack, reference, send_ack, welcome
from ting.web.handler import Access, Handler
from ting.web.rate_limits import Action
from ting.web.request import address_of, is_own_origin
from ting.web.services import WebServices

SUBPROTOCOL = "ting.v1"
FLOOD_PAUSE_S = 5.0
RATE_LIMITED: Mapping[type[AnyRequest], Action] = {
    Send: Action.SEND,
    Edit: Action.SEND,
    Delete: Action.SEND,
    React: Action.SEND,
    Visit: Action.REQUEST,
}

logger = logging.getLogger(__name__)


class WebSocket(Handler, WebSocketHandler):
    """`/api/socket`."""

    access = Access.SESSION
    limited_as = Action.REQUEST

    def initialize(self, services: WebServices, numbers: "count[int]") -> None:  # type: ignore[override]
        super().initialize(services)
        self._number = next(numbers)
        self._address = address_of(services, self.request)
        self._tasks: set[asyncio.Task[None]] = set()
        self._connection: Connection | None = None
        self._expiry_timer: asyncio.TimerHandle | None = None
        self._position_lock = asyncio.Lock()  # held by a message until it has its position
        self._wait_count = 0  # how many frames have waited for the lock

    async def prepare(self) -> None:
        if not is_own_origin(self.services, self.request):
            raise BadOrigin
        await super().prepare()
        if self.request.method != "GET":
            return
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            raise BadRequest("This URL only accepts websocket connections (RFC 6455).")
        subprotocols = self.request.headers.get("Sec-WebSocket-Protocol", "")
        if SUBPROTOCOL not in (name.strip() for name in subprotocols.split(",")):
            raise BadRequest(f'The websocket subprotocol "{SUBPROTOCOL}" is required.')
        logs.current_client.set(f"{self.user.name} #{self._number}")

    async def require_session(self) -> None:
        """Load the session and the user as they are when the websocket opens.

        Connected clients get every change of their user. This connection is not registered yet, so the session is
        loaded again if the user changed while the database was queried. `get` looks again, and no `await` follows
        between there and `open`.
        """
        changes = self.services.realtime.presence.changes
        while True:
            self._known_changes = changes.count
            await super().require_session()
            if not changes.any_since(self._known_changes, self.user.id):
                return

    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Open the websocket."""
        if self.services.realtime.presence.changes.any_since(self._known_changes, self.user.id):
            await self.require_session()  # it changed while the rest of the request was received
        await super().get(*args, **kwargs)

    head = RequestHandler.head

    def check_origin(self, origin: str) -> bool:
        return True  # `prepare` has checked it

    def select_subprotocol(self, subprotocols: list[str]) -> str:
        return SUBPROTOCOL

    def open(self) -> None:
        if has_hung_up(self):
            return
        self.set_nodelay(True)
        connection = self._connection = self._make_connection()
        if not self.services.moderation.enforcement.admit(connection):
            return
        self.services.realtime.presence.connect(connection)
        self.services.memberships.memberships.connected(connection)
        seconds_left = self.services.accounts.sessions.seconds_left(self.current_session)
        if seconds_left is not None:
            self._expiry_timer = asyncio.get_running_loop().call_later(
                seconds_left, connection.close, CloseCode.SESSION_ENDED
            )
        logger.debug("Connected")
        self._push(welcome(self.services, self.user))

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        """Start handling a frame. Tornado reads no further frame until the returned awaitable is done."""
        if self.connection.is_closing:
            return None
        request = self._read_frame(message)
        if request is None:
            return None
        self.services.metrics.frame_received(tag(type(request)))
        self._start(request)
        if len(self._tasks) >= self.services.settings.limits.frames_in_work:
            return self._wait_for_capacity()
        return None

    def on_close(self) -> None:
        if self._expiry_timer is not None:
            self._expiry_timer.cancel()
        if self._connection is not None:
            self._connection.mark_closed()
            self.services.conversations.subscriptions.disconnect(self._connection)
            self.services.memberships.memberships.disconnected(self._connection)
            self.services.metrics.websocket_closed(self.close_code)
            logger.debug("Disconnected, code %s", self.close_code)

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log an exception. On an open websocket it cannot be answered, and Tornado closes the connection."""
        if not isinstance(value, Refused):
            logger.error("The websocket was closed by an exception", exc_info=value)

    @property
    def connection(self) -> Connection:
        """The open connection."""
        assert self._connection is not None, "no frame arrives before open()"
        return self._connection

    def _make_connection(self) -> Connection:
        return Connection(
            self.current_session,
            self._address,
            transport_for(self),
            self.services.realtime.flusher,
            outbox_bytes=self.services.settings.limits.outbox_bytes,
            close=self.close,
        )

    def _read_frame(self, message: str | bytes) -> AnyRequest | None:
        """Decode a frame. None for an invalid frame, or one over the rate limit, which is answered with an error."""
        if self.services.rate_limits.is_flooding(str(self._number)):
            self._refuse(TooMany(retry_after=FLOOD_PAUSE_S))
            self.connection.close(CloseCode.FLOOD)
            return None
        try:
            return _decode_text(message)
        except InvalidFrame as refusal:
            self._refuse(refusal.refused, refusal.ref, refusal.draft)
        except BadFrame as refused:
            self._refuse(refused)
            self.connection.close(CloseCode.BAD_FRAME)
        return None

    def _start(self, request: AnyRequest) -> None:
        task = asyncio.create_task(self._answer(request))
        self._tasks.add(task)
        self.services.in_progress.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self.services.in_progress.discard(task)

    async def _wait_for_capacity(self) -> None:
        await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def _answer(self, request: AnyRequest) -> None:
        try:
            action = RATE_LIMITED.get(type(request))
            if action is not None:
                self.services.rate_limits.check_address(action, self._address)
                self.services.rate_limits.check_session(action, self.current_session)
            if self._position_lock.locked() and not isinstance(request, Send):
                await self._wait_for_position()
            event: AnyEvent | None = await self._table[type(request)](self, request)
        except Refused as refused:
            self._refuse(refused, *reference(request))
        except Exception:
            number = secrets.token_hex(4)
            logger.exception("Error %s in a frame of type %s", number, type(request).__name__.lower())
            self._refuse(Internal(f"Something went wrong on the server (error {number})."), *reference(request))
        else:
            if event is not None:
                self._push(event)

    def _refuse(self, refused: Refused, ref: int | None = None, draft: str | None = None) -> None:
        self.services.count_refusal(refused)
        self._push(Error.of(refused, ref, draft))

    def _push(self, event: AnyEvent) -> None:
        self.connection.push(encode_event(event))

    async def _join(self, join: Join) -> Joined:
        history = self.services.conversations.history
        if join.epoch is not None:
            await history.check_cursor(self.user.id, join.conversation, join.epoch, join.after or 0)
        snapshot = await self.services.conversations.subscriptions.join(self.connection, join.conversation)
        # No `await` between the subscription and pushing the returned frame, or an event could overtake it.
        return Joined(
            ref=join.ref,
            conversation=snapshot.conversation.id,
            topic=snapshot.conversation.topic,
            head=snapshot.head,
            epoch=history.epoch,
            read=snapshot.read,
            people=snapshot.people,
            drafts=snapshot.drafts,
            mine=snapshot.mine,
        )

    async def _leave(self, leave: Leave) -> Ack:
        self.services.conversations.subscriptions.leave(self.connection, leave.conversation)
        return Ack(ref=leave.ref)

    async def _draft(self, draft: DraftUpdate) -> None:
        self.services.conversations.subscriptions.draft(self.connection, draft.conversation, draft.id, draft.text)

    async def _send(self, send: Send) -> Ack:
        def show_notice(notice_id: str, text: str) -> None:
            self._push(Notice(conversation=send.conversation, text=text, ref=send.ref, id=notice_id))

        self._wait_count += self._position_lock.locked()
        async with self._position_lock:  # a later message must not overtake one whose references are being resolved
            wait_count = self._wait_count
            pending = await self.services.commands.begin(
                self.connection.person,
                send.conversation,
                send.id,
                send.text,
                show_notice,
                reply_to=send.reply_to,
                file=send.file,
                by_program=self.current_session.program,
            )
            if self._wait_count != wait_count:  # frames that waited are handled after this one is answered
                return send_ack(send, await pending)
        return send_ack(send, await pending)

    async def _wait_for_position(self) -> None:
        """Return when all messages that were sent earlier have their positions."""
        self._wait_count += 1
        async with self._position_lock:
            pass

    async def _edit(self, edit: Edit) -> Ack:
        return ack(
            edit.ref,
            await self.services.conversations.messages.edit(self.connection.person, edit.id, edit.text, edit.seq),
        )

    async def _delete(self, delete: Delete) -> Ack:
        return ack(delete.ref, await self.services.conversations.messages.delete(self.user.person, delete.id))

    async def _react(self, react: React) -> Ack:
        return ack(
            react.ref,
            await self.services.conversations.messages.react(self.connection.person, react.id, react.emoji, react.on),
        )

    async def _read(self, read: Read) -> Ack:
        await self.services.memberships.memberships.read(self.connection, read.conversation, read.seq)
        return Ack(ref=read.ref)

    async def _visit(self, visit: Visit) -> Ack:
        await self.services.memberships.memberships.visit(self.user.id, visit.conversation)
        return Ack(ref=visit.ref)

    async def _ping(self, ping: Ping) -> Ack:
        return Ack(ref=ping.ref)

    # Shared by all connections: one table of bound methods each would take a megabyte per thousand connections.
    _table: ClassVar[dict[type[AnyRequest], Callable[[Any, Any], Awaitable[AnyEvent | None]]]] = {
        Join: _join,
        Leave: _leave,
        DraftUpdate: _draft,
        Send: _send,
        Edit: _edit,
        Delete: _delete,
        React: _react,
        Read: _read,
        Visit: _visit,
        Ping: _ping,
    }


def _decode_text(message: str | bytes) -> AnyRequest:
    if isinstance(message, bytes):
        raise BadFrame
    return decode(message)
