"""Attachments: upload files, attach them to messages, and download them.

A file belongs to its uploader until a message refers to it. Then every user who may read that message may download it.
No file is held in memory as a whole, except one image at a time, to make its preview.
"""

import asyncio
import re
import secrets
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype  # type: ignore[import-untyped]

from ting.core import visibility
from ting.core.clock import Clock
from ting.core.errors import BadFile, BadPicture, NotFound, TooLarge, TooMany
from ting.core.models import ConversationId, File, MessageId, Person
from ting.core.normalization import normalized
from ting.files.images import IMAGE_TYPES, ImageProcessor
from ting.store.files import FileStore, StoredFile, Upload
from ting.store.stores import Stores

HEAD_BYTES = 8192  # enough to detect the type of a file
MAX_NAME_CHARS = 120
ANY_TYPE = "application/octet-stream"
PREVIEW = "preview"  # takes the place of the file name in the URL of a preview

_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class FileLimits:
    """Maximum bytes per file, simultaneous uploads per user, and unsent files per user."""

    bytes: int
    uploads: int
    unsent: int


class Attachments:
    """The use cases of attachments."""

    def __init__(self, stores: Stores, images: ImageProcessor, clock: Clock, limits: FileLimits) -> None:
        self._files = stores.files
        self._previews = stores.previews
        self._messages = stores.messages
        self._images = images
        self._clock = clock
        self.limits = limits
        self._uploading: Counter[str] = Counter()

    async def begin_upload(self, uploader: Person, conversation: str, name: str) -> "IncomingUpload":
        """Begin to upload a file to a conversation.

        Raises `BadConversation`, `NoSuchConversation`, `TooMany`, `Busy`.
        """
        conversation = visibility.resolve_conversation(conversation, uploader.id)
        metadata = {
            "conversation": conversation,
            "uploader": uploader.id,
            "name": sanitize_name(name),
            "touched": self._clock(),
        }
        if self._uploading[uploader.id] >= self.limits.uploads:
            raise TooMany("Too many uploads at the same time.", retry_after=1.0)
        self._uploading[uploader.id] += 1
        try:
            await self._check_unsent(uploader)
            return IncomingUpload(self, uploader, await self._files.begin(secrets.token_hex(16), metadata))
        except BaseException:
            self.upload_ended(uploader)
            raise

    def upload_ended(self, uploader: Person) -> None:
        """Record that an upload ended, successfully or not."""
        self._uploading[uploader.id] -= 1
        self._uploading += Counter()  # removes the users without uploads

    async def attach(self, file_id: str, message_id: MessageId, conversation: ConversationId, author: Person) -> File:
        """Attach a file to this message; no other message can use it. A retry with the same message succeeds.

        The file is kept for a day even if the message is never stored. Raises `BadFile` if the file does not exist,
        belongs to another user, was uploaded to another conversation, or is attached to another message. Raises `Busy`.
        """
        file = await self._files.attach(file_id, message_id, conversation, author.id, self._clock())
        if file is None:
            raise BadFile
        return _public(file)

    async def fetch(self, reader: Person, file_id: str) -> tuple[File, StoredFile, FileStore]:
        """A file that a user may read, and the store with its bytes. Raises `NotFound`, `Busy`."""
        stored = await self._files.get(file_id)
        if stored is None or not await self._may_read(reader, stored):
            raise NotFound
        return _public(stored), stored, self._files

    async def fetch_preview(self, reader: Person, file_id: str) -> tuple[StoredFile, FileStore]:
        """The preview of an image that a user may read. Raises `NotFound`, `Busy`."""
        await self.fetch(reader, file_id)
        preview = await self._previews.get(file_id)
        if preview is None:
            raise NotFound
        return preview, self._previews

    async def discard(self, file_id: str) -> None:
        """Remove a file and its preview. The preview goes first, so that an interrupted removal can be retried."""
        await self._previews.remove(file_id)
        await self._files.remove(file_id)

    async def complete(self, upload: Upload, head: bytes) -> File:
        """Finish an upload. `head` is the first `HEAD_BYTES` of the file."""
        type = sniff_type(head)
        if type not in IMAGE_TYPES:
            return _public(await upload.end({"type": type}))
        stored = await upload.end({"type": ANY_TYPE})
        try:
            return _public(await self._add_preview(stored, type))
        except BadPicture:
            return _public(stored)  # the file only begins like an image

    async def _check_unsent(self, uploader: Person) -> None:
        if await self._files.count(uploader=uploader.id, message=None) >= self.limits.unsent:
            raise TooMany("You have too many uploaded files that were not sent in a message.", retry_after=3600)

    async def _add_preview(self, stored: StoredFile, type: str) -> StoredFile:
        async with self._images.slot:
            data = await self._files.read_all(stored)
            rendered = await self._images.preview(data)
            del data
        await self._previews.put(stored.id, rendered.data, {})
        metadata = {"type": type, "width": rendered.width, "height": rendered.height, "preview": True}
        return await self._files.update(stored.id, {}, metadata) or stored

    async def _may_read(self, reader: Person, file: StoredFile) -> bool:
        """Whether a message that the reader may read refers to the file. Until then only the uploader may read it."""
        if not visibility.can_see(reader.id, file.metadata["conversation"]):
            return False
        message_id = file.metadata.get("message")
        message = await self._messages.get(message_id) if message_id else None
        if message is None or message.conversation != file.metadata["conversation"]:
            return bool(reader.id == file.metadata["uploader"])
        return message.file is not None and message.file.id == file.id


class IncomingUpload:
    """A file that is being uploaded: `write` as often as needed, then `end` or `abort`."""

    def __init__(self, files: Attachments, uploader: Person, upload: Upload) -> None:
        self._files = files
        self._uploader = uploader
        self._upload = upload
        self._head = b""
        self._ended = False
        self._lock = asyncio.Lock()  # an abort waits for the write in progress

    async def write(self, data: bytes) -> None:
        """Store the next bytes. Returns when more can be sent. Raises `TooLarge`, `Busy`."""
        async with self._lock:
            if self._ended:
                return
            if self._upload.size + len(data) > self._files.limits.bytes:
                limit = self._files.limits.bytes
                raise TooLarge(f"A file can have at most {limit} bytes.", field="file", limit=limit)
            if len(self._head) < HEAD_BYTES:
                self._head = (self._head + data)[:HEAD_BYTES]
            await self._upload.write(data)

    async def end(self) -> File:
        """Complete the file. It is durable when this returns. Raises `BadFile` if it is empty, `Busy`."""
        async with self._lock:
            if not self._upload.size:
                raise BadFile("This file is empty.")
            file = await self._files.complete(self._upload, self._head)
            self._finish()
            return file

    async def abort(self) -> None:
        """Remove what was uploaded. Safe to repeat, and after `end`.

        If the database does not answer, the cleanup removes it a day later.
        """
        async with self._lock:
            if not self._ended:
                self._finish()
                await self._files.discard(self._upload.id)

    def _finish(self) -> None:
        self._ended = True
        self._files.upload_ended(self._uploader)


def sanitize_name(entered: str) -> str:
    """The file name without a path, control characters and bidirectional controls, and not too long."""
    name = _INVISIBLE.sub("", normalized("NFC", entered)).replace("\\", "/").rpartition("/")[2]
    name = " ".join(name.split()).rstrip(". ")  # Windows ignores dots and spaces at the end
    if len(name) > MAX_NAME_CHARS:
        suffix = PurePosixPath(name).suffix[:20]
        name = name[: MAX_NAME_CHARS - len(suffix)] + suffix
    return {"": "file", PREVIEW: "_preview"}.get(name, name)


def sniff_type(head: bytes) -> str:
    """The media type, detected from the first bytes. The type that the client claims is ignored."""
    detected = filetype.guess_mime(head)
    if detected:
        return str(detected)
    return "text/plain" if _is_text(head) else ANY_TYPE


def _is_text(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if len(head) < HEAD_BYTES or error.start < len(head) - 3:  # the last character may be cut off
            return False
    return not set(head) & _CONTROLS


_CONTROLS = frozenset({*range(32), 127}) - set(b"\t\n\f\r\x1b")


def _public(file: StoredFile) -> File:
    """The data of a file that clients see."""
    metadata = file.metadata
    return File(
        id=file.id,
        name=metadata["name"],
        type=metadata.get("type", ANY_TYPE),
        size=file.size,
        width=metadata.get("width"),
        height=metadata.get("height"),
        preview=metadata.get("preview", False),
    )
