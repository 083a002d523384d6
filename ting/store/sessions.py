"""Sessions in the database: which token's hash stands for which user, and where it is used."""

from ting.core.models import ClientInfo, Milliseconds, UserId
from ting.store.database import Database, Document, or_busy

MAX_AGENT_CHARS = 300


class SessionStore:
    """Sessions by the hash of their token."""

    def __init__(self, database: Database) -> None:
        self._sessions = database.collection("sessions")

    async def add(
        self,
        session_id: str,
        user_id: UserId,
        device: ClientInfo,
        now: Milliseconds,
        *,
        name: str | None = None,
        expires: Milliseconds | None = None,
    ) -> None:
        """A new session. One with a name is that of a program."""
        document = {"_id": session_id, "user": user_id, "created": now, "used": now, **_place(device)}
        document |= {key: value for key, value in (("name", name), ("expires", expires)) if value is not None}
        await or_busy(lambda: self._sessions.insert_one(document))

    async def get(self, session_id: str) -> Document | None:
        """`user`, `created`, `used`, `agent`, `address`, `name`?, `expires`?; None if there is none (any more)."""
        return await or_busy(lambda: self._sessions.find_one({"_id": session_id}))

    async def for_user(self, user_id: UserId) -> list[Document]:
        """All sessions of a user, the one used last first."""
        query = self._sessions.find({"user": user_id}).sort("used", -1)
        return await or_busy(lambda: query.to_list(None))

    async def record_use(self, session_id: str, device: ClientInfo, now: Milliseconds) -> None:
        """A session was used, from this device."""
        change = {"$max": {"used": now}, "$set": _place(device)}
        await or_busy(lambda: self._sessions.update_one({"_id": session_id}, change))

    async def remove(self, session_id: str) -> None:
        await or_busy(lambda: self._sessions.delete_one({"_id": session_id}))

    async def remove_all(self, user_id: UserId, *, keep: str | None = None) -> list[str]:
        """End the sessions of a user, except for one; which they were."""
        ended = [document["_id"] for document in await self.for_user(user_id) if document["_id"] != keep]
        await or_busy(lambda: self._sessions.delete_many({"_id": {"$in": ended}}))
        return ended


def is_over(session: Document, now: Milliseconds) -> bool:
    """Whether a stored session is past its end. Those of browsers have none."""
    return "expires" in session and session["expires"] <= now


def _place(device: ClientInfo) -> dict[str, str]:
    return {"agent": device.agent[:MAX_AGENT_CHARS], "address": device.address}
