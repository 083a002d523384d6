"""The base class of handlers that receive a large body as a stream."""

import asyncio
import logging
from typing import Protocol, cast

from tornado.http1connection import HTTP1Connection

from ting.core.errors import BadContentType, Refused
from ting.web.handler import ApiHandler

logger = logging.getLogger(__name__)


class Incoming(Protocol):
    """An upload in progress."""

    async def write(self, data: bytes) -> None: ...

    async def abort(self) -> None: ...


class UploadHandler(ApiHandler):
    """Receives the body as a stream, and passes it on to `incoming` as it arrives.

    A subclass calls `limit_body` before `super().prepare()`.
    """

    incoming: Incoming | None = None
    closed = False
    failure: Exception | None = None
    """Answered when the whole body has arrived, because a browser reads the answer only then."""

    def limit_body(self, max_bytes: int) -> None:
        """Limit the size of the body, in bytes. Tornado does not read a larger body."""
        self._max_bytes = max_bytes
        connection = cast(HTTP1Connection, self.request.connection)
        connection.set_max_body_size(max_bytes)
        connection.set_body_timeout(self.services.settings.pace.upload_s)

    def refuse_forms(self) -> None:
        """Raises `BadContentType` for a form, which would be stored as it is, with its envelope."""
        if self.content_type.startswith("multipart/"):
            raise BadContentType(
                "Send the bytes of the file as the body, not as a form: curl --data-binary @FILE instead of curl -F."
            )

    @property
    def max_body_bytes(self) -> int:
        return self._max_bytes

    async def receive(self, incoming: Incoming) -> None:
        """Pass the body on to this upload, unless the client has disconnected while it was begun."""
        self.incoming = incoming
        if self.closed:
            await self.abort_upload()

    async def data_received(self, chunk: bytes) -> None:
        """Store a chunk. Tornado reads on when this returns, so a fast sender has to wait."""
        if self.incoming is None or self.failure is not None:
            return
        try:
            await self.incoming.write(chunk)
        except Exception as failure:
            self.failure = failure
            await self.abort_upload()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.closed = True
        self.mark_finished()  # a lost connection gets no response, so `on_finish` may not be called
        abort = asyncio.ensure_future(self.abort_upload())
        self.services.in_progress.add(abort)
        abort.add_done_callback(self.services.in_progress.discard)

    async def abort_upload(self) -> None:
        """Delete what was stored. If the database does not answer, that is deleted later."""
        if self.incoming is None:
            return
        try:
            await self.incoming.abort()
        except Refused as refused:
            logger.warning("An interrupted upload will be removed later: %s", refused)
