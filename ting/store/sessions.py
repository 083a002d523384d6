"""Sessions in the database: the hash of a token, its user, and the client that last used it."""

import msgspec

from ting.core.models import ClientInfo, Milliseconds, StoredSession, UserId
from ting.store.database import Database, Document, or_busy
from ting.store.schema import SESSIONS

MAX_AGENT_CHARS = 300


class SessionStore:
    """Sessions by the hash of their token."""

    def __init__(self, database: Database) -> None:
        self._sessions = database.collection("sessions")
        self._reader = database.reader(SESSIONS)

    async def add(
        self,
        session_id: str,
        user_id: UserId,
        client: ClientInfo,
        now: Milliseconds,
        *,
        name: str | None = None,
        expires: Milliseconds | None = None,
    ) -> None:
        """Add a session. With a `name`, it is the token of a program."""
        document = {"_id": session_id, "user": user_id, "created": now, "used": now, **_client_fields(client)}
        document |= {key: value for key, value in (("name", name), ("expires", expires)) if value is not None}
        await or_busy(lambda: self._sessions.insert_one(document))

    async def get(self, session_id: str) -> StoredSession | None:
        """The session with this id; None if it does not exist or was removed."""
        document = await or_busy(lambda: self._sessions.find_one({"_id": session_id}))
        return self._reader.one(document, _session)

    async def for_user(self, user_id: UserId) -> list[StoredSession]:
        """All sessions and tokens of a user, the most recently used first."""
        query = self._sessions.find({"user": user_id}).sort("used", -1)
        return self._reader.all(await or_busy(lambda: query.to_list(None)), _session)

    async def record_use(self, session_id: str, client: ClientInfo, now: Milliseconds) -> None:
        """Record that this client used a session."""
        change = {"$max": {"used": now}, "$set": _client_fields(client)}
        await or_busy(lambda: self._sessions.update_one({"_id": session_id}, change))

    async def remove(self, session_id: str) -> None:
        await or_busy(lambda: self._sessions.delete_one({"_id": session_id}))

    async def remove_all(self, user_id: UserId, *, keep: str | None = None) -> list[str]:
        """Remove the sessions of a user, except `keep`. Return the ids of the removed ones."""
        query = self._sessions.find({"user": user_id, "_id": {"$ne": keep}}, {"_id": 1})
        # By id alone: one that cannot be read ends as well.
        removed = [document["_id"] for document in await or_busy(lambda: query.to_list(None))]
        await or_busy(lambda: self._sessions.delete_many({"_id": {"$in": removed}}))
        return removed


def _client_fields(client: ClientInfo) -> dict[str, str]:
    return {"agent": client.agent[:MAX_AGENT_CHARS], "address": client.address}


def _session(document: Document) -> StoredSession:
    return msgspec.convert({**document, "id": document["_id"]}, StoredSession)
