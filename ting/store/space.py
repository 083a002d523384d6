"""How much space files take in the database, and how much its disk has left."""

from dataclasses import dataclass

import pymongo
from pymongo.errors import OperationFailure, PyMongoError

from ting.core.models import UserId
from ting.store.database import Database, Document, or_busy

BUCKETS = ("files", "previews", "avatars")
MEASURE_TIMEOUT_S = 2.0
NAMESPACE_NOT_FOUND = 26


@dataclass(frozen=True)
class Disk:
    """The disk of the database, in bytes."""

    total: int
    free: int


class SpaceStore:
    """Measures the space of files."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._files = database.collection("files.files")

    async def of_user(self, user: UserId) -> int:
        """The bytes of a user's files, sent or not. Raises `Busy`."""
        stages: list[Document] = [
            {"$match": {"metadata.uploader": user}},
            {"$group": {"_id": None, "bytes": {"$sum": "$length"}}},
        ]
        query = self._files.aggregate(stages)
        found = await or_busy(lambda: query.to_list(None))
        return int(found[0]["bytes"]) if found else 0

    async def of_all(self) -> int:
        """The bytes of all files, previews and profile pictures. The database counts them itself. Raises `Busy`."""
        total = 0
        for bucket in BUCKETS:
            query = self._database.collection(f"{bucket}.chunks").aggregate([{"$collStats": {"storageStats": {}}}])
            try:
                found = await or_busy(query.to_list)
            except OperationFailure as error:
                if error.code != NAMESPACE_NOT_FOUND:
                    raise
                continue  # the database is not prepared yet
            total += sum(int(document["storageStats"]["size"]) for document in found)
        return total

    async def disk(self) -> Disk | None:
        """The disk of the database; None if the database does not answer or does not tell."""
        try:
            with pymongo.timeout(MEASURE_TIMEOUT_S):
                stats = await self._database.stats()
        except PyMongoError:
            return None
        total, used = int(stats.get("fsTotalSize", 0)), int(stats.get("fsUsedSize", 0))
        return Disk(total, max(0, total - used)) if total else None
