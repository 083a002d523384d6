"""What is kept of conversations beside their messages: the topic, and when something was last said in a channel."""

from collections.abc import Iterable, Mapping, Sequence

from pymongo import DESCENDING, UpdateMany, UpdateOne

from ting.core.conversation_ids import CHANNEL
from ting.core.models import Conversation, ConversationId, Membership, Milliseconds, UserId
from ting.store.database import Database, Document, or_busy, prefix_range


class ConversationStore:
    """Conversations by id. One that nobody changed has no document."""

    def __init__(self, database: Database) -> None:
        self._conversations = database.collection("conversations")

    async def get(self, conversation_id: ConversationId) -> Conversation:
        document = await or_busy(lambda: self._conversations.find_one({"_id": conversation_id}))
        return Conversation(id=conversation_id, topic=document.get("topic", "") if document else "")

    async def topics(self, ids: Iterable[ConversationId]) -> dict[ConversationId, str]:
        """The topics of those of these conversations that have one."""
        query = self._conversations.find({"_id": {"$in": list(ids)}, "topic": {"$exists": True}}, {"topic": 1})
        return {document["_id"]: document["topic"] for document in await or_busy(lambda: query.to_list(None))}

    async def channels(self, prefix: str, limit: int) -> list[tuple[ConversationId, str, Milliseconds]]:
        """Ids, topics and last activity of the channels whose ids begin so, the most recently active first."""
        query = self._conversations.find({"_id": prefix_range(prefix)})
        query = query.sort("active", DESCENDING).limit(limit)
        if prefix == CHANNEL:
            query = query.hint("active")
        documents = await or_busy(lambda: query.to_list(None))
        return [(found["_id"], found.get("topic", ""), int(found.get("active", 0))) for found in documents]

    async def record_activity(self, active: Mapping[ConversationId, Milliseconds]) -> None:
        """When something was last said in these channels."""
        operations = [UpdateOne({"_id": id}, {"$max": {"active": at}}, upsert=True) for id, at in active.items()]
        await or_busy(lambda: self._conversations.bulk_write(operations, ordered=False))

    async def put(self, conversation: Conversation) -> None:
        await or_busy(
            lambda: self._conversations.update_one(
                {"_id": conversation.id}, {"$set": {"topic": conversation.topic}}, upsert=True
            )
        )


Operation = UpdateOne | UpdateMany


class MembershipStore:
    """All memberships."""

    def __init__(self, database: Database) -> None:
        self._memberships = database.collection("memberships")

    async def listed(self, user: UserId) -> list[Membership]:
        """What is in somebody's list."""
        query = self._memberships.find({"user": user, "listed": True})
        return [_membership(document) for document in await or_busy(lambda: query.to_list(None))]

    async def get(self, user: UserId, conversation: ConversationId) -> Membership | None:
        document = await or_busy(lambda: self._memberships.find_one({"_id": _key(user, conversation)}))
        return _membership(document) if document else None

    async def for_user(self, user: UserId) -> list[Membership]:
        """All of somebody's, in the list or not."""
        query = self._memberships.find({"user": user})
        return [_membership(document) for document in await or_busy(lambda: query.to_list(None))]

    async def delete_all(self, user: UserId) -> None:
        """Remove all of somebody's."""
        await or_busy(lambda: self._memberships.delete_many({"user": user}))

    async def write(
        self,
        changed: Sequence[Membership],
        bumped: Mapping[tuple[UserId, ConversationId], Milliseconds],
        bumped_all: Mapping[ConversationId, Milliseconds],
    ) -> None:
        """Store memberships; note activity for single users, and for all who have a conversation in their list."""
        operations: list[Operation] = [_keep(membership) for membership in changed]
        for (user, conversation), active in bumped.items():
            operations.append(UpdateOne({"_id": _key(user, conversation)}, {"$max": {"active": active}}))
        for conversation, active in bumped_all.items():
            everybody = {"conversation": conversation, "listed": True}
            operations.append(UpdateMany(everybody, {"$max": {"active": active}}))
        if operations:
            await or_busy(lambda: self._memberships.bulk_write(operations, ordered=False))


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
