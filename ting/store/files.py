"""Files in the database, in the layout of GridFS (MongoDB's GridFS specification), so that GridFS tools can read them.

This module does not use Motor's GridFS, which buffers up to 48 MB of a file while writing and 16 MB while reading. It
also writes in another order: the document of a file is inserted before its first chunk and deleted after its last one.
So an upload that breaks off leaves a document by which it can be found and removed.
"""

import datetime
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bson import Int64
from pymongo import ASCENDING, ReturnDocument, WriteConcern

from ting.core.errors import Busy
from ting.core.models import ConversationId, MessageId, Milliseconds, UserId
from ting.store.buckets import BUCKETS
from ting.store.database import Database, Document, or_busy
from ting.store.validation import is_valid

CHUNK_BYTES = 255 * 1024  # the default of GridFS


@dataclass(frozen=True)
class StoredFile:
    """A file: its size in bytes and its metadata."""

    id: str
    size: int
    metadata: dict[str, Any]


class Upload:
    """A file that is being uploaded. Call `write` any number of times, then `end`, or `FileStore.remove`."""

    def __init__(self, store: "FileStore", file_id: str) -> None:
        self.id = file_id
        self.size = 0
        self._store = store
        self._chunks = 0
        self._buffer = bytearray()

    async def write(self, data: bytes) -> None:
        """Append data. Return when less than one chunk is left in memory. Raises `Busy`."""
        self._buffer += data
        self.size += len(data)
        while len(self._buffer) >= CHUNK_BYTES:
            await self._write_chunk()

    async def end(self, metadata: Document) -> StoredFile:
        """Complete the file. It is durable when this returns. Raises `Busy`."""
        if self._buffer:
            await self._write_chunk()
        return await self._store.complete(self.id, self.size, metadata)

    async def _write_chunk(self) -> None:
        data = bytes(self._buffer[:CHUNK_BYTES])
        del self._buffer[:CHUNK_BYTES]
        await self._store.add_chunk(self.id, self._chunks, data)
        self._chunks += 1


class FileStore:
    """The files of one bucket. `schema` defines the metadata of each bucket."""

    def __init__(self, database: Database, bucket: str) -> None:
        self._files = database.collection(f"{bucket}.files")
        self._schema = BUCKETS[bucket].schema
        self._reader = database.reader(BUCKETS[bucket])
        chunks = database.collection(f"{bucket}.chunks")
        # MongoDB's journal is written in order, so the journaled write that completes a file makes its chunks durable.
        self._new_chunks = chunks.with_options(write_concern=WriteConcern(w="majority", j=False))
        self._chunks = chunks

    async def begin(self, file_id: str, metadata: Document) -> Upload:
        """Begin an upload. The file cannot be opened until it is complete."""
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
        """Store a small file in one call."""
        upload = await self.begin(file_id, metadata)
        await upload.write(data)
        return await upload.end({})

    async def get(self, file_id: str) -> StoredFile | None:
        """The file with this id, if it is complete."""
        document = await or_busy(lambda: self._files.find_one({"_id": file_id, "metadata.complete": True}))
        return self._reader.one(document, self._stored)

    async def read(self, file: StoredFile, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to but not including `end`, in pieces. Raises `Busy`."""
        position, end = start, file.size if end is None else end
        while position < end:
            number = position // CHUNK_BYTES
            piece = await self._chunk(file.id, number)
            piece = piece[position - number * CHUNK_BYTES : end - number * CHUNK_BYTES]
            if not piece:
                return  # removed in the meantime
            yield piece
            position += len(piece)

    async def read_all(self, file: StoredFile) -> bytes:
        """The whole content of a file. For small files, or one file at a time."""
        return b"".join([piece async for piece in self.read(file)])

    async def remove(self, file_id: str) -> None:
        """Remove a file, complete or not, if it exists."""
        await or_busy(lambda: self._chunks.delete_many({"files_id": file_id}))
        await or_busy(lambda: self._files.delete_one({"_id": file_id}))

    async def count(self, **metadata: Any) -> int:
        """The number of files with this metadata."""
        condition = _metadata_fields(metadata)
        return await or_busy(lambda: self._files.count_documents(condition))

    async def attach(
        self, file_id: str, message_id: MessageId, conversation: ConversationId, uploader: UserId, now: Milliseconds
    ) -> StoredFile | None:
        """Attach a file to a message, in one step.

        None if the file does not exist, belongs to another user, was uploaded to another conversation, or is attached
        to another message.
        """
        condition = {"conversation": conversation, "uploader": uploader, "message": {"$in": [None, message_id]}}
        return await self.update(file_id, condition, {"message": message_id, "touched": now})

    async def update(self, file_id: str, condition: Document, change: Document) -> StoredFile | None:
        """Set metadata of a complete file if its metadata meets a condition, in one step. Return the updated file."""
        query = {"_id": file_id, "metadata.complete": True, **_metadata_fields(condition)}
        update = {"$set": _metadata_fields(change)}
        after = ReturnDocument.AFTER
        document = await or_busy(lambda: self._files.find_one_and_update(query, update, return_document=after))
        return self._reader.one(document, self._stored)

    async def retire(self, file_id: str, touched: int) -> bool:
        """Make a file incomplete, so that it cannot be opened, if its time of last use is still `touched`.

        Return whether that was so.
        """
        query = {"_id": file_id, "metadata.touched": touched}
        change = {"$set": {"metadata.complete": False}}
        result = await or_busy(lambda: self._files.update_one(query, change))
        return result.matched_count == 1

    async def find(self, **metadata: Any) -> list[StoredFile]:
        """All files with this metadata, complete or not."""
        query = self._files.find(_metadata_fields(metadata))
        return self._reader.all(await or_busy(lambda: query.to_list(None)), self._stored)

    async def page(self, after: str, limit: int) -> list[StoredFile]:
        """The `limit` files that follow an id, complete or not, by rising id."""

        async def query(after: str, limit: int) -> list[Document]:
            return await or_busy(self._files.find({"_id": {"$gt": after}}).sort("_id", ASCENDING).limit(limit).to_list)

        return await self._reader.page(query, self._stored, after=after, limit=limit)

    async def add_chunk(self, file_id: str, number: int, data: bytes) -> None:
        """Store one chunk of an upload."""
        document = {"files_id": file_id, "n": number, "data": data}
        await or_busy(lambda: self._new_chunks.insert_one(document))

    async def complete(self, file_id: str, size: int, metadata: Document) -> StoredFile:
        """Mark an upload as complete, once all its chunks are stored."""
        update = {"$set": {"length": Int64(size), **_metadata_fields({**metadata, "complete": True})}}
        after = ReturnDocument.AFTER
        document = await or_busy(
            lambda: self._files.find_one_and_update({"_id": file_id}, update, return_document=after)
        )
        stored = self._reader.one(document, self._stored)
        if stored is None:
            raise Busy  # removed in the meantime
        return stored

    def _stored(self, document: Document) -> StoredFile:
        """The file of a document. Raises `ValueError` for one that does not have the fields of its bucket."""
        if not is_valid(self._schema, document):
            raise ValueError
        return _stored(document)

    async def _chunk(self, file_id: str, number: int) -> bytes:
        document = await or_busy(lambda: self._chunks.find_one({"files_id": file_id, "n": number}))
        data = (document or {}).get("data")
        return bytes(data) if isinstance(data, bytes) else b""  # a broken chunk counts as removed


def _metadata_fields(metadata: Document) -> Document:
    return {f"metadata.{name}": value for name, value in metadata.items()}


def _stored(document: Document) -> StoredFile:
    """The file of a document. Its integers become plain ones: BSON has its own type for 64 bits."""
    metadata = {
        name: int(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in document["metadata"].items()
    }
    return StoredFile(document["_id"], int(document["length"]), metadata)
