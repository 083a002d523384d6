"""Stored data of conversations other than messages: topics, last activity, and memberships."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from pymongo import DESCENDING, UpdateMany, UpdateOne

from ting.core.conversation_ids import CHANNEL, Lookalikes
from ting.core.models import Conversation, ConversationId, Membership, Milliseconds, UserId
from ting.store.channel_names import name_fields
from ting.store.database import Database, Document, direct_conversations, or_busy, prefix_range
from ting.store.schema import CONVERSATIONS, MEMBERSHIPS

MAX_LOOKALIKES = 100


class ConversationStore:
    """Conversations by id. A conversation has a document only once its topic or its last activity was stored."""

    def __init__(self, database: Database) -> None:
        self._conversations = database.collection("conversations")
        self._reader = database.reader(CONVERSATIONS)

    async def get(self, conversation_id: ConversationId) -> Conversation:
        document = await or_busy(lambda: self._conversations.find_one({"_id": conversation_id}))
        stored = self._reader.one(document, _conversation)
        return Conversation(id=conversation_id, topic=stored.topic if stored else "")

    async def topics(self, ids: Iterable[ConversationId]) -> dict[ConversationId, str]:
        """The topics of the conversations with these ids. Those without a topic are left out."""
        query = self._conversations.find({"_id": {"$in": list(ids)}, "topic": {"$exists": True}}, {"topic": 1})
        stored = self._reader.all(await or_busy(lambda: query.to_list(None)), _conversation)
        return {conversation.id: conversation.topic for conversation in stored if conversation.topic}

    async def lookalike(self, names: Lookalikes) -> ConversationId | None:
        """A stored channel whose name looks like the name of another channel."""
        query = self._conversations.find({"keys": {"$in": list(names.keys)}}, {"_id": 1})
        documents = await or_busy(lambda: query.to_list(MAX_LOOKALIKES))
        found = [document["_id"] for document in documents if isinstance(document["_id"], str)]
        return next((other for other in sorted(found) if names.include(Lookalikes(other))), None)

    async def channels(self, prefix: str, limit: int) -> list[tuple[ConversationId, str, Milliseconds]]:
        """Ids, topics and last activity of channels, the most recently active first.

        `prefix` is the start of the folded id.
        """
        query = self._conversations.find({"folded": prefix_range(prefix)})
        query = query.sort("active", DESCENDING).limit(limit)
        if prefix == CHANNEL:
            query = query.hint("active")
        documents = await or_busy(lambda: query.to_list(None))
        stored = self._reader.all(documents, _conversation)
        return [(conversation.id, conversation.topic, conversation.active) for conversation in stored]

    async def record_activity(self, active: Mapping[ConversationId, Milliseconds]) -> None:
        """Store the last activity of channels."""
        operations = [
            UpdateOne({"_id": id}, {"$max": {"active": at}, "$set": name_fields(id)}, upsert=True)
            for id, at in active.items()
        ]
        await or_busy(lambda: self._conversations.bulk_write(operations, ordered=False))

    async def put(self, conversation: Conversation) -> None:
        await or_busy(
            lambda: self._conversations.update_one(
                {"_id": conversation.id},
                {"$set": {"topic": conversation.topic, **name_fields(conversation.id)}},
                upsert=True,
            )
        )


class _StoredConversation(msgspec.Struct, frozen=True):
    id: ConversationId
    topic: str = ""
    active: Milliseconds = 0


def _conversation(document: Document) -> _StoredConversation:
    return msgspec.convert({**document, "id": document["_id"]}, _StoredConversation)


Operation = UpdateOne | UpdateMany


class MembershipStore:
    """Memberships by user and conversation."""

    def __init__(self, database: Database) -> None:
        self._memberships = database.collection("memberships")
        self._reader = database.reader(MEMBERSHIPS)

    async def listed(self, user: UserId) -> list[Membership]:
        """The memberships that are in a user's list."""
        query = self._memberships.find({"user": user, "listed": True})
        return self._reader.all(await or_busy(lambda: query.to_list(None)), _membership)

    async def get(self, user: UserId, conversation: ConversationId) -> Membership | None:
        document = await or_busy(lambda: self._memberships.find_one({"_id": _key(user, conversation)}))
        return self._reader.one(document, _membership)

    async def for_user(self, user: UserId) -> list[Membership]:
        """All memberships of a user, listed or not."""
        query = self._memberships.find({"user": user})
        return self._reader.all(await or_busy(lambda: query.to_list(None)), _membership)

    async def has_direct(self, user: UserId) -> bool:
        """Whether a user is in a direct conversation."""
        condition = {"user": user, "conversation": {"$regex": "^@"}}
        return await or_busy(lambda: self._memberships.find_one(condition, {"_id": 1})) is not None

    async def delete_all(self, user: UserId) -> None:
        """Delete all memberships of a user."""
        await or_busy(lambda: self._memberships.delete_many({"user": user}))

    async def direct_conversations(self, user: UserId) -> list[ConversationId]:
        """The direct conversations of a user of which one of its members has a membership."""
        return await direct_conversations(self._memberships, "conversation", user)

    async def delete(self, user: UserId, conversation: ConversationId) -> None:
        """Delete one membership."""
        await or_busy(lambda: self._memberships.delete_one({"_id": _key(user, conversation)}))

    async def write(
        self,
        changed: Sequence[Membership],
        bumped: Mapping[tuple[UserId, ConversationId], Milliseconds],
        bumped_all: Mapping[ConversationId, Milliseconds],
    ) -> None:
        """Store changed memberships, and bumps of conversations: for single users, and for all users who list them."""
        operations: list[Operation] = [_upsert(membership) for membership in changed]
        for (user, conversation), active in bumped.items():
            operations.append(UpdateOne({"_id": _key(user, conversation)}, {"$max": {"active": active}}))
        for conversation, active in bumped_all.items():
            condition = {"conversation": conversation, "listed": True}
            operations.append(UpdateMany(condition, {"$max": {"active": active}}))
        if operations:
            await or_busy(lambda: self._memberships.bulk_write(operations, ordered=False))


def _upsert(membership: Membership) -> UpdateOne:
    notify = {"notify": membership.notify} if membership.notify else {}
    flags = {"listed": membership.listed, "pinned": membership.pinned}
    ids = {"user": membership.user, "conversation": membership.conversation}
    maxima = {"read": membership.read, "active": membership.active}
    update: Document = {"$set": {**ids, **flags, **notify}, "$max": maxima}
    return UpdateOne({"_id": _key(membership.user, membership.conversation)}, update, upsert=True)


def _key(user: UserId, conversation: ConversationId) -> str:
    return f"{user} {conversation}"


def _membership(document: Document) -> Membership:
    missing = [name for name in ("read", "listed", "pinned") if name not in document]
    if missing:
        raise KeyError(*missing)
    return msgspec.convert(document, Membership)
