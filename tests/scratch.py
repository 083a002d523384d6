"""Databases for tests. Making one takes a file for each collection and index: one that was emptied serves as well."""

import secrets

from pymongo import MongoClient
from pymongo.database import Database

from ting.store.schema import COLLECTIONS

EMPTIED = frozenset(collection.name for collection in COLLECTIONS if not collection.capped_bytes)


class Scratch:
    """Lends empty databases of one mongod."""

    def __init__(self, uri: str) -> None:
        self._client: MongoClient[dict[str, object]] = MongoClient(uri)
        self._free: list[str] = []
        self._lent: list[str] = []

    def lend(self) -> str:
        """The name of a database that nobody uses; what is in it is empty."""
        name = self._free.pop() if self._free else f"test_{secrets.token_hex(6)}"
        self._lent.append(name)
        return name

    def take_back(self) -> None:
        """Empty all that were lent. Whoever prepares one of them mends indexes and validators that a test broke."""
        for name in self._lent:
            database = self._client[name]
            for collection in written(database):
                if collection in EMPTIED:
                    database[collection].delete_many({})
                else:
                    database.drop_collection(collection)
        self._free += self._lent
        self._lent = []

    def close(self) -> None:
        self._client.close()


def written(database: Database[dict[str, object]]) -> list[str]:
    """The collections that are not empty, asked all at once."""
    others = [
        {"$unionWith": {"coll": name, "pipeline": first_of(name)}}
        for name in sorted(set(database.list_collection_names()) - {"meta"})
    ]
    return [str(found["name"]) for found in database["meta"].aggregate([*first_of("meta"), *others])]


def first_of(name: str) -> list[dict[str, object]]:
    """What tells whether there is anything in a collection."""
    return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]
