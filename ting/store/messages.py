"""Messages in the database: reading them for clients, and writing batches for the journal."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from bson.errors import InvalidDocument
from pymongo import ASCENDING, DESCENDING, InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError, PyMongoError

from ting.core.models import (
    HERE,
    MAX_QUOTE_CHARS,
    ConversationId,
    File,
    Message,
    MessageId,
    Person,
    Quote,
    UnreadCounts,
    UserId,
)
from ting.store.database import Database, Document, first_line, or_busy
from ting.store.users import UserStore

DUPLICATE_KEY = 11000
DOCUMENT_INVALID = 121


@dataclass(frozen=True)
class Write:
    """A message to store; with `replaces`, over its version of that seq."""

    message: Message
    replaces: int | None = None


@dataclass(frozen=True)
class Written:
    """How far a batch came: `done` writes from its start, then perhaps one that failed.

    `duplicate`: its id or its seq is there already. `refused`: MongoDB will never take it, for this reason.
    """

    done: int
    duplicate: bool = False
    refused: str | None = None


class Unanswered(Exception):
    """The database did not answer a write: some, all or none of it may have been applied."""


class MessageStore:
    """All messages of all conversations."""

    def __init__(self, database: Database, users: UserStore) -> None:
        self._database = database
        self._messages = database.collection("messages")
        self._users = users

    async def last(self, conversation: ConversationId) -> tuple[int, int]:
        """The newest seq and the highest position of a conversation; 0 where it has no message yet."""
        seq = await self._highest(conversation, "seq")
        return seq, await self._highest(conversation, "position")

    async def get(self, message_id: MessageId) -> Message | None:
        found = await self.by_id([message_id])
        return found.get(message_id)

    async def by_id(self, ids: Iterable[MessageId]) -> dict[MessageId, Message]:
        """Those of these messages that are stored."""
        query = self._messages.find({"_id": {"$in": list(ids)}})
        documents = await or_busy(lambda: query.to_list(None))
        return {message.id: message for message in await self._read(documents)}

    async def page(self, conversation: ConversationId, before: int | None, limit: int) -> tuple[list[Message], bool]:
        """The `limit` messages before a position (None: the newest), by rising position, and whether there are more.

        Two messages never share a position, so a page boundary neither repeats nor drops one.
        """
        condition: Document = {"conversation": conversation}
        if before is not None:
            condition["position"] = {"$lt": before}
        query = self._messages.find(condition).sort("position", DESCENDING).limit(limit + 1)
        documents = await or_busy(lambda: query.to_list(None))
        return await self._read(reversed(documents[:limit])), len(documents) > limit

    async def page_after(self, conversation: ConversationId, after: int, limit: int) -> tuple[list[Message], bool]:
        """The `limit` messages that follow a position, by rising position, and whether there are more."""
        condition = {"conversation": conversation, "position": {"$gt": after}}
        query = self._messages.find(condition).sort("position", ASCENDING).limit(limit + 1)
        documents = await or_busy(lambda: query.to_list(None))
        return await self._read(documents[:limit]), len(documents) > limit

    async def by_author(self, author: UserId, *, after: str, limit: int) -> list[Message]:
        """The `limit` messages of somebody that follow an id, in any conversation, by rising id. No tombstones."""
        condition = {"author": author, "_id": {"$gt": after}, "deleted": {"$exists": False}}
        query = self._messages.find(condition).sort("_id", ASCENDING).limit(limit)
        return await self._read(await or_busy(lambda: query.to_list(None)))

    async def export_page(self, author: UserId, after: str, limit: int) -> list[tuple[str, Message]]:
        """The same, each after its id."""
        return [(message.id, message) for message in await self.by_author(author, after=after, limit=limit)]

    async def changes(self, conversation: ConversationId, after: int, limit: int) -> list[Message]:
        """The `limit` messages that changed first after a seq, by rising seq."""
        condition = {"conversation": conversation, "seq": {"$gt": after}}
        query = self._messages.find(condition).sort("seq", ASCENDING).limit(limit)
        return await self._read(await or_busy(lambda: query.to_list(None)))

    async def conversations(self) -> AsyncIterator[ConversationId]:
        """All that have a message."""
        # One step along the index for each of them, however many messages it has.
        async for document in self._messages.aggregate([{"$group": {"_id": "$conversation"}}]):
            yield document["_id"]

    async def write(self, batch: Sequence[Write]) -> Written:
        """Store a batch in its order, journaled, up to the first write that fails. Raises `Unanswered`."""
        try:
            result = await self._messages.bulk_write([_operation(write) for write in batch], ordered=True)
        except BulkWriteError as error:
            return _written(error)
        except InvalidDocument as error:
            # Nothing was sent: BSON could not be made of one of them. Alone, each tells for itself.
            if len(batch) == 1:
                return Written(0, refused=str(error))
            return await self.write(batch[:1])
        except PyMongoError as error:
            raise Unanswered(first_line(error)) from error
        # A version that is not there any more cannot be replaced: which one, the journal finds out.
        return Written(len(batch)) if result.inserted_count + result.matched_count == len(batch) else Written(0, True)

    async def barrier(self) -> None:
        """Return once everything applied so far is durable. Raises `Unanswered`."""
        try:
            await self._database.barrier()
        except PyMongoError as error:
            raise Unanswered(first_line(error)) from error

    async def _highest(self, conversation: ConversationId, field: str) -> int:
        query = self._messages.find({"conversation": conversation}, {"_id": 0, field: 1})
        documents = await or_busy(lambda: query.sort(field, DESCENDING).limit(1).to_list(None))
        return int(documents[0][field]) if documents else 0

    async def _read(self, documents: Iterable[Document]) -> list[Message]:
        found = list(documents)
        quoted = await self._quoted(found)
        authors = await self._users.persons(document["author"] for document in (*found, *quoted.values()))
        quotes = {key: _quote(document, authors[document["author"]]) for key, document in quoted.items()}
        return [
            _message(document, authors[document["author"]], quotes.get(document.get("reply_to", "")))
            for document in found
        ]

    async def _quoted(self, documents: Sequence[Document]) -> dict[MessageId, Document]:
        """The messages that these answer."""
        wanted = {document["reply_to"] for document in documents if "reply_to" in document}
        if not wanted:
            return {}
        query = self._messages.find({"_id": {"$in": list(wanted)}}, {"author": 1, "text": 1, "deleted": 1})
        return {document["_id"]: document for document in await or_busy(lambda: query.to_list(None))}


def _operation(write: Write) -> InsertOne[Document] | ReplaceOne[Document]:
    document = _document(write.message)
    if write.replaces is None:
        return InsertOne(document)
    return ReplaceOne({"_id": write.message.id, "seq": write.replaces}, document)


def _document(message: Message) -> Document:
    document: Document = {
        "_id": message.id,
        "conversation": message.conversation,
        "seq": message.seq,
        "first": message.first,
        "position": message.position,
        "author": message.author.id,
        "kind": message.kind,
        "text": message.text,
        "started": message.started,
        "sent": message.sent,
    }
    for name in ("edited", "edited_from", "deleted", "via"):
        if (value := getattr(message, name)) is not None:
            document[name] = value
    if message.reply_to:
        document["reply_to"] = message.reply_to.id
    if message.file:
        document["file"] = msgspec.to_builtins(message.file)
    if message.reactions:
        document["reactions"] = message.reactions
    if message.mentions:
        document["mentions"] = message.mentions
    return document


def _message(document: Document, author: Person, reply_to: Quote | None) -> Message:
    fields = _plain(document)
    fields["id"], fields["author"] = fields.pop("_id"), author
    if "reply_to" in fields:
        fields["reply_to"] = reply_to
    if "file" in fields:
        fields["file"] = File(**_plain(fields["file"]))
    return Message(**fields)


def _quote(document: Document, author: Person) -> Quote:
    return Quote(document["_id"], author, document["text"][:MAX_QUOTE_CHARS], "deleted" in document)


def _plain(document: Document) -> Document:
    """BSON's 64-bit integers come as a type of their own: everything above the store gets plain ones."""
    return {
        name: int(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in document.items()
    }


def _written(error: BulkWriteError) -> Written:
    """What MongoDB says of an ordered batch that failed (its `writeErrors` has one entry then)."""
    failures = error.details.get("writeErrors", [])
    if not failures:
        raise Unanswered(first_line(error)) from error  # applied, but not known to be durable
    failure = failures[0]
    if failure["code"] == DUPLICATE_KEY:
        return Written(failure["index"], duplicate=True)
    if failure["code"] == DOCUMENT_INVALID:
        return Written(failure["index"], refused=str(failure["errmsg"]))
    raise Unanswered(str(failure["errmsg"])) from error  # disk full, stepping down: another try may succeed


COUNTED = 1000


@dataclass(frozen=True)
class ReadPosition:
    """Somebody has read a conversation up to `read`, and its newest seq is `head`."""

    conversation: ConversationId
    read: int
    head: int

    @property
    def condition(self) -> Document:
        unread = {"$gt": max(self.read, self.head - COUNTED), "$lte": self.head}
        return {"conversation": self.conversation, "first": unread}


class UnreadCounter:
    """Messages, as far as they are counted."""

    def __init__(self, database: Database) -> None:
        self._messages = database.collection("messages")

    async def heads(self, conversations: Collection[ConversationId]) -> dict[ConversationId, int]:
        """The newest seq of each of these conversations; 0 where nothing was said."""
        if not conversations:
            return {}
        stages: list[Document] = [
            {"$match": {"conversation": {"$in": list(conversations)}}},
            {"$sort": {"conversation": DESCENDING, "seq": DESCENDING}},
            {"$group": {"_id": "$conversation", "head": {"$first": "$seq"}}},
        ]
        query = self._messages.aggregate(stages)
        found = await or_busy(lambda: query.to_list(None))
        return dict.fromkeys(conversations, 0) | {document["_id"]: int(document["head"]) for document in found}

    async def count(
        self, user: UserId, positions: Iterable[ReadPosition], ignoring: Iterable[UserId]
    ) -> Mapping[ConversationId, UnreadCounts]:
        """What is unread, of those conversations where there is something.

        Messages by the user, and by those of `but_by`, do not count.
        """
        waiting = [one for one in positions if one.read < one.head]
        but = [user, *ignoring]
        counted = await asyncio.gather(*(self._count(user, one, but) for one in waiting))
        return {one.conversation: counts for one, counts in zip(waiting, counted, strict=True) if counts.unread}

    async def _count(self, user: UserId, behind: ReadPosition, but: list[UserId]) -> UnreadCounts:
        by_others = {**behind.condition, "author": {"$nin": but}}
        # Said so, and not with $exists, the index alone can tell that a message is not deleted.
        unread, mentions = await asyncio.gather(
            self._number({**by_others, "deleted": {"$not": {"$gt": 0}}}, "conversation_first"),
            self._number({**by_others, "mentions": {"$in": [user, HERE]}}, "mentions"),
        )
        return UnreadCounts(unread, mentions)

    async def _number(self, condition: Document, index: str) -> int:
        """How many messages there are; the index is named, since MongoDB likes to take the wrong one."""
        count = {"$group": {"_id": None, "count": {"$sum": 1}}}
        query = self._messages.aggregate([{"$match": condition}, count], hint=index)
        found = await or_busy(lambda: query.to_list(None))
        return int(found[0]["count"]) if found else 0
