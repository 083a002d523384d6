"""Messages in the database: reads for clients, and batch writes for the journal."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
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
from ting.store.database import DOCUMENT_INVALID, Database, Document, direct_conversations, first_line, or_busy
from ting.store.pages import Cursor, page_of
from ting.store.texts import TEXT_FIELDS, StoredText, log_unreadable, plain, stored_text
from ting.store.users import UserStore

DUPLICATE_KEY = 11000


@dataclass(frozen=True)
class Write:
    """A message to store. With `replaces`, it replaces its version with that seq."""

    message: Message
    replaces: int | None = None


@dataclass(frozen=True)
class Written:
    """The result of a batch: the first `done` writes were stored. The next one, if any, failed.

    `duplicate`: its id or its seq is already stored. `refused`: MongoDB will never accept it, for this reason.
    """

    done: int
    duplicate: bool = False
    refused: str | None = None


class Unanswered(Exception):
    """The database did not answer a write. Some, all or none of it may have been applied."""


class MessageStore:
    """The messages of all conversations."""

    def __init__(self, database: Database, users: UserStore) -> None:
        self._database = database
        self._messages = database.collection("messages")
        self._users = users

    async def last(self, conversation: ConversationId) -> tuple[int, int]:
        """The newest seq and the highest position of a conversation; both 0 if it has no messages."""
        seq = await self._highest(conversation, "seq")
        return seq, await self._highest(conversation, "position")

    async def get(self, message_id: MessageId) -> Message | None:
        found = await self.by_id([message_id])
        return found.get(message_id)

    async def by_id(self, ids: Iterable[MessageId]) -> dict[MessageId, Message]:
        """The stored messages with these ids."""
        query = self._messages.find({"_id": {"$in": list(ids)}})
        documents = await or_busy(lambda: query.to_list(None))
        return {message.id: message for message in await self._read(documents)}

    async def page(self, conversation: ConversationId, before: int | None, limit: int) -> tuple[list[Message], bool]:
        """The `limit` messages before a position (None: the newest), by rising position, and whether there are more.

        Positions are unique within a conversation, so pages neither repeat nor skip a message. A page is also limited
        in bytes, so it may have fewer messages.
        """
        condition: Document = {"conversation": conversation}
        if before is not None:
            condition["position"] = {"$lt": before}
        query = self._messages.find(condition).sort("position", DESCENDING)
        documents, more = await page_of(query, limit)
        return await self._read(reversed(documents)), more

    async def page_after(self, conversation: ConversationId, after: int, limit: int) -> tuple[list[Message], bool]:
        """The `limit` messages that follow a position, by rising position, and whether there are more."""
        condition = {"conversation": conversation, "position": {"$gt": after}}
        documents, more = await page_of(self._messages.find(condition).sort("position", ASCENDING), limit)
        return await self._read(documents), more

    async def by_author(self, author: UserId, *, after: str, limit: int) -> list[Message]:
        """The `limit` messages of an author that follow an id, in any conversation, by rising id. No tombstones."""
        query = self._by_author(author, after).limit(limit)
        return await self._read(await or_busy(lambda: query.to_list(None)))

    async def has_author(self, author: UserId) -> bool:
        """Whether there is any message of an author, a tombstone included."""
        return await or_busy(lambda: self._messages.find_one({"author": author}, {"_id": 1})) is not None

    async def export_page(self, author: UserId, after: str, limit: int) -> list[tuple[str, Message]]:
        """Like `by_author`, as pairs of id and message, and limited in bytes as well."""
        documents, _ = await page_of(self._by_author(author, after), limit)
        return [(message.id, message) for message in await self._read(documents)]

    async def changes(self, conversation: ConversationId, after: int, limit: int) -> list[Message]:
        """The first messages with a seq after this one, by rising seq: at most `limit`, and limited in bytes as well.

        Only an empty page is the last one.
        """
        condition = {"conversation": conversation, "seq": {"$gt": after}}
        documents, _ = await page_of(self._messages.find(condition).sort("seq", ASCENDING), limit)
        return await self._read(documents)

    async def changed_texts(
        self, conversation: ConversationId, after: int, limit: int
    ) -> list[tuple[int, StoredText | None]]:
        """Like `changes`, as pairs of seq and text. The text is None if the message cannot be read."""
        condition = {"conversation": conversation, "seq": {"$gt": after}}
        query = self._messages.find(condition, TEXT_FIELDS).sort("seq", ASCENDING).limit(limit)
        return [(int(found["seq"]), stored_text(found)) for found in await or_busy(lambda: query.to_list(None))]

    async def conversations(self) -> AsyncIterator[ConversationId]:
        """Yield all conversations that have messages."""
        # MongoDB takes one step in the index per conversation, however many messages it has.
        async for document in self._messages.aggregate([{"$group": {"_id": "$conversation"}}]):
            yield document["_id"]

    async def direct_conversations(self, user: UserId) -> list[ConversationId]:
        """The direct conversations of a user that have messages."""
        return await direct_conversations(self._messages, "conversation", user)

    async def is_empty(self, conversation: ConversationId) -> bool:
        """Whether all messages of a conversation are deleted."""
        condition = {"conversation": conversation, "deleted": {"$exists": False}}
        return await or_busy(lambda: self._messages.find_one(condition, {"_id": 1})) is None

    async def delete_tombstones(self, conversation: ConversationId) -> None:
        """Remove what is left of the deleted messages of a conversation."""
        condition = {"conversation": conversation, "deleted": {"$exists": True}}
        await or_busy(lambda: self._messages.delete_many(condition))

    async def write(self, batch: Sequence[Write]) -> Written:
        """Store a batch in its order, journaled, up to the first write that fails. Raises `Unanswered`."""
        try:
            result = await self._messages.bulk_write([_operation(write) for write in batch], ordered=True)
        except BulkWriteError as error:
            return _written(error)
        except InvalidDocument as error:
            # Nothing was sent, since one message cannot be encoded. Written alone, it gets its own result.
            if len(batch) == 1:
                return Written(0, refused=str(error))
            return await self.write(batch[:1])
        except PyMongoError as error:
            raise Unanswered(first_line(error)) from error
        # If the counts differ, a version to be replaced is gone. The journal finds out which one.
        return Written(len(batch)) if result.inserted_count + result.matched_count == len(batch) else Written(0, True)

    async def barrier(self) -> None:
        """Return once all writes applied so far are durable. Raises `Unanswered`."""
        try:
            await self._database.barrier()
        except PyMongoError as error:
            raise Unanswered(first_line(error)) from error

    def _by_author(self, author: UserId, after: str) -> Cursor:
        condition = {"author": author, "_id": {"$gt": after}, "deleted": {"$exists": False}}
        return self._messages.find(condition).sort("_id", ASCENDING)

    async def _highest(self, conversation: ConversationId, field: str) -> int:
        query = self._messages.find({"conversation": conversation}, {"_id": 0, field: 1})
        documents = await or_busy(lambda: query.sort(field, DESCENDING).limit(1).to_list(None))
        return int(documents[0][field]) if documents else 0

    async def _read(self, documents: Iterable[Document]) -> list[Message]:
        found = list(documents)
        quoted = await self._quoted(found)
        authors = await self._users.persons(
            document["author"] for document in (*found, *quoted.values()) if "author" in document
        )
        quotes = {key: _quote(document, authors[document["author"]]) for key, document in quoted.items()}
        return list(_readable(found, authors, quotes))

    async def _quoted(self, documents: Sequence[Document]) -> dict[MessageId, Document]:
        """The documents of the messages that these reply to."""
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
        document["mention_ranges"] = [list(found) for found in message.mention_ranges]
    return document


def _readable(
    documents: Iterable[Document], authors: Mapping[UserId, Person], quotes: Mapping[MessageId, Quote]
) -> Iterator[Message]:
    """Yield the messages of these documents. One that cannot be read is left out, so that the others are shown."""
    for document in documents:
        try:
            yield _message(document, authors[document["author"]], quotes.get(document.get("reply_to", "")))
        except (KeyError, TypeError, ValueError) as error:
            log_unreadable(document, error)


def _message(document: Document, author: Person, reply_to: Quote | None) -> Message:
    fields = plain(document)
    fields["id"], fields["author"] = fields.pop("_id"), author
    if "reply_to" in fields:
        fields["reply_to"] = reply_to
    if "file" in fields:
        fields["file"] = File(**plain(fields["file"]))
    if "mention_ranges" in fields:
        fields["mention_ranges"] = [(int(start), int(end), who) for start, end, who in fields["mention_ranges"]]
    return Message(**fields)


def _quote(document: Document, author: Person) -> Quote:
    return Quote(document["_id"], author, document["text"][:MAX_QUOTE_CHARS], "deleted" in document)


def _written(error: BulkWriteError) -> Written:
    """The result of an ordered batch that failed. Its `writeErrors` has at most one entry."""
    failures = error.details.get("writeErrors", [])
    if not failures:
        raise Unanswered(first_line(error)) from error  # applied, but not known to be durable
    failure = failures[0]
    if failure["code"] == DUPLICATE_KEY:
        return Written(failure["index"], duplicate=True)
    if failure["code"] == DOCUMENT_INVALID:
        return Written(failure["index"], refused=str(failure["errmsg"]))
    raise Unanswered(str(failure["errmsg"])) from error  # disk full, step-down: a retry may succeed


MAX_COUNTED = 1000


@dataclass(frozen=True)
class ReadPosition:
    """A user's read mark in a conversation whose newest seq is `head`."""

    conversation: ConversationId
    read: int
    head: int

    @property
    def condition(self) -> Document:
        """The condition for messages that are counted as unread."""
        unread = {"$gt": max(self.read, self.head - MAX_COUNTED), "$lte": self.head}
        return {"conversation": self.conversation, "first": unread}


class UnreadCounter:
    """Counts unread messages."""

    def __init__(self, database: Database) -> None:
        self._messages = database.collection("messages")

    async def heads(self, conversations: Collection[ConversationId]) -> dict[ConversationId, int]:
        """The newest seq of each of these conversations; 0 if it has no messages."""
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
        """Unread counts by conversation, without conversations that have no unread messages.

        Messages by the user and by the users in `ignoring` do not count.
        """
        unread = [position for position in positions if position.read < position.head]
        excluded = [user, *ignoring]
        counted = await asyncio.gather(*(self._count(user, position, excluded) for position in unread))
        return {
            position.conversation: counts for position, counts in zip(unread, counted, strict=True) if counts.unread
        }

    async def _count(self, user: UserId, position: ReadPosition, excluded: list[UserId]) -> UnreadCounts:
        by_others = {**position.condition, "author": {"$nin": excluded}}
        # Unlike $exists, this condition on `deleted` is answered by the index alone.
        unread, mentions = await asyncio.gather(
            self._number({**by_others, "deleted": {"$not": {"$gt": 0}}}, "conversation_first"),
            self._number({**by_others, "mentions": {"$in": [user, HERE]}}, "mentions"),
        )
        return UnreadCounts(unread, mentions)

    async def _number(self, condition: Document, index: str) -> int:
        """The number of messages that meet a condition. The index is given, since MongoDB may choose a worse one."""
        count = {"$group": {"_id": None, "count": {"$sum": 1}}}
        query = self._messages.aggregate([{"$match": condition}, count], hint=index)
        found = await or_busy(lambda: query.to_list(None))
        return int(found[0]["count"]) if found else 0
