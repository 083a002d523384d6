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

    async def expire_all(self, user_id: UserId, now: Milliseconds) -> None:
        """End all sessions and tokens of a user. They stay stored, so that a client can be given the reason."""
        await or_busy(lambda: self._sessions.update_many({"user": user_id}, {"$min": {"expires": now}}))

    async def over(self, expired: Milliseconds, unused: Milliseconds, limit: int) -> list[tuple[UserId, str]]:
        """Some sessions and tokens that expired by the first time, and sessions that were last used by the second."""
        unused_session = {"name": {"$exists": False}, "used": {"$lte": unused}}
        query = self._sessions.find({"$or": [{"expires": {"$lte": expired}}, unused_session]}, {"user": 1}).limit(limit)
        return [_owned(document) for document in await or_busy(lambda: query.to_list(None))]

    async def without_user(self, created: Milliseconds, limit: int) -> list[tuple[UserId, str]]:
        """Some sessions and tokens that were created before a time, and whose user has no name any more."""
        named: list[Document] = [{"$match": {"keys": {"$exists": True}}}, {"$project": {"_id": 1}}]
        stages: list[Document] = [
            {"$match": {"created": {"$lt": created}}},
            {
                "$lookup": {
                    "from": "users",
                    "localField": "user",
                    "foreignField": "_id",
                    "pipeline": named,
                    "as": "users",
                }
            },
            {"$match": {"users": []}},
            {"$limit": limit},
            {"$project": {"user": 1}},
        ]
        found = await or_busy(lambda: self._sessions.aggregate(stages).to_list(None))
        return [_owned(document) for document in found]

    async def remove(self, session_id: str) -> None:
        await or_busy(lambda: self._sessions.delete_one({"_id": session_id}))

    async def remove_all(self, user_id: UserId, *, keep: str | None = None, tokens: bool = True) -> list[str]:
        """Remove the sessions of a user, except `keep`, and the `tokens`. Return the ids of the removed ones."""
        condition: Document = {"user": user_id, "_id": {"$ne": keep}}
        condition |= {} if tokens else {"name": {"$exists": False}}
        query = self._sessions.find(condition, {"_id": 1})
        # By id alone: one that cannot be read ends as well.
        removed = [document["_id"] for document in await or_busy(lambda: query.to_list(None))]
        await or_busy(lambda: self._sessions.delete_many({"_id": {"$in": removed}}))
        return removed


def _owned(document: Document) -> tuple[UserId, str]:
    """The user and the id of a session. A user that cannot be read is the empty id."""
    user = document.get("user")
    return user if isinstance(user, str) else "", document["_id"]


def _client_fields(client: ClientInfo) -> dict[str, str]:
    return {"agent": client.agent[:MAX_AGENT_CHARS], "address": client.address}


def _session(document: Document) -> StoredSession:
    return msgspec.convert({**document, "id": document["_id"]}, StoredSession)
