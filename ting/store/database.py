"""The connection to MongoDB: client, collections, indexes, validators, and the checks at the start."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import pymongo
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import WriteConcern
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from ting.core.errors import Busy, StartupError
from ting.store.schema import COLLECTIONS, SCHEMA_VERSION, Collection

Document = dict[str, Any]
Documents = AsyncIOMotorCollection[Document]
_Result = TypeVar("_Result")

RECORDS_ACTIVITY = 2  # the first schema version in which channels know when something was last said
OLDEST_MONGODB = (5, 0)
SELECT_TIMEOUT_MS = 2_000
OPERATION_TIMEOUT_MS = 10_000
# A new index on a large collection takes its time; systemd waits a little longer than this (TimeoutStartSec).
PREPARE_TIMEOUT_S = 170
CLOSE_TIMEOUT_S = 1.0
LAST_CHARACTER = "\U0010ffff"  # sorts after every other
NAMESPACE_EXISTS = 48


class NewerSchema(StartupError):
    """The database was written by a newer Ting."""


class Database:
    """One MongoDB database, with everything written `{w: majority, j: true}`."""

    def __init__(self, uri: str, name: str) -> None:
        """Does not connect yet; belongs to the running event loop. Raises `StartupError` for a URI that is none."""
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
        """A collection by the name it has in `schema`."""
        return self._database[name]

    async def server_version(self) -> str:
        """The version of MongoDB. Raises `StartupError` when it cannot be reached or is too old."""
        try:
            answer = await self._ask("buildInfo")
        except PyMongoError as error:
            raise StartupError(f"MongoDB cannot be reached: {first_line(error)}") from None
        version = str(answer["version"])
        if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_MONGODB:
            oldest = ".".join(map(str, OLDEST_MONGODB))
            raise StartupError(f"This is MongoDB {version}; Ting needs {oldest} or newer.")
        return version

    async def prepare(self) -> None:
        """Make collections, validators and indexes; safe to repeat. Raises `StartupError`."""
        await self.server_version()
        try:
            version = await self._check_schema_version()
            with pymongo.timeout(PREPARE_TIMEOUT_S):
                there = await self._validators()
                await asyncio.gather(*(self._prepare_collection(collection, there) for collection in COLLECTIONS))
                if version < RECORDS_ACTIVITY:
                    await self._record_activity_in()
                await self.collection("meta").update_one(
                    {"_id": "schema"}, {"$set": {"version": SCHEMA_VERSION}}, upsert=True
                )
        except PyMongoError as error:
            raise StartupError(f"The database cannot be prepared: {first_line(error)}") from None

    async def missing_indexes(self) -> list[str]:
        """What `prepare` would still make, as "collection.index", in this order."""
        missing = []
        for collection in COLLECTIONS:
            there = await self.collection(collection.name).index_information()
            missing += [f"{collection.name}.{index}" for index in collection.index_names if index not in there]
        return missing

    async def check_schema_version(self) -> None:
        """Raises `NewerSchema` if the database was written by a newer Ting."""
        await self._check_schema_version()

    async def reachable(self) -> bool:
        """Whether the database answers, now."""
        try:
            await self._ask("ping")
        except PyMongoError:
            return False
        return True

    async def barrier(self) -> None:
        """Return once a journaled write has gone through: whatever was applied before it is durable now, too."""
        await self.collection("meta").update_one({"_id": "barrier"}, {"$inc": {"passed": 1}}, upsert=True)

    def close(self) -> None:
        """Say goodbye to the database, if it listens."""
        with pymongo.timeout(CLOSE_TIMEOUT_S):
            self._client.close()

    async def drop(self) -> None:
        """Remove the whole database (tests and benchmarks use scratch ones)."""
        await self._client.drop_database(self._database.name)

    async def _ask(self, command: str) -> Document:
        """A short question to the server. PyMongo would wait for one that is away as long as for an operation."""
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

    async def _record_activity_in(self) -> None:
        """Older databases do not know of channels when something was last said there: their messages do."""
        stages: list[Document] = [
            {"$match": {"conversation": {"$gte": "#", "$lt": "$"}}},
            {"$sort": {"conversation": pymongo.DESCENDING, "seq": pymongo.DESCENDING}},
            {"$group": {"_id": "$conversation", "active": {"$first": "$sent"}}},
            {"$merge": {"into": "conversations", "whenMatched": "merge"}},
        ]
        await self.collection("messages").aggregate(stages).to_list(None)

    async def _validators(self) -> dict[str, Document]:
        """Of all collections that there are, by their names."""
        listed = await (await self._database.list_collections()).to_list(None)
        return {collection["name"]: collection["options"].get("validator", {}) for collection in listed}

    async def _prepare_collection(self, collection: Collection, there: Mapping[str, Document]) -> None:
        """`there` has the validators of those that there are already: most often nothing is to be done."""
        if collection.name not in there:
            capped: Document = {"capped": True, "size": collection.capped_bytes} if collection.capped_bytes else {}
            try:
                await self._database.create_collection(
                    collection.name, validator=collection.validator, check_exists=False, **capped
                )
            except OperationFailure as error:
                if error.code != NAMESPACE_EXISTS:  # somebody else prepares the same one
                    raise
        elif there[collection.name] != collection.validator:
            await self._database.command("collMod", collection.name, validator=collection.validator)
        if collection.indexes:
            await self.collection(collection.name).create_indexes(list(collection.indexes))


async def or_busy(query: Callable[[], Awaitable[_Result]]) -> _Result:
    """What a query returns. Raises `Busy` when the database does not answer: the client tries again."""
    try:
        return await query()
    except PyMongoError as error:
        if isinstance(error, OperationFailure) and not error.timeout:
            raise  # it did answer
        raise Busy("The database does not answer. Try again in a moment.") from error


def prefix_range(prefix: str) -> dict[str, str]:
    """The condition on a string that begins with a prefix."""
    return {"$gte": prefix, "$lt": prefix + LAST_CHARACTER}


def first_line(error: BaseException) -> str:
    """PyMongo appends descriptions of the whole topology: one line is enough for a log."""
    text = str(error).split(", Timeout: ")[0].split("\n")[0]
    return text if text.endswith(".") else text + "."
