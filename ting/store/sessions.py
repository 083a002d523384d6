"""Sessions in the database: which token's hash stands for which user."""

from ting.models import Milliseconds, UserId
from ting.store.database import Database, answered


class SessionStore:
    """Sessions by the hash of their token."""

    def __init__(self, database: Database) -> None:
        self._sessions = database.collection("sessions")

    async def add(self, session_id: str, user_id: UserId, created: Milliseconds) -> None:
        document = {"_id": session_id, "user": user_id, "created": created}
        await answered(lambda: self._sessions.insert_one(document))

    async def user_of(self, session_id: str) -> UserId | None:
        """Whose session this is; None if there is none (any more)."""
        document = await answered(lambda: self._sessions.find_one({"_id": session_id}))
        return str(document["user"]) if document else None

    async def remove(self, session_id: str) -> None:
        await answered(lambda: self._sessions.delete_one({"_id": session_id}))
