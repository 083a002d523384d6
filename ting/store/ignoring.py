"""Whom people ignore, in the database: ids in the documents of users."""

from ting.errors import TooMany
from ting.models import UserId
from ting.store.database import Database, answered

MAX_IGNORED = 500


class IgnoringStore:
    """Whom each user ignores."""

    def __init__(self, database: Database) -> None:
        self._users = database.collection("users")

    async def add(self, user_id: UserId, other: UserId) -> None:
        """Ignore another user. Raises `TooMany` if these are as many as one may ignore."""
        room = {"_id": user_id, f"ignored.{MAX_IGNORED - 1}": {"$exists": False}}
        result = await answered(lambda: self._users.update_one(room, {"$addToSet": {"ignored": other}}))
        if not result.matched_count and not await self.ignores(user_id, other):
            raise TooMany(f"One can ignore at most {MAX_IGNORED} people.")

    async def remove(self, user_id: UserId, other: UserId) -> None:
        """Ignore somebody no longer."""
        await answered(lambda: self._users.update_one({"_id": user_id}, {"$pull": {"ignored": other}}))

    async def ignores(self, user_id: UserId, other: UserId) -> bool:
        """Whether somebody, who need not be here, ignores another."""
        found = await answered(lambda: self._users.find_one({"_id": user_id, "ignored": other}, {"_id": 1}))
        return found is not None
