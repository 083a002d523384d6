"""Files in the database, in the layout of GridFS (MongoDB's specification of it), so that its tools can read them.

Written and read here rather than by Motor's GridFS, which keeps up to 48 MB of a file in memory while it writes and
16 MB while it reads. And in another order: the document of a file is there before its first chunk and goes after its
last one, so that whatever breaks off leaves something that can be found and removed.
"""

import datetime
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bson import Int64
from pymongo import ASCENDING, ReturnDocument, WriteConcern

from ting.core.errors import Busy
from ting.core.models import ConversationId, MessageId, Milliseconds, UserId
from ting.store.database import Database, Document, or_busy

CHUNK_BYTES = 255 * 1024  # GridFS's own


@dataclass(frozen=True)
class StoredFile:
    """A complete file: its size in bytes, and what else is known of it."""

    id: str
    size: int
    metadata: dict[str, Any]


class Upload:
    """A file on its way in: `write` as often as needed, then `end`, or `FileStore.remove`."""

    def __init__(self, store: "FileStore", file_id: str) -> None:
        self.id = file_id
        self.size = 0
        self._store = store
        self._chunks = 0
        self._waiting = bytearray()

    async def write(self, data: bytes) -> None:
        """Take more of the file in; returns when at most one chunk of it is in memory. Raises `Busy`."""
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) >= CHUNK_BYTES:
            await self._write_chunk()

    async def end(self, metadata: Document) -> StoredFile:
        """The file is complete, and durable when this returns. Raises `Busy`."""
        if self._waiting:
            await self._write_chunk()
        return await self._store.complete(self.id, self.size, metadata)

    async def _write_chunk(self) -> None:
        data = bytes(self._waiting[:CHUNK_BYTES])
        del self._waiting[:CHUNK_BYTES]
        await self._store.add_chunk(self.id, self._chunks, data)
        self._chunks += 1


class FileStore:
    """The files of one bucket. `metadata` is what `schema` says it is for that bucket."""

    def __init__(self, database: Database, bucket: str) -> None:
        self._files = database.collection(f"{bucket}.files")
        chunks = database.collection(f"{bucket}.chunks")
        # The journal is written in order: the write that completes a file makes its chunks durable with it.
        self._new_chunks = chunks.with_options(write_concern=WriteConcern(w="majority", j=False))
        self._chunks = chunks

    async def begin(self, file_id: str, metadata: Document) -> Upload:
        """A new file. Until it is complete, nobody can open it."""
        document = {
            "_id": file_id,
            "length": Int64(0),
            "chunkSize": CHUNK_BYTES,
            "uploadDate": datetime.datetime.now(datetime.UTC),
            "metadata": {**metadata, "complete": False},
        }
        await or_busy(lambda: self._files.insert_one(document))
        return Upload(self, file_id)

    async def put(self, file_id: str, data: bytes, metadata: Document) -> StoredFile:
        """A small file at once."""
        upload = await self.begin(file_id, metadata)
        await upload.write(data)
        return await upload.end({})

    async def get(self, file_id: str) -> StoredFile | None:
        """A complete file."""
        document = await or_busy(lambda: self._files.find_one({"_id": file_id, "metadata.complete": True}))
        return _stored(document) if document else None

    async def read(self, file: StoredFile, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, piece by piece. Raises `Busy`."""
        position, end = start, file.size if end is None else end
        while position < end:
            number = position // CHUNK_BYTES
            piece = await self._chunk(file.id, number)
            piece = piece[position - number * CHUNK_BYTES : end - number * CHUNK_BYTES]
            if not piece:
                return  # removed meanwhile
            yield piece
            position += len(piece)

    async def read_all(self, file: StoredFile) -> bytes:
        """A file in one piece. For small ones, or one at a time."""
        return b"".join([piece async for piece in self.read(file)])

    async def remove(self, file_id: str) -> None:
        """Remove a file, whether it is complete or not; nothing happens if it is not there."""
        await or_busy(lambda: self._chunks.delete_many({"files_id": file_id}))
        await or_busy(lambda: self._files.delete_one({"_id": file_id}))

    async def count(self, **metadata: Any) -> int:
        """How many files have this metadata."""
        condition = _metadata_fields(metadata)
        return await or_busy(lambda: self._files.count_documents(condition))

    async def attach(
        self, file_id: str, message_id: MessageId, conversation: ConversationId, uploader: UserId, now: Milliseconds
    ) -> StoredFile | None:
        """Give a file to a message, in one step. None if the file is not there, is another user's or was uploaded to
        another conversation, or if another message has it.
        """
        condition = {"conversation": conversation, "uploader": uploader, "message": {"$in": [None, message_id]}}
        return await self.update(file_id, condition, {"message": message_id, "touched": now})

    async def update(self, file_id: str, condition: Document, change: Document) -> StoredFile | None:
        """Set metadata of a complete file if its metadata meets a condition: in one step. The file as it then is."""
        query = {"_id": file_id, "metadata.complete": True, **_metadata_fields(condition)}
        update = {"$set": _metadata_fields(change)}
        after = ReturnDocument.AFTER
        document = await or_busy(lambda: self._files.find_one_and_update(query, update, return_document=after))
        return _stored(document) if document else None

    async def retire(self, file_id: str, touched: int) -> bool:
        """Nobody can open or change the file any more, if it was last touched then; whether that is so."""
        query = {"_id": file_id, "metadata.touched": touched}
        change = {"$set": {"metadata.complete": False}}
        closed = await or_busy(lambda: self._files.update_one(query, change))
        return closed.matched_count == 1

    async def find(self, **metadata: Any) -> list[StoredFile]:
        """All files with this metadata, complete or not."""
        query = self._files.find(_metadata_fields(metadata))
        return [_stored(document) for document in await or_busy(lambda: query.to_list(None))]

    async def page(self, after: str, limit: int) -> list[StoredFile]:
        """The next files, complete or not, in the order of their ids."""
        query = self._files.find({"_id": {"$gt": after}}).sort("_id", ASCENDING).limit(limit)
        return [_stored(document) for document in await or_busy(lambda: query.to_list(None))]

    async def add_chunk(self, file_id: str, number: int, data: bytes) -> None:
        """One chunk of an upload."""
        document = {"files_id": file_id, "n": number, "data": data}
        await or_busy(lambda: self._new_chunks.insert_one(document))

    async def complete(self, file_id: str, size: int, metadata: Document) -> StoredFile:
        """All chunks of an upload are there."""
        update = {"$set": {"length": Int64(size), **_metadata_fields({**metadata, "complete": True})}}
        after = ReturnDocument.AFTER
        document = await or_busy(
            lambda: self._files.find_one_and_update({"_id": file_id}, update, return_document=after)
        )
        if document is None:
            raise Busy  # somebody removed it meanwhile
        return _stored(document)

    async def _chunk(self, file_id: str, number: int) -> bytes:
        document = await or_busy(lambda: self._chunks.find_one({"files_id": file_id, "n": number}))
        return bytes(document["data"]) if document else b""


def _metadata_fields(metadata: Document) -> Document:
    return {f"metadata.{name}": value for name, value in metadata.items()}


def _stored(document: Document) -> StoredFile:
    """BSON's 64-bit integers come as a type of their own."""
    metadata = {
        name: int(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in document["metadata"].items()
    }
    return StoredFile(document["_id"], int(document["length"]), metadata)
