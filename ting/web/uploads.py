"""What handlers share that take in a body as it comes, larger than other requests."""

from typing import cast

from tornado.http1connection import HTTP1Connection

from ting.web.handler import ApiHandler


class UploadHandler(ApiHandler):
    """Takes in a body as it comes. A subclass is a `stream_request_body`, and says `expect` before it prepares."""

    def expect(self, largest: int) -> None:
        """Let a body have so many bytes; what is larger is not read."""
        self._largest = largest
        connection = cast(HTTP1Connection, self.request.connection)
        connection.set_max_body_size(largest)
        connection.set_body_timeout(self.services.settings.pace.upload_s)

    def is_too_large(self) -> bool:
        """Whether more is announced than will be read. Tornado looks at it later, and refuses what is no length."""
        declared = self.request.headers.get("Content-Length", "")
        return declared.isascii() and declared.isdigit() and int(declared[:20]) > self._largest

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.answered()  # nobody is there to answer
