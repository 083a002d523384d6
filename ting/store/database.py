"""The connection to MongoDB: client, collections, indexes, validators and startup checks."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import pymongo
from bson.codec_options import CodecOptions, DatetimeConversion
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import WriteConcern
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError
from pymongo.server_type import SERVER_TYPE

from ting.core.conversation_ids import DIRECT, member_ids
from ting.core.errors import Busy, StartupError, StorageFull
from ting.core.models import ConversationId, Milliseconds, UserId
from ting.store.channel_names import fill_in_names
from ting.store.collection import Collection
from ting.store.epochs import CHAIN_ID, Epochs
from ting.store.reading import BrokenDocuments, Reader
from ting.store.schema import COLLECTIONS, SCHEMA_VERSION, SEARCH

Document = dict[str, Any]
DatabaseError = PyMongoError  # for packages that do not know MongoDB
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
WRITABLE = {SERVER_TYPE.Standalone, SERVER_TYPE.RSPrimary, SERVER_TYPE.Mongos, SERVER_TYPE.LoadBalancer}
# A document that is broken already can still be changed in its other fields; all others must match the validator.
VALIDATION_LEVEL = "moderate"
# What cannot be decoded strictly, in a broken document, does not fail the query that finds it.
LENIENT: CodecOptions[Document] = CodecOptions(
    unicode_decode_error_handler="replace", datetime_conversion=DatetimeConversion.DATETIME_AUTO
)
# Error codes: the document does not pass the validator, has a too long index key, or is too large.
DOCUMENT_INVALID = 121
DOCUMENT_REFUSED = frozenset({DOCUMENT_INVALID, 17280, 10334, 17419, 17420})


class NewerSchema(StartupError):
    """The database was written by a newer Ting."""


class BrokenSchemaVersion(StartupError):
    """The schema version cannot be read: an upgrade could be skipped, or done twice."""

    def __init__(self) -> None:
        super().__init__(
            'The document "schema" of the collection "meta" is broken: its field "version" is not a positive integer. '
            "Restore a backup; or, if this Ting ran with the database last, correct the field with mongosh: "
            f'db.meta.updateOne({{_id: "schema"}}, {{$set: {{version: NumberInt({SCHEMA_VERSION})}}}}).'
        )


class Database:
    """One MongoDB database. All writes use `{w: majority, j: true}`."""

    def __init__(self, uri: str, name: str) -> None:
        """Does not connect yet. Bound to the running event loop. Raises `StartupError` for an invalid URI."""
        self.broken = BrokenDocuments()
        self.epochs = Epochs()
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
                name, codec_options=LENIENT, write_concern=WriteConcern(w="majority", j=True)
            )
        except (InvalidURI, ConfigurationError, ValueError) as error:
            raise StartupError(f"The MongoDB URI is not valid: {error}.") from None

    def collection(self, name: str) -> Documents:
        """A collection by its name in `schema`."""
        return self._database[name]

    def reader(self, collection: Collection) -> Reader:
        """Decodes the documents of a collection, and reports the broken ones to `broken`."""
        return Reader(self.broken, collection)

    async def server_version(self) -> str:
        """The version of MongoDB. Raises `StartupError` if it cannot be reached or is too old."""
        try:
            answer = await self._command("buildInfo")
        except PyMongoError as error:
            raise self._unusable(error, "MongoDB cannot be reached") from None
        # A member that answers, but cannot be written to: operations would be retried until they time out.
        problem = self._replica_set_problem()
        if problem is not None:
            raise StartupError(problem)
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
                await self._repair_barrier()
                await self.collection("meta").update_one(
                    {"_id": "schema"}, {"$set": {"version": SCHEMA_VERSION}}, upsert=True
                )
        except PyMongoError as error:
            raise self._unusable(error, "The database cannot be prepared") from None

    async def begin_epoch(self, now: Milliseconds) -> None:
        """Begin an epoch: what this server writes is distinguished from all earlier writes. Raises `StartupError`."""
        meta = self.collection("meta")
        try:
            self.epochs.begin(await meta.find_one({"_id": CHAIN_ID}), now)
            await meta.replace_one({"_id": CHAIN_ID}, self.epochs.chain, upsert=True)
        except PyMongoError as error:
            raise self._unusable(error, "The database cannot be prepared") from None

    async def missing_indexes(self) -> list[str]:
        """The indexes that `prepare` would create, as "collection.index". Raises `StartupError`."""
        missing = []
        for collection in COLLECTIONS:
            try:
                existing = await self.collection(collection.name).index_information()
            except PyMongoError as error:
                raise self._unusable(error, "The indexes cannot be read") from None
            missing += [f"{collection.name}.{index}" for index in collection.index_names if index not in existing]
        return missing

    async def check_schema_version(self) -> None:
        """Raises `NewerSchema` if the database was written by a newer Ting, `StartupError`."""
        try:
            await self._check_schema_version()
        except PyMongoError as error:
            raise self._unusable(error, "The schema version cannot be read") from None

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
        if stored is None:
            return SCHEMA_VERSION  # a new database
        version = stored.get("version")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise BrokenSchemaVersion
        if version > SCHEMA_VERSION:
            raise NewerSchema(
                f"The database has schema version {version}, but this Ting only knows {SCHEMA_VERSION}. "
                "Use a newer Ting."
            )
        return version

    async def _drop_search_index(self) -> None:
        """Drop the index of an older version, whose vocabulary mixed all audiences. The indexer builds a new one."""
        for collection in SEARCH:
            await self.collection(collection.name).drop()

    async def _repair_barrier(self) -> None:
        """Restart the counter of barriers if it is not a number, since a barrier could not pass any more."""
        broken = {"_id": "barrier", "passed": {"$not": {"$type": "number"}}}
        await self.collection("meta").update_one(broken, {"$set": {"passed": 0}})

    def _unusable(self, error: PyMongoError, what: str) -> StartupError:
        """The error for a MongoDB that cannot be used. If it runs as a replica set, it says what to do."""
        return StartupError(self._replica_set_problem() or f"{what}: {first_line(error)}")

    def _replica_set_problem(self) -> str | None:
        """Why no member of a replica set can be written to, and what to do; None if one can, or nothing answers."""
        servers = self._client.delegate.topology_description.server_descriptions().values()
        types = {server.server_type for server in servers}
        if types & WRITABLE:
            return None
        if SERVER_TYPE.RSGhost in types:
            return (
                "MongoDB was started as a replica set that was not initiated. Run `mongosh --eval 'rs.initiate()'` "
                "once, or start mongod without a replica set (replSetName, --replSet)."
            )
        if types - {SERVER_TYPE.Unknown}:
            return (
                "MongoDB's replica set has no primary that can be reached. `mongosh --eval 'rs.status()'` says why; "
                "the members must reach each other, and Ting must reach the primary under the name it has there."
            )
        return None

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
        """The validation of the existing collections, by collection name."""
        listed = await (await self._database.list_collections()).to_list(None)
        return {
            found["name"]: {name: found["options"].get(name) for name in ("validator", "validationLevel")}
            for found in listed
        }

    async def _prepare_collection(self, collection: Collection, existing: Mapping[str, Document]) -> None:
        """Create or update a collection. `existing` has the validators of existing ones, which rarely need a change."""
        validation: Document = {"validator": collection.validator, "validationLevel": VALIDATION_LEVEL}
        if collection.name not in existing:
            capped: Document = {"capped": True, "size": collection.capped_bytes} if collection.capped_bytes else {}
            try:
                await self._database.create_collection(collection.name, check_exists=False, **validation, **capped)
            except OperationFailure as error:
                if error.code != NAMESPACE_EXISTS:  # another process creates the same collection
                    raise
        elif existing[collection.name] != validation:
            await self._database.command("collMod", collection.name, **validation)
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
    return [
        conversation for conversation in found if isinstance(conversation, str) and user in member_ids(conversation)
    ]


def prefix_range(prefix: str) -> dict[str, str]:
    """The condition for strings with a prefix."""
    return {"$gte": prefix, "$lt": prefix + MAX_CHARACTER}


def first_line(error: BaseException) -> str:
    """The message of an error, without the description of the topology that PyMongo appends."""
    text = str(error).split(", Timeout: ")[0].split("\n")[0]
    return text if text.endswith(".") else text + "."
