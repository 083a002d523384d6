"""Files over HTTP: streamed uploads, and downloads, whole or by range."""

import asyncio
import logging
import re
from typing import Any, ClassVar
from urllib.parse import quote

from ting.core.errors import BadRange, Refused, TooLarge
from ting.core.models import File
from ting.files.attachments import IncomingUpload
from ting.files.images import IMAGE_TYPES, PREVIEW_TYPE
from ting.store.files import FileStore, StoredFile
from ting.web.handler import Access, Handler
from ting.web.rate_limits import Action
from ting.web.uploads import UploadHandler

TOLERATED_BYTES = 2**20  # read beyond the limit, because a browser reads the answer only after it has sent the body
MAX_AGE_S = 3600
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z", re.ASCII | re.IGNORECASE)

logger = logging.getLogger(__name__)


class FilesHandler(UploadHandler):
    """`/api/files`."""

    access = Access.SESSION
    rate_limited: ClassVar = {"POST": Action.UPLOAD}
    _incoming: IncomingUpload | None = None
    _failure: Exception | None = None

    async def prepare(self) -> None:
        self.limit_body(self.services.settings.limits.file_bytes + TOLERATED_BYTES)
        await super().prepare()
        if self.request.method != "POST":
            return
        self.refuse_forms()
        conversation, name = self.get_query_argument("conversation"), self.get_query_argument("name", "")
        try:
            await self.services.conversations.messages.check_write(self.user.id, conversation)
            self._incoming = await self.services.files.attachments.begin_upload(self.user.person, conversation, name)
        except Refused as refused:
            self._failure = refused  # answered when the whole body has arrived

    def _too_large(self) -> TooLarge:
        limit = self.services.settings.limits.file_bytes
        return TooLarge(f"A file can have at most {limit} bytes.", field="file", limit=limit)

    async def data_received(self, chunk: bytes) -> None:
        """Store a chunk. Tornado reads on when this returns, so a fast sender has to wait."""
        if self._incoming is None or self._failure is not None:
            return
        try:
            await self._incoming.write(chunk)
        except Exception as failure:
            self._failure = failure
            await self._abort_upload()

    async def post(self) -> None:
        """Finish the upload."""
        try:
            file = await self._finish_upload()
        except BaseException:
            await self._abort_upload()
            raise
        self.set_status(201)
        self.reply({"file": file})

    async def _finish_upload(self) -> File:
        if self._failure is not None:
            raise self._failure
        assert self._incoming is not None, "prepared"
        return await self._incoming.end()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        abort = asyncio.ensure_future(self._abort_upload())
        self.services.in_progress.add(abort)
        abort.add_done_callback(self.services.in_progress.discard)

    async def _abort_upload(self) -> None:
        """Delete what was stored. If the database does not answer, the cleanup task deletes it after a day."""
        if self._incoming is None:
            return
        try:
            await self._incoming.abort()
        except Refused as refused:
            logger.warning("An interrupted upload will be removed later: %s", refused)


class Download(Handler):
    """Sends a stored file. The content of a file never changes."""

    access = Access.SESSION
    limited_as = Action.DOWNLOAD

    def compute_etag(self) -> None:
        """Return None: `send` sets the ETag itself, without reading the file."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, BadRange):
            self.set_header("Content-Range", f"bytes */{error.size}")
        super().write_error(status_code, **kwargs)

    async def send(self, file: StoredFile, store: FileStore, etag: str) -> None:
        """Send the file or the requested range (RFC 9110, 13 and 14). Raises `BadRange`."""
        self.set_header("ETag", etag)
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("Cache-Control", f"private, max-age={MAX_AGE_S}")
        self.set_header("Content-Security-Policy", SANDBOX)
        if self.check_etag_header():
            self.set_status(304)
            await self.finish()
            return
        start, end = self._requested_range(file.size, etag)
        self.set_header("Content-Length", str(end - start))
        if self.request.method == "HEAD":
            await self.finish()
            return
        async for piece in store.read(file, start, end):
            self.write(piece)
            await self.flush()  # with a slow reader, only one piece is in memory
        await self.finish()

    def _requested_range(self, size: int, etag: str) -> tuple[int, int]:
        """The start and end of the requested part, end excluded. For a range, sets the status and the headers."""
        header, condition = self.request.headers.get("Range", ""), self.request.headers.get("If-Range", etag)
        match = _RANGE.fullmatch(header.strip())
        if self.request.method != "GET" or condition != etag or match is None or match.groups() == ("", ""):
            return 0, size
        first, last = match.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        if last and first and int(last) < int(first):
            return 0, size  # an invalid range is ignored
        if start >= end:
            raise BadRange(size)
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        return start, end


class FileHandler(Download):
    """`/files/{id}/{name}`: images are shown inline, other files are downloads. Only the id identifies the file."""

    async def get(self, file_id: str, name: str) -> None:
        file, stored, store = await self.services.files.attachments.fetch(self.user.person, file_id)
        inline = file.type in IMAGE_TYPES
        self.set_header("Content-Type", file.type)
        self.set_header("Content-Disposition", disposition("inline" if inline else "attachment", file.name))
        await self.send(stored, store, f'"{file_id}"')

    head = get


class PreviewHandler(Download):
    """`/files/{id}/preview`."""

    async def get(self, file_id: str) -> None:
        stored, store = await self.services.files.attachments.fetch_preview(self.user.person, file_id)
        self.set_header("Content-Type", PREVIEW_TYPE)
        await self.send(stored, store, f'"{file_id}-preview"')

    head = get


def disposition(disposition_type: str, name: str) -> str:
    """A Content-Disposition header with any Unicode name (RFC 6266, 4.3; RFC 8187)."""
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%' else "_" for char in name)
    extended = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{disposition_type}; filename="{plain}"{extended}'
