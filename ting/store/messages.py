"""Messages in the database: reads for clients, and batch writes for the journal."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from bson.errors import InvalidDocument
from pymongo import ASCENDING, DESCENDING, InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError, PyMongoError

from ting.core.errors import OtherEpoch
from ting.core.models import (
    MAX_QUOTE_CHARS,
    ConversationId,
    Message,
    MessageId,
    Person,
    Quote,
    UserId,
)
from ting.core.models.ids import MAX_NUMBER
from ting.store.database import (
    DOCUMENT_INVALID,
    Database,
    Document,
    direct_conversations,
    first_line,
    or_busy,
)
from ting.store.pages import page_of
from ting.store.schema import MESSAGES
from ting.store.texts import TEXT_FIELDS, StoredText, stored_text
from ting.store.unread import highest
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
        self._reader = database.reader(MESSAGES)
        self._text_reader = database.reader(MESSAGES.only(TEXT_FIELDS))
        self._quote_reader = database.reader(MESSAGES.only(("author", "text", "deleted")))

    @property
    def epoch(self) -> str:
        """The id of the current epoch."""
        return self._database.epochs.current

    async def last(self, conversation: ConversationId) -> tuple[int, int]:
        """The newest seq and the highest position of a conversation; both 0 if it has no messages."""
        seq = await highest(self._messages, conversation, "seq")
        return seq, await highest(self._messages, conversation, "position")

    async def get(self, message_id: MessageId) -> Message | None:
        found = await self.by_id([message_id])
        return found.get(message_id)

    async def by_id(self, ids: Iterable[MessageId]) -> dict[MessageId, Message]:
        """The stored messages with these ids. One that cannot be read is left out: see `exist`."""
        query = self._messages.find({"_id": {"$in": list(ids)}})
        documents = await or_busy(lambda: query.to_list(None))
        return {message.id: message for message in await self._read(documents)}

    async def exist(self, ids: Iterable[MessageId]) -> set[MessageId]:
        """Which of these ids are stored, whether the messages can be read or not."""
        query = self._messages.find({"_id": {"$in": list(ids)}}, {"_id": 1})
        return {document["_id"] for document in await or_busy(query.to_list)}

    async def page(self, conversation: ConversationId, before: int | None, limit: int) -> tuple[list[Message], bool]:
        """The `limit` messages before a position (None: the newest), by rising position, and whether there are more.

        Positions are unique within a conversation, so pages neither repeat nor skip a message. A page is also limited
        in bytes, so it may have fewer messages.
        """
        below = {"$lt": MAX_NUMBER if before is None else before}
        found, more = await self._page({"conversation": conversation}, "position", below, DESCENDING, limit)
        return found[::-1], more

    async def page_after(self, conversation: ConversationId, after: int, limit: int) -> tuple[list[Message], bool]:
        """The `limit` messages that follow a position, by rising position, and whether there are more."""
        return await self._page({"conversation": conversation}, "position", {"$gt": after}, ASCENDING, limit)

    async def by_author(self, author: UserId, *, after: str, limit: int) -> list[Message]:
        """The `limit` messages of an author that follow an id, in any conversation, by rising id. No tombstones."""
        condition = {"author": author, "deleted": {"$exists": False}}
        found, _ = await self._page(condition, "_id", {"$gt": after}, ASCENDING, limit)
        return found

    async def delete_broken(self, author: UserId) -> None:
        """Delete the messages of an author that do not match the schema: no one can read them, nor delete them."""
        await or_busy(lambda: self._messages.delete_many({"author": author, "$nor": [MESSAGES.validator]}))

    async def has_author(self, author: UserId) -> bool:
        """Whether there is any message of an author, a tombstone included."""
        return await or_busy(lambda: self._messages.find_one({"author": author}, {"_id": 1})) is not None

    async def export_page(self, author: UserId, after: str, limit: int) -> list[tuple[str, Message]]:
        """Like `by_author`, as pairs of id and message, and limited in bytes as well."""
        return [(message.id, message) for message in await self.by_author(author, after=after, limit=limit)]

    async def changes(self, conversation: ConversationId, after: int, limit: int) -> list[Message]:
        """The first messages with a seq after this one, by rising seq: at most `limit`, and limited in bytes as well.

        Only an empty page is the last one.
        """
        found, _ = await self._page({"conversation": conversation}, "seq", {"$gt": after}, ASCENDING, limit)
        return found

    async def changed_texts(
        self, conversation: ConversationId, after: int, limit: int
    ) -> list[tuple[int, StoredText | None]]:
        """Like `changes`, as pairs of seq and text. The text is None if the message cannot be read."""
        numbers = {"$gt": after, "$lte": MAX_NUMBER, "$type": ["int", "long"]}
        query = self._messages.find({"conversation": conversation, "seq": numbers}, TEXT_FIELDS)
        documents = await or_busy(lambda: query.sort("seq", ASCENDING).limit(limit).to_list(None))
        return [(int(found["seq"]), self._text_reader.one(found, stored_text)) for found in documents]

    async def conversations(self) -> AsyncIterator[ConversationId]:
        """Yield all conversations that have messages."""
        # MongoDB takes one step in the index per conversation, however many messages it has.
        async for document in self._messages.aggregate([{"$group": {"_id": "$conversation"}}]):
            if isinstance(document["_id"], str):  # a broken message may have none
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
            result = await self._messages.bulk_write([self._operation(write) for write in batch], ordered=True)
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

    async def check_cursor(self, conversation: ConversationId, epoch: str, seq: int) -> None:
        """Check that a client that has everything up to a seq has the history of this database.

        `epoch` is the id of the epoch in which the client learned that. Raises `OtherEpoch`, `Busy`.
        """
        epochs = self._database.epochs
        number = epochs.number_of(epoch)
        if number == epochs.number or seq == 0:
            return
        condition = {"conversation": conversation, "seq": {"$gte": 1, "$lte": seq}}
        query = self._messages.find(condition, {"epoch": 1}).sort("seq", DESCENDING).limit(1)
        newest = await or_busy(query.to_list)
        written = newest[0].get("epoch", 0) if newest else 0
        if seq > await highest(self._messages, conversation, "seq") or (isinstance(written, int) and written > number):
            raise OtherEpoch

    def _operation(self, write: Write) -> InsertOne[Document] | ReplaceOne[Document]:
        document = {**_document(write.message), "epoch": self._database.epochs.number}
        if write.replaces is None:
            return InsertOne(document)
        return ReplaceOne({"_id": write.message.id, "seq": write.replaces}, document)

    async def _page(
        self, condition: Document, key: str, bound: Document, order: int, limit: int
    ) -> tuple[list[Message], bool]:
        """The first readable messages that meet a condition, from a bound of `key` on, and whether there are more.

        A page has at most `limit` messages and about `PAGE_BYTES`. It is empty only if there are none. `bound` is
        {"$gt": value} or {"$lt": value}.
        """
        [(operator, start)] = bound.items()
        found: list[Message] = []
        while True:
            wanted = limit - len(found)
            query = self._messages.find({**condition, key: {operator: start}}).sort(key, order)
            documents, more = await page_of(query, wanted)
            found += await self._read(documents)
            is_full = len(found) >= limit or (found and len(documents) < wanted)  # in number or in bytes
            if is_full or not more:
                return found, more
            start = documents[-1][key]

    async def _read(self, documents: Iterable[Document]) -> list[Message]:
        """The messages of these documents, without those that cannot be read."""
        found = list(documents)
        quoted = await self._quoted(found)
        names = [document.get("author") for document in (*found, *quoted)]
        authors = await self._users.persons(name for name in names if isinstance(name, str))
        quotes = {
            quote.id: quote
            for quote in self._quote_reader.all(quoted, lambda document: _quote(document, authors[document["author"]]))
        }
        return self._reader.all(found, lambda document: _message(document, authors[document["author"]], quotes))

    async def _quoted(self, documents: Sequence[Document]) -> list[Document]:
        """The documents of the messages that these reply to."""
        wanted = {document["reply_to"] for document in documents if isinstance(document.get("reply_to"), str)}
        if not wanted:
            return []
        query = self._messages.find({"_id": {"$in": list(wanted)}}, {"author": 1, "text": 1, "deleted": 1})
        return await or_busy(query.to_list)


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


def _message(document: Document, author: Person, quotes: Mapping[MessageId, Quote]) -> Message:
    fields = {**document, "id": document["_id"], "author": author}
    if "reply_to" in fields:
        fields["reply_to"] = quotes.get(fields["reply_to"])
    return msgspec.convert(fields, Message)


def _quote(document: Document, author: Person) -> Quote:
    text = msgspec.convert(document["text"], str)
    return Quote(document["_id"], author, text[:MAX_QUOTE_CHARS], "deleted" in document)


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
