"""Memberships in the database: what conversations are to people. One document per user and conversation.

Read marks and activity only ever grow, whatever order writes arrive in.
"""

from collections.abc import Mapping, Sequence

from pymongo import UpdateMany, UpdateOne

from ting.models import ConversationId, Membership, Milliseconds, UserId
from ting.store.database import Database, Document, answered

Operation = UpdateOne | UpdateMany


class MembershipStore:
    """All memberships."""

    def __init__(self, database: Database) -> None:
        self._memberships = database.collection("memberships")

    async def listed(self, user: UserId) -> list[Membership]:
        """What is in somebody's list."""
        query = self._memberships.find({"user": user, "listed": True})
        return [_membership(document) for document in await answered(lambda: query.to_list(None))]

    async def get(self, user: UserId, conversation: ConversationId) -> Membership | None:
        document = await answered(lambda: self._memberships.find_one({"_id": _key(user, conversation)}))
        return _membership(document) if document else None

    async def of(self, user: UserId) -> list[Membership]:
        """All of somebody's, in the list or not."""
        query = self._memberships.find({"user": user})
        return [_membership(document) for document in await answered(lambda: query.to_list(None))]

    async def forget(self, user: UserId) -> None:
        """Remove all of somebody's."""
        await answered(lambda: self._memberships.delete_many({"user": user}))

    async def write(
        self,
        kept: Sequence[Membership],
        touched: Mapping[tuple[UserId, ConversationId], Milliseconds],
        called: Mapping[ConversationId, Milliseconds],
    ) -> None:
        """Store memberships; note activity for single users, and for all who have a conversation in their list."""
        operations: list[Operation] = [_keep(membership) for membership in kept]
        for (user, conversation), active in touched.items():
            operations.append(UpdateOne({"_id": _key(user, conversation)}, {"$max": {"active": active}}))
        for conversation, active in called.items():
            everybody = {"conversation": conversation, "listed": True}
            operations.append(UpdateMany(everybody, {"$max": {"active": active}}))
        if operations:
            await answered(lambda: self._memberships.bulk_write(operations, ordered=False))


def _keep(membership: Membership) -> UpdateOne:
    chosen = {"notify": membership.notify} if membership.notify else {}
    placed = {"listed": membership.listed, "pinned": membership.pinned}
    whose = {"user": membership.user, "conversation": membership.conversation}
    grows = {"read": membership.read, "active": membership.active}
    update: Document = {"$set": {**whose, **placed, **chosen}, "$max": grows}
    return UpdateOne({"_id": _key(membership.user, membership.conversation)}, update, upsert=True)


def _key(user: UserId, conversation: ConversationId) -> str:
    return f"{user} {conversation}"


def _membership(document: Document) -> Membership:
    return Membership(
        user=document["user"],
        conversation=document["conversation"],
        read=int(document["read"]),
        active=int(document["active"]),
        listed=document["listed"],
        pinned=document["pinned"],
        notify=document.get("notify"),
    )
