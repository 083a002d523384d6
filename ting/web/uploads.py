"""The base class of handlers that receive a large body as a stream."""

from typing import cast

from tornado.http1connection import HTTP1Connection

from ting.web.handler import ApiHandler


class UploadHandler(ApiHandler):
    """Receives the body as a stream.

    A subclass is decorated with `stream_request_body`, and calls `limit_body` before `super().prepare()`.
    """

    def limit_body(self, max_bytes: int) -> None:
        """Limit the size of the body, in bytes. Tornado does not read a larger body."""
        self._max_bytes = max_bytes
        connection = cast(HTTP1Connection, self.request.connection)
        connection.set_max_body_size(max_bytes)
        connection.set_body_timeout(self.services.settings.pace.upload_s)

    def is_too_large(self) -> bool:
        """Whether the declared length exceeds the limit. Tornado rejects invalid lengths itself, later."""
        declared = self.request.headers.get("Content-Length", "")
        return declared.isascii() and declared.isdigit() and int(declared[:20]) > self._max_bytes

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.mark_finished()  # a lost connection gets no response, so `on_finish` may not be called
