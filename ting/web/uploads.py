"""The base class of handlers that receive a large body as a stream."""

from typing import cast

from tornado.http1connection import HTTP1Connection

from ting.core.errors import BadContentType
from ting.web.handler import ApiHandler


class UploadHandler(ApiHandler):
    """Receives the body as a stream.

    A subclass calls `limit_body` before `super().prepare()`.
    """

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

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.mark_finished()  # a lost connection gets no response, so `on_finish` may not be called
