"""Answers that are held back while their client does not read: a request keeps its slot until its answer is sent."""

import asyncio
import socket
import sys
from asyncio import Future
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, cast

from tornado.http1connection import HTTP1Connection
from tornado.iostream import IOStream, StreamClosedError
from tornado.web import RequestHandler

from ting.core.fair_slots import FairSlots
from ting.core.models import UserId
from ting.web.services import WebServices

TCP_NOTSENT_LOWAT = 25  # Linux; Python has a name for it from 3.12 on
UNSENT_BYTES = 2**17


class TurnTaker(RequestHandler):
    """A handler that can wait for a slot of its user, and gives it back when the client has read the answer."""

    services: WebServices
    _turn: Callable[[], None] | None = None

    async def take_turn(self, slots: FairSlots, user: UserId) -> None:
        """Wait for a slot, and hold it until the client has read the answer. Raises `TooMany`."""
        await slots.acquire(user)
        self._turn = partial(slots.release, user)
        _limit_unsent(cast(HTTP1Connection, self.request.connection).stream)

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> "Future[None]":
        """Finish the response. If the client does not read it in time, the connection is closed."""
        stream = cast(HTTP1Connection, self.request.connection).stream
        finished = super().finish(chunk)
        turn, self._turn = self._turn, None
        if turn is not None:
            _when_sent(stream, turn, self.services.settings.pace.answer_s)
        return finished

    def on_connection_close(self) -> None:
        is_receiving = not self.request._body_future.done()
        super().on_connection_close()
        if is_receiving:
            self.end_turn()  # a request that was not received gets no response

    def end_turn(self) -> None:
        """Give the slot back now, if one is held."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn()

    async def flush_in_time(self) -> None:
        """Send what was written, and return when the client has read it. Raises `StreamClosedError` if it does not."""
        try:
            async with asyncio.timeout(self.services.settings.pace.answer_s):
                await self.flush()
        except TimeoutError:
            raise StreamClosedError from None


def _limit_unsent(stream: IOStream) -> None:
    """Have the kernel take little that it cannot send yet. It would take megabytes for a client that reads nothing."""
    if sys.platform == "linux" and not stream.closed():
        with suppress(OSError):  # not a TCP socket
            stream.socket.setsockopt(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES)


def _when_sent(stream: IOStream, then: Callable[[], None], within_s: float) -> None:
    """Call `then` when all that was written to a stream is sent, or the stream is closed. It is closed after a time."""
    try:
        sent = stream.write(b"")
    except StreamClosedError:
        then()
        return
    if sent.done():
        then()
        return
    timer = asyncio.get_running_loop().call_later(within_s, stream.close)

    def ended(_: "Future[None]") -> None:
        timer.cancel()
        then()

    sent.add_done_callback(ended)
