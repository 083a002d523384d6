"""Bans in the database: at most one of each user."""

import msgspec

from ting.models import Milliseconds, UserId
from ting.order import Ban
from ting.store.database import Database, Document, answered


class BanStore:
    """Bans by the id of who is banned."""

    def __init__(self, database: Database) -> None:
        self._bans = database.collection("bans")

    async def put(self, ban: Ban) -> None:
        """Ban somebody, in place of an earlier ban."""
        document = {name: value for name, value in msgspec.structs.asdict(ban).items() if value is not None}
        user = document.pop("user")
        document |= {"keys": list(ban.keys), "networks": list(ban.networks)}
        await answered(lambda: self._bans.replace_one({"_id": user}, document, upsert=True))

    async def get(self, user_id: UserId) -> Ban | None:
        document = await answered(lambda: self._bans.find_one({"_id": user_id}))
        return _ban(document) if document else None

    async def remove(self, user_id: UserId) -> None:
        await answered(lambda: self._bans.delete_one({"_id": user_id}))

    async def all(self, now: Milliseconds) -> list[Ban]:
        """All bans that hold; those that are over are removed."""
        await answered(lambda: self._bans.delete_many({"until": {"$lte": now}}))
        return [_ban(document) for document in await answered(lambda: self._bans.find().to_list(None))]


def _ban(document: Document) -> Ban:
    fields = {name: int(value) if isinstance(value, int) else value for name, value in document.items()}
    fields["user"] = fields.pop("_id")
    return msgspec.convert(fields, Ban)
