"""Databases for tests. They are emptied and reused, since each collection and index of a new one needs a file."""

import secrets
import shutil
import tempfile
from pathlib import Path

from pymongo import MongoClient
from pymongo.database import Database

from ting.store.schema import COLLECTIONS

EMPTIED = frozenset(collection.name for collection in COLLECTIONS if not collection.capped_bytes)

# A file system in memory, where there is one. MongoDB needs less time there, and no test of this mongod kills it.
MEMORY = Path("/dev/shm")
MEMORY_FREE_BYTES = 4 * 2**30


def scratch_directory() -> Path:
    """Make a directory for a mongod. Its path is short, because it holds a Unix socket; pytest's are too long."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_FREE_BYTES
    return Path(tempfile.mkdtemp(prefix="ting-", dir=MEMORY if in_memory else None))


class Scratch:
    """A pool of empty databases on one mongod."""

    def __init__(self, uri: str) -> None:
        self._client: MongoClient[dict[str, object]] = MongoClient(uri)
        self._free: list[str] = []
        self._lent: list[str] = []

    def lend(self) -> str:
        """The name of an unused, empty database."""
        name = self._free.pop() if self._free else f"test_{secrets.token_hex(6)}"
        self._lent.append(name)
        return name

    def take_back(self) -> None:
        """Empty all lent databases. Preparing one again repairs indexes and validators that a test broke."""
        for name in self._lent:
            database = self._client[name]
            for collection in collections_with_documents(database):
                if collection in EMPTIED:
                    database[collection].delete_many({})
                else:
                    database.drop_collection(collection)
        self._free += self._lent
        self._lent = []

    def close(self) -> None:
        self._client.close()


def collections_with_documents(database: Database[dict[str, object]]) -> list[str]:
    """The names of the collections that are not empty, by one query."""
    others = [
        {"$unionWith": {"coll": name, "pipeline": name_if_not_empty(name)}}
        for name in sorted(set(database.list_collection_names()) - {"meta"})
    ]
    return [str(found["name"]) for found in database["meta"].aggregate([*name_if_not_empty("meta"), *others])]


def name_if_not_empty(name: str) -> list[dict[str, object]]:
    """The aggregation that returns the name of a collection if it has a document."""
    return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]
