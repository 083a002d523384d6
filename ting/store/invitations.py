"""Invitations in the database, which stores only hashes of their tokens. Each use is counted in one atomic step."""

import msgspec
from pymongo import ReturnDocument

from ting.core.models import Invitation, Milliseconds
from ting.store.database import Database, Document, or_busy
from ting.store.schema import INVITATIONS


class InvitationStore:
    """Invitations by id, and by the hash of their token."""

    def __init__(self, database: Database) -> None:
        self._invitations = database.collection("invitations")
        self._reader = database.reader(INVITATIONS)

    async def add(self, invitation: Invitation, token_hash: str) -> None:
        document = {
            "_id": invitation.id,
            "token": token_hash,
            "role": invitation.role,
            "uses": invitation.uses,
            "left": invitation.left,
            "expires": invitation.expires,
            "by": invitation.by,
            "first": invitation.first,
        }
        await or_busy(lambda: self._invitations.insert_one(document))

    async def find(self, token_hash: str, now: Milliseconds) -> Invitation | None:
        """The invitation with this token, if it can be used now."""
        document = await or_busy(lambda: self._invitations.find_one(_usable(token_hash, now)))
        return self._reader.one(document, _invitation)

    async def use(self, token_hash: str, now: Milliseconds) -> Invitation | None:
        """Count one use of this token; None if no use is left. Concurrent calls never use it too often."""
        found = await or_busy(
            lambda: self._invitations.find_one_and_update(
                _usable(token_hash, now), {"$inc": {"left": -1}}, return_document=ReturnDocument.AFTER
            )
        )
        return self._reader.one(found, _invitation)

    async def return_use(self, invitation_id: str) -> None:
        """Give a use back after a registration that failed."""
        await or_busy(lambda: self._invitations.update_one({"_id": invitation_id}, {"$inc": {"left": 1}}))

    async def all(self, now: Milliseconds) -> list[Invitation]:
        """The invitations that can still be used, by rising expiry time. Expired ones are removed."""
        await or_busy(lambda: self._invitations.delete_many({"expires": {"$lte": now}}))
        query = self._invitations.find({"left": {"$gt": 0}, "first": False}).sort("expires", 1)
        return self._reader.all(await or_busy(lambda: query.to_list(None)), _invitation)

    async def remove(self, invitation_id: str) -> bool:
        """Remove an invitation. Return whether it existed."""
        result = await or_busy(lambda: self._invitations.delete_one({"_id": invitation_id}))
        return bool(result.deleted_count)

    async def remove_first(self) -> None:
        """Remove the invitation for the first admin."""
        await or_busy(lambda: self._invitations.delete_many({"first": True}))


def _usable(token_hash: str, now: Milliseconds) -> Document:
    return {"token": token_hash, "left": {"$gt": 0}, "expires": {"$gt": now}}


def _invitation(document: Document) -> Invitation:
    return msgspec.convert({**document, "id": document["_id"]}, Invitation)
