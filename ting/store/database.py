"""The connection to MongoDB: client, collections, indexes, validators and startup checks."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import pymongo
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import WriteConcern
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from ting.core.conversation_ids import DIRECT, member_ids
from ting.core.errors import Busy, StartupError, StorageFull
from ting.core.models import ConversationId, UserId
from ting.store.channel_names import fill_in_names
from ting.store.schema import COLLECTIONS, SCHEMA_VERSION, SEARCH, Collection

Document = dict[str, Any]
Documents = AsyncIOMotorCollection[Document]
_Result = TypeVar("_Result")

ACTIVITY_SCHEMA_VERSION = 2  # the first schema version that stores the last activity of channels
NAMES_SCHEMA_VERSION = 3  # the first one that stores by what channels are found
AUDIENCE_SCHEMA_VERSION = 3  # the first one whose search index has a vocabulary for each audience
OLDEST_MONGODB = (5, 0)
SELECT_TIMEOUT_MS = 2_000
OPERATION_TIMEOUT_MS = 10_000
# A new index on a large collection takes long. TimeoutStartSec of the systemd unit is a little longer.
PREPARE_TIMEOUT_S = 170
CLOSE_TIMEOUT_S = 1.0
MAX_CHARACTER = "\U0010ffff"  # sorts after every other
NAMESPACE_EXISTS = 48
DISK_FULL = (14031, 28)  # OutOfDiskSpace; ENOSPC of the operating system
NO_SPACE = "No space left on device"
# Error codes: the document does not pass the validator, has a too long index key, or is too large.
DOCUMENT_INVALID = 121
DOCUMENT_REFUSED = frozenset({DOCUMENT_INVALID, 17280, 10334, 17419, 17420})


class NewerSchema(StartupError):
    """The database was written by a newer Ting."""


class Database:
    """One MongoDB database. All writes use `{w: majority, j: true}`."""

    def __init__(self, uri: str, name: str) -> None:
        """Does not connect yet. Bound to the running event loop. Raises `StartupError` for an invalid URI."""
        try:
            self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
                uri,
                appname="ting",
                serverSelectionTimeoutMS=SELECT_TIMEOUT_MS,
                connectTimeoutMS=SELECT_TIMEOUT_MS,
                timeoutMS=OPERATION_TIMEOUT_MS,
                io_loop=asyncio.get_running_loop(),
            )
            self._database: AsyncIOMotorDatabase[Document] = self._client.get_database(
                name, write_concern=WriteConcern(w="majority", j=True)
            )
        except (InvalidURI, ConfigurationError, ValueError) as error:
            raise StartupError(f"The MongoDB URI is not valid: {error}.") from None

    def collection(self, name: str) -> Documents:
        """A collection by its name in `schema`."""
        return self._database[name]

    async def server_version(self) -> str:
        """The version of MongoDB. Raises `StartupError` if it cannot be reached or is too old."""
        try:
            answer = await self._command("buildInfo")
        except PyMongoError as error:
            raise StartupError(f"MongoDB cannot be reached: {first_line(error)}") from None
        version = str(answer["version"])
        if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_MONGODB:
            oldest = ".".join(map(str, OLDEST_MONGODB))
            raise StartupError(f"This is MongoDB {version}; Ting needs {oldest} or newer.")
        return version

    async def prepare(self) -> None:
        """Create or update collections, validators and indexes. Safe to repeat. Raises `StartupError`."""
        await self.server_version()
        try:
            version = await self._check_schema_version()
            with pymongo.timeout(PREPARE_TIMEOUT_S):
                if version < AUDIENCE_SCHEMA_VERSION:
                    await self._drop_search_index()
                existing = await self._validators()
                await asyncio.gather(*(self._prepare_collection(collection, existing) for collection in COLLECTIONS))
                if version < ACTIVITY_SCHEMA_VERSION:
                    await self._fill_in_activity()
                if version < NAMES_SCHEMA_VERSION:
                    await fill_in_names(self.collection("conversations"))
                await self.collection("meta").update_one(
                    {"_id": "schema"}, {"$set": {"version": SCHEMA_VERSION}}, upsert=True
                )
        except PyMongoError as error:
            raise StartupError(f"The database cannot be prepared: {first_line(error)}") from None

    async def missing_indexes(self) -> list[str]:
        """The indexes that `prepare` would create, as "collection.index"."""
        missing = []
        for collection in COLLECTIONS:
            existing = await self.collection(collection.name).index_information()
            missing += [f"{collection.name}.{index}" for index in collection.index_names if index not in existing]
        return missing

    async def check_schema_version(self) -> None:
        """Raises `NewerSchema` if the database was written by a newer Ting."""
        await self._check_schema_version()

    async def reachable(self) -> bool:
        """Whether the database answers now."""
        try:
            await self._command("ping")
        except PyMongoError:
            return False
        return True

    async def stats(self) -> Document:
        """The statistics of the database, among them the sizes of its disk. Raises `PyMongoError`."""
        answer: Document = await self._database.command("dbStats")
        return answer

    async def barrier(self) -> None:
        """Return once a journaled write was applied: all writes applied before it are durable then, too."""
        await self.collection("meta").update_one({"_id": "barrier"}, {"$inc": {"passed": 1}}, upsert=True)

    def close(self) -> None:
        """Close the connections. Waits only briefly for a database that does not answer."""
        with pymongo.timeout(CLOSE_TIMEOUT_S):
            self._client.close()

    async def drop(self) -> None:
        """Drop the whole database, for tests and benchmarks."""
        await self._client.drop_database(self._database.name)

    async def _command(self, command: str) -> Document:
        """Run a quick command. Without this timeout, PyMongo would wait as long as for an operation."""
        with pymongo.timeout(SELECT_TIMEOUT_MS / 1000):
            answer: Document = await self._client.admin.command(command)
        return answer

    async def _check_schema_version(self) -> int:
        stored = await self.collection("meta").find_one({"_id": "schema"})
        version = (stored or {}).get("version", SCHEMA_VERSION)
        if not isinstance(version, int) or version > SCHEMA_VERSION:
            raise NewerSchema(
                f"The database has schema version {version}, but this Ting only knows {SCHEMA_VERSION}. "
                "Use a newer Ting."
            )
        return version

    async def _drop_search_index(self) -> None:
        """Drop the index of an older version, whose vocabulary mixed all audiences. The indexer builds a new one."""
        for collection in SEARCH:
            await self.collection(collection.name).drop()

    async def _fill_in_activity(self) -> None:
        """Compute the last activity of channels from their messages: older databases did not store it."""
        stages: list[Document] = [
            {"$match": {"conversation": {"$gte": "#", "$lt": "$"}}},
            {"$sort": {"conversation": pymongo.DESCENDING, "seq": pymongo.DESCENDING}},
            {"$group": {"_id": "$conversation", "active": {"$first": "$sent"}}},
            {"$merge": {"into": "conversations", "whenMatched": "merge"}},
        ]
        await self.collection("messages").aggregate(stages).to_list(None)

    async def _validators(self) -> dict[str, Document]:
        """The validators of the existing collections, by collection name."""
        listed = await (await self._database.list_collections()).to_list(None)
        return {collection["name"]: collection["options"].get("validator", {}) for collection in listed}

    async def _prepare_collection(self, collection: Collection, existing: Mapping[str, Document]) -> None:
        """Create or update a collection. `existing` has the validators of existing ones, which rarely need a change."""
        if collection.name not in existing:
            capped: Document = {"capped": True, "size": collection.capped_bytes} if collection.capped_bytes else {}
            try:
                await self._database.create_collection(
                    collection.name, validator=collection.validator, check_exists=False, **capped
                )
            except OperationFailure as error:
                if error.code != NAMESPACE_EXISTS:  # another process creates the same collection
                    raise
        elif existing[collection.name] != collection.validator:
            await self._database.command("collMod", collection.name, validator=collection.validator)
        if collection.indexes:
            await self.collection(collection.name).create_indexes(list(collection.indexes))


async def or_busy(query: Callable[[], Awaitable[_Result]]) -> _Result:
    """Run a query and return its result.

    Raises `Busy` if the database does not answer, so that the client retries, and `StorageFull` if its disk is full.
    """
    try:
        return await query()
    except PyMongoError as error:
        if isinstance(error, OperationFailure) and _is_disk_full(error):
            raise StorageFull from error
        if isinstance(error, OperationFailure) and not error.timeout:
            raise  # it did answer
        raise Busy("The database does not answer. Try again in a moment.") from error


def _is_disk_full(error: OperationFailure) -> bool:
    return error.code in DISK_FULL or NO_SPACE in str(error)


async def direct_conversations(documents: Documents, field: str, user: UserId) -> list[ConversationId]:
    """The direct conversations of a user that a field has. Reads the index of the field, not the documents."""
    condition = {field: {**prefix_range(DIRECT), "$regex": re.escape(user)}}
    cursor = documents.aggregate([{"$match": condition}, {"$group": {"_id": f"${field}"}}])
    found = [document["_id"] for document in await or_busy(lambda: cursor.to_list(None))]
    return [conversation for conversation in found if user in member_ids(conversation)]


def prefix_range(prefix: str) -> dict[str, str]:
    """The condition for strings with a prefix."""
    return {"$gte": prefix, "$lt": prefix + MAX_CHARACTER}


def first_line(error: BaseException) -> str:
    """The message of an error, without the description of the topology that PyMongo appends."""
    text = str(error).split(", Timeout: ")[0].split("\n")[0]
    return text if text.endswith(".") else text + "."
