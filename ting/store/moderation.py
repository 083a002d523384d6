"""Bans and the audit log in the database."""

import secrets
from typing import Any

import msgspec

from ting.core.models import AuditAction, AuditEntry, Ban, Milliseconds, Person, UserId
from ting.store.database import Database, Document, or_busy
from ting.store.schema import AUDIT, BANS
from ting.store.users import UserStore


class BanStore:
    """Bans by the id of the banned user: at most one per user."""

    def __init__(self, database: Database) -> None:
        self._bans = database.collection("bans")
        self._reader = database.reader(BANS)

    async def put(self, ban: Ban) -> None:
        """Store a ban. It replaces an earlier ban of the user."""
        document = {name: value for name, value in msgspec.structs.asdict(ban).items() if value is not None}
        user = document.pop("user")
        document |= {"keys": list(ban.keys), "networks": list(ban.networks)}
        await or_busy(lambda: self._bans.replace_one({"_id": user}, document, upsert=True))

    async def get(self, user_id: UserId) -> Ban | None:
        document = await or_busy(lambda: self._bans.find_one({"_id": user_id}))
        return self._reader.one(document, _ban)

    async def remove(self, user_id: UserId) -> None:
        await or_busy(lambda: self._bans.delete_one({"_id": user_id}))

    async def delete_expired(self, now: Milliseconds) -> None:
        await or_busy(lambda: self._bans.delete_many({"until": {"$gte": 0, "$lte": now}}))

    async def all(self) -> list[Ban]:
        """All bans. One that cannot be read bans as well: by its user, and by what can be read of it."""
        return self._reader.all(await or_busy(lambda: self._bans.find().to_list(None)), _ban)


def _ban(document: Document) -> Ban:
    return msgspec.convert({**document, "user": document["_id"]}, Ban)


TIME_DIGITS = 12  # hexadecimal digits of the time in milliseconds, enough for 8000 years
COMMAND_LINE = Person("", "ting")


class AuditStore:
    """Entries of the audit log by id. Ids rise with time."""

    def __init__(self, database: Database, users: UserStore) -> None:
        self._entries = database.collection("audit")
        self._reader = database.reader(AUDIT)
        self._users = users

    async def append(self, at: Milliseconds, by: UserId, act: AuditAction, **details: Any) -> None:
        """Append an entry. `details` are fields of `AuditEntry`, with the id of `whom`. Empty values are left out."""
        given = {name: value for name, value in details.items() if value}
        document = {"_id": f"{at:0{TIME_DIGITS}x}-{secrets.token_hex(4)}", "at": at, "by": by, "act": act, **given}
        await or_busy(lambda: self._entries.insert_one(document))

    async def users(self) -> set[UserId]:
        """All users that entries are by or about."""
        found: set[UserId] = set()
        for field in ("by", "whom"):
            stages = [{"$group": {"_id": f"${field}"}}]
            documents = await or_busy(lambda: self._entries.aggregate(stages).to_list(None))  # noqa: B023 - at once
            found.update(document["_id"] for document in documents if isinstance(document["_id"], str))
        return found

    async def forget_names(self, user_id: UserId) -> None:
        """Remove the names that a deleted user chose: what was done, when and by whom stays."""
        condition = {"whom": user_id, "act": {"$in": ["rename", "token-create", "token-revoke"]}}
        await or_busy(lambda: self._entries.update_many(condition, {"$unset": {"reason": ""}}))

    async def page(self, before: str | None, limit: int) -> tuple[list[AuditEntry], bool]:
        """The `limit` entries before an id (None: the newest), newest first, and whether there are more."""
        entries: list[AuditEntry] = []
        while True:
            condition: Document = {} if before is None else {"_id": {"$lt": before}}
            query = self._entries.find(condition).sort("_id", -1).limit(limit + 1 - len(entries))
            documents = await or_busy(query.to_list)
            entries += await self._read(documents)
            if len(entries) > limit or not documents:
                return entries[:limit], len(entries) > limit
            before = documents[-1]["_id"]

    async def plugin_switches(self) -> dict[str, AuditEntry]:
        """The newest entry about each plugin that an admin switched on or off, by plugin."""
        stages: list[Document] = [
            {"$match": {"act": {"$in": ["plugin-on", "plugin-off"]}}},
            {"$sort": {"_id": -1}},
            {"$group": {"_id": "$reason", "newest": {"$first": "$$ROOT"}}},
        ]
        documents = await or_busy(lambda: self._entries.aggregate(stages).to_list(None))
        return {entry.reason: entry for entry in await self._read([document["newest"] for document in documents])}

    async def _read(self, documents: list[Document]) -> list[AuditEntry]:
        named = [document.get(field) for document in documents for field in ("by", "whom")]
        persons = {**await self._users.persons(id for id in named if isinstance(id, str)), "": COMMAND_LINE}
        return self._reader.all(documents, lambda document: _entry(document, persons))


def _entry(document: Document, persons: dict[UserId, Person]) -> AuditEntry:
    fields = {**document, "id": document["_id"], "by": persons[document["by"]]}
    if "whom" in fields:
        fields["whom"] = persons[fields["whom"]]
    return msgspec.convert(fields, AuditEntry)
